locals {
  targets = {
    function = tolist(["function_arn", "function_name"])
    queue    = tolist(["queue_arn"])
    workflow = tolist(["role_arn", "state_machine_arn"])
  }
  given_target = [for name, value in {
    function_arn      = var.function_arn
    function_name     = var.function_name
    queue_arn         = var.queue_arn
    role_arn          = var.role_arn
    state_machine_arn = var.state_machine_arn
  } : name if value != null]

  event_bus = replace(var.event_bus_name, "/^arn:.*:event-bus[/]/", "")

  # Every name that Terraform cannot change in place, by address.
  default_names = merge(
    {
      "aws_cloudwatch_event_rule.this"           = var.name
      "aws_cloudwatch_event_target.this"         = var.name
      "aws_cloudwatch_metric_alarm.dlq_failures" = "${var.name}-dlq-failures"
    },
    var.target == "function" ? { "aws_lambda_permission.this[\"function\"]" = var.name } : {},
  )
  names = merge(local.default_names, var.names)
  # Nested modules refuse what is unknown in them.
  named_modules = ["module.dead_letter_queue."]
  unknown_names = [
    for address in keys(var.names) : address
    if !contains(keys(local.default_names), address) && !anytrue([for beginning in local.named_modules : startswith(address, beginning)])
  ]
}

resource "aws_cloudwatch_event_rule" "this" {
  name                = local.names["aws_cloudwatch_event_rule.this"]
  description         = var.description
  event_bus_name      = var.event_bus_name
  schedule_expression = var.schedule_expression
  state               = var.enabled ? "ENABLED" : "DISABLED"
  tags                = var.tags

  event_pattern = var.schedule_expression != null ? null : jsonencode({
    for name, value in {
      source        = local.pattern.source
      "detail-type" = local.pattern.detail_type
      detail        = local.pattern.detail
    } : name => value if length(value) > 0
  })

  lifecycle {
    precondition {
      condition     = length(local.unknown_names) == 0
      error_message = "names has ${join(", ", [for address in local.unknown_names : "\"${address}\""])}, which is not the address of a name here; the addresses are: ${join(", ", concat(keys(local.default_names), [for beginning in local.named_modules : "${beginning}…"]))}. (rule ${var.name})"
    }

    precondition {
      condition     = length(local.given) == 1
      error_message = "The rule ${var.name} has ${length(local.given) == 0 ? "no preset, pattern or schedule" : join(" and ", local.given)}; give exactly one: preset, a pattern (event_source, in a map of events source, detail_type, detail), or schedule_expression."
    }

    precondition {
      condition     = can(regex(local.schedule_expression, coalesce(var.schedule_expression, "rate(1 day)")))
      error_message = "schedule_expression is ${jsonencode(var.schedule_expression)}; EventBridge takes rate(1 minute|hour|day), rate(N minutes|hours|days) with N from 2, or cron(minutes hours day-of-month month day-of-week year) with ? in exactly one of the two day fields. (rule ${var.name})"
    }

    precondition {
      condition     = var.schedule_expression == null || var.event_bus_name == "default"
      error_message = "event_bus_name is \"${var.event_bus_name}\"; a schedule works on the event bus \"default\" only. (rule ${var.name})"
    }

    precondition {
      condition     = var.minimum_severity == null || contains(lookup(local.severities_of, coalesce(var.preset, "given"), []), coalesce(var.minimum_severity, "LOW"))
      error_message = "minimum_severity is ${jsonencode(var.minimum_severity)} with ${var.preset == null ? "no preset" : "preset \"${var.preset}\""}; these presets have severities: ${join("; ", [for preset, severities in local.severities_of : "${preset}: ${join(", ", severities)}"])}. (rule ${var.name})"
    }

    precondition {
      condition     = var.preset != "cloudtrail" || (length(var.event_names) > 0 && length(var.event_source) > 0 && alltrue([for source in var.event_source : startswith(source, "aws.")]))
      error_message = "preset \"cloudtrail\" has event_source [${join(", ", var.event_source)}] and event_names [${join(", ", var.event_names)}]; it takes at least one of each, and event_source is that of the called AWS service, such as \"aws.s3\". (rule ${var.name})"
    }

    precondition {
      condition     = var.preset != "security_hub_custom_action" || length(var.event_names) > 0
      error_message = "preset \"security_hub_custom_action\" has no event_names; it takes the names of the custom actions that send events here, such as \"Remediate\". (rule ${var.name})"
    }

    precondition {
      condition     = contains(["cloudtrail", "security_hub_custom_action"], coalesce(var.preset, "none")) || length(var.event_names) == 0
      error_message = "event_names is [${join(", ", var.event_names)}] with ${var.preset == null ? "no preset" : "preset \"${var.preset}\""}; only the presets \"cloudtrail\" and \"security_hub_custom_action\" take it. (rule ${var.name})"
    }
  }
}

# EventBridge does not retry a delivery that is denied, so the permissions of the function and of the dead-letter queue
# exist before the target.
resource "aws_cloudwatch_event_target" "this" {
  rule           = aws_cloudwatch_event_rule.this.name
  event_bus_name = var.event_bus_name
  target_id      = local.names["aws_cloudwatch_event_target.this"]
  arn            = { function = var.function_arn, queue = var.queue_arn, workflow = var.state_machine_arn }[var.target]
  role_arn       = var.role_arn

  retry_policy {
    maximum_event_age_in_seconds = var.maximum_event_age_seconds
    maximum_retry_attempts       = var.maximum_retry_attempts
  }

  dead_letter_config {
    arn = module.dead_letter_queue.queue_arn
  }

  dynamic "input_transformer" {
    for_each = var.service == null ? {} : { service = var.service }

    content {
      input_template = "{\"service\":\"${input_transformer.value}\",\"event\":<aws.events.event.json>}"
    }
  }

  lifecycle {
    precondition {
      condition     = tolist(local.given_target) == local.targets[var.target]
      error_message = "target is \"${var.target}\" and the inputs given are ${join(", ", coalescelist(local.given_target, ["none"]))}; ${join(", ", [for target, inputs in local.targets : "\"${target}\" takes ${join(" and ", inputs)}"])}. (rule ${var.name})"
    }
  }

  depends_on = [aws_lambda_permission.this, module.dead_letter_queue]
}

# For a queue there is no such resource: a queue has a single policy, and its owner manages it.
resource "aws_lambda_permission" "this" {
  for_each = var.target == "function" ? { function = var.function_name } : {}

  statement_id  = local.names["aws_lambda_permission.this[\"${each.key}\"]"]
  action        = "lambda:InvokeFunction"
  function_name = each.value
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this.arn
}

module "dead_letter_queue" {
  source = "../dead-letter-queue"

  name          = "${var.name}-undelivered"
  names         = { for address, name in var.names : trimprefix(address, "module.dead_letter_queue.") => name if startswith(address, "module.dead_letter_queue.") }
  senders       = { rule = { service = "events.amazonaws.com", source_arn = aws_cloudwatch_event_rule.this.arn } }
  kms_key_arn   = var.kms_key_arn
  alarm_actions = var.alarm_actions
  tags          = var.tags
}

# Such an event is lost: it is neither delivered nor in the dead-letter queue.
resource "aws_cloudwatch_metric_alarm" "dlq_failures" {
  alarm_name          = local.names["aws_cloudwatch_metric_alarm.dlq_failures"]
  alarm_description   = "EventBridge could not send an event of the rule ${var.name} to its dead-letter queue; the event is lost. Causes are missing permissions and events larger than the queue takes."
  namespace           = "AWS/Events"
  metric_name         = "InvocationsFailedToBeSentToDlq"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags

  # EventBridge adds the dimension EventBusName for rules of any other bus than the default.
  dimensions = merge(
    { RuleName = aws_cloudwatch_event_rule.this.name },
    local.event_bus == "default" ? {} : { EventBusName = local.event_bus },
  )
}

moved {
  from = aws_lambda_permission.this
  to   = aws_lambda_permission.this["function"]
}
