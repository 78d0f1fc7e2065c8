# The messages of a queue as a table: from 1 to messages_per_task a task, up to twice as many two tasks, and so on.
locals {
  # Application Auto Scaling takes 20 steps. The first one is a task, the last one max.
  step_count = min(local.max_count, 20)
  counts     = [for step in range(local.step_count) : ceil(1 + step * (local.max_count - 1) / max(local.step_count - 1, 1))]

  queue_depth = merge([for queue in var.scaling[*].queue_depth : {
    queue-out = merge(local.depth, {
      metrics     = local.queue_metrics
      description = "The queue ${queue.queue_name} has messages. Scaling starts tasks of the ECS service ${var.name}, nobody needs to act."
      operator    = "GreaterThanOrEqualToThreshold"
      periods     = 1
      missing     = "notBreaching"
      cooldown    = var.scaling.scale_out_cooldown_seconds
      # Bounds are relative to the threshold of the alarm, which is 1.
      steps = [for index, count in local.counts : {
        count = count
        from  = index == 0 ? 0 : local.counts[max(index - 1, 0)] * queue.messages_per_task
        to    = index == local.step_count - 1 ? null : count * queue.messages_per_task
      }]
    })
    queue-in = merge(local.depth, {
      metrics     = local.queue_metrics
      description = "The queue ${queue.queue_name} is empty and no message is in flight. Scaling stops tasks of the ECS service ${var.name}, nobody needs to act."
      operator    = "LessThanThreshold"
      periods     = queue.empty_minutes
      # A queue that has been empty for six hours reports no metrics.
      missing  = "breaching"
      cooldown = var.scaling.scale_in_cooldown_seconds
      steps    = [{ count = var.scaling.min, from = null, to = 0 }]
    })
  } if queue != null]...)

  # Busy tasks hold the messages in flight: without them, a service of busy tasks and no waiting message would have depth 0.
  # SQS reports messages in flight only while there are some, so FILL adds the 0. The visible messages are not filled: in an
  # alarm FILL would also replace the newest value, which comes late.
  depth = {
    adjustment = "ExactCapacity"
    statistic  = "Maximum"
    threshold  = 1
    expression = "visible + FILL(in_flight, 0)"
    label      = "Messages visible and in flight"
  }

  queue_metrics = merge([for queue in var.scaling[*].queue_depth : {
    for key, name in { visible = "ApproximateNumberOfMessagesVisible", in_flight = "ApproximateNumberOfMessagesNotVisible" } : key => {
      namespace                = "AWS/SQS"
      name                     = name
      dimensions               = { QueueName = queue.queue_name }
      statistic                = "Maximum"
    }
  } if queue != null]...)
}
