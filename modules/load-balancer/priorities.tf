# The priority of a listener rule depends only on its path, so that it stays the same when a service is added. The first
# rule that matches wins, so a path with a longer literal start gets a lower number. Each length of the literal start, 1 to
# 128, has 390 priorities (128 * 390 < 50,000), and a hash of the path picks one of them.
locals {
  priorities_per_length = 390

  wanted_priority = { for service, route in var.routes : service =>
    (128 - length(regex("^[^*?]*", route.path))) * local.priorities_per_length + parseint(substr(sha1(route.path), 0, 8), 16) % local.priorities_per_length + 1
    if route.priority == null
  }

  # A rule whose priority is taken gets the next free one. In order of wanted priority and service, the priority of a rule
  # is the maximum of what each rule before it pushes it to.
  in_order = sort([for service, place in local.wanted_priority : format("%05d/%s", place, service)])
  computed = { for index, entry in local.in_order : split("/", entry)[1] => index + max([
    for before, other in slice(local.in_order, 0, index + 1) : tonumber(split("/", other)[0]) - before
  ]...) }

  priorities = { for service, route in var.routes : service => try(local.computed[service], route.priority) }
  conflicts  = [for service, priority in local.priorities : "${service} ${priority}" if priority > 50000 || length([for other in values(local.priorities) : other if other == priority]) > 1]
}
