"""The front end for the Pulumi engine: its protocol, spoken without the `pulumi` package."""
