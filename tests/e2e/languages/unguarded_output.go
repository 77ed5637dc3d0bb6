// What the pages warn of: the output form, and a resource that takes nothing from its answer.
package main

import (
	"example.com/pulumi-callerid/sdk/go/callerid"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		administrator := callerid.RequireCallerOutput(ctx, callerid.RequireCallerOutputArgs{
			AnyRoles: pulumi.ToStringArray([]string{"org_owner", "Administrator"}),
		})
		ctx.Export("caller", administrator.DisplayName())
		_, err := pulumi.NewStash(ctx, "beside", &pulumi.StashArgs{
			Input: pulumi.String("created all the same"),
		})
		return err
	})
}
