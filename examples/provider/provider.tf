terraform {
  required_providers {
    callerid = {
      source = "callerid/callerid"
    }
  }
}

# The credential in the environment: M3TER_API_KEY and M3TER_API_SECRET, CSP_API_TOKEN, and others.
provider "callerid" {}

# Another caller, in an organization of its own. Values of variables are in plan files.
variable "pipeline_key" {
  type      = string
  sensitive = true
}

variable "pipeline_secret" {
  type      = string
  sensitive = true
}

provider "callerid" {
  alias            = "pipeline"
  platform         = "m3ter"
  m3ter_org_id     = "3f2b6a0e-6d5c-4f0e-9a51-7c2d90b1e4a8"
  m3ter_api_key    = var.pipeline_key
  m3ter_api_secret = var.pipeline_secret
}
