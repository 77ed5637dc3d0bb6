data "callerid_current_user" "me" {}

# What the platform does not tell is null.
locals {
  machine    = data.callerid_current_user.me.principal_type == "serviceUser"
  playground = try(data.callerid_current_user.me.organization.type, null) == "SANDBOX"
}

output "caller" {
  value = data.callerid_current_user.me.display_name
}
