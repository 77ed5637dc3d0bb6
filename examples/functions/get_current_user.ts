import * as callerid from "@pulumi/callerid";

export = async () => {
    const me = await callerid.getCurrentUser();
    return {
        caller: me.displayName,
        branch: me.principalType === "serviceUser" ? "pipeline" : "workbench",
    };
};
