import type { Deployment } from "./deployment";

/** @throws Error when the deployment has no registrar */
export function registrarOf({ name, registrarFunction }: Deployment): string {
  if (registrarFunction !== undefined) return registrarFunction;
  throw new Error(
    `The launcher "${name}" has no registrar (the function ${name}-register-targets): it is made with a load balancer or with stop events.`,
  );
}
