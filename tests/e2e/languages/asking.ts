// Ask as the configuration says, to be told why there is no answer.

import * as pulumi from "@pulumi/pulumi";
import * as callerid from "@pulumi/callerid";

const ask = new pulumi.Config().require("ask");

export = async () => {
    if (ask === "guard") {
        return await callerid.requireCaller({ anyRoles: ["Administrator"] });
    }
    return await callerid.getCurrentUser(ask === "argument" ? { platform: "vmware" } : {});
};
