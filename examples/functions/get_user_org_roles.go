package main

import (
	"slices"

	"example.com/pulumi-callerid/sdk/go/callerid"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		mine, err := callerid.GetUserOrgRoles(ctx, nil)
		if err != nil {
			return err
		}
		size := "small"
		if slices.Contains(mine.RoleNames, "org_owner") {
			size = "large"
		}
		ctx.Export("roles", pulumi.ToStringArray(mine.RoleNames))
		ctx.Export("size", pulumi.String(size))
		return nil
	})
}
