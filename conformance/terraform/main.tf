# What the checks of AWS's behaviour need: small, tagged, and removed after the run.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "name" {
  description = "Name of the run, and prefix of all names."
  type        = string
}

variable "account" {
  description = "ID of the account. The provider refuses any other."
  type        = string
}

provider "aws" {
  allowed_account_ids = [var.account]
  max_retries         = 5
  s3_use_path_style   = true

  default_tags {
    tags = {
      Purpose = "Conformance checks of cdktf-event-driven-ecs"
      Run     = var.name
    }
  }
}
