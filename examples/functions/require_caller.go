package main

import (
	"errors"

	"example.com/pulumi-callerid/sdk/go/callerid"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// First: a refusal ends the program here. With RequireCallerOutput it would not.
		administrator, err := callerid.RequireCaller(ctx, &callerid.RequireCallerArgs{
			AnyRoles: []string{"org_owner", "Administrator"},
		})
		if err != nil {
			return err
		}
		if !administrator.Allowed {
			return errors.New("callerid could not be asked: its settings are not known yet")
		}
		_, err = pulumi.NewStash(ctx, "createdBy", &pulumi.StashArgs{
			Input: pulumi.String(administrator.DisplayName),
		})
		if err != nil {
			return err
		}
		ctx.Export("administrator", pulumi.String(administrator.DisplayName))
		return nil
	})
}
