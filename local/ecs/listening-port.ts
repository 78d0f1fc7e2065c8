import type { ContainerDefinition } from "./types";

/** The port on which a container with a port mapping listens in AWS: what PORT tells it, else the one it exposes. */
export function listeningPort({
  environment = [],
  portMappings = [],
}: ContainerDefinition): number | undefined {
  const [mapping] = portMappings;
  if (!mapping) return undefined;
  const told = environment.find(({ name }) => name === "PORT")?.value;
  return told ? Number(told) : mapping.containerPort;
}
