mock_provider "aws" {
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/start"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:start-undelivered"
      id  = "https://sqs.eu-west-1.amazonaws.com/123456789012/start-undelivered"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/start-undelivered"
    }
  }
}

variables {
  name          = "start"
  function_arn  = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task"
  function_name = "engines-start-task"
}

run "Lambda_1_CKV_AWS_364_permission_for_this_rule_only" {
  variables {
    event_source = ["custom.app"]
    detail_type  = ["Start ECS Task"]
  }

  assert {
    condition     = aws_lambda_permission.this["function"].source_arn == "arn:aws:events:eu-west-1:123456789012:rule/start" && aws_lambda_permission.this["function"].principal == "events.amazonaws.com"
    error_message = "Lambda.1: only this rule must have permission to invoke the function."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this.event_pattern == jsonencode({ source = ["custom.app"], "detail-type" = ["Start ECS Task"] })
    error_message = "The pattern must contain what is given and nothing else."
  }

  assert {
    condition     = length(aws_cloudwatch_event_target.this.input_transformer) == 0
    error_message = "The function must get the event itself."
  }
}

run "CKV_AWS_116_undelivered_events_sent_to_the_dlq" {
  command = plan

  variables {
    schedule_expression = "rate(1 day)"
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.dead_letter_config[0].arn == output.dead_letter_queue_arn
    error_message = "CKV_AWS_116: an event that cannot be delivered must be sent to the dead-letter queue."
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.retry_policy[0].maximum_event_age_in_seconds == 86400 && aws_cloudwatch_event_target.this.retry_policy[0].maximum_retry_attempts == 185
    error_message = "Delivery must be retried for a day."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this.event_pattern == null
    error_message = "A schedule has no pattern."
  }
}

run "alarms_on_lost_events_of_the_default_bus" {
  command = plan

  variables {
    event_source = ["custom.app"]
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dlq_failures.dimensions == tomap({ RuleName = "start" }) && aws_cloudwatch_metric_alarm.dlq_failures.metric_name == "InvocationsFailedToBeSentToDlq" && aws_cloudwatch_metric_alarm.dlq_failures.alarm_name == "start-dlq-failures"
    error_message = "There must be an alarm on events that EventBridge could not send to the dead-letter queue."
  }
}

run "alarms_on_lost_events_of_a_bus_by_name" {
  command = plan

  variables {
    event_source   = ["custom.app"]
    event_bus_name = "orders"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dlq_failures.dimensions == tomap({ RuleName = "start", EventBusName = "orders" }) && aws_cloudwatch_metric_alarm.dlq_failures.metric_name == "InvocationsFailedToBeSentToDlq" && aws_cloudwatch_metric_alarm.dlq_failures.alarm_name == "start-dlq-failures"
    error_message = "There must be an alarm on events that EventBridge could not send to the dead-letter queue."
  }
}

run "alarms_on_lost_events_of_a_bus_by_arn" {
  command = plan

  variables {
    event_source   = ["custom.app"]
    event_bus_name = "arn:aws:events:eu-west-1:123456789012:event-bus/aws.partner/shop.com/orders"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dlq_failures.dimensions == tomap({ RuleName = "start", EventBusName = "aws.partner/shop.com/orders" }) && aws_cloudwatch_metric_alarm.dlq_failures.metric_name == "InvocationsFailedToBeSentToDlq" && aws_cloudwatch_metric_alarm.dlq_failures.alarm_name == "start-dlq-failures"
    error_message = "There must be an alarm on events that EventBridge could not send to the dead-letter queue."
  }
}

run "alarms_on_lost_events_of_the_default_bus_by_arn" {
  command = plan

  variables {
    event_source   = ["custom.app"]
    event_bus_name = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dlq_failures.dimensions == tomap({ RuleName = "start" }) && aws_cloudwatch_metric_alarm.dlq_failures.metric_name == "InvocationsFailedToBeSentToDlq" && aws_cloudwatch_metric_alarm.dlq_failures.alarm_name == "start-dlq-failures"
    error_message = "There must be an alarm on events that EventBridge could not send to the dead-letter queue."
  }
}

run "is_enabled_by_default" {
  command = plan

  variables {
    event_source = ["custom.app"]
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this.state == "ENABLED"
    error_message = "A rule must be enabled unless `enabled` is false."
  }
}

run "can_be_disabled" {
  command = plan

  variables {
    event_source = ["custom.app"]
    enabled      = false
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this.state == "DISABLED"
    error_message = "A rule with `enabled` false must be disabled."
  }
}

run "sends_to_a_queue" {
  command = plan

  variables {
    event_source  = ["custom.app"]
    target        = "queue"
    function_arn  = null
    function_name = null
    queue_arn     = "arn:aws:sqs:eu-west-1:123456789012:engines-buffer"
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.arn == "arn:aws:sqs:eu-west-1:123456789012:engines-buffer" && length(aws_lambda_permission.this) == 0
    error_message = "The queue must get the events, and there must be no Lambda permission."
  }
}

run "refuses_a_function_and_a_queue" {
  command = plan

  variables {
    event_source = ["custom.app"]
    queue_arn    = "arn:aws:sqs:eu-west-1:123456789012:engines-buffer"
  }

  expect_failures = [aws_cloudwatch_event_target.this]
}

run "refuses_no_queue" {
  command = plan

  variables {
    event_source  = ["custom.app"]
    target        = "queue"
    function_arn  = null
    function_name = null
  }

  expect_failures = [aws_cloudwatch_event_target.this]
}

run "starts_a_workflow" {
  command = plan

  variables {
    event_source      = ["custom.app"]
    target            = "workflow"
    function_arn      = null
    function_name     = null
    state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:engines"
    role_arn          = "arn:aws:iam::123456789012:role/engines-event"
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.arn == var.state_machine_arn && aws_cloudwatch_event_target.this.role_arn == var.role_arn && length(aws_lambda_permission.this) == 0
    error_message = "EventBridge must start the workflow with the given role."
  }
}

run "refuses_a_workflow_without_role" {
  command = plan

  variables {
    event_source      = ["custom.app"]
    target            = "workflow"
    function_arn      = null
    function_name     = null
    state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:engines"
  }

  expect_failures = [aws_cloudwatch_event_target.this]
}

run "refuses_an_unknown_target" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    event_source = ["custom.app"]
    target       = "topic"
  }

  expect_failures = [var.target]
}

run "adds_the_service_to_the_event" {
  command = plan

  variables {
    schedule_expression = "cron(0 3 * * ? *)"
    service             = "pdf"
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.input_transformer[0].input_template == "{\"service\":\"pdf\",\"event\":<aws.events.event.json>}"
    error_message = "The function must get the service and the event."
  }
}

run "keeps_numbers_and_filters_of_detail" {
  command = plan

  variables {
    detail = jsonencode({ load = [{ numeric = [">", 0, "<=", 5.5] }], state = ["a", null, false] })
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this.event_pattern == "{\"detail\":{\"load\":[{\"numeric\":[\"\\u003e\",0,\"\\u003c=\",5.5]}],\"state\":[\"a\",null,false]}}"
    error_message = "The filter must not change."
  }
}

run "security_hub_matches_new_active_findings" {
  command = plan

  variables {
    preset = "security_hub"
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this.event_pattern) == {
      source        = ["aws.securityhub"]
      "detail-type" = ["Security Hub Findings - Imported"]
      detail        = { findings = { RecordState = ["ACTIVE"], Workflow = { Status = ["NEW"] } } }
    }
    error_message = "The preset must match new, active findings only."
  }
}

run "security_hub_from_high" {
  command = plan

  variables {
    preset           = "security_hub"
    minimum_severity = "HIGH"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail.findings.Severity.Label == ["HIGH", "CRITICAL"]
    error_message = "HIGH and CRITICAL must match."
  }
}

run "guardduty_from_high" {
  command = plan

  variables {
    preset           = "guardduty"
    minimum_severity = "HIGH"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail == { severity = [{ numeric = [">=", 7] }] }
    error_message = "HIGH must start at 7 for GuardDuty."
  }
}

run "guardduty_without_severity_has_no_empty_detail" {
  command = plan

  variables {
    preset = "guardduty"
  }

  assert {
    condition     = keys(jsondecode(aws_cloudwatch_event_rule.this.event_pattern)) == ["detail-type", "source"]
    error_message = "EventBridge refuses an empty detail."
  }
}

run "macie_from_medium" {
  command = plan

  variables {
    preset           = "macie"
    minimum_severity = "MEDIUM"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail == { severity = { description = ["Medium", "High"] } }
    error_message = "Macie writes Low, Medium and High."
  }
}

run "inspector_from_critical" {
  command = plan

  variables {
    preset           = "inspector"
    minimum_severity = "CRITICAL"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail == { status = ["ACTIVE"], severity = ["CRITICAL"] }
    error_message = "The preset must match active findings of this severity only."
  }
}

run "config_matches_noncompliant_resources" {
  command = plan

  variables {
    preset = "config"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail == { newEvaluationResult = { complianceType = ["NON_COMPLIANT"] } }
    error_message = "The preset must match resources that do not comply only."
  }
}

run "access_analyzer_matches_active_findings" {
  command = plan

  variables {
    preset = "access_analyzer"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail == { status = ["ACTIVE"] }
    error_message = "The preset must match active findings only."
  }
}

run "cloudtrail_has_the_called_service_as_source" {
  command = plan

  variables {
    preset       = "cloudtrail"
    event_source = ["aws.s3"]
    event_names  = ["PutBucketAcl"]
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this.event_pattern) == {
      source        = ["aws.s3"]
      "detail-type" = ["AWS API Call via CloudTrail"]
      detail        = { eventName = ["PutBucketAcl"], errorCode = [{ exists = false }] }
    }
    error_message = "The source must be that of the called AWS service, never aws.cloudtrail."
  }
}

run "accepts_schedules_that_eventbridge_accepts" {
  command = plan

  variables {
    schedule_expression = "rate(5 minutes)"
  }

  assert {
    condition = alltrue([for expression in [
      "rate(1 minute)",
      "rate(1 day)",
      "rate(2 hours)",
      "rate(365 days)",
      "cron(0 3 * * ? *)",
      "cron(0/15 8-17 ? * MON-FRI 2026)",
      "cron(*/5 * 1,15 JAN,7 ? 2026-2030)",
      "cron(0 0 L * ? *)",
      "cron(0 0 15W * ? *)",
      "cron(0 0 ? * 6L *)",
      "cron(0 0 ? * TUE#2 *)",
      "cron(0-30/5,45 00 ? * L *)",
    ] : can(regex(local.schedule_expression, expression))])
    error_message = "A schedule that EventBridge accepts must be accepted."
  }

  assert {
    condition = [for expression in [
      "rate(0 minutes)",
      "rate(1 minutes)",
      "rate(5 minute)",
      "rate(-1 days)",
      "rate(1.5 hours)",
      "rate(2 weeks)",
      "rate(5 minutes) ",
      "every day",
      "cron(0 3 * * *)",
      "cron(0 3 * * ? * *)",
      "cron(0 3 * * * *)",
      "cron(0 3 ? * ? *)",
      "cron(60 3 * * ? *)",
      "cron(0 24 * * ? *)",
      "cron(0 3 32 * ? *)",
      "cron(0 3 * 13 ? *)",
      "cron(0 3 ? * 0 *)",
      "cron(0 3 ? * 8 *)",
      "cron(0 3 ? * MON#6 *)",
      "cron(0 3 ? * 3#1,6#3 *)",
      "cron(0 3 ? * 3W *)",
      "cron(0 3 * * ? 1969)",
      "cron(0 3 * * ? 2200)",
      "cron(0/0 3 * * ? *)",
      "cron(1,,2 3 * * ? *)",
      "cron(? 3 * * ? *)",
      "at(2026-01-01T00:00:00)",
    ] : expression if can(regex(local.schedule_expression, expression))] == []
    error_message = "A schedule that EventBridge refuses must be refused."
  }
}

run "refuses_a_cron_without_question_mark" {
  command = plan

  variables {
    schedule_expression = "cron(0 3 * * * *)"
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_a_schedule_on_another_bus" {
  command = plan

  variables {
    schedule_expression = "rate(1 day)"
    event_bus_name      = "orders"
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "custom_action_of_security_hub" {
  command = plan

  variables {
    preset           = "security_hub_custom_action"
    event_names      = ["Remediate"]
    minimum_severity = "HIGH"
  }

  assert {
    condition = aws_cloudwatch_event_rule.this.event_pattern == jsonencode({
      source        = ["aws.securityhub"]
      "detail-type" = ["Security Hub Findings - Custom Action"]
      detail = {
        actionName = ["Remediate"]
        findings   = { RecordState = ["ACTIVE"], Severity = { Label = ["HIGH", "CRITICAL"] } }
      }
    })
    error_message = "The preset must match the findings on which this action was started."
  }
}

run "security_hub_in_ocsf" {
  command = plan

  variables {
    preset           = "security_hub_v2"
    minimum_severity = "HIGH"
  }

  assert {
    condition = aws_cloudwatch_event_rule.this.event_pattern == jsonencode({
      source        = ["aws.securityhub"]
      "detail-type" = ["Findings Imported V2"]
      detail = {
        findings = {
          activity_name = [{ "anything-but" = "Close" }]
          severity      = ["High", "Critical", "Fatal"]
          status        = ["New"]
        }
      }
    })
    error_message = "The preset must match new findings, in the words of OCSF."
  }
}

run "refuses_no_pattern_preset_or_schedule" {
  command = plan

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_a_pattern_and_a_schedule" {
  command = plan

  variables {
    preset              = "config"
    schedule_expression = "rate(1 day)"
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_a_preset_with_a_pattern" {
  command = plan

  variables {
    preset       = "config"
    event_source = ["aws.config"]
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_a_severity_for_a_preset_without_severities" {
  command = plan

  variables {
    preset           = "config"
    minimum_severity = "HIGH"
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_critical_for_macie" {
  command = plan

  variables {
    preset           = "macie"
    minimum_severity = "CRITICAL"
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_cloudtrail_without_calls" {
  command = plan

  variables {
    preset       = "cloudtrail"
    event_source = ["aws.s3"]
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_cloudtrail_with_the_endpoint_as_source" {
  command = plan

  variables {
    preset       = "cloudtrail"
    event_source = ["s3.amazonaws.com"]
    event_names  = ["PutBucketAcl"]
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_a_custom_action_without_its_name" {
  command = plan

  variables {
    preset = "security_hub_custom_action"
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_event_names_without_cloudtrail" {
  command = plan

  variables {
    preset      = "macie"
    event_names = ["PutBucketAcl"]
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_a_name_with_dots" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name         = "a.b"
    event_source = ["a"]
  }

  expect_failures = [var.name]
}

run "refuses_a_long_description" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    description  = join("", [for _ in range(513) : "x"])
    event_source = ["a"]
  }

  expect_failures = [var.description]
}

run "refuses_a_bus_name_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    event_bus_name = "my bus"
    event_source   = ["a"]
  }

  expect_failures = [var.event_bus_name]
}

run "refuses_detail_that_is_not_json" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    detail = "service = auth"
  }

  expect_failures = [var.detail]
}

run "refuses_detail_without_a_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    detail = "{}"
  }

  expect_failures = [var.detail]
}

run "refuses_detail_with_a_bare_value" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    detail = "{\"service\":\"auth\"}"
  }

  expect_failures = [var.detail]
}

run "refuses_an_unknown_preset" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    preset = "sechub"
  }

  expect_failures = [var.preset]
}

run "refuses_an_unknown_severity" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    preset           = "guardduty"
    minimum_severity = "SEVERE"
  }

  expect_failures = [var.minimum_severity]
}

run "refuses_a_service_with_spaces" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    event_source = ["a"]
    service      = "a b"
  }

  expect_failures = [var.service]
}

run "refuses_an_event_age_below_a_minute" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    event_source              = ["a"]
    maximum_event_age_seconds = 59
  }

  expect_failures = [var.maximum_event_age_seconds]
}

run "refuses_more_than_185_retries" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    event_source           = ["a"]
    maximum_retry_attempts = 186
  }

  expect_failures = [var.maximum_retry_attempts]
}

run "names_replace_those_of_the_block" {
  command = plan

  variables {
    event_source = ["custom.app"]
    names = {
      "aws_cloudwatch_event_target.this"         = "InvokerLambda"
      "aws_lambda_permission.this[\"function\"]" = "AllowEventBridgeInvoke"
      "aws_cloudwatch_event_rule.this"           = "acme-rule"
    }
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.target_id == "InvokerLambda" && aws_lambda_permission.this["function"].statement_id == "AllowEventBridgeInvoke" && aws_cloudwatch_event_rule.this.name == "acme-rule"
    error_message = "A resource must have the name that `names` gives its address."
  }
}

run "refuses_an_address_that_is_not_the_address_of_a_name" {
  command = plan

  variables {
    event_source = ["custom.app"]
    names        = { "aws_cloudwatch_event_target.that" = "acme" }
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "refuses_a_date_that_no_year_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schedule_expression = "cron(0 3 31 2,4 ? *)"
  }

  expect_failures = [var.schedule_expression]
}

run "refuses_the_30th_of_February" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schedule_expression = "cron(0 3 30 FEB ? *)"
  }

  expect_failures = [var.schedule_expression]
}

run "refuses_a_value_in_a_nested_object_of_a_pattern" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    detail = jsonencode({ a = { b = "c" } })
  }

  expect_failures = [var.detail]
}

run "refuses_an_empty_nested_object_of_a_pattern" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    detail = jsonencode({ a = { b = {} } })
  }

  expect_failures = [var.detail]
}

run "accepts_filters_in_nested_objects_of_a_pattern" {
  command = plan

  variables {
    detail = jsonencode({ a = { b = { c = [{ prefix = "d" }], e = { f = [null] } } }, "$or" = [{ g = [1] }, { h = ["i"] }] })
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.this.event_pattern) > 0
    error_message = "The pattern must be taken."
  }
}
