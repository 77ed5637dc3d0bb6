output "branch" {
  value = local.branch
}

output "caller" {
  value = local.me.display_name
}

output "organization" {
  value = try(local.me.organization.name, null)
}

output "roles" {
  value = join(", ", data.callerid_user_org_roles.mine.role_names)
}
