# One configuration, four ways that it may go, by who runs it and in which organization.

terraform {
  required_version = ">= 1.8" # functions of providers

  required_providers {
    callerid = {
      source = "callerid/callerid"
    }
  }
}

data "callerid_current_user" "me" {}

data "callerid_user_org_roles" "mine" {}

locals {
  me             = data.callerid_current_user.me
  roles          = data.callerid_user_org_roles.mine.roles
  administrators = ["Administrator", "org_owner"] # at m3ter, at VMware Cloud Services
  administrator = anytrue([
    for name in local.administrators : provider::callerid::has_role(local.roles, name)
  ])
  branch = (
    try(local.me.organization.type, null) == "SANDBOX" ? "playground"
    : local.me.principal_type == "serviceUser" ? "pipeline"
    : local.administrator ? "administrator"
    : "member"
  )
}

# Nobody else may even plan production: a refusal is an error, and Terraform stops.
data "callerid_require_caller" "production" {
  count      = var.environment == "production" ? 1 : 0
  any_roles  = concat(local.administrators, ["Config Editor"])
  on_refusal = var.on_refusal

  lifecycle {
    postcondition { # holds where on_refusal only warns, and tests can name it
      condition     = self.allowed
      error_message = join("\n", self.reasons)
    }
  }
}

resource "terraform_data" "service" {
  count = local.branch == "member" ? 0 : 1 # a member may look, and creates nothing
  input = { environment = var.environment, replicas = var.environment == "production" ? 3 : 1 }
}

# A console is for people alone. The guard warns, and the precondition says what must not be done.
data "callerid_require_caller" "person" {
  count           = var.console ? 1 : 0
  principal_types = ["user"]
  on_refusal      = "warn"
}

resource "terraform_data" "console" {
  count = var.console ? 1 : 0
  input = local.me.display_name

  lifecycle {
    precondition {
      condition     = data.callerid_require_caller.person[0].allowed
      error_message = "A console is for people, not for ${local.me.display_name}."
    }
  }
}

# A reminder, not a guard: what a check block finds is a warning, and the run goes on.
data "callerid_require_caller" "lasting" {
  count                 = local.branch == "administrator" ? 1 : 0
  any_roles             = local.administrators
  min_role_seconds_left = 24 * 3600
  on_refusal            = "warn"
}

check "role_lasts" {
  assert {
    condition     = alltrue(data.callerid_require_caller.lasting[*].allowed)
    error_message = "${local.me.display_name} is an administrator for less than a day."
  }
}
