data "callerid_user_org_roles" "mine" {}

locals {
  roles = data.callerid_user_org_roles.mine.roles
}

output "administrator" {
  value = anytrue([
    provider::callerid::has_role(local.roles, "org_owner"),
    provider::callerid::has_role(local.roles, "policy/Administrator"),
    provider::callerid::has_role(local.roles, "example-compute/compute:admin"),
  ])
}
