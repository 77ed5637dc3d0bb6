package main

import (
	"example.com/pulumi-callerid/sdk/go/callerid"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		me, err := callerid.GetCurrentUser(ctx, nil)
		if err != nil {
			return err
		}
		branch := "workbench"
		if me.PrincipalType == "serviceUser" {
			branch = "pipeline"
		}
		ctx.Export("caller", pulumi.String(me.DisplayName))
		ctx.Export("branch", pulumi.String(branch))
		return nil
	})
}
