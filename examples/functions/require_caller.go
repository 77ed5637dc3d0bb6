package main

import (
	"errors"

	"example.com/pulumi-callerid/sdk/go/callerid"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		administrator, err := callerid.RequireCaller(ctx, &callerid.RequireCallerArgs{
			AnyRoles: []string{"org_owner", "Administrator"},
		})
		if err != nil {
			return err
		}
		if !administrator.Allowed {
			return errors.New("callerid could not be asked: its settings are not known yet")
		}
		ctx.Export("administrator", pulumi.String(administrator.DisplayName))
		return nil
	})
}
