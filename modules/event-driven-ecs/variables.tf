variable "name" {
  description = "Prefix of the name of every resource: 1 to 28 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen."
  type        = string

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,26}[a-z0-9])?$", var.name))
    error_message = "name is \"${var.name}\"; a name has 1 to 28 lower-case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
  }
}

variable "create_network" {
  description = "Whether a network is created, with the settings in `network`. If false, give `existing_network`."
  type        = bool
  default     = true
  nullable    = false
}

variable "network" {
  description = "Settings of the created network, as the module `network` takes them. `availability_zones` has two or more zones of the region."
  type = object({
    cidr_block           = optional(string, "10.0.0.0/16")
    availability_zones   = optional(list(string), [])
    public_subnet_cidrs  = optional(map(string), {})
    private_subnet_cidrs = optional(map(string), {})
    nat                  = optional(string, "single")
    interface_endpoints  = optional(list(string), [])
  })
  default  = {}
  nullable = false
}

variable "existing_network" {
  description = "An existing network, when `create_network` is false: its VPC, the subnets that tasks start in, whether a task gets a public IP address (in a public subnet it needs one to reach the internet), and the public subnets of a public load balancer. Give the subnets either in `subnets`, by zone or another key of your choice, or in `subnet_ids`. A service with a `mount_path` needs a mount target for each subnet: with `subnet_ids` another order replaces them, and the length of the list must be known at plan; with `subnets` only the keys must be known."
  type = object({
    vpc_id            = string
    subnet_ids        = optional(list(string))
    subnets           = optional(map(string))
    assign_public_ip  = optional(bool, false)
    public_subnet_ids = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.existing_network == null ? true : (var.existing_network.subnet_ids == null) != (var.existing_network.subnets == null)
    error_message = "existing_network has ${try(var.existing_network.subnets, null) == null ? "neither subnets nor subnet_ids" : "both subnets and subnet_ids"}; give one of them: subnets, a map from zone or another key to the ID of a subnet, or subnet_ids, a list."
  }
}

variable "create_cluster" {
  description = "Whether an ECS cluster is created. If false, give `existing_cluster`."
  type        = bool
  default     = true
  nullable    = false
}

variable "existing_cluster" {
  description = "An existing ECS cluster, when `create_cluster` is false."
  type = object({
    name = string
    arn  = string
  })
  default = null
}

variable "capacity_providers" {
  description = "Names of the capacity providers that the created cluster has beside FARGATE and FARGATE_SPOT, such as those of EC2 Auto Scaling groups, for services whose `capacity` names one. An existing cluster has its own."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "services" {
  description = "The services that an event can start, by name: 1 to 25 lower-case letters, digits and hyphens, starting with a letter. Each is a task, as the module `task` takes it. A service with a `path` has a target group behind the load balancer, with `health_check`, `stickiness_seconds`, `deregistration_delay_seconds` and `priority` as the module `load-balancer` takes them. A service with a `mount_path` mounts the shared file system there."
  type = map(object({
    image                   = string
    cpu                     = optional(number, 256)
    memory                  = optional(number, 512)
    port                    = optional(number)
    command                 = optional(list(string))
    entry_point             = optional(list(string))
    environment             = optional(map(string), {})
    plain_environment_names = optional(list(string), [])
    secrets                 = optional(map(string), {})
    secrets_kms_key_arns    = optional(list(string), [])
    policies                = optional(map(string), {})
    grants = optional(map(object({
      access      = string
      arn         = string
      objects     = optional(string)
      kms_key_arn = optional(string)
    })), {})
    container_health_check = optional(object({
      command              = list(string)
      interval_seconds     = optional(number, 30)
      timeout_seconds      = optional(number, 5)
      retries              = optional(number, 3)
      start_period_seconds = optional(number)
    }))
    stop_timeout_seconds = optional(number)
    ulimits = optional(map(object({
      soft = number
      hard = number
    })), {})
    init_process             = optional(bool, true)
    linux_capabilities_drop  = optional(list(string), [])
    linux_capabilities_add   = optional(list(string), [])
    run_as_image_user        = optional(bool, false)
    user                     = optional(string, "1000:1000")
    readonly_root_filesystem = optional(bool, true)
    enable_execute_command   = optional(bool, false)
    scratch_path             = optional(string, "/tmp")
    architecture             = optional(string, "X86_64")
    ebs_volume = optional(object({
      container_path   = string
      size_gib         = optional(number)
      volume_type      = optional(string, "gp3")
      iops             = optional(number)
      throughput_mibps = optional(number)
      encrypted        = optional(bool, true)
      kms_key_arn      = optional(string)
      snapshot_id      = optional(string)
      file_system_type = optional(string, "xfs")
    }))
    ephemeral_storage_gib      = optional(number)
    repository_arn             = optional(string)
    repository_credentials_arn = optional(string)
    pull_through_cache         = optional(bool, false)
    egress = optional(map(object({
      port              = optional(number)
      from_port         = optional(number)
      to_port           = optional(number)
      protocol          = optional(string, "tcp")
      cidr_ipv4         = optional(string)
      cidr_ipv6         = optional(string)
      security_group_id = optional(string)
      prefix_list_id    = optional(string)
      description       = optional(string, "Outgoing traffic of the task")
    })))
    security_group_ids = optional(list(string), [])
    allow_overrides    = optional(list(string), [])
    network_mode       = optional(string, "awsvpc")
    capacity           = optional(string, "FARGATE")
    sidecars = optional(map(object({
      image                    = string
      repository_arn           = optional(string)
      essential                = optional(bool, false)
      command                  = optional(list(string))
      entry_point              = optional(list(string))
      environment              = optional(map(string), {})
      secrets                  = optional(map(string), {})
      port                     = optional(number)
      cpu                      = optional(number)
      memory                   = optional(number)
      user                     = optional(string, "1000:1000")
      run_as_image_user        = optional(bool, false)
      readonly_root_filesystem = optional(bool, true)
      depends_on               = optional(map(string), {})
      health_check = optional(object({
        command              = list(string)
        interval_seconds     = optional(number, 30)
        timeout_seconds      = optional(number, 5)
        retries              = optional(number, 3)
        start_period_seconds = optional(number)
      }))
      firelens = optional(object({
        type    = string
        options = optional(map(string), {})
      }))
    })), {})
    container_depends_on         = optional(map(string), {})
    log_driver                   = optional(string, "awslogs")
    log_options                  = optional(map(string), {})
    log_secrets                  = optional(map(string), {})
    track_latest_revision        = optional(bool, false)
    existing_execution_role      = optional(object({ arn = string }))
    existing_task_role           = optional(object({ arn = string }))
    existing_infrastructure_role = optional(object({ arn = string }))
    existing_log_group           = optional(object({ name = string }))
    on_failure = optional(object({
      action          = optional(string, "alarm")
      max_attempts    = optional(number, 3)
      backoff_seconds = optional(number, 60)
    }), {})
    interruption_retries = optional(number, 3)
    path                 = optional(string)
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
    mount_path                   = optional(string)
  }))

  validation {
    condition     = length(var.services) >= 1 && length(var.services) <= 50
    error_message = "services has ${length(var.services)} services; a launcher takes 1 to 50. For more services make a second launcher."
  }

  validation {
    condition     = alltrue([for service in keys(var.services) : can(regex("^[a-z][a-z0-9-]{0,24}$", service))])
    error_message = "services names ${join(", ", [for service in keys(var.services) : "\"${service}\"" if !can(regex("^[a-z][a-z0-9-]{0,24}$", service))])}; a service's name has 1 to 25 lower-case letters, digits and hyphens and starts with a letter."
  }

  validation {
    condition     = alltrue([for settings in values(var.services) : settings.path == null || !contains(settings.allow_overrides, "port")])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.allow_overrides names \"port\", but a load balancer reaches the service, and on its own port only. Remove \"port\"." if settings.path != null && contains(settings.allow_overrides, "port")])
  }

  validation {
    condition     = alltrue([for settings in values(var.services) : settings.mount_path == null ? true : can(regex("^/[^:]+$", settings.mount_path))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.mount_path is ${jsonencode(settings.mount_path)}; it takes an absolute path below the root, without colons." if !(settings.mount_path == null ? true : can(regex("^/[^:]+$", settings.mount_path)))])
  }

  # The validations of the module task: generated by npm run docs
  validation {
    condition     = alltrue([for service, settings in var.services : contains(["awsvpc", "bridge", "host"], settings.network_mode)])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.network_mode is \"${settings.network_mode}\"; allowed are \"awsvpc\", \"bridge\", \"host\"." if !(contains(["awsvpc", "bridge", "host"], settings.network_mode))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : contains(["FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT"], settings.capacity) || can(regex("^[A-Za-z0-9_-]{1,255}$", settings.capacity)) && !can(regex("(?i)^(aws|ecs|fargate)", settings.capacity))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.capacity is \"${settings.capacity}\"; allowed are \"FARGATE\", \"FARGATE_SPOT\", \"EC2\", \"CLUSTER_DEFAULT\", and the name of a capacity provider: 1 to 255 letters, digits, hyphens and underscores that do not begin with \"aws\", \"ecs\" or \"fargate\"." if !(contains(["FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT"], settings.capacity) || can(regex("^[A-Za-z0-9_-]{1,255}$", settings.capacity)) && !can(regex("(?i)^(aws|ecs|fargate)", settings.capacity)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : can(regex("^((([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])([.]([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\\[[0-9a-fA-F:]+\\])(:[0-9]+)?/)?[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$", settings.image))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.image is \"${settings.image}\"; it takes [registry/]repository[:tag][@digest], with lower-case letters, digits and . _ - in the repository, such as \"ghcr.io/acme/auth-api:1.4.2\"." if !(can(regex("^((([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])([.]([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\\[[0-9a-fA-F:]+\\])(:[0-9]+)?/)?[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$", settings.image)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : length(split("@", settings.image)[0]) <= 255])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.image has ${length(split("@", settings.image)[0])} characters before a digest; ECS takes at most 255." if !(length(split("@", settings.image)[0]) <= 255)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.cpu >= 128 && settings.cpu <= 196608 && floor(settings.cpu) == settings.cpu])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.cpu is ${settings.cpu}; ECS takes whole numbers from 128 to 196608." if !(settings.cpu >= 128 && settings.cpu <= 196608 && floor(settings.cpu) == settings.cpu)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.memory >= 6 && floor(settings.memory) == settings.memory])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.memory is ${settings.memory}; Docker takes whole numbers from 6, in MiB." if !(settings.memory >= 6 && floor(settings.memory) == settings.memory)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.port == null ? true : settings.port >= 1 && settings.port <= 65535 && floor(settings.port) == settings.port])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.port is ${jsonencode(settings.port)}; TCP takes whole numbers from 1 to 65535." if !(settings.port == null ? true : settings.port >= 1 && settings.port <= 65535 && floor(settings.port) == settings.port)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for arn in values(settings.secrets) : can(regex("^(arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter/[^:]+)|/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14})$", arn))])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.secrets has ${join(", ", [for name, arn in settings.secrets : "${name} = \"${arn}\"" if !can(regex("^(arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter/[^:]+)|/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14})$", arn))])}; it takes ARNs of Secrets Manager secrets (optionally with :json-key:version-stage:version-id) or of SSM parameters, or names of SSM parameters of the same account and region that begin with / (another word could be the secret itself)." if !(alltrue([for arn in values(settings.secrets) : can(regex("^(arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter/[^:]+)|/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14})$", arn))]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for arn in settings.secrets_kms_key_arns : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.secrets_kms_key_arns has ${join(", ", [for arn in settings.secrets_kms_key_arns : "\"${arn}\"" if !can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])}; it takes ARNs of KMS keys, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases." if !(alltrue([for arn in settings.secrets_kms_key_arns : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for name in keys(settings.policies) : can(regex("^[A-Za-z0-9_+=,.@-]{1,128}$", name))])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.policies names ${join(", ", [for name in keys(settings.policies) : "\"${name}\"" if !can(regex("^[A-Za-z0-9_+=,.@-]{1,128}$", name))])}; a policy name has 1 to 128 letters, digits and _ + = , . @ -." if !(alltrue([for name in keys(settings.policies) : can(regex("^[A-Za-z0-9_+=,.@-]{1,128}$", name))]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for document in values(settings.policies) : can(keys(jsondecode(document)))])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.policies has ${join(", ", [for name, document in settings.policies : "\"${name}\"" if !can(keys(jsondecode(document)))])}, which is not the JSON text of a policy document, as jsonencode gives it." if !(alltrue([for document in values(settings.policies) : can(keys(jsondecode(document)))]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : length(replace(join("", values(settings.policies)), "/\\s/", "")) <= 10240])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.policies have ${length(replace(join("", values(settings.policies)), "/\\s/", ""))} characters in all; IAM takes at most 10240 for the inline policies of a role. Attach a managed policy to the role instead." if !(length(replace(join("", values(settings.policies)), "/\\s/", "")) <= 10240)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.container_health_check == null ? true : try(settings.container_health_check.command[0] == "CMD" ? length(settings.container_health_check.command) >= 2 : settings.container_health_check.command[0] == "CMD-SHELL" && length(settings.container_health_check.command) == 2, false)])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.container_health_check.command is ${jsonencode(try(settings.container_health_check.command, []))}; it takes \"CMD\" with a program and its arguments, or \"CMD-SHELL\" with one text." if !(settings.container_health_check == null ? true : try(settings.container_health_check.command[0] == "CMD" ? length(settings.container_health_check.command) >= 2 : settings.container_health_check.command[0] == "CMD-SHELL" && length(settings.container_health_check.command) == 2, false))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.container_health_check == null ? true : alltrue([for range in [[settings.container_health_check.interval_seconds, 5, 300], [settings.container_health_check.timeout_seconds, 2, 60], [settings.container_health_check.retries, 1, 10], [coalesce(settings.container_health_check.start_period_seconds, 0), 0, 300]] : range[0] >= range[1] && range[0] <= range[2] && floor(range[0]) == range[0]])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.container_health_check is ${jsonencode(settings.container_health_check)}; it takes whole numbers: interval_seconds 5 to 300, timeout_seconds 2 to 60, retries 1 to 10, start_period_seconds 0 to 300." if !(settings.container_health_check == null ? true : alltrue([for range in [[settings.container_health_check.interval_seconds, 5, 300], [settings.container_health_check.timeout_seconds, 2, 60], [settings.container_health_check.retries, 1, 10], [coalesce(settings.container_health_check.start_period_seconds, 0), 0, 300]] : range[0] >= range[1] && range[0] <= range[2] && floor(range[0]) == range[0]]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.stop_timeout_seconds == null ? true : settings.stop_timeout_seconds >= 2 && floor(settings.stop_timeout_seconds) == settings.stop_timeout_seconds])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.stop_timeout_seconds is ${jsonencode(settings.stop_timeout_seconds)}; it takes a whole number of seconds, 2 or more." if !(settings.stop_timeout_seconds == null ? true : settings.stop_timeout_seconds >= 2 && floor(settings.stop_timeout_seconds) == settings.stop_timeout_seconds)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for name in keys(settings.ulimits) : contains(["core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack"], name)])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ulimits names ${join(", ", [for name in keys(settings.ulimits) : "\"${name}\""])}; allowed are \"core\", \"cpu\", \"data\", \"fsize\", \"locks\", \"memlock\", \"msgqueue\", \"nice\", \"nofile\", \"nproc\", \"rss\", \"rtprio\", \"rttime\", \"sigpending\", \"stack\"." if !(alltrue([for name in keys(settings.ulimits) : contains(["core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack"], name)]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for limit in values(settings.ulimits) : limit.soft >= -1 && limit.hard >= -1 && floor(limit.soft) == limit.soft && floor(limit.hard) == limit.hard && (limit.hard == -1 || limit.soft != -1 && limit.soft <= limit.hard)])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ulimits is ${jsonencode(settings.ulimits)}; soft and hard are whole numbers or -1 for no limit, and soft is not above hard." if !(alltrue([for limit in values(settings.ulimits) : limit.soft >= -1 && limit.hard >= -1 && floor(limit.soft) == limit.soft && floor(limit.hard) == limit.hard && (limit.hard == -1 || limit.soft != -1 && limit.soft <= limit.hard)]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for key in keys(settings.grants) : can(regex("^[A-Za-z0-9_+=,.@-]{1,122}$", key))])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.grants names ${join(", ", [for key in keys(settings.grants) : "\"${key}\"" if !can(regex("^[A-Za-z0-9_+=,.@-]{1,122}$", key))])}; a grant's key has 1 to 122 letters, digits and _ + = , . @ - (a policy name has 128, and \"grant-\" is added)." if !(alltrue([for key in keys(settings.grants) : can(regex("^[A-Za-z0-9_+=,.@-]{1,122}$", key))]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for grant in values(settings.grants) : contains(["read-objects", "put-objects", "consume-messages", "send-messages", "read-secret", "read-parameter", "read-table", "write-table"], grant.access)])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.grants has ${join(", ", [for key, grant in settings.grants : "${key}.access \"${grant.access}\"" if !contains(["read-objects", "put-objects", "consume-messages", "send-messages", "read-secret", "read-parameter", "read-table", "write-table"], grant.access)])}; allowed are \"read-objects\", \"put-objects\", \"consume-messages\", \"send-messages\", \"read-secret\", \"read-parameter\", \"read-table\", \"write-table\"." if !(alltrue([for grant in values(settings.grants) : contains(["read-objects", "put-objects", "consume-messages", "send-messages", "read-secret", "read-parameter", "read-table", "write-table"], grant.access)]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for grant in values(settings.grants) : grant.objects == null || contains(["read-objects", "put-objects"], grant.access)])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.grants has ${join(", ", [for key, grant in settings.grants : "${key}.objects ${jsonencode(grant.objects)} with access \"${grant.access}\"" if !(grant.objects == null || contains(["read-objects", "put-objects"], grant.access))])}; only read-objects and put-objects take objects." if !(alltrue([for grant in values(settings.grants) : grant.objects == null || contains(["read-objects", "put-objects"], grant.access)]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for grant in values(settings.grants) : try(length(grant.objects) > 0, true)])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.grants has ${join(", ", [for key, grant in settings.grants : "${key}.objects \"\"" if !try(length(grant.objects) > 0, true)])}; it takes keys of objects, such as \"incoming/*\", or \"*\" for all." if !(alltrue([for grant in values(settings.grants) : try(length(grant.objects) > 0, true)]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", settings.user)) && !can(regex("^(root|0+)(:|$)", settings.user))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.user is ${jsonencode(settings.user)}; it takes a user other than root, by name or number, optionally with :group, for instance \"1000:1000\"." if !(can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", settings.user)) && !can(regex("^(root|0+)(:|$)", settings.user)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : can(regex("^/[^:]+$", settings.scratch_path))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.scratch_path is ${jsonencode(settings.scratch_path)}; it takes an absolute path below the root, without colons." if !(can(regex("^/[^:]+$", settings.scratch_path)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : can(regex("^/[^:]+$", settings.ebs_volume.container_path))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume.container_path is ${jsonencode(try(settings.ebs_volume.container_path, null))}; it takes an absolute path below the root, without colons." if !(settings.ebs_volume == null ? true : can(regex("^/[^:]+$", settings.ebs_volume.container_path)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : contains(["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"], settings.ebs_volume.volume_type)])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume.volume_type is ${jsonencode(try(settings.ebs_volume.volume_type, null))}; allowed are \"gp2\", \"gp3\", \"io1\", \"io2\", \"sc1\", \"st1\", \"standard\"." if !(settings.ebs_volume == null ? true : contains(["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"], settings.ebs_volume.volume_type))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : settings.ebs_volume.size_gib != null || settings.ebs_volume.snapshot_id != null])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume has neither size_gib nor snapshot_id; give the size of a new volume, or the snapshot that it is created from." if !(settings.ebs_volume == null ? true : settings.ebs_volume.size_gib != null || settings.ebs_volume.snapshot_id != null)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : settings.ebs_volume.size_gib == null ? true : settings.ebs_volume.size_gib >= lookup({ io1 = 4, io2 = 4, sc1 = 125, st1 = 125 }, settings.ebs_volume.volume_type, 1) && settings.ebs_volume.size_gib <= (settings.ebs_volume.volume_type == "standard" ? 1024 : 16384) && floor(settings.ebs_volume.size_gib) == settings.ebs_volume.size_gib])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume.size_gib is ${jsonencode(try(settings.ebs_volume.size_gib, null))} with volume_type \"${try(settings.ebs_volume.volume_type, "")}\"; ECS takes whole numbers: 1 to 16384 with gp2 and gp3, 4 to 16384 with io1 and io2, 125 to 16384 with sc1 and st1, 1 to 1024 with standard." if !(settings.ebs_volume == null ? true : settings.ebs_volume.size_gib == null ? true : settings.ebs_volume.size_gib >= lookup({ io1 = 4, io2 = 4, sc1 = 125, st1 = 125 }, settings.ebs_volume.volume_type, 1) && settings.ebs_volume.size_gib <= (settings.ebs_volume.volume_type == "standard" ? 1024 : 16384) && floor(settings.ebs_volume.size_gib) == settings.ebs_volume.size_gib)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : settings.ebs_volume.iops != null || !contains(["io1", "io2"], settings.ebs_volume.volume_type)])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume has volume_type \"${try(settings.ebs_volume.volume_type, "")}\" and no iops; io1 and io2 need it." if !(settings.ebs_volume == null ? true : settings.ebs_volume.iops != null || !contains(["io1", "io2"], settings.ebs_volume.volume_type))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : settings.ebs_volume.iops == null ? true : settings.ebs_volume.iops >= (settings.ebs_volume.volume_type == "gp3" ? 3000 : 100) && settings.ebs_volume.iops <= lookup({ gp3 = 16000, io1 = 64000, io2 = 256000 }, settings.ebs_volume.volume_type, 0) && floor(settings.ebs_volume.iops) == settings.ebs_volume.iops])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume.iops is ${jsonencode(try(settings.ebs_volume.iops, null))} with volume_type \"${try(settings.ebs_volume.volume_type, "")}\"; ECS takes whole numbers: 3000 to 16000 with gp3, 100 to 64000 with io1, 100 to 256000 with io2; other types have no iops." if !(settings.ebs_volume == null ? true : settings.ebs_volume.iops == null ? true : settings.ebs_volume.iops >= (settings.ebs_volume.volume_type == "gp3" ? 3000 : 100) && settings.ebs_volume.iops <= lookup({ gp3 = 16000, io1 = 64000, io2 = 256000 }, settings.ebs_volume.volume_type, 0) && floor(settings.ebs_volume.iops) == settings.ebs_volume.iops)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : settings.ebs_volume.throughput_mibps == null ? true : settings.ebs_volume.volume_type == "gp3" && settings.ebs_volume.throughput_mibps >= 125 && settings.ebs_volume.throughput_mibps <= 1000 && floor(settings.ebs_volume.throughput_mibps) == settings.ebs_volume.throughput_mibps])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume.throughput_mibps is ${jsonencode(try(settings.ebs_volume.throughput_mibps, null))} with volume_type \"${try(settings.ebs_volume.volume_type, "")}\"; ECS takes whole numbers from 125 to 1000 with gp3; other types have no throughput_mibps." if !(settings.ebs_volume == null ? true : settings.ebs_volume.throughput_mibps == null ? true : settings.ebs_volume.volume_type == "gp3" && settings.ebs_volume.throughput_mibps >= 125 && settings.ebs_volume.throughput_mibps <= 1000 && floor(settings.ebs_volume.throughput_mibps) == settings.ebs_volume.throughput_mibps)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : settings.ebs_volume.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", settings.ebs_volume.kms_key_arn))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume.kms_key_arn is ${jsonencode(try(settings.ebs_volume.kms_key_arn, null))}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name." if !(settings.ebs_volume == null ? true : settings.ebs_volume.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", settings.ebs_volume.kms_key_arn)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : settings.ebs_volume.encrypted || settings.ebs_volume.kms_key_arn == null])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume.kms_key_arn is given with encrypted false; the key is for an encrypted volume. Remove one of them." if !(settings.ebs_volume == null ? true : settings.ebs_volume.encrypted || settings.ebs_volume.kms_key_arn == null)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : settings.ebs_volume.snapshot_id == null ? true : can(regex("^snap-[0-9a-z]+$", settings.ebs_volume.snapshot_id))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume.snapshot_id is ${jsonencode(try(settings.ebs_volume.snapshot_id, null))}; it takes the ID of a snapshot, such as \"snap-0a1b2c3d4e5f60718\"." if !(settings.ebs_volume == null ? true : settings.ebs_volume.snapshot_id == null ? true : can(regex("^snap-[0-9a-z]+$", settings.ebs_volume.snapshot_id)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ebs_volume == null ? true : contains(["ext3", "ext4", "xfs"], settings.ebs_volume.file_system_type)])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ebs_volume.file_system_type is ${jsonencode(try(settings.ebs_volume.file_system_type, null))}; allowed are \"ext3\", \"ext4\", \"xfs\"." if !(settings.ebs_volume == null ? true : contains(["ext3", "ext4", "xfs"], settings.ebs_volume.file_system_type))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.ephemeral_storage_gib == null ? true : settings.ephemeral_storage_gib >= 21 && settings.ephemeral_storage_gib <= 200 && floor(settings.ephemeral_storage_gib) == settings.ephemeral_storage_gib])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.ephemeral_storage_gib is ${jsonencode(settings.ephemeral_storage_gib)}; Fargate accepts 21 to 200 (20 GiB are included)." if !(settings.ephemeral_storage_gib == null ? true : settings.ephemeral_storage_gib >= 21 && settings.ephemeral_storage_gib <= 200 && floor(settings.ephemeral_storage_gib) == settings.ephemeral_storage_gib)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : contains(["X86_64", "ARM64"], settings.architecture)])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.architecture is \"${settings.architecture}\"; allowed are \"X86_64\", \"ARM64\"." if !(contains(["X86_64", "ARM64"], settings.architecture))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.repository_credentials_arn == null ? true : can(regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", settings.repository_credentials_arn))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.repository_credentials_arn is ${jsonencode(settings.repository_credentials_arn)}; it takes the ARN of a Secrets Manager secret, such as \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:ghcr-AbCdEf\"." if !(settings.repository_credentials_arn == null ? true : can(regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", settings.repository_credentials_arn)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : contains(["tcp", "udp", "icmp", "-1"], rule.protocol)])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name}.protocol \"${rule.protocol}\"" if !contains(["tcp", "udp", "icmp", "-1"], rule.protocol)])}; allowed are \"tcp\", \"udp\", \"icmp\", \"-1\"." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : contains(["tcp", "udp", "icmp", "-1"], rule.protocol)]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : contains(["tcp", "udp"], rule.protocol) ? (rule.port == null ? rule.from_port != null && rule.to_port != null : rule.from_port == null && rule.to_port == null) : rule.port == null && rule.from_port == null && rule.to_port == null])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name} with protocol \"${rule.protocol}\" and ${join(", ", concat([for port, given in { port = rule.port, from_port = rule.from_port, to_port = rule.to_port } : port if given != null], rule.port == null && rule.from_port == null && rule.to_port == null ? ["no port"] : []))}"])}; \"tcp\" and \"udp\" take port, or from_port and to_port; \"icmp\" and \"-1\" take no ports, they cover all types and ports." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : contains(["tcp", "udp"], rule.protocol) ? (rule.port == null ? rule.from_port != null && rule.to_port != null : rule.from_port == null && rule.to_port == null) : rule.port == null && rule.from_port == null && rule.to_port == null]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.port == null ? true : rule.port >= 1 && rule.port <= 65535 && floor(rule.port) == rule.port])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name}.port ${coalesce(rule.port, 0)}" if rule.port == null ? false : rule.port < 1 || rule.port > 65535 || floor(rule.port) != rule.port])}; a port is 1 to 65535." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.port == null ? true : rule.port >= 1 && rule.port <= 65535 && floor(rule.port) == rule.port]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.from_port == null || rule.to_port == null ? true : rule.from_port >= 0 && rule.from_port <= rule.to_port && rule.to_port <= 65535 && floor(rule.from_port) == rule.from_port && floor(rule.to_port) == rule.to_port])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name} with from_port ${jsonencode(rule.from_port)} and to_port ${jsonencode(rule.to_port)}" if rule.from_port != null && rule.to_port != null])}; a range has whole ports from 0 to 65535, and from_port is the lower one." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.from_port == null || rule.to_port == null ? true : rule.from_port >= 0 && rule.from_port <= rule.to_port && rule.to_port <= 65535 && floor(rule.from_port) == rule.from_port && floor(rule.to_port) == rule.to_port]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : length([for destination in [rule.cidr_ipv4, rule.cidr_ipv6, rule.security_group_id, rule.prefix_list_id] : destination if destination != null]) == 1])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name} with ${join(", ", concat([for destination, given in { cidr_ipv4 = rule.cidr_ipv4, cidr_ipv6 = rule.cidr_ipv6, security_group_id = rule.security_group_id, prefix_list_id = rule.prefix_list_id } : destination if given != null], rule.cidr_ipv4 == null && rule.cidr_ipv6 == null && rule.security_group_id == null && rule.prefix_list_id == null ? ["no destination"] : []))}"])}; a rule has exactly one of cidr_ipv4, cidr_ipv6, security_group_id, prefix_list_id." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : length([for destination in [rule.cidr_ipv4, rule.cidr_ipv6, rule.security_group_id, rule.prefix_list_id] : destination if destination != null]) == 1]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.cidr_ipv4 == null ? true : can(cidrnetmask(rule.cidr_ipv4)) && try(cidrsubnet(rule.cidr_ipv4, 0, 0), "") == rule.cidr_ipv4])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name}.cidr_ipv4 \"${rule.cidr_ipv4}\"" if rule.cidr_ipv4 == null ? false : !can(cidrnetmask(rule.cidr_ipv4)) || try(cidrsubnet(rule.cidr_ipv4, 0, 0), "") != rule.cidr_ipv4])}; it takes an IPv4 range with its first address, such as \"10.0.0.0/16\"." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.cidr_ipv4 == null ? true : can(cidrnetmask(rule.cidr_ipv4)) && try(cidrsubnet(rule.cidr_ipv4, 0, 0), "") == rule.cidr_ipv4]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.cidr_ipv6 == null ? true : strcontains(rule.cidr_ipv6, ":") && try(cidrsubnet(rule.cidr_ipv6, 0, 0), "") == rule.cidr_ipv6])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name}.cidr_ipv6 \"${rule.cidr_ipv6}\"" if rule.cidr_ipv6 == null ? false : !strcontains(rule.cidr_ipv6, ":") || try(cidrsubnet(rule.cidr_ipv6, 0, 0), "") != rule.cidr_ipv6])}; it takes an IPv6 range with its first address, such as \"2001:db8::/32\"." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.cidr_ipv6 == null ? true : strcontains(rule.cidr_ipv6, ":") && try(cidrsubnet(rule.cidr_ipv6, 0, 0), "") == rule.cidr_ipv6]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.security_group_id == null ? true : can(regex("^([0-9]{12}/)?sg-[0-9a-z]+$", rule.security_group_id))])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name}.security_group_id \"${rule.security_group_id}\"" if rule.security_group_id == null ? false : !can(regex("^([0-9]{12}/)?sg-[0-9a-z]+$", rule.security_group_id))])}; it takes the ID of a security group, such as \"sg-0a1b2c3d4e5f60718\"." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.security_group_id == null ? true : can(regex("^([0-9]{12}/)?sg-[0-9a-z]+$", rule.security_group_id))]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.prefix_list_id == null ? true : can(regex("^pl-[0-9a-z]+$", rule.prefix_list_id))])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name}.prefix_list_id \"${rule.prefix_list_id}\"" if rule.prefix_list_id == null ? false : !can(regex("^pl-[0-9a-z]+$", rule.prefix_list_id))])}; it takes the ID of a prefix list, such as \"pl-0a1b2c3d4e5f60718\"." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : rule.prefix_list_id == null ? true : can(regex("^pl-[0-9a-z]+$", rule.prefix_list_id))]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.egress == null ? true : alltrue([for rule in values(settings.egress) : can(regex("^[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", rule.description))])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.egress has ${join(", ", [for name, rule in settings.egress : "${name}.description \"${rule.description}\"" if !can(regex("^[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", rule.description))])}; EC2 takes 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*." if !(settings.egress == null ? true : alltrue([for rule in values(settings.egress) : can(regex("^[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", rule.description))]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : length(settings.security_group_ids) <= 4])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.security_group_ids has ${length(settings.security_group_ids)} security groups; a task has at most 5, its own included." if !(length(settings.security_group_ids) <= 4)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : alltrue([for id in settings.security_group_ids : can(regex("^sg-[0-9a-z]+$", id))])])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.security_group_ids has ${join(", ", [for id in settings.security_group_ids : "\"${id}\"" if !can(regex("^sg-[0-9a-z]+$", id))])}; it takes IDs of security groups, such as \"sg-0a1b2c3d4e5f60718\"." if !(alltrue([for id in settings.security_group_ids : can(regex("^sg-[0-9a-z]+$", id))]))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : contains(["alarm", "retry", "dead_letter"], settings.on_failure.action)])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.on_failure.action is \"${settings.on_failure.action}\"; allowed are \"alarm\", \"retry\", \"dead_letter\"." if !(contains(["alarm", "retry", "dead_letter"], settings.on_failure.action))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.on_failure.max_attempts >= 1 && settings.on_failure.max_attempts <= 10 && floor(settings.on_failure.max_attempts) == settings.on_failure.max_attempts])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.on_failure.max_attempts is ${settings.on_failure.max_attempts}; it takes a whole number from 1 to 10, the first launch included." if !(settings.on_failure.max_attempts >= 1 && settings.on_failure.max_attempts <= 10 && floor(settings.on_failure.max_attempts) == settings.on_failure.max_attempts)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.on_failure.backoff_seconds >= 0 && settings.on_failure.backoff_seconds <= 900 && floor(settings.on_failure.backoff_seconds) == settings.on_failure.backoff_seconds])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.on_failure.backoff_seconds is ${settings.on_failure.backoff_seconds}; it takes a whole number of seconds from 0 to 900 (SQS delays a message by at most 15 minutes)." if !(settings.on_failure.backoff_seconds >= 0 && settings.on_failure.backoff_seconds <= 900 && floor(settings.on_failure.backoff_seconds) == settings.on_failure.backoff_seconds)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.interruption_retries >= 0 && settings.interruption_retries <= 10 && floor(settings.interruption_retries) == settings.interruption_retries])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.interruption_retries is ${settings.interruption_retries}; it takes a whole number from 0 to 10; with 0 an interrupted task is not launched again." if !(settings.interruption_retries >= 0 && settings.interruption_retries <= 10 && floor(settings.interruption_retries) == settings.interruption_retries)])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : contains(["awslogs", "awsfirelens"], settings.log_driver)])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.log_driver is \"${settings.log_driver}\"; allowed are \"awslogs\", \"awsfirelens\"." if !(contains(["awslogs", "awsfirelens"], settings.log_driver))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.existing_execution_role == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", settings.existing_execution_role.arn))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.existing_execution_role.arn is ${jsonencode(try(settings.existing_execution_role.arn, null))}; it takes the ARN of an IAM role, such as \"arn:aws:iam::123456789012:role/engines-execution\"." if !(settings.existing_execution_role == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", settings.existing_execution_role.arn)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.existing_task_role == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", settings.existing_task_role.arn))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.existing_task_role.arn is ${jsonencode(try(settings.existing_task_role.arn, null))}; it takes the ARN of an IAM role, such as \"arn:aws:iam::123456789012:role/engines-task\"." if !(settings.existing_task_role == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", settings.existing_task_role.arn)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.existing_infrastructure_role == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", settings.existing_infrastructure_role.arn))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.existing_infrastructure_role.arn is ${jsonencode(try(settings.existing_infrastructure_role.arn, null))}; it takes the ARN of an IAM role, such as \"arn:aws:iam::123456789012:role/engines-volumes\"." if !(settings.existing_infrastructure_role == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", settings.existing_infrastructure_role.arn)))])
  }

  validation {
    condition     = alltrue([for service, settings in var.services : settings.existing_log_group == null ? true : can(regex("^[A-Za-z0-9._/#-]{1,512}$", settings.existing_log_group.name))])
    error_message = join("\n", [for service, settings in var.services : "services.${service}.existing_log_group.name is ${jsonencode(try(settings.existing_log_group.name, null))}; a log group's name has 1 to 512 letters, digits and . _ / # -." if !(settings.existing_log_group == null ? true : can(regex("^[A-Za-z0-9._/#-]{1,512}$", settings.existing_log_group.name)))])
  }
  # End of the validations of the module task
}

variable "events" {
  description = "The EventBridge rules that start tasks, by name: 1 to 35 letters, digits, hyphens and underscores. Each is a pattern (`source`, `detail_type`, `detail` as JSON text), a `preset` or a `schedule_expression`, as the module `event-rule` takes them. `service` is the service that the rule starts. Null: the event names it in `detail.service`; scheduled events, those of a preset and those of AWS services do not, so `service` is required for them."
  type = map(object({
    source              = optional(list(string), [])
    detail_type         = optional(list(string), [])
    detail              = optional(string)
    schedule_expression = optional(string)
    preset              = optional(string)
    minimum_severity    = optional(string)
    event_names         = optional(list(string), [])
    service             = optional(string)
    event_bus_name      = optional(string, "default")
    enabled             = optional(bool, true)
  }))
  default  = {}
  nullable = false
}

variable "schedules" {
  description = "When tasks of services are started and stopped, by name: 1 to 20 lower-case letters, digits and hyphens. `expression` is rate(…), cron(…) or at(…), as EventBridge Scheduler takes it, in the time zone `time_zone`. At each scheduled time one task of every service in `start` is started, and all tasks of the services in `stop` are stopped."
  type = map(object({
    expression = string
    time_zone  = optional(string, "UTC")
    start      = optional(list(string), [])
    stop       = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for schedule in keys(var.schedules) : can(regex("^[a-z0-9-]{1,20}$", schedule))])
    error_message = "schedules names ${join(", ", [for schedule in keys(var.schedules) : "\"${schedule}\"" if !can(regex("^[a-z0-9-]{1,20}$", schedule))])}; a schedule's name has 1 to 20 lower-case letters, digits and hyphens."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : length(schedule.start) + length(schedule.stop) > 0])
    error_message = "schedules has ${join(", ", [for name, schedule in var.schedules : "\"${name}\"" if length(schedule.start) + length(schedule.stop) == 0])}, which has neither start nor stop; give at least one of them."
  }

  # The validations of the module schedule: generated by npm run docs
  validation {
    condition     = alltrue([for schedule, settings in var.schedules : length(settings.expression) <= 256])
    error_message = join("\n", [for schedule, settings in var.schedules : "schedules.${schedule}.expression has ${try(length(settings.expression), 0)} characters; EventBridge Scheduler takes at most 256." if !(length(settings.expression) <= 256)])
  }

  validation {
    condition     = alltrue([for schedule, settings in var.schedules : !can(regex("^cron\\([^]+ [^]+ ((30|31)(,(30|31))* (0?2|FEB)|31(,31)* (0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV)(,(0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV))*) ", settings.expression))])
    error_message = join("\n", [for schedule, settings in var.schedules : "schedules.${schedule}.expression is \"${settings.expression}\"; no month that it names has such a day, so it would never be due. Use L for the last day of a month." if !(!can(regex("^cron\\([^]+ [^]+ ((30|31)(,(30|31))* (0?2|FEB)|31(,31)* (0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV)(,(0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV))*) ", settings.expression)))])
  }

  validation {
    condition     = alltrue([for schedule, settings in var.schedules : can(regex("^((Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)(/[A-Za-z0-9_+-]+){1,2}|CET|CST6CDT|Cuba|EET|EST|EST5EDT|Egypt|Eire|GB|GB-Eire|GMT|GMT[+]0|GMT-0|GMT0|Greenwich|HST|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|MET|MST|MST7MDT|NZ|NZ-CHAT|Navajo|PRC|PST8PDT|Poland|Portugal|ROC|ROK|Singapore|Turkey|UCT|UTC|Universal|W-SU|WET|Zulu)$", settings.time_zone)) && length(settings.time_zone) <= 50])
    error_message = join("\n", [for schedule, settings in var.schedules : "schedules.${schedule}.time_zone is \"${settings.time_zone}\"; EventBridge Scheduler takes a name from the IANA time zone database, such as \"Europe/Berlin\" or \"UTC\"." if !(can(regex("^((Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)(/[A-Za-z0-9_+-]+){1,2}|CET|CST6CDT|Cuba|EET|EST|EST5EDT|Egypt|Eire|GB|GB-Eire|GMT|GMT[+]0|GMT-0|GMT0|Greenwich|HST|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|MET|MST|MST7MDT|NZ|NZ-CHAT|Navajo|PRC|PST8PDT|Poland|Portugal|ROC|ROK|Singapore|Turkey|UCT|UTC|Universal|W-SU|WET|Zulu)$", settings.time_zone)) && length(settings.time_zone) <= 50)])
  }
  # End of the validations of the module schedule
}

variable "stop_events" {
  description = "The EventBridge rules whose `Stop ECS Tasks` events stop tasks, by name: 1 to 18 letters, digits, hyphens and underscores. Each has `source`, and `detail` as JSON text, as the module `registrar` takes them. The event names the services in `detail.services`; without it, it stops the tasks of all services."
  type = map(object({
    source         = optional(list(string), [])
    detail         = optional(string)
    event_bus_name = optional(string, "default")
  }))
  default  = {}
  nullable = false
}

variable "buffer" {
  description = "Whether the launcher puts events from EventBridge into a queue and launches tasks from there: for bursts beyond the 20 tasks a second that ECS starts (Amazon ECS Developer Guide, \"Request throttling\")."
  type        = bool
  default     = false
  nullable    = false
}

variable "deduplication_window_hours" {
  description = "How long a duplicate of an event starts no second task, in whole hours: 1 to 720, which is how long the launcher keeps a launch record."
  type        = number
  default     = 24
  nullable    = false
}

variable "load_balancer" {
  description = "The load balancer of the services that have a `path`, as the module `load-balancer` takes it. `subnet_ids` are by default the private subnets of the network if `internal` is true, else the public ones. `ingress` has the IPv4 ranges that are allowed to reach it; none by default."
  type = object({
    subnet_ids                 = optional(list(string))
    internal                   = optional(bool, false)
    protocol                   = optional(string, "HTTPS")
    certificate_arn            = optional(string)
    ssl_policy                 = optional(string, "ELBSecurityPolicy-TLS13-1-2-2021-06")
    ingress                    = optional(map(string), {})
    deletion_protection        = optional(bool, true)
    idle_timeout_seconds       = optional(number, 60)
    create_access_log_bucket   = optional(bool, true)
    access_log_retention_days  = optional(number, 365)
    existing_access_log_bucket = optional(string)
    create_load_balancer       = optional(bool, true)
    existing_load_balancer = optional(object({
      arn               = string
      security_group_id = string
      dns_name          = string
    }))
    create_listener   = optional(bool, true)
    existing_listener = optional(object({ arn = string }))
  })
  default  = {}
  nullable = false
}

variable "create_file_system" {
  description = "Whether the shared file system of the services that have a `mount_path` is created, with the settings in `file_system`. If false, give `existing_file_system`."
  type        = bool
  default     = true
  nullable    = false
}

variable "file_system" {
  description = "Settings of the created file system, as the module `file-system` takes them. The services share one directory, as user `uid` of group `gid`."
  type = object({
    uid                          = optional(number, 1000)
    gid                          = optional(number, 1000)
    backup                       = optional(bool, true)
    infrequent_access_after_days = optional(number, 30)
    throughput_mode              = optional(string, "elastic")
    provisioned_throughput_mibps = optional(number)
  })
  default  = {}
  nullable = false
}

variable "existing_file_system" {
  description = "An access point of an existing file system, when `create_file_system` is false, as the module `task` takes it in `mounts`. The file system's policy and security group must allow the services."
  type = object({
    file_system_id    = string
    file_system_arn   = string
    access_point_id   = string
    access_point_arn  = string
    security_group_id = string
  })
  default = null
}

variable "create_monitoring" {
  description = "Whether the dashboard and the alarms of the module `monitoring` are created."
  type        = bool
  default     = true
  nullable    = false
}

variable "function_architecture" {
  description = "Processor architecture of the Lambda functions: `arm64`, which costs less, or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "create_run_history" {
  description = "Whether EventBridge writes each end of a task to a log group, so that it can be looked up when ECS has forgotten the task: the command `runs` reads it."
  type        = bool
  default     = true
  nullable    = false
}

variable "create_run_history_policy" {
  description = "Whether the log resource policy is created that allows EventBridge to write the run history. A region of an account has at most 10 of them (Amazon CloudWatch Logs User Guide, \"CloudWatch Logs quotas\"). If false, a policy that exists already must allow it, for instance one for all log groups under `/aws/events/`."
  type        = bool
  default     = true
  nullable    = false
}

variable "function_runtime" {
  description = "Runtime of the Lambda functions: `nodejs22.x` or later. The Terraform provider refuses a runtime that it does not know: version 5.100 takes `nodejs22.x` at most, `nodejs24.x` needs 6.19 or later."
  type        = string
  default     = "nodejs22.x"
  nullable    = false

  validation {
    condition     = can(regex("^nodejs(2[2-9]|[3-9][0-9])\\.x$", var.function_runtime))
    error_message = "function_runtime is \"${var.function_runtime}\"; the code is built for Node.js 22, so it takes \"nodejs22.x\" or later, such as \"nodejs24.x\"."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, in days, or 0 without limit: a value that CloudWatch Logs accepts (Amazon CloudWatch Logs API Reference, PutRetentionPolicy)."
  type        = number
  default     = 365
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs, the messages in the queues, the payloads and the environments of the functions. Null: the keys that AWS manages."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn is ${jsonencode(var.kms_key_arn)}; it takes the ARN of a KMS key, such as \"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". IAM ignores aliases and IDs: give the ARN of the key that they name."
  }
}

variable "alarm_actions" {
  description = "ARNs that each alarm notifies when it is in ALARM, for instance an SNS topic."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_actions) <= 5
    error_message = "alarm_actions has ${length(var.alarm_actions)} ARNs; CloudWatch takes at most 5 for an alarm. Notify one SNS topic, which notifies the others."
  }

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:[^:]+:[a-z0-9-]+:[a-z0-9-]*:.+$", arn)) && length(arn) <= 1024])
    error_message = "alarm_actions has ${join(", ", [for arn in var.alarm_actions : jsonencode(arn) if !(can(regex("^arn:[^:]+:[a-z0-9-]+:[a-z0-9-]*:.+$", arn)) && try(length(arn) <= 1024, false))])}; it takes ARNs of at most 1024 characters, such as that of an SNS topic, \"arn:aws:sns:eu-west-1:123456789012:oncall\"."
  }
}

variable "roles" {
  description = "What your organisation requires of every IAM role: a permissions boundary, a path, and a prefix and a suffix of the name, as the module `task` takes them. For a second region of one account give a `name_suffix` such as `-eu-west-1`, which the names of other resources without a region get too. A new path, prefix or suffix replaces the roles."
  type = object({
    permissions_boundary_arn = optional(string)
    path                     = optional(string, "/")
    name_prefix              = optional(string, "")
    name_suffix              = optional(string, "")
  })
  default  = {}
  nullable = false
}

variable "names" {
  description = "Names of existing resources that the layout adopts, by address in this module, such as `module.task[\"auth\"].aws_iam_role.task[\"this\"]`: each replaces the name that the block would give, so that Terraform does not replace the resource. A description that AWS cannot change has the address of its resource and `.description`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource."
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
