// What the pages warn of: a call that nobody awaits, and a resource that does not wait for it.

import * as pulumi from "@pulumi/pulumi";
import * as callerid from "@pulumi/callerid";

const administrator = callerid.requireCaller({ anyRoles: ["org_owner", "Administrator"] });

new pulumi.Stash("beside", { input: "created all the same" });

export const caller = administrator.then((each) => each.displayName);
