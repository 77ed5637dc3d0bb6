# A refusal is an error: Terraform stops, and creates nothing.
data "callerid_require_caller" "administrator" {
  any_roles = ["Administrator", "org_owner"]
}

# With on_refusal = "warn", a precondition decides what is not done.
data "callerid_require_caller" "person" {
  principal_types = ["user"]
  on_refusal      = "warn"
}

resource "terraform_data" "console" {
  input = data.callerid_require_caller.person.display_name

  lifecycle {
    precondition {
      condition     = data.callerid_require_caller.person.allowed
      error_message = join("\n", data.callerid_require_caller.person.reasons)
    }
  }
}
