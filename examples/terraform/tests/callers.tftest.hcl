# Every branch, in one command, as made-up callers of callerid's sandbox:
#
#     callerid sandbox --all -- terraform test
#
# --all sets the variable callerid_sandbox: the settings of each caller. It also points callerid at
# the sandbox, so a credential makes a provider somebody; one that does not tell its organization
# needs that too. A run without `providers` is nobody.

provider "callerid" {
  alias           = "person" # Ada Lovelace, an administrator at m3ter
  m3ter_api_token = var.callerid_sandbox.person.m3ter_api_token
  m3ter_org_id    = var.callerid_sandbox.person.m3ter_org_id
}

provider "callerid" {
  alias           = "playground" # the same person, in an organization of the type SANDBOX
  platform        = "m3ter"
  m3ter_api_token = var.callerid_sandbox.both.m3ter_api_token
  m3ter_org_id    = "64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29"
}

provider "callerid" {
  alias            = "service_user"
  m3ter_api_key    = var.callerid_sandbox.service-user.m3ter_api_key
  m3ter_api_secret = var.callerid_sandbox.service-user.m3ter_api_secret
}

provider "callerid" {
  alias         = "owner" # Grace Hopper, the owner of an organization at VMware Cloud Services
  csp_api_token = var.callerid_sandbox.owner.csp_api_token
}

provider "callerid" {
  alias         = "member"
  csp_api_token = var.callerid_sandbox.member.csp_api_token
}

provider "callerid" {
  alias         = "expiring" # an owner, for two more hours
  csp_api_token = var.callerid_sandbox.expiring.csp_api_token
}

run "a_playground_is_for_everybody" {
  command = plan

  providers = {
    callerid = callerid.playground
  }

  assert {
    condition     = output.branch == "playground"
    error_message = "It is ${output.branch}."
  }
}

run "a_service_user_is_the_pipeline" {
  command = plan

  providers = {
    callerid = callerid.service_user
  }

  assert {
    condition     = output.branch == "pipeline" && length(terraform_data.service) == 1
    error_message = "It is ${output.branch}."
  }
}

run "an_administrator_opens_a_console" {
  providers = {
    callerid = callerid.person
  }

  variables {
    console = true
  }

  assert {
    condition     = output.branch == "administrator"
    error_message = "It is ${output.branch}."
  }

  assert {
    condition     = terraform_data.console[0].output == "Ada Lovelace"
    error_message = "The console is not hers."
  }
}

run "a_member_creates_nothing" {
  command = plan

  providers = {
    callerid = callerid.member
  }

  assert {
    condition     = output.branch == "member" && length(terraform_data.service) == 0
    error_message = "It is ${output.branch}."
  }
}

run "an_owner_deploys_production" {
  command = plan

  providers = {
    callerid = callerid.owner
  }

  variables {
    environment = "production"
  }

  assert {
    condition     = terraform_data.service[0].input.replicas == 3
    error_message = "Production has three replicas."
  }
}

# An error of a data source cannot be expected; that its postcondition fails can.
run "a_member_does_not_deploy_production" {
  command = plan

  providers = {
    callerid = callerid.member
  }

  variables {
    environment = "production"
    on_refusal  = "warn"
  }

  expect_failures = [data.callerid_require_caller.production]
}

run "a_machine_opens_no_console" {
  command = plan

  providers = {
    callerid = callerid.service_user
  }

  variables {
    console = true
  }

  expect_failures = [terraform_data.console]
}

run "an_administrator_for_two_hours_is_told" {
  command = plan

  providers = {
    callerid = callerid.expiring
  }

  expect_failures = [check.role_lasts]
}
