import * as callerid from "@pulumi/callerid";

export = async () => await callerid.getUserOrgRoles({ organisation: "acme" });
