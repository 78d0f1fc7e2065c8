import type { EventDrivenEcsProps } from "../../../src/event-driven-ecs";
import { image } from "../../../testing/layout";

/** A small and fast layout with all features that require permissions. */
export const props: EventDrivenEcsProps = {
  name: "engines",
  network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
  services: {
    auth: {
      image,
      port: 8080,
      environment: { JOB: "engine" },
      path: "/api/auth/*",
      healthCheck: { path: "/health", intervalSeconds: 5, timeoutSeconds: 2 },
      // Longer than an invocation, so that a reminder must stop the task.
      deregistrationDelaySeconds: 600,
    },
    report: {
      image,
      environment: { JOB: "report" },
      onFailure: { action: "retry", maxAttempts: 3, backoffSeconds: 30 },
    },
  },
  loadBalancer: { protocol: "HTTP", ingress: { office: "10.0.0.0/8" }, deletionProtection: false },
  events: { start: { source: ["custom.app"], detailType: ["Start ECS Task"] } },
  schedules: { often: { expression: "rate(5 minutes)", start: ["report"] } },
  stopEvents: { stop: { source: ["custom.app"] } },
  buffer: true,
  createMonitoring: false,
};
