// What the pages warn of: the output form, and a resource that takes nothing from its answer.

import * as pulumi from "@pulumi/pulumi";
import * as callerid from "@pulumi/callerid";

export = async () => {
    const administrator = callerid.requireCallerOutput({ anyRoles: ["org_owner", "Administrator"] });
    new pulumi.Stash("beside", { input: "created all the same" });
    return { caller: administrator.displayName };
};
