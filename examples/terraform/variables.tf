variable "environment" {
  description = "What is deployed to: test or production."
  type        = string
  default     = "test"
}

variable "console" {
  description = "Whether a console is opened."
  type        = bool
  default     = false
}

variable "on_refusal" {
  description = "What a refusal to plan production is: stop, or warn in tests."
  type        = string
  default     = "stop"
}
