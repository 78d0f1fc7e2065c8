# EventBridge's cron grammar, from its user guide: six fields, `?` in exactly one of the two day fields.
locals {
  step = "(/[1-9][0-9]*)?"

  cron_values = {
    minute       = "(0?[0-9]|[1-5][0-9])"
    hour         = "(0?[0-9]|1[0-9]|2[0-3])"
    day_of_month = "(0?[1-9]|[12][0-9]|3[01])"
    month        = "(0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
    day_of_week  = "([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)"
    year         = "(19[7-9][0-9]|2[01][0-9][0-9])"
  }
  cron_items = { for name, value in local.cron_values : name => "${value}(-${value})?${local.step}" }
  cron       = { for name, item in local.cron_items : name => "(\\*${local.step}|${item}(,${item})*)" }

  cron_day_of_month = "(${local.cron.day_of_month}|L|${local.cron_values.day_of_month}W)"
  cron_day_of_week  = "(${local.cron.day_of_week}|L|${local.cron_values.day_of_week}(L|#[1-5]))"

  rate_or_cron = join("|", [
    "^rate\\([1-9][0-9]* (minute|hour|day)s?\\)$",
    "^cron\\(${local.cron.minute} ${local.cron.hour} (${local.cron_day_of_month} ${local.cron.month} \\?|\\? ${local.cron.month} ${local.cron_day_of_week}) ${local.cron.year}\\)$",
  ])

  # formatdate refuses a date that does not exist, such as the 30th of February.
  is_once = can(formatdate("YYYY", "${regex("^at\\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\\)$", var.schedule_expression)[0]}Z"))
}
