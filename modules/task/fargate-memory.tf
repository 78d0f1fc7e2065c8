# Made by `npm run docs` from scripts/fargate-sizes.json: Amazon ECS Developer Guide, "Task CPU and memory" (fargate-tasks-services.html and create-task-definition.html), read on 2026-11-29.

locals {
  # Memory in MiB that Fargate supports, by CPU units.
  fargate_memory = {
    "256"   = [512, 1024, 2048]
    "512"   = range(1024, 4097, 1024)
    "1024"  = range(2048, 8193, 1024)
    "2048"  = range(4096, 16385, 1024)
    "4096"  = range(8192, 30721, 1024)
    "8192"  = range(16384, 61441, 4096)
    "16384" = range(32768, 122881, 8192)
    "32768" = [61440, 122880, 249856]
  }
  fargate_cpus = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
}
