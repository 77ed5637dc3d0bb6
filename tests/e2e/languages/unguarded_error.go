// What the pages warn of: an error that is told at the end, after a resource was declared.
package main

import (
	"example.com/pulumi-callerid/sdk/go/callerid"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, refused := callerid.RequireCaller(ctx, &callerid.RequireCallerArgs{
			AnyRoles: []string{"org_owner", "Administrator"},
		})
		_, err := pulumi.NewStash(ctx, "beside", &pulumi.StashArgs{
			Input: pulumi.String("created all the same"),
		})
		if err != nil {
			return err
		}
		return refused
	})
}
