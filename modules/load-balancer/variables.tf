variable "name" {
  description = "Name of the load balancer and prefix of the name of every other resource of this block: 1 to 28 lower-case letters, digits and hyphens, starting with a letter (28 because an S3 bucket prefix has at most 37 characters)."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,26}[a-z0-9])?$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name is \"${var.name}\"; a load balancer's name here has 1 to 28 lower-case letters, digits and hyphens, starts with a letter, does not end with a hyphen and does not start with \"internal-\"."
  }
}

variable "vpc_id" {
  description = "ID of the VPC of the load balancer and its targets."
  type        = string
}

variable "subnet_ids" {
  description = "IDs of the subnets of the load balancer: two or more, in different zones (Elastic Load Balancing, Application Load Balancers, \"Availability Zone subnets\"). They are public subnets unless the load balancer is internal. Required unless `create_load_balancer` is false."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) == length(var.subnet_ids)
    error_message = "subnet_ids names ${join(", ", [for id in distinct(var.subnet_ids) : "\"${id}\"" if length([for other in var.subnet_ids : other if other == id]) > 1])} twice; each ID is named once."
  }
}

variable "internal" {
  description = "Whether the load balancer has private IP addresses only."
  type        = bool
  default     = false
  nullable    = false
}

variable "protocol" {
  description = "Protocol of the listener. `HTTPS`: port 443, and port 80 redirects to it. `HTTP`: port 80, in plain text."
  type        = string
  default     = "HTTPS"
  nullable    = false

  validation {
    condition     = contains(["HTTPS", "HTTP"], var.protocol)
    error_message = "protocol is \"${var.protocol}\"; allowed are \"HTTPS\", \"HTTP\"."
  }
}

variable "certificate_arn" {
  description = "ARN of the certificate, in ACM of the load balancer's region or in IAM. Required with HTTPS."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:[^:]+:(acm:[a-z0-9-]+:[0-9]{12}:certificate/|iam::[0-9]{12}:server-certificate/).+$", var.certificate_arn))
    error_message = "certificate_arn is ${jsonencode(var.certificate_arn)}; it takes the ARN of a certificate in ACM or IAM."
  }
}

variable "ssl_policy" {
  description = "Name of the TLS security policy: the TLS versions and ciphers that clients may use. The default is TLS 1.2 and 1.3."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  nullable    = false

  validation {
    condition     = startswith(var.ssl_policy, "ELBSecurityPolicy-")
    error_message = "ssl_policy is \"${var.ssl_policy}\"; it takes the name of a security policy of Elastic Load Balancing, which starts with \"ELBSecurityPolicy-\"."
  }
}

variable "ingress" {
  description = "IPv4 ranges that are allowed to reach the listener, by a key of your choice. `0.0.0.0/0` is the internet."
  type        = map(string)

  validation {
    condition     = alltrue([for cidr in values(var.ingress) : can(cidrnetmask(cidr)) && try(cidrsubnet(cidr, 0, 0), "") == cidr])
    error_message = "ingress has ${join(", ", [for name, cidr in var.ingress : "${name} \"${cidr}\"" if !can(cidrnetmask(cidr)) || try(cidrsubnet(cidr, 0, 0), "") != cidr])}; it takes IPv4 ranges with their first address, such as \"10.0.0.0/16\"."
  }
}

variable "deletion_protection" {
  description = "Whether the load balancer, and a bucket with access logs, are protected from deletion."
  type        = bool
  default     = true
  nullable    = false
}

variable "idle_timeout_seconds" {
  description = "How long an idle connection stays open, in seconds: 1 to 4000 (Elastic Load Balancing, Application Load Balancers, \"Connection idle timeout\")."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.idle_timeout_seconds >= 1 && var.idle_timeout_seconds <= 4000 && floor(var.idle_timeout_seconds) == var.idle_timeout_seconds
    error_message = "idle_timeout_seconds is ${var.idle_timeout_seconds}; Elastic Load Balancing takes whole numbers from 1 to 4000."
  }
}

variable "create_access_log_bucket" {
  description = "Whether a bucket for access logs is created. If false, give `existing_access_log_bucket`."
  type        = bool
  default     = true
  nullable    = false
}

variable "access_log_retention_days" {
  description = "How long the created bucket keeps access logs, in days: 1 or more."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.access_log_retention_days >= 1 && floor(var.access_log_retention_days) == var.access_log_retention_days
    error_message = "access_log_retention_days is ${var.access_log_retention_days}; it takes whole numbers from 1."
  }
}

variable "existing_access_log_bucket" {
  description = "Name of an existing bucket for access logs, when `create_access_log_bucket` is false. Its policy must allow `logdelivery.elasticloadbalancing.amazonaws.com` to write, and its encryption must be SSE-S3."
  type        = string
  default     = null
}

variable "create_load_balancer" {
  description = "Whether a load balancer is created. If false, give `existing_load_balancer`."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_load_balancer" {
  description = "An existing load balancer, when `create_load_balancer` is false."
  type = object({
    arn               = string
    security_group_id = string
    dns_name          = string
  })
  default = null
}

variable "create_listener" {
  description = "Whether a listener is created. If false, give `existing_listener`."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_listener" {
  description = "An existing listener that gets the listener rules, when `create_listener` is false. `ingress` must then be empty."
  type        = object({ arn = string })
  default     = null
}

variable "routes" {
  description = "The listener rule of each service, by the service's name: at most 100. `path` leads to the target group of the service: 1 to 128 characters, starting with `/`, in which `*` matches any characters and `?` any single one. `port` and `security_group_id` are those of the task. `target_type` is `ip` for tasks with `network_mode` awsvpc, and `instance` with bridge or host. `stickiness_seconds` is how long a client stays with the same task, 1 to 604800. `deregistration_delay_seconds` is how long requests in flight may take after a task is deregistered, 0 to 3600. `priority` is the priority of the rule, 1 to 50000, lowest first; null: computed from the path, so that the more literal path comes first."
  type = map(object({
    path              = string
    port              = number
    security_group_id = string
    network_mode      = optional(string, "awsvpc")
    target_type       = optional(string, "ip")
    health_check = optional(object({
      path                = optional(string, "/")
      matcher             = optional(string, "200-399")
      interval_seconds    = optional(number, 30)
      timeout_seconds     = optional(number, 5)
      healthy_threshold   = optional(number, 2)
      unhealthy_threshold = optional(number, 2)
    }), {})
    stickiness_seconds           = optional(number)
    deregistration_delay_seconds = optional(number, 30)
    priority                     = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = length(var.routes) <= 100
    error_message = "routes has ${length(var.routes)} services; a load balancer has at most 100 rules (quota of Elastic Load Balancing)."
  }

  validation {
    condition     = alltrue([for service in keys(var.routes) : can(regex("^[A-Za-z0-9_-]{1,64}$", service))])
    error_message = "routes names ${join(", ", [for service in keys(var.routes) : "\"${service}\"" if !can(regex("^[A-Za-z0-9_-]{1,64}$", service))])}; a service's name has 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : can(regex("^/[A-Za-z0-9_.$/~\\x22'@:+&*?-]{0,127}$", route.path)) && length(regexall("[*?]", route.path)) <= 5])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.path \"${route.path}\"" if !can(regex("^/[A-Za-z0-9_.$/~\\x22'@:+&*?-]{0,127}$", route.path)) || length(regexall("[*?]", route.path)) > 5])}; a path starts with / and has 1 to 128 letters, digits and _ - . $ / ~ \" ' @ : + &, and * or ? up to five times."
  }

  validation {
    condition     = length(distinct([for route in values(var.routes) : route.path])) == length(var.routes)
    error_message = "routes have the path ${join(", ", distinct([for route in values(var.routes) : "\"${route.path}\" for ${join(" and ", [for service, other in var.routes : service if other.path == route.path])}" if length([for other in values(var.routes) : other if other.path == route.path]) > 1]))}; give each service a path of its own."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : try(route.port >= 1 && route.port <= 65535 && floor(route.port) == route.port, false)])
    error_message = "routes have ${join(", ", [for service, route in var.routes : route.port == null ? "${service}.port null because its task exposes none" : "${service}.port ${route.port}" if !try(route.port >= 1 && route.port <= 65535 && floor(route.port) == route.port, false)])}; a target has a port from 1 to 65535, so give the task a port."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : contains(["awsvpc ip", "bridge instance", "host instance"], "${route.network_mode} ${route.target_type}")])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.target_type \"${route.target_type}\" with network_mode \"${route.network_mode}\"" if !contains(["awsvpc ip", "bridge instance", "host instance"], "${route.network_mode} ${route.target_type}")])}; \"awsvpc\" takes target_type \"ip\", \"bridge\" and \"host\" take \"instance\"."
  }

  validation {
    condition = alltrue([for route in values(var.routes) : alltrue([
      can(regex("^/\\S*$", route.health_check.path)) && length(route.health_check.path) <= 1024,
      can(regex("^[2-4][0-9]{2}(-[2-4][0-9]{2})?(,[2-4][0-9]{2}(-[2-4][0-9]{2})?)*$", route.health_check.matcher)),
      alltrue([for range in regexall("([0-9]+)-([0-9]+)", route.health_check.matcher) : range[0] <= range[1]]),
      route.health_check.interval_seconds >= 5 && route.health_check.interval_seconds <= 300,
      route.health_check.timeout_seconds >= 2 && route.health_check.timeout_seconds <= 120,
      route.health_check.timeout_seconds < route.health_check.interval_seconds,
      alltrue([for number in [route.health_check.interval_seconds, route.health_check.timeout_seconds, route.health_check.healthy_threshold, route.health_check.unhealthy_threshold] : floor(number) == number]),
      route.health_check.healthy_threshold >= 2 && route.health_check.healthy_threshold <= 10,
      route.health_check.unhealthy_threshold >= 2 && route.health_check.unhealthy_threshold <= 10,
    ])])
    error_message = "routes have the health checks ${join(", ", [for service, route in var.routes : "${service} ${jsonencode(route.health_check)}"])}; Elastic Load Balancing takes a path that starts with / and has no spaces and at most 1024 characters, a matcher of status codes from 200 to 499 and ranges of them, such as \"200,301\" or \"200-399\", interval_seconds 5 to 300, timeout_seconds 2 to 120 and less than the interval, and thresholds 2 to 10, all whole numbers."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : try(route.stickiness_seconds >= 1 && route.stickiness_seconds <= 604800 && floor(route.stickiness_seconds) == route.stickiness_seconds, route.stickiness_seconds == null)])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.stickiness_seconds ${jsonencode(route.stickiness_seconds)}" if !try(route.stickiness_seconds >= 1 && route.stickiness_seconds <= 604800 && floor(route.stickiness_seconds) == route.stickiness_seconds, route.stickiness_seconds == null)])}; Elastic Load Balancing takes 1 to 604800 (7 days)."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : route.deregistration_delay_seconds >= 0 && route.deregistration_delay_seconds <= 3600 && floor(route.deregistration_delay_seconds) == route.deregistration_delay_seconds])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.deregistration_delay_seconds ${route.deregistration_delay_seconds}" if route.deregistration_delay_seconds < 0 || route.deregistration_delay_seconds > 3600])}; Elastic Load Balancing takes 0 to 3600."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : try(route.priority >= 1 && route.priority <= 50000 && floor(route.priority) == route.priority, route.priority == null)])
    error_message = "routes have ${join(", ", [for service, route in var.routes : "${service}.priority ${jsonencode(route.priority)}" if !try(route.priority >= 1 && route.priority <= 50000 && floor(route.priority) == route.priority, route.priority == null)])}; Elastic Load Balancing takes 1 to 50000."
  }
}

variable "names" {
  description = "Names of existing resources that this block adopts, by address in this module, such as `aws_lb.this[\"this\"]`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`. A target group with a name given here cannot be replaced, as a change of its port would do, before the name is removed."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource of this block."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 50
    error_message = "tags has ${length(var.tags)} tags; a resource has at most 50."
  }

  validation {
    condition     = alltrue([for key, value in var.tags : length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value))])
    error_message = "tags has ${join(", ", [for key, value in var.tags : "${jsonencode(key)} = ${jsonencode(value)}" if !(length(key) >= 1 && length(key) <= 128 && try(length(value) <= 256, true) && lower(substr(key, 0, 4)) != "aws:" && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]*$", value == null ? "" : value)))])}; AWS takes keys of 1 to 128 characters that do not begin with \"aws:\", and values of at most 256 characters, which are letters, digits, spaces and _ . : / = + - @."
  }
}
