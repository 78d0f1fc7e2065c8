locals {
  severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL"]
  wanted     = var.minimum_severity == null ? null : slice(local.severities, index(local.severities, var.minimum_severity), 4)

  # The lowest number of each severity, from the GuardDuty User Guide: severity levels of findings.
  guardduty_severity = { LOW = 1, MEDIUM = 4, HIGH = 7, CRITICAL = 9 }

  severities_of = {
    security_hub               = local.severities
    security_hub_custom_action = local.severities
    security_hub_v2            = local.severities
    guardduty                  = local.severities
    inspector                  = local.severities
    macie                      = slice(local.severities, 0, 3)
  }

  # An object, not a map: the details have different types, and a map would convert numbers to strings.
  patterns = {
    given = {
      source      = var.event_source
      detail_type = var.detail_type
      detail      = jsondecode(coalesce(var.detail, "{}"))
    }
    security_hub = {
      source      = ["aws.securityhub"]
      detail_type = ["Security Hub Findings - Imported"]
      detail = {
        findings = merge(
          { RecordState = ["ACTIVE"], Workflow = { Status = ["NEW"] } },
          local.wanted == null ? {} : { Severity = { Label = local.wanted } },
        )
      }
    }
    # A person starts an action on a finding, also when somebody was notified of it before.
    security_hub_custom_action = {
      source      = ["aws.securityhub"]
      detail_type = ["Security Hub Findings - Custom Action"]
      detail = {
        actionName = var.event_names
        findings = merge(
          { RecordState = ["ACTIVE"] },
          local.wanted == null ? {} : { Severity = { Label = local.wanted } },
        )
      }
    }
    # In OCSF, which has one severity above Critical.
    security_hub_v2 = {
      source      = ["aws.securityhub"]
      detail_type = ["Findings Imported V2"]
      detail = {
        findings = merge(
          { activity_name = [{ "anything-but" = "Close" }], status = ["New"] },
          local.wanted == null ? {} : { severity = concat([for severity in local.wanted : title(lower(severity))], ["Fatal"]) },
        )
      }
    }
    guardduty = {
      source      = ["aws.guardduty"]
      detail_type = ["GuardDuty Finding"]
      detail      = local.wanted == null ? {} : { severity = [{ numeric = [">=", local.guardduty_severity[var.minimum_severity]] }] }
    }
    config = {
      source      = ["aws.config"]
      detail_type = ["Config Rules Compliance Change"]
      detail      = { newEvaluationResult = { complianceType = ["NON_COMPLIANT"] } }
    }
    macie = {
      source      = ["aws.macie"]
      detail_type = ["Macie Finding"]
      detail      = local.wanted == null ? {} : { severity = { description = [for severity in local.wanted : title(lower(severity)) if contains(local.severities_of.macie, severity)] } }
    }
    access_analyzer = {
      source      = ["aws.access-analyzer"]
      detail_type = ["Access Analyzer Finding"]
      detail      = { status = ["ACTIVE"] }
    }
    inspector = {
      source      = ["aws.inspector2"]
      detail_type = ["Inspector2 Finding"]
      detail      = merge({ status = ["ACTIVE"] }, local.wanted == null ? {} : { severity = local.wanted })
    }
    # A call that failed changed nothing, and any caller could cause any number of them.
    cloudtrail = {
      source      = var.event_source
      detail_type = ["AWS API Call via CloudTrail"]
      detail      = { eventName = var.event_names, errorCode = [{ exists = false }] }
    }
  }
  pattern = local.patterns[coalesce(var.preset, "given")]

  given_pattern = compact([
    length(var.event_source) > 0 && var.preset != "cloudtrail" ? "event_source" : "",
    length(var.detail_type) > 0 ? "detail_type" : "",
    var.detail != null ? "detail" : "",
  ])
  given = concat(
    var.preset != null ? ["preset \"${var.preset}\""] : [],
    length(local.given_pattern) > 0 ? ["a pattern (${join(", ", local.given_pattern)})"] : [],
    var.schedule_expression != null ? ["schedule_expression \"${var.schedule_expression}\""] : [],
  )
}
