// Decide what a stack may contain by who is running it, and in which organization.
package main

import (
	"slices"
	"strings"

	"example.com/pulumi-callerid/sdk/go/callerid"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		me, err := callerid.GetCurrentUser(ctx, nil)
		if err != nil {
			return err
		}
		mine, err := callerid.GetUserOrgRoles(ctx, nil)
		if err != nil {
			return err
		}
		ctx.Export("branch", pulumi.String(branchFor(me, mine.RoleNames)))
		ctx.Export("caller", pulumi.String(me.DisplayName))
		ctx.Export("organization", pulumi.String(organization(me)))
		ctx.Export("roles", pulumi.String(strings.Join(mine.RoleNames, ", ")))
		return nil
	})
}

func branchFor(me *callerid.GetCurrentUserResult, roleNames []string) string {
	switch {
	case me.Organization != nil && me.Organization.Type != nil && *me.Organization.Type == "SANDBOX":
		return "playground" // an organization for trying things out: anybody may
	case me.PrincipalType == "serviceUser":
		return "pipeline" // a machine: build what is on the main branch
	case slices.Contains(roleNames, "Administrator"), slices.Contains(roleNames, "org_owner"):
		return "administrator" // a person in charge: may change everything
	default:
		return "member" // anybody else: look, and change nothing
	}
}

func organization(me *callerid.GetCurrentUserResult) string {
	if me.Organization != nil && me.Organization.Name != nil {
		return *me.Organization.Name
	}
	return me.OrgId
}
