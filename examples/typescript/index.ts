// Decide what a stack may contain by who is running it, and in which organization.

import * as callerid from "@pulumi/callerid";

const administratorRoles = ["Administrator", "org_owner"];

function branchFor(me: callerid.GetCurrentUserResult, roleNames: string[]): string {
    if (me.organization?.type === "SANDBOX") {
        return "playground"; // an organization for trying things out: anybody may
    }
    if (me.principalType === "serviceUser") {
        return "pipeline"; // a machine: build what is on the main branch
    }
    if (administratorRoles.some((role) => roleNames.includes(role))) {
        return "administrator"; // a person in charge: may change everything
    }
    return "member"; // anybody else: look, and change nothing
}

export = async () => {
    const me = await callerid.getCurrentUser();
    const mine = await callerid.getUserOrgRoles();
    return {
        branch: branchFor(me, mine.roleNames),
        caller: me.displayName,
        organization: me.organization?.name ?? me.orgId,
        roles: mine.roleNames.join(", "),
    };
};
