data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  # The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
  region    = split(".", data.aws_region.current.endpoint)[1]
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id

  # Built from known names, unlike the attribute of the resource: so the plan shows that a new revision changes no permission.
  arn_without_revision = "arn:${local.partition}:ecs:${local.region}:${local.account}:task-definition/${local.names["aws_ecs_task_definition.this"]}"

  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:ecs:${local.region}:${local.account}:*" }
      }
    }]
  })

  ecr_image = "^([0-9]{12})[.]dkr[.-]ecr(?:-fips)?[.]([a-z0-9-]+)[.](?:amazonaws[.]com(?:[.]cn)?|on[.]aws)/([^:@]+)"
  repository_arns = var.repository_arn != null ? [var.repository_arn] : [
    for image in regexall(local.ecr_image, var.image) : "arn:${local.partition}:ecr:${image[1]}:${image[0]}:repository/${image[2]}"
  ]

  # ARNs of the secrets without JSON key, version stage and version. What has no ARN is the name of a parameter.
  arn_alone     = "^arn:[^:]+:[^:]+:[^:]*:[^:]*:(?:secret:)?[^:]+"
  parameter_arn = "arn:${local.partition}:ssm:${local.region}:${local.account}:parameter/"
  secret_arns = concat(
    [for arn in values(var.secrets) : try(regex(local.arn_alone, arn), "${local.parameter_arn}${trimprefix(arn, "/")}")],
    # A value that is no ARN is refused with the other problems of the sidecars.
    [for arn in concat(flatten([for sidecar in values(var.sidecars) : values(sidecar.secrets)]), values(var.log_secrets)) : try(regex(local.arn_alone, arn), "${local.parameter_arn}${trimprefix(arn, "/")}")],
  )

  # Names that end with the word for a secret. The construct has the same pattern.
  secret_name  = "(?i)(password|secret|token|api_?key|private_key|secret_?(access_?)?key(_base)?)(_?(pem|base64|value|[0-9]+))?$"
  secret_names = [for name in keys(var.environment) : name if can(regex(local.secret_name, name)) && !contains(var.plain_environment_names, name)]

  environment = merge(
    { for name, value in { PORT = var.port } : name => tostring(value) if value != null && !contains(keys(var.secrets), name) },
    var.environment,
  )

  capabilities = { for kind, names in { add = var.linux_capabilities_add, drop = var.linux_capabilities_drop } : kind => names if length(names) > 0 }

  # Capabilities that ECS knows (Amazon ECS API Reference, KernelCapabilities).
  known_capabilities   = ["ALL", "AUDIT_CONTROL", "AUDIT_WRITE", "BLOCK_SUSPEND", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "SYSLOG", "WAKE_ALARM"]
  unknown_capabilities = [for name in concat(var.linux_capabilities_add, var.linux_capabilities_drop) : name if !contains(local.known_capabilities, name)]

  health_check = { for name, value in {
    command     = try(var.container_health_check.command, null)
    interval    = try(var.container_health_check.interval_seconds, null)
    timeout     = try(var.container_health_check.timeout_seconds, null)
    retries     = try(var.container_health_check.retries, null)
    startPeriod = try(var.container_health_check.start_period_seconds, null)
  } : name => value if value != null }

  container = {
    name                   = var.name
    image                  = var.image
    repositoryCredentials  = { for name, arn in { credentialsParameter = var.repository_credentials_arn } : name => arn if arn != null }
    essential              = true
    command                = var.command
    entryPoint             = var.entry_point
    environment            = [for name, value in local.environment : { name = name, value = value }]
    secrets                = [for name, arn in var.secrets : { name = name, valueFrom = arn }]
    user                   = var.run_as_image_user ? null : var.user
    readonlyRootFilesystem = var.readonly_root_filesystem
    mountPoints = concat(
      [for path in local.scratch_paths : { containerPath = path, readOnly = false, sourceVolume = "scratch" }],
      [for name, mount in var.mounts : { containerPath = mount.container_path, readOnly = mount.read_only, sourceVolume = name }],
      [for name, volume in local.ebs_volumes : { containerPath = volume.container_path, readOnly = false, sourceVolume = name }],
    )
    # In bridge mode many copies run on one instance: Docker gives each a free host port.
    portMappings = [for port in [var.port] : { containerPort = port, hostPort = var.network_mode == "bridge" ? 0 : port, protocol = "tcp" } if port != null]
    # An init process reaps child processes and forwards the stop signal.
    linuxParameters = merge({ initProcessEnabled = var.init_process }, { for name, value in { capabilities = local.capabilities } : name => value if length(value) > 0 })
    stopTimeout     = var.stop_timeout_seconds
    ulimits         = [for name, limit in var.ulimits : { name = name, softLimit = limit.soft, hardLimit = limit.hard }]
    healthCheck     = local.health_check
    dependsOn       = [for name, condition in var.container_depends_on : { containerName = name, condition = condition }]
    logConfiguration = { for name, value in {
      logDriver     = var.log_driver
      options       = merge(var.log_driver == "awslogs" ? local.awslogs : tomap({}), var.log_options)
      secretOptions = [for name, arn in var.log_secrets : { name = name, valueFrom = arn }]
    } : name => value if length(value) > 0 }
  }

  awslogs = tomap({
    awslogs-group         = local.log_group_name
    awslogs-region        = local.region
    awslogs-stream-prefix = "task"
  })

  sidecars = [for name, sidecar in var.sidecars : {
    name                   = name
    image                  = sidecar.image
    essential              = sidecar.essential
    command                = sidecar.command
    entryPoint             = sidecar.entry_point
    environment            = [for variable, value in sidecar.environment : { name = variable, value = value }]
    secrets                = [for variable, arn in sidecar.secrets : { name = variable, valueFrom = arn }]
    user                   = sidecar.run_as_image_user ? null : sidecar.user
    readonlyRootFilesystem = sidecar.readonly_root_filesystem
    portMappings           = [for port in [sidecar.port] : { containerPort = port, hostPort = var.network_mode == "bridge" ? 0 : port, protocol = "tcp" } if port != null]
    cpu                    = sidecar.cpu
    memory                 = sidecar.memory
    dependsOn              = [for other, condition in sidecar.depends_on : { containerName = other, condition = condition }]
    healthCheck = { for member, value in {
      command     = try(sidecar.health_check.command, null)
      interval    = try(sidecar.health_check.interval_seconds, null)
      timeout     = try(sidecar.health_check.timeout_seconds, null)
      retries     = try(sidecar.health_check.retries, null)
      startPeriod = try(sidecar.health_check.start_period_seconds, null)
    } : member => value if value != null }
    firelensConfiguration = { for member, value in {
      type    = try(sidecar.firelens.type, null)
      options = try(sidecar.firelens.options, {})
    } : member => value if try(length(value) > 0, false) }
    logConfiguration = { logDriver = "awslogs", options = local.awslogs }
  }]

  sidecar_repository_arns = distinct(flatten([for sidecar in values(var.sidecars) : sidecar.repository_arn != null ? [sidecar.repository_arn] : [
    for image in regexall(local.ecr_image, sidecar.image) : "arn:${local.partition}:ecr:${image[1]}:${image[0]}:repository/${image[2]}"
  ]]))

  cached_repository_arns = distinct(concat(local.repository_arns, local.sidecar_repository_arns))

  # What a container waits for, one each.
  dependencies = concat(
    [for other, condition in var.container_depends_on : { at = "container_depends_on", container = var.name, other = other, condition = condition }],
    flatten([for name, sidecar in var.sidecars : [for other, condition in sidecar.depends_on : { at = "sidecars.${name}.depends_on", container = name, other = other, condition = condition }]]),
  )
  essential_containers = concat([var.name], [for name, sidecar in var.sidecars : name if sidecar.essential])
  checked_containers   = concat([for name in [var.name] : name if var.container_health_check != null], [for name, sidecar in var.sidecars : name if sidecar.health_check != null])
  container_ports      = concat([for port in [var.port] : port if port != null], [for sidecar in values(var.sidecars) : sidecar.port if sidecar.port != null])
  log_routers          = [for name, sidecar in var.sidecars : name if sidecar.firelens != null]
  image_reference      = "^((([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])([.]([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\\[[0-9a-fA-F:]+\\])(:[0-9]+)?/)?[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$"
  secret_arn           = "^(arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter/[^:]+)|/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14})$"

  # AWS drops null and empty members; a member that AWS drops would show as a change in every plan.
  container_definitions = jsonencode([for container in concat([local.container], local.sidecars) : { for name, value in container : name => value if try(length(value) > 0, value != null) }])

  # What ECS would refuse in the sidecars, or what would be unsafe.
  sidecar_problems = concat(
    [for name in keys(var.sidecars) : "sidecars names \"${name}\"; a sidecar's name has 1 to 255 letters, digits, hyphens and underscores, and is not \"${var.name}\", the name of the main container."
    if !can(regex("^[A-Za-z0-9_-]{1,255}$", name)) || name == var.name],
    [for name, sidecar in var.sidecars : "sidecars.${name}.image is \"${sidecar.image}\"; it takes [registry/]repository[:tag][@digest] of at most 255 characters before a digest, with lower-case letters, digits and . _ - in the repository, such as \"ghcr.io/acme/auth-api:1.4.2\"." if !can(regex(local.image_reference, sidecar.image)) || try(length(split("@", sidecar.image)[0]) > 255, false)],
    flatten([for name, sidecar in var.sidecars : [for variable in keys(sidecar.environment) : "sidecars.${name}.environment has ${variable}; anyone who can read the task definition can read it. Give the ARN of a Secrets Manager secret or SSM parameter in secrets instead; a name that is none of a secret goes into plain_environment_names as well."
    if can(regex(local.secret_name, variable)) && !contains(var.plain_environment_names, variable)]]),
    flatten([for name, sidecar in var.sidecars : [for variable, arn in sidecar.secrets : "sidecars.${name}.secrets has ${variable} = \"${arn}\"; it takes ARNs of Secrets Manager secrets (optionally with :json-key:version-stage:version-id) or of SSM parameters, or names of SSM parameters of the same account and region that begin with / (another word could be the secret itself)." if !can(regex(local.secret_arn, arn))]]),
    [for name, arn in var.log_secrets : "log_secrets has ${name} = \"${arn}\"; it takes ARNs of Secrets Manager secrets (optionally with :json-key:version-stage:version-id) or of SSM parameters, or names of SSM parameters of the same account and region that begin with / (another word could be the secret itself)." if !can(regex(local.secret_arn, arn))],
    [for name, sidecar in var.sidecars : "sidecars.${name}: ${join(", ", setintersection(keys(sidecar.environment), keys(sidecar.secrets)))} is in both environment and secrets; give each name once." if length(setintersection(keys(sidecar.environment), keys(sidecar.secrets))) > 0],
    [for name, sidecar in var.sidecars : "sidecars.${name}.user is \"${sidecar.user}\"; it takes a user other than root, by name or number, optionally with :group, for instance \"1000:1000\"." if !can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$", sidecar.user)) || can(regex("^(root|0+)(:|$)", sidecar.user))],
    [for name, sidecar in var.sidecars : "sidecars.${name}.user is \"${sidecar.user}\" with run_as_image_user true; give one of them." if sidecar.run_as_image_user && sidecar.user != "1000:1000"],
    [for name, sidecar in var.sidecars : "sidecars.${name}.port is ${coalesce(sidecar.port, 0)}; a port is 1 to 65535." if sidecar.port == null ? false : sidecar.port < 1 || sidecar.port > 65535 || floor(sidecar.port) != sidecar.port],
    var.network_mode == "bridge" || length(distinct(local.container_ports)) == length(local.container_ports) ? [] : ["port and sidecars have the ports ${join(", ", local.container_ports)}; each container of a task has its own."],
    [for name, sidecar in var.sidecars : "sidecars.${name}.memory is ${coalesce(sidecar.memory, 0)}; Docker takes whole numbers from 6, in MiB." if sidecar.memory == null ? false : sidecar.memory < 6 || floor(sidecar.memory) != sidecar.memory],
    [for name, sidecar in var.sidecars : "sidecars.${name}.cpu is ${coalesce(sidecar.cpu, 0)}; ECS takes whole numbers from 0." if sidecar.cpu == null ? false : sidecar.cpu < 0 || floor(sidecar.cpu) != sidecar.cpu],
    sum(concat([0], [for sidecar in values(var.sidecars) : coalesce(sidecar.memory, 0)])) <= var.memory ? [] : ["sidecars have ${sum(concat([0], [for sidecar in values(var.sidecars) : coalesce(sidecar.memory, 0)]))} MiB in all with memory ${var.memory}; the containers share the memory of the task."],
    sum(concat([0], [for sidecar in values(var.sidecars) : coalesce(sidecar.cpu, 0)])) <= var.cpu ? [] : ["sidecars have ${sum(concat([0], [for sidecar in values(var.sidecars) : coalesce(sidecar.cpu, 0)]))} CPU units in all with cpu ${var.cpu}; the containers share the CPU units of the task."],
    [for name, sidecar in var.sidecars : "sidecars.${name}.health_check.command is ${jsonencode(try(sidecar.health_check.command, []))}; it takes \"CMD\" with a program and its arguments, or \"CMD-SHELL\" with one text."
    if sidecar.health_check == null ? false : !try(sidecar.health_check.command[0] == "CMD" ? length(sidecar.health_check.command) >= 2 : sidecar.health_check.command[0] == "CMD-SHELL" && length(sidecar.health_check.command) == 2, false)],
    [for name, sidecar in var.sidecars : "sidecars.${name}.health_check is ${jsonencode(sidecar.health_check)}; it takes whole numbers: interval_seconds 5 to 300, timeout_seconds 2 to 60, retries 1 to 10, start_period_seconds 0 to 300." if sidecar.health_check == null ? false : !alltrue([
      for range in [
        [sidecar.health_check.interval_seconds, 5, 300],
        [sidecar.health_check.timeout_seconds, 2, 60],
        [sidecar.health_check.retries, 1, 10],
        [coalesce(sidecar.health_check.start_period_seconds, 0), 0, 300],
      ] : range[0] >= range[1] && range[0] <= range[2] && floor(range[0]) == range[0]
    ])],
    [for it in local.dependencies : "${it.at} names \"${it.other}\"; the other containers of the task are ${join(", ", [for name in concat([var.name], keys(var.sidecars)) : "\"${name}\"" if name != it.container])}." if it.other == it.container || !contains(concat([var.name], keys(var.sidecars)), it.other)],
    [for it in local.dependencies : "${it.at}.${it.other} is \"${it.condition}\"; allowed are \"START\", \"COMPLETE\", \"SUCCESS\", \"HEALTHY\"." if !contains(["START", "COMPLETE", "SUCCESS", "HEALTHY"], it.condition)],
    [for it in local.dependencies : "${it.at}.${it.other} is \"HEALTHY\", and that container has no health check; give it one." if it.condition == "HEALTHY" && !contains(local.checked_containers, it.other)],
    [for it in local.dependencies : "${it.at}.${it.other} is \"${it.condition}\", and that container is essential: the task ends with it." if contains(["COMPLETE", "SUCCESS"], it.condition) && contains(local.essential_containers, it.other)],
    [for name, sidecar in var.sidecars : "sidecars.${name}.firelens.type is \"${try(sidecar.firelens.type, "")}\"; allowed are \"fluentbit\", \"fluentd\"." if sidecar.firelens == null ? false : !contains(["fluentbit", "fluentd"], sidecar.firelens.type)],
    length(local.log_routers) <= 1 ? [] : ["sidecars ${join(", ", local.log_routers)} have firelens; a task has one log router."],
    var.log_driver != "awsfirelens" || length(local.log_routers) > 0 ? [] : ["log_driver is \"awsfirelens\", and no sidecar has firelens; give one, the log router."],
    [for name in keys(var.log_options) : "log_options names \"${name}\" with log_driver \"awslogs\"; it takes \"mode\", \"max-buffer-size\", \"awslogs-datetime-format\", \"awslogs-multiline-pattern\"." if var.log_driver == "awslogs" && !contains(["mode", "max-buffer-size", "awslogs-datetime-format", "awslogs-multiline-pattern"], name)],
    contains(["blocking", "non-blocking"], lookup(var.log_options, "mode", "blocking")) || var.log_driver != "awslogs" ? [] : ["log_options.mode is \"${lookup(var.log_options, "mode", "")}\"; allowed are \"blocking\", \"non-blocking\"."],
  )

  on_fargate = contains(["FARGATE", "FARGATE_SPOT"], var.capacity)
  # With CLUSTER_DEFAULT the cluster decides, so the task fits both.
  may_be_fargate   = local.on_fargate || var.capacity == "CLUSTER_DEFAULT"
  default_hint     = var.capacity == "CLUSTER_DEFAULT" ? " The default of the cluster may be Fargate; if it is a capacity provider, give its name." : ""
  supported_memory = lookup(local.fargate_memory, tostring(var.cpu), [])
  scratch_paths    = [for path in [var.scratch_path] : path if var.create_scratch_volume]
  in_both          = setintersection(keys(var.environment), keys(var.secrets))
  paths            = concat(local.scratch_paths, [for mount in values(var.mounts) : mount.container_path], [for volume in values(local.ebs_volumes) : volume.container_path])

  # By the name of the volume. A task has at most one volume that is configured at launch.
  ebs_volumes = var.ebs_volume == null ? {} : { ebs = var.ebs_volume }

  execution_role_name      = "${var.roles.name_prefix}${var.name}-execution${var.roles.name_suffix}"
  task_role_name           = "${var.roles.name_prefix}${var.name}-task${var.roles.name_suffix}"
  infrastructure_role_name = "${var.roles.name_prefix}${var.name}-volumes${var.roles.name_suffix}"

  # A null check of an object: the plan knows it, whatever it knows of the values inside.
  create_execution_role      = var.existing_execution_role == null
  create_task_role           = var.existing_task_role == null
  create_infrastructure_role = var.ebs_volume != null && var.existing_infrastructure_role == null
  create_log_group           = var.existing_log_group == null

  # What is created, and what exists.
  log_group_name = local.create_log_group ? aws_cloudwatch_log_group.this["this"].name : var.existing_log_group.name
  execution_role = local.create_execution_role ? {
    arn  = aws_iam_role.execution["this"].arn
    name = aws_iam_role.execution["this"].name
    } : {
    arn  = var.existing_execution_role.arn
    name = reverse(split("/", var.existing_execution_role.arn))[0]
  }
  task_role = local.create_task_role ? {
    arn  = aws_iam_role.task["this"].arn
    name = aws_iam_role.task["this"].name
    } : {
    arn  = var.existing_task_role.arn
    name = reverse(split("/", var.existing_task_role.arn))[0]
  }
  infrastructure_role_arn = local.create_infrastructure_role ? aws_iam_role.infrastructure["this"].arn : try(var.existing_infrastructure_role.arn, null)

  # Apart from the others, which depend on the mounts: a file system needs the security group for its policy.
  security_group_names = {
    "aws_security_group.this"             = "ecs-${var.name}"
    "aws_security_group.this.description" = "Tasks of ${var.name}"
  }

  # Every name that Terraform cannot change in place, by address.
  default_names = merge(
    local.security_group_names,
    { "aws_ecs_task_definition.this" = var.name },
    local.create_log_group ? { "aws_cloudwatch_log_group.this[\"this\"]" = "/ecs/${var.name}" } : {},
    local.create_execution_role ? {
      "aws_iam_role.execution[\"this\"]"        = local.execution_role_name
      "aws_iam_role_policy.execution[\"this\"]" = "execution"
    } : {},
    local.create_infrastructure_role ? { "aws_iam_role.infrastructure[\"this\"]" = local.infrastructure_role_name } : {},
    local.create_task_role ? merge(
      { "aws_iam_role.task[\"this\"]" = local.task_role_name },
      { for name in keys(var.policies) : "aws_iam_role_policy.task[\"${name}\"]" => name },
      { for name in keys(var.grants) : "aws_iam_role_policy.grant[\"${name}\"]" => "grant-${name}" },
      { for name in keys(var.mounts) : "aws_iam_role_policy.mount[\"${name}\"]" => "mount-${name}" },
      var.enable_execute_command ? { "aws_iam_role_policy.execute_command[\"this\"]" = "execute-command" } : {},
    ) : {},
  )

  # Settings that only a created resource has.
  ineffective = concat(
    var.ebs_volume != null || var.existing_infrastructure_role == null ? [] : ["existing_infrastructure_role is given without ebs_volume; ECS manages an EBS volume with it. Remove it, or give ebs_volume."],
    local.create_execution_role || local.create_task_role || local.create_infrastructure_role || var.roles.permissions_boundary_arn == null && var.roles.path == "/" && var.roles.name_prefix == "" && var.roles.name_suffix == "" ? [] : ["roles is given with existing_execution_role and existing_task_role; it is for roles that are created. Remove it."],
    local.create_log_group || var.kms_key_arn == null ? [] : ["kms_key_arn is given with existing_log_group; it encrypts a log group that is created. Set the key of the existing one where it is managed."],
    local.create_log_group || var.log_retention_days == 365 ? [] : ["log_retention_days is ${var.log_retention_days} with existing_log_group; it is for a log group that is created. Set the retention of the existing one where it is managed."],
  )

  # Addresses that these resources had before they could exist already; `names` still takes them.
  former_addresses = { for address in ["aws_cloudwatch_log_group.this", "aws_iam_role.execution", "aws_iam_role_policy.execution", "aws_iam_role.task"] : address => "${address}[\"this\"]" }
  given_names      = { for address, name in var.names : lookup(local.former_addresses, address, address) => name }
  names            = merge(local.default_names, local.given_names)
  unknown_names    = [for address in keys(local.given_names) : address if !contains(keys(local.default_names), address)]
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts every group; the input kms_key_arn sets a customer managed key
  for_each = local.create_log_group ? { this = var.name } : {}

  name              = local.names["aws_cloudwatch_log_group.this[\"${each.key}\"]"]
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "execution" {
  for_each = local.create_execution_role ? { this = var.name } : {}

  name                 = local.names["aws_iam_role.execution[\"${each.key}\"]"]
  description          = "Execution role of ${each.value}."
  assume_role_policy   = local.trust
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  lifecycle {
    precondition {
      condition     = contains(keys(local.given_names), "aws_iam_role.execution[\"${each.key}\"]") || length(local.execution_role_name) <= 64
      error_message = "roles makes the role name \"${local.execution_role_name}\" of ${length(local.execution_role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

locals {
  # Built from names that are known before apply, so that the plan shows every permission.
  execution_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${local.log_group_name}:*"
      }],
      [for arn in local.repository_arns : {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = arn
      }],
      # GetAuthorizationToken has no resource-level permissions.
      [for arn in local.repository_arns : {
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      }],
      [for arns in [local.secret_arns] : {
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "ssm:GetParameters"]
        Resource = arns
      } if length(arns) > 0],
      [for arn in [var.repository_credentials_arn] : {
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = arn
      } if arn != null],
      [for arns in [local.sidecar_repository_arns] : {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = arns
      } if length(arns) > 0],
      [for arns in [local.sidecar_repository_arns] : {
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      } if length(arns) > 0],
      [for arns in [local.cached_repository_arns] : {
        Effect   = "Allow"
        Action   = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
        Resource = arns
      } if var.pull_through_cache],
      [for arns in [var.secrets_kms_key_arns] : {
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = arns
        # The endpoint is ec2.<region>.<suffix>.
        Condition = { StringEquals = { "kms:ViaService" = [for service in ["secretsmanager", "ssm"] : "${service}.${trimprefix(data.aws_region.current.endpoint, "ec2.")}"] } }
      } if length(arns) > 0],
    )
  })
}

resource "aws_iam_role_policy" "execution" {
  for_each = local.create_execution_role ? { this = "execution" } : {}

  name   = local.names["aws_iam_role_policy.execution[\"${each.key}\"]"]
  role   = aws_iam_role.execution["this"].name
  policy = local.execution_policy
}

resource "aws_iam_role" "task" {
  for_each = local.create_task_role ? { this = var.name } : {}

  name                 = local.names["aws_iam_role.task[\"${each.key}\"]"]
  description          = "Task role of ${each.value}."
  assume_role_policy   = local.trust
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  lifecycle {
    precondition {
      condition     = contains(keys(local.given_names), "aws_iam_role.task[\"${each.key}\"]") || length(local.task_role_name) <= 64
      error_message = "roles makes the role name \"${local.task_role_name}\" of ${length(local.task_role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

# AWS's own policy: ECS marks each volume with tags, to which the policy limits what the role is allowed.
resource "aws_iam_role" "infrastructure" {
  for_each = local.create_infrastructure_role ? { this = var.name } : {}

  name                 = local.names["aws_iam_role.infrastructure[\"${each.key}\"]"]
  description          = "Infrastructure role of ${each.value}."
  path                 = var.roles.path
  permissions_boundary = var.roles.permissions_boundary_arn
  tags                 = var.tags

  # AWS documents no condition on the account or the task for this trust.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(local.given_names), "aws_iam_role.infrastructure[\"${each.key}\"]") || length(local.infrastructure_role_name) <= 64
      error_message = "roles makes the role name \"${local.infrastructure_role_name}\" of ${length(local.infrastructure_role_name)} characters, with name_prefix \"${var.roles.name_prefix}\" and name_suffix \"${var.roles.name_suffix}\"; an IAM role name has at most 64."
    }
  }
}

resource "aws_iam_role_policy_attachment" "infrastructure" {
  for_each = aws_iam_role.infrastructure

  role       = each.value.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes"
}

locals {
  mount_policies = { for volume, mount in var.mounts : volume => jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = concat(["elasticfilesystem:ClientMount"], mount.read_only ? [] : ["elasticfilesystem:ClientWrite"])
      Resource  = mount.file_system_arn
      Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = mount.access_point_arn } }
    }]
  }) }

  # The agent of ECS Exec runs in the container with the task role (Amazon ECS Developer Guide, "Monitor Amazon ECS containers with ECS Exec").
  execute_command_policies = { for name in ["execute-command"] : "this" => jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      # The channels of ssmmessages have no resource-level permissions.
      [{
        Effect   = "Allow"
        Action   = ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]
        Resource = "*"
      }],
      # DescribeLogGroups is allowed for all log groups or none.
      [for log_group in [var.execute_command_log_group_name] : {
        Effect   = "Allow"
        Action   = "logs:DescribeLogGroups"
        Resource = "*"
      } if log_group != null],
      [for log_group in [var.execute_command_log_group_name] : {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:${log_group}:*"
      } if log_group != null],
      [for arn in [var.execute_command_kms_key_arn] : {
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = arn
      } if arn != null],
    )
  }) if var.enable_execute_command }

  # The statements of every policy of the task role. A policy takes each Sid once, so they have none.
  task_statements = flatten([
    for document in concat(values(var.policies), values(local.grant_policies), values(local.mount_policies), values(local.execute_command_policies)) : [
      for statement in flatten([try(jsondecode(document).Statement, [])]) : { for element, value in statement : element => value if element != "Sid" }
    ]
  ])
}

resource "aws_iam_role_policy" "task" {
  for_each = local.create_task_role ? var.policies : {}

  name   = local.names["aws_iam_role_policy.task[\"${each.key}\"]"]
  role   = aws_iam_role.task["this"].name
  policy = each.value
}

resource "aws_iam_role_policy" "grant" {
  for_each = local.create_task_role ? var.grants : {}

  name   = local.names["aws_iam_role_policy.grant[\"${each.key}\"]"]
  role   = aws_iam_role.task["this"].name
  policy = local.grant_policies[each.key]

  lifecycle {
    precondition {
      condition     = can(regex(local.grantable[each.value.access].arn, each.value.arn))
      error_message = "grants.${each.key}.arn is \"${each.value.arn}\"; ${each.value.access} takes ${local.grantable[each.value.access].takes}. (task ${var.name})"
    }

    precondition {
      condition     = !contains(keys(var.policies), "grant-${each.key}")
      error_message = "grants has the key \"${each.key}\" and policies the name \"grant-${each.key}\", which is that of the grant's policy; give one of them another name. (task ${var.name})"
    }
  }
}

resource "aws_iam_role_policy" "mount" {
  for_each = local.create_task_role ? var.mounts : {}

  name   = local.names["aws_iam_role_policy.mount[\"${each.key}\"]"]
  role   = aws_iam_role.task["this"].name
  policy = local.mount_policies[each.key]
}

resource "aws_iam_role_policy" "execute_command" {
  for_each = local.create_task_role ? local.execute_command_policies : {}

  name   = local.names["aws_iam_role_policy.execute_command[\"${each.key}\"]"]
  role   = aws_iam_role.task["this"].name
  policy = each.value
}

# The security group has no ingress rules.
resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:the launch attaches it to the task
  name        = merge(local.security_group_names, local.given_names)["aws_security_group.this"]
  description = merge(local.security_group_names, local.given_names)["aws_security_group.this.description"]
  vpc_id      = var.vpc_id
  tags        = var.tags
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = var.egress

  security_group_id = aws_security_group.this.id
  description       = each.value.description
  ip_protocol       = each.value.protocol
  from_port         = each.value.protocol == "icmp" ? -1 : each.value.port != null ? each.value.port : each.value.from_port
  to_port           = each.value.protocol == "icmp" ? -1 : each.value.port != null ? each.value.port : each.value.to_port
  cidr_ipv4         = each.value.cidr_ipv4
  cidr_ipv6         = each.value.cidr_ipv6
  prefix_list_id    = each.value.prefix_list_id
  tags              = var.tags

  referenced_security_group_id = each.value.security_group_id
}

resource "aws_vpc_security_group_egress_rule" "mount" {
  for_each = var.mounts

  security_group_id            = aws_security_group.this.id
  description                  = "File system mounted as ${each.key}"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  referenced_security_group_id = each.value.security_group_id
  tags                         = var.tags
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.names["aws_ecs_task_definition.this"]
  requires_compatibilities = concat(local.on_fargate ? [] : ["EC2"], local.may_be_fargate ? ["FARGATE"] : [])
  network_mode             = var.network_mode
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = local.execution_role.arn
  task_role_arn            = local.task_role.arn
  track_latest             = var.track_latest_revision
  tags                     = var.tags

  container_definitions = local.container_definitions

  runtime_platform {
    cpu_architecture        = var.architecture
    operating_system_family = "LINUX"
  }

  dynamic "volume" {
    for_each = var.create_scratch_volume ? { scratch = var.scratch_path } : {}

    content {
      name = volume.key
    }
  }

  dynamic "volume" {
    for_each = var.mounts

    content {
      name = volume.key

      efs_volume_configuration {
        file_system_id     = volume.value.file_system_id
        transit_encryption = "ENABLED"

        authorization_config {
          access_point_id = volume.value.access_point_id
          iam             = "ENABLED"
        }
      }
    }
  }

  dynamic "volume" {
    for_each = local.ebs_volumes

    content {
      name                = volume.key
      configure_at_launch = true
    }
  }

  dynamic "ephemeral_storage" {
    for_each = var.ephemeral_storage_gib == null ? {} : { this = var.ephemeral_storage_gib }

    content {
      size_in_gib = ephemeral_storage.value
    }
  }

  lifecycle {
    # A family must always have an active revision, or launches fail.
    create_before_destroy = true

    precondition {
      condition     = length(local.unknown_names) == 0
      error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", keys(local.default_names))}. (task ${var.name})"
    }

    precondition {
      condition     = try(split(":", var.cluster_arn)[3] == local.region, true)
      error_message = "cluster_arn is \"${var.cluster_arn}\"; a task in ${local.region} is launched only on clusters of ${local.region}. (task ${var.name})"
    }

    precondition {
      condition     = !var.pull_through_cache || length(local.cached_repository_arns) > 0
      error_message = "pull_through_cache is true, and no image is in ECR (image is \"${var.image}\"); give the image with the domain of your registry and the prefix of the rule, such as \"123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1\", or repository_arn. (task ${var.name})"
    }

    precondition {
      condition     = length(local.ineffective) == 0
      error_message = "${join("\n", local.ineffective)} (task ${var.name})"
    }

    # The policies of a created role check the same.
    precondition {
      condition     = local.create_task_role || alltrue([for grant in values(var.grants) : can(regex(local.grantable[grant.access].arn, grant.arn))])
      error_message = "${join("\n", [for key, grant in var.grants : "grants.${key}.arn is \"${grant.arn}\"; ${grant.access} takes ${local.grantable[grant.access].takes}." if !can(regex(local.grantable[grant.access].arn, grant.arn))])} (task ${var.name})"
    }

    precondition {
      condition     = !local.may_be_fargate || length(local.supported_memory) > 0
      error_message = "cpu is ${var.cpu}; Fargate accepts ${join(", ", local.fargate_cpus)}.${local.default_hint} (task ${var.name})"
    }

    precondition {
      condition     = !local.may_be_fargate || length(local.supported_memory) == 0 || contains(local.supported_memory, var.memory)
      error_message = "memory is ${var.memory} with cpu ${var.cpu}; with this cpu Fargate accepts ${join(", ", local.supported_memory)}.${local.default_hint} (task ${var.name})"
    }

    precondition {
      condition     = length(local.secret_names) == 0
      error_message = "environment has ${join(", ", local.secret_names)}; anyone who can read the task definition can read it. Give the ARN of a Secrets Manager secret or SSM parameter in secrets instead; a name that is none of a secret goes into plain_environment_names as well. (task ${var.name})"
    }

    precondition {
      condition     = !var.run_as_image_user || var.user == "1000:1000"
      error_message = "user is ${jsonencode(var.user)} with run_as_image_user true; give one of them. (task ${var.name})"
    }

    precondition {
      condition     = length(local.unknown_capabilities) == 0
      error_message = "linux_capabilities_add and linux_capabilities_drop have ${join(", ", [for name in local.unknown_capabilities : "\"${name}\""])}; ECS takes ${join(", ", local.known_capabilities)}. (task ${var.name})"
    }

    precondition {
      condition     = !local.may_be_fargate || length(setsubtract(var.linux_capabilities_add, ["SYS_PTRACE"])) == 0
      error_message = "linux_capabilities_add is ${jsonencode(var.linux_capabilities_add)} with capacity \"${var.capacity}\"; Fargate adds only \"SYS_PTRACE\".${local.default_hint} (task ${var.name})"
    }

    precondition {
      condition     = !local.may_be_fargate || coalesce(var.stop_timeout_seconds, 30) <= 120
      error_message = "stop_timeout_seconds is ${jsonencode(var.stop_timeout_seconds)} with capacity \"${var.capacity}\"; Fargate takes 2 to 120.${local.default_hint} (task ${var.name})"
    }

    precondition {
      condition     = !(var.enable_execute_command && var.readonly_root_filesystem)
      error_message = "enable_execute_command is true with readonly_root_filesystem true; the agent of ECS Exec writes to the root file system. Set readonly_root_filesystem to false. (task ${var.name})"
    }

    precondition {
      condition     = length(local.sidecar_problems) == 0
      error_message = "${join("\n", local.sidecar_problems)} (task ${var.name})"
    }

    precondition {
      condition     = length(local.in_both) == 0
      error_message = "${join(", ", local.in_both)} is in both environment and secrets; give each name once. (task ${var.name})"
    }

    precondition {
      condition     = var.network_mode == "awsvpc" || !local.may_be_fargate
      error_message = "network_mode is \"${var.network_mode}\" with capacity \"${var.capacity}\"; Fargate supports only \"awsvpc\", EC2 supports \"awsvpc\", \"bridge\", \"host\".${local.default_hint} (task ${var.name})"
    }

    precondition {
      condition     = !var.assign_public_ip || local.on_fargate
      error_message = "assign_public_ip is true with capacity \"${var.capacity}\"; ECS assigns public IP addresses to tasks on Fargate only. (task ${var.name})"
    }

    precondition {
      condition     = var.ephemeral_storage_gib == null || local.on_fargate
      error_message = "ephemeral_storage_gib is ${jsonencode(var.ephemeral_storage_gib)} with capacity \"${var.capacity}\"; only Fargate accepts it. (task ${var.name})"
    }

    precondition {
      condition     = var.network_mode == "awsvpc" || length(var.security_group_ids) == 0
      error_message = "security_group_ids is given with network_mode \"${var.network_mode}\"; only with \"awsvpc\" a task has security groups. Attach them to the container instances. (task ${var.name})"
    }

    precondition {
      condition     = var.network_mode != "awsvpc" || length(var.subnet_ids) >= 1 && length(var.subnet_ids) <= 16
      error_message = "subnet_ids has ${length(var.subnet_ids)} subnets; a task with network_mode \"awsvpc\" takes 1 to 16. (task ${var.name})"
    }

    precondition {
      condition     = length(local.container_definitions) <= 65536
      error_message = "environment, command and the other settings of the containers make container definitions of ${length(local.container_definitions)} characters; ECS takes at most 65536. Put long values into a parameter or an object."
    }

    precondition {
      condition     = length(setintersection(keys(local.ebs_volumes), keys(var.mounts))) == 0
      error_message = "mounts names \"ebs\" with ebs_volume; that is the name of its volume. Give the mount another name. (task ${var.name})"
    }

    precondition {
      condition     = !local.may_be_fargate || alltrue([for volume in values(local.ebs_volumes) : volume.volume_type != "standard"])
      error_message = "ebs_volume.volume_type is \"standard\" with capacity \"${var.capacity}\"; only EC2 supports magnetic volumes.${local.default_hint} (task ${var.name})"
    }

    precondition {
      condition     = length(distinct(local.paths)) == length(local.paths)
      error_message = "mounts${var.ebs_volume == null ? "" : ", ebs_volume"} and scratch_path have ${join(", ", [for path in local.paths : "\"${path}\""])}; each path in the container has one volume. (task ${var.name})"
    }
  }

  # A task may be launched as soon as the task definition exists.
  depends_on = [aws_iam_role_policy.execution, aws_iam_role_policy.task, aws_iam_role_policy.grant, aws_iam_role_policy.mount, aws_iam_role_policy.execute_command, aws_iam_role_policy_attachment.infrastructure]
}

moved {
  from = aws_cloudwatch_log_group.this
  to   = aws_cloudwatch_log_group.this["this"]
}

moved {
  from = aws_iam_role.execution
  to   = aws_iam_role.execution["this"]
}

moved {
  from = aws_iam_role_policy.execution
  to   = aws_iam_role_policy.execution["this"]
}

moved {
  from = aws_iam_role.task
  to   = aws_iam_role.task["this"]
}
