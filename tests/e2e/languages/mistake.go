package main

import (
	"example.com/pulumi-callerid/sdk/go/callerid"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := callerid.GetUserOrgRoles(ctx, &callerid.GetUserOrgRolesArgs{
			Organisation: pulumi.StringRef("acme"),
		})
		return err
	})
}
