# The files of policies and mappings, and their keys in the policy bucket.
locals {
  policies_prefix = "policies/"
  policies        = { for file in fileset(var.policies_folder, "**/*.{yml,yaml,json}") : "${local.policies_prefix}${file}" => file("${var.policies_folder}/${file}") }

  mapping_key  = "config/policy-mappings.json"
  mapping_text = file(var.mappings_file)
  mapping      = try(jsondecode(local.mapping_text), {})
  entries      = try(flatten([local.mapping.mappings]), [])

  # What the preconditions of the output policy_bucket_name refuse. The function checks the rest when it reads the file.
  entry_ids       = [for entry in local.entries : entry.id if can(entry.id)]
  duplicate_ids   = distinct([for id in local.entry_ids : id if length([for other in local.entry_ids : other if other == id]) > 1])
  mapped_keys     = distinct([for entry in local.entries : try(entry.policy.key, entry.policy_file) if can(entry.policy.key) || can(entry.policy_file)])
  unknown_keys    = [for key in local.mapped_keys : key if !contains(keys(local.policies), key)]
  default_unknown = var.default_policy == null ? false : !contains(keys(local.policies), var.default_policy)
}
