import * as callerid from "@pulumi/callerid";

export = async () => {
    const administrator = await callerid.requireCaller({
        anyRoles: ["org_owner", "Administrator"],
    });
    if (!administrator.allowed) {
        throw new Error("callerid could not be asked: its settings are not known yet");
    }
    return { administrator: administrator.displayName };
};
