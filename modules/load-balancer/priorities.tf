# A rule's priority follows from its path alone, so that it stays when a service is added: the more of a path is literal
# the earlier its rule, for the first rule that fits decides. Within a length the hash spreads the paths over 390 places,
# of which 128 times fit into the 50,000 that there are.
locals {
  places = 390

  own_place = { for service, route in var.routes : service =>
    (128 - length(regex("^[^*?]*", route.path))) * local.places + parseint(substr(sha1(route.path), 0, 8), 16) % local.places + 1
    if route.priority == null
  }

  # Who finds its place taken moves to the next free one: of those that ask for it and for what lies before, in order,
  # the one that starts latest pushes the others on.
  in_order = sort([for service, place in local.own_place : format("%05d/%s", place, service)])
  computed = { for index, entry in local.in_order : split("/", entry)[1] => index + max([
    for before, other in slice(local.in_order, 0, index + 1) : tonumber(split("/", other)[0]) - before
  ]...) }

  priorities = { for service, route in var.routes : service => try(local.computed[service], route.priority) }
  disputed   = [for service, priority in local.priorities : "${service} ${priority}" if priority > 50000 || length([for other in values(local.priorities) : other if other == priority]) > 1]
}
