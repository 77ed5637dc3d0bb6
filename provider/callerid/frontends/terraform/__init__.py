"""The Terraform front end: the provider that Terraform and OpenTofu start."""
