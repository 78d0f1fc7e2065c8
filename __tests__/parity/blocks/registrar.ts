import { Registrar, type RegistrarProps } from "../../../src/registrar";
import type { RegistrarRoute } from "../../../src/registrar/route";
import { block } from "./block";
import { everyName } from "./names";

const route = (service: string, more: Partial<RegistrarRoute> = {}): RegistrarRoute => ({
  clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/engines",
  family: `engines-${service}`,
  containerName: `engines-${service}`,
  ...more,
});

const withTargetGroup = (service: string, more: Partial<RegistrarRoute> = {}): RegistrarRoute =>
  route(service, {
    port: 8080,
    targetGroupArn: `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${service}/73e2d6bc24d8a067`,
    targetType: "ip",
    deregistrationDelaySeconds: 30,
    ...more,
  });

const numbered = Array.from({ length: 50 }, (_, index) => `service-${index}`);

const everything: RegistrarProps = {
  name: "all-registrar",
  routes: {
    auth: withTargetGroup("auth"),
    pdf: withTargetGroup("pdf", {
      clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/instances",
      networkMode: "bridge",
      targetType: "instance",
      deregistrationDelaySeconds: 0,
    }),
    job: route("job", { networkMode: "awsvpc" }),
  },
  sweepIntervalMinutes: 1,
  stopEvents: {
    stop: { source: ["custom.app"] },
    idle: { source: ["custom.app"], detail: { idle: [{ exists: true }] } },
  },
  architecture: "x86_64",
  runtime: "nodejs22.x",
  logRetentionDays: 30,
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    path: "/engines/eu/",
    namePrefix: "acme-",
    nameSuffix: "-eu",
  },
  tags: { team: "platform" },
};

export const registrar = block<RegistrarProps>({
  module: "registrar",
  construct: Registrar,
  settings: {
    defaults: { name: "plain-registrar", routes: { auth: withTargetGroup("auth") } },
    everything,
    named: { ...everything, name: "named-registrar", names: everyName(Registrar, everything) },
    ownKey: {
      name: "own-key-registrar",
      routes: { auth: withTargetGroup("auth") },
      kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    },
    noTargets: { name: "no-targets", routes: { job: route("job") } },
    odd: {
      name: "fifty-registered",
      routes: Object.fromEntries(numbered.map((service) => [service, withTargetGroup(service)])),
      stopEvents: { "Stop_at-9-o-clock_": { detail: { zone: ['a"b\\c<&>'] } } },
    },
  },
  asHcl: ({ stopEvents, ...props }) => ({
    ...props,
    stopEvents:
      stopEvents &&
      Object.fromEntries(
        Object.entries(stopEvents).map(([name, { detail, ...event }]) => [
          name,
          { ...event, detail: detail && JSON.stringify(detail) },
        ]),
      ),
  }),
});
