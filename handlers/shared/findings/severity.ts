import { type Severity, severities } from "./finding";

/** A severity by its name in any case; undefined for what is none, such as UNTRIAGED. */
export const readSeverity = (name: string | null | undefined): Severity | undefined =>
  severities.find((severity) => severity === name?.toUpperCase());
