import * as pulumi from "@pulumi/pulumi";
import * as callerid from "@pulumi/callerid";

export = async () => {
    // First, and awaited: a refusal ends the program here. Without await it would not.
    const administrator = await callerid.requireCaller({
        anyRoles: ["org_owner", "Administrator"],
    });
    if (!administrator.allowed) {
        throw new Error("callerid could not be asked: its settings are not known yet");
    }
    new pulumi.Stash("createdBy", { input: administrator.displayName });
    return { administrator: administrator.displayName };
};
