import fc from "fast-check";
import type { EventDrivenEcsProps } from "../../../src/event-driven-ecs";
import { legalSettings } from "./legal";

type Fault = (number: number, service: string) => object;

/** Replace inputs of the layout. */
const faultsOfLayout: readonly Fault[] = [
  (n) => ({ name: `Engines-${n}` }),
  (n) => ({ logRetentionDays: n }),
  (n) => ({ deduplicationWindowHours: n }),
  (n) => ({ functionArchitecture: `mips${n}` }),
  (n) => ({ functionRuntime: `python3.${n}` }),
  (n, service) => ({ events: { wrong: { preset: `preset-${n}`, service } } }),
  (n, service) => ({ events: { wrong: { scheduleExpression: `every(${n})`, service } } }),
  (n) => ({ schedules: { wrong: { expression: "rate(1 day)", start: [`ghost-${n}`] } } }),
  (n, service) => ({ schedules: { wrong: { expression: `every(${n})`, stop: [service] } } }),
];

/** Replace inputs of a service. */
const faultsOfService: readonly Fault[] = [
  (n) => ({ image: `two words ${n}` }),
  (n) => ({ cpu: n }),
  (n) => ({ memory: n }),
  (n) => ({ port: n }),
  (n) => ({ port: 8080, path: `api-${n}` }),
  (n) => ({ port: 8080, path: "/api/*", healthCheck: { intervalSeconds: n } }),
  (n) => ({ port: 8080, path: "/api/*", priority: n }),
  (n) => ({ mountPath: `mnt-${n}` }),
  (n) => ({ user: `no user ${n}` }),
  (n) => ({ capacity: `fargate_${n}` }),
  (n) => ({ architecture: `SPARC_${n}` }),
  (n) => ({ networkMode: `flat_${n}` }),
  (n) => ({ stopTimeoutSeconds: n }),
  (n) => ({ ephemeralStorageGib: n }),
  (n) => ({ interruptionRetries: n }),
  (n) => ({ onFailure: { action: `explode-${n}` } }),
  (n) => ({ onFailure: { action: "retry", maxAttempts: n } }),
  (n) => ({ environment: { [`TWICE_${n}`]: "" }, secrets: { [`TWICE_${n}`]: "/engines/twice" } }),
  (n) => ({ environment: { [`N${n}_PASSWORD`]: "plain" } }),
  (n) => ({ secrets: { DATABASE_PASSWORD: `secret-${n}` } }),
  (n) => ({ egress: { wrong: { port: n, cidrIpv4: "10.0.0.0/8" } } }),
  (n) => ({ egress: { wrong: { port: 443, cidrIpv4: `10.0.${n}/8` } } }),
  (n) => ({ grants: { wrong: { access: `own-${n}`, arn: "arn:aws:s3:::files" } } }),
  (n) => ({ allowOverrides: [`everything-${n}`] }),
  (n) => ({ linuxCapabilitiesAdd: [`POWER_${n}`] }),
];

export interface IllegalSettings {
  readonly props: EventDrivenEcsProps;
  /** What is wrong, as props. */
  readonly fault: object;
}

/**
 * Settings of the unified layout with one fault, which both forms must refuse.
 * @param number stands in the bad value, and no value of it is legal
 */
export const illegalSettings = (number: number): fc.Arbitrary<IllegalSettings> =>
  fc
    .tuple(
      legalSettings,
      fc.oneof(
        fc.constantFrom(...faultsOfLayout).map((make) => ({ make, ofService: false })),
        fc.constantFrom(...faultsOfService).map((make) => ({ make, ofService: true })),
      ),
    )
    .map(([legal, { make, ofService }]) => {
      const [[service, settings]] = Object.entries(legal.services) as [[string, object]];
      const fault = make(number, service);
      const services = ofService
        ? { ...legal.services, [service]: { ...settings, ...fault } }
        : legal.services;
      return { fault, props: { ...legal, services, ...(ofService ? {} : fault) } as EventDrivenEcsProps };
    });
