import type { ContainerDefinition } from "./types";

/** The port on which a container with a port mapping listens on AWS: its variable PORT, else its container port. */
export function listeningPort({
  environment = [],
  portMappings = [],
}: ContainerDefinition): number | undefined {
  const [mapping] = portMappings;
  if (!mapping) return undefined;
  const configured = environment.find(({ name }) => name === "PORT")?.value;
  return configured ? Number(configured) : mapping.containerPort;
}
