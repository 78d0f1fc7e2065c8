/** Image of the services; local AWS runs the project's worker for it. */
export const image = "demo/worker:1";

const service = (path: string, port: number): string => `{
    image        = "${image}"
    environment  = { JOB = "engine" }
    port         = ${port}
    path         = "${path}"
    health_check = { path = "/health", interval_seconds = 5, timeout_seconds = 2 }

    deregistration_delay_seconds = 2
  }`;

/** The terraform.tfvars of the layout. */
export const variables = (region: string): string => `region = "${region}"
name   = "demo"

services = {
  auth = ${service("/api/auth/*", 8080)}
  pdf = ${service("/api/pdf/*", 9080)}
  report = {
    image       = "${image}"
    environment = { JOB = "report" }
    on_failure  = { action = "dead_letter" }
  }
}

events      = { start = { source = ["custom.app"], detail_type = ["Start ECS Task"] } }
stop_events = { stop = { source = ["custom.app"] } }

load_balancer = { protocol = "HTTP", ingress = { world = "0.0.0.0/0" } }
`;

/** What the demo needs of the module's outputs. */
export interface Layout {
  readonly cluster_name: string;
  readonly function_name: string;
  readonly function_arn: string;
  readonly dead_letter_queue_url: string;
  readonly load_balancer_dns_name: string;
  readonly routes: Readonly<Record<string, { readonly target_group_arn: string | null }>>;
}
