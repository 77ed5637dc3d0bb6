// Ask as the configuration says, to be told why there is no answer.
package main

import (
	"example.com/pulumi-callerid/sdk/go/callerid"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		ask := config.Require(ctx, "ask")
		if ask == "guard" {
			_, err := callerid.RequireCaller(ctx, &callerid.RequireCallerArgs{
				AnyRoles: []string{"Administrator"},
			})
			return err
		}
		args := callerid.GetCurrentUserArgs{}
		if ask == "argument" {
			args.Platform = pulumi.StringRef("vmware")
		}
		_, err := callerid.GetCurrentUser(ctx, &args)
		return err
	})
}
