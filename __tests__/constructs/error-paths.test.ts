import { TerraformVariable } from "cdktf";
import { inputTypes } from "../../src/core/input-types";
import { EventDrivenEcs } from "../../src/event-driven-ecs";
import { EngineStarter } from "../../src/systems/engine-starter";
import {
  badValues,
  event,
  existingFileSystem,
  http,
  image,
  network,
  type Settings,
  schedule,
  service,
} from "../../testing/bad-layout-values";
import { synthesize } from "./synth";

/** What synthesis of the layout says about `props`. */
function refusal(props: Settings, make: new (...args: never[]) => unknown = EventDrivenEcs): string {
  const given = { name: "engines", network, services: { auth: { image } }, ...props };
  try {
    synthesize((stack) => void new make(...([stack, "engines", given] as never[])));
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing";
}

/** The start of a message about `path`. */
const startsWith = (path: string): RegExp => new RegExp(`^${path.replaceAll(".", "\\.")}(?![A-Za-z0-9])`);

test.each(badValues)("begins with %s", (path, props) => {
  expect(refusal(props)).toMatch(startsWith(path));
});

test("translates only paths: values that look like one stay", () => {
  expect(refusal(service({ mountPath: "mounts.shared.containerPath" }))).toContain(
    'services.auth.mountPath is "mounts.shared.containerPath"; ',
  );
});

test("names the prop that a name in the case of HCL means", () => {
  expect(refusal(service({ mount_path: "/data" }))).toMatch(
    /^services\.auth\.mount_path is not known; the prop is mountPath\./,
  );
});

test("names other props of the same service without its path", () => {
  expect(refusal(service({ memory: 300 }))).toContain("services.auth.memory is 300 with cpu 256;");
  expect(refusal(service({ mountPath: "/tmp" }))).toContain("services.auth.mountPath and scratchPath have");
});

test("names the subnets as they were given", () => {
  const id = "subnet-0a1b2c3d4e5f60718";
  const given = (subnets: Settings): Settings => ({
    createNetwork: false,
    network: undefined,
    existingNetwork: { vpcId: "vpc-0a1b2c3d4e5f60718", ...subnets },
  });
  expect(refusal(given({ subnetIds: [id, id] }))).toMatch(startsWith("existingNetwork.subnetIds"));
  expect(refusal(given({ subnets: { a: id, b: id } }))).toMatch(startsWith("existingNetwork.subnets"));
  const internal = {
    ...service({ port: 80, path: "/auth" }),
    loadBalancer: { ...http, internal: true },
    ...given({ subnets: { a: id } }),
  };
  expect(refusal(internal)).toMatch(startsWith("existingNetwork.subnets"));
});

test("names services, not the launch routes or listener rules made of them", () => {
  const auth = { image, port: 8080, path: "/a" };
  const services = (more: Settings): Settings => ({
    services: { auth, pdf: { ...auth, ...more } },
    loadBalancer: http,
  });
  expect(refusal(services({}))).toMatch(/^services have the path "\/a" for auth and pdf;/);
  expect(refusal(service({ capacity: "EC2", networkMode: "host" }))).toBe("nothing");
});

test("names the whole address of a name", () => {
  const names = { 'module.task["auth"].aws_iam_rol.task': "x" };
  const message = refusal({ names });
  expect(message).toContain(`names has "module.task["auth"].aws_iam_rol.task", which is not the address`);
  expect(message).toContain('the addresses are: module.task["auth"].');
  const inEvent = { 'module.launcher.module.event_rule["start"].aws_x.y': "x" };
  expect(refusal({ ...event({}), names: inEvent })).toContain(`names has "${Object.keys(inEvent)[0]}"`);
});

test("names a service in a precondition", () => {
  const resources = synthesize((stack) => {
    const cpu = new TerraformVariable(stack, "cpu", { type: "number" }).numberValue;
    new EventDrivenEcs(stack, "engines", { name: "engines", network, services: { auth: { image, cpu } } });
  });
  expect(JSON.stringify(resources)).toContain('"error_message":"services.auth.memory is 512 with cpu ');
});

/** Inputs of which every value of their type is taken here. */
const anyValue = [
  "buffer",
  "createMonitoring",
  "createRunHistory",
  "createRunHistoryPolicy",
  "alarmActions",
  "kmsKeyArn",
  "tags",
  "events.start.source",
  "events.start.detailType",
  "events.start.enabled",
  "stopEvents.stop.source",
  ...["arn", "name"].map((name) => `existingCluster.${name}`),
  ...Object.keys(existingFileSystem).map((name) => `existingFileSystem.${name}`),
  ...["vpcId", "subnetIds", "subnets", "assignPublicIp"].map((name) => `existingNetwork.${name}`),
  "fileSystem.backup",
  ...["internal", "deletionProtection", "existingAccessLogBucket"].map((name) => `loadBalancer.${name}`),
  ...["arn", "securityGroupId", "dnsName"].map((name) => `loadBalancer.existingLoadBalancer.${name}`),
  "loadBalancer.existingListener.arn",
  ...[
    "command",
    "entryPoint",
    "plainEnvironmentNames",
    "initProcess",
    "runAsImageUser",
    "readonlyRootFilesystem",
    "repositoryArn",
    "grants.in.kmsKeyArn",
  ].map((name) => `services.auth.${name}`),
  ...[
    "repositoryArn",
    "essential",
    "command",
    "entryPoint",
    "cpu",
    "runAsImageUser",
    "readonlyRootFilesystem",
    "firelens.options",
  ].map((name) => `services.auth.sidecars.agent.${name}`),
];

type Type = string | readonly [Type] | { readonly [member: string]: Type };

/** Names that a user gives the members of a map. */
const keys: Readonly<Record<string, string>> = {
  services: "auth",
  events: "start",
  schedules: "night",
  stopEvents: "stop",
  sidecars: "agent",
  grants: "in",
  egress: "db",
  ulimits: "nofile",
  ingress: "office",
};

/** The path of each input, of which a list or a map of texts is one, and its type. */
function inputsOf(type: Type, path: readonly string[]): [path: string, type: string][] {
  if (typeof type === "string") return [[path.join("."), type]];
  if (Array.isArray(type)) return [[path.join("."), "list"]];
  const members = type as { readonly [member: string]: Type };
  if (!("*" in members))
    return Object.entries(members).flatMap(([name, of]) => inputsOf(of, [...path, name.replace("?", "")]));
  const key = keys[path.at(-1)!];
  return key === undefined || path.at(-1) === "ingress"
    ? [[path.join("."), "map"]]
    : inputsOf(members["*"]!, [...path, key]);
}

const inputs = inputsOf(inputTypes["event-driven-ecs"], []);

test("every input has a bad value above, or takes any", () => {
  const covered = [...badValues.map(([path]) => path), ...anyValue];
  const missing = inputs.filter(
    ([path]) => !covered.some((known) => isWithin(known, path) || isWithin(path, known)),
  );
  expect(missing).toEqual([]);
});

const isWithin = (path: string, of: string): boolean => path === of || path.startsWith(`${of}.`);

test.each(inputs.filter(([, type]) => type !== "any"))(
  "begins with %s for a value that is no %s",
  (path, type) => {
    const wrong = type === "string" ? 7 : "seven";
    const props = path.split(".").reduceRight<unknown>((value, name) => ({ [name]: value }), wrong);
    expect(refusal(props as Settings)).toMatch(startsWith(path));
  },
);

test.each<[string, Settings]>([
  ["services.auth.mountPath", { services: { auth: { image, mountPath: "x" } } }],
  ["services.auth.cpu", { services: { auth: { image, cpu: 300 } } }],
  ["eventSource", { eventSource: 7 }],
  ["loadBalancer.protocol", { loadBalancer: {} }],
  ["schedules.night.expression", schedule({ expression: "daily" })],
  [
    'names has "module.engines.module.task["auth"].aws_x.y"',
    { names: { 'module.engines.module.task["auth"].aws_x.y': "x" } },
  ],
])("of an engine starter begins with %s", (path, props) => {
  expect(refusal({ loadBalancer: http, ...props }, EngineStarter).startsWith(path)).toBe(true);
});
