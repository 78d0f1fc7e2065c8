import fc from "fast-check";
import type { EventDrivenEcsProps, Service } from "../../../src/event-driven-ecs";

const account = "123456789012";
const region = "us-east-1";

/** Undefined all but once in `times` times. */
const maybe = <T>(value: fc.Arbitrary<T>, times = 2): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** As `fc.record`, which has nearly every key nearly every time: then all settings are alike, and large. */
const record = <T extends object, K extends keyof T = never>(
  model: { readonly [Key in keyof T]: fc.Arbitrary<T[Key]> },
  { requiredKeys }: { readonly requiredKeys: readonly K[] },
): fc.Arbitrary<Partial<T> & Pick<T, K>> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries<fc.Arbitrary<unknown>>(model).map(([key, value]) => [
          key,
          requiredKeys.some((required) => required === key) ? value : maybe(value, 3),
        ]),
      ),
    )
    .map(
      (values) =>
        Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T> &
          Pick<T, K>,
    );

const oneOf = fc.constantFrom;

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);

/** Text as people write it: quotes, dollars, percent signs, angle brackets, other alphabets. */
const text = fc.array(oneOf("a", "Z", "0", " ", '"', "'", "\\", "$", "%", "<", "&", "ü", "日", "{", "}"), {
  maxLength: 12,
});
const anyText = text.map((chars) => chars.join("").replaceAll(/[$%]+\{+/g, "$"));

/** Characters that AWS takes in tags. */
const tagText = fc
  .array(oneOf("a", "Z", "0", " ", "ü", "日", "_", ".", ":", "/", "=", "+", "-", "@"), { maxLength: 12 })
  .map((chars) => chars.join(""));

const sizes = fc.oneof(
  fc.record({ cpu: fc.constant(256), memory: oneOf(512, 1024, 2048) }),
  fc.record({ cpu: fc.constant(1024), memory: oneOf(2048, 5120, 8192) }),
  fc.record({ cpu: fc.constant(4096), memory: oneOf(8192, 30720) }),
);

const image = fc.oneof(
  fc
    .tuple(word, word, fc.integer({ min: 0, max: 99 }))
    .map(([owner, name, tag]) => `ghcr.io/${owner}/${name}:1.${tag}`),
  word.map((name) => `${account}.dkr.ecr.${region}.amazonaws.com/team/${name}:latest`),
  fc.constant("busybox"),
);

const secretArn = word.map(
  (name) => `arn:aws:secretsmanager:${region}:${account}:secret:engines/${name}-AbCdEf`,
);

const egress = fc.oneof(
  fc.record({
    port: fc.integer({ min: 1, max: 65535 }),
    cidrIpv4: oneOf("0.0.0.0/0", "10.0.0.0/8", "192.0.2.7/32"),
  }),
  fc.record({
    fromPort: fc.constant(5432),
    toPort: fc.constant(5440),
    securityGroupId: fc.constant("sg-2a1b2c3d4e5f60718"),
  }),
  fc.record({ port: fc.constant(53), protocol: fc.constant("udp"), cidrIpv6: fc.constant("2001:db8::/32") }),
);

const grant = fc.oneof(
  record(
    {
      access: oneOf("read-objects" as const, "put-objects" as const),
      arn: word.map((name) => `arn:aws:s3:::${name}-files`),
      objects: maybe(oneOf("in/*", "a/b.json")),
    },
    { requiredKeys: ["access", "arn"] },
  ),
  fc.record({
    access: oneOf("consume-messages" as const, "send-messages" as const),
    arn: word.map((name) => `arn:aws:sqs:${region}:${account}:${name}`),
  }),
);

const onFailure = fc.oneof(
  fc.record({ action: oneOf("alarm" as const, "dead_letter" as const) }),
  fc.record({
    action: fc.constant("retry" as const),
    maxAttempts: fc.integer({ min: 2, max: 5 }),
    backoffSeconds: fc.integer({ min: 0, max: 600 }),
  }),
);

/** What any service may have. */
const taskSettings = record(
  {
    command: fc.array(anyText, { minLength: 1, maxLength: 3 }),
    environment: fc.dictionary(
      fc.stringMatching(/^[A-Z][A-Z0-9_]{0,5}$/).map((name) => `LEVEL_${name}`),
      anyText,
      { maxKeys: 3 },
    ),
    secrets: fc.dictionary(fc.constant("DATABASE_PASSWORD"), secretArn, { maxKeys: 1 }),
    grants: fc.dictionary(word, grant, { maxKeys: 3 }),
    stopTimeoutSeconds: fc.integer({ min: 2, max: 120 }),
    user: oneOf("node", "10001", "1000:2000"),
    readonlyRootFilesystem: fc.boolean(),
    initProcess: fc.boolean(),
    ulimits: fc.constant({ nofile: { soft: 1024, hard: 65535 } }),
    linuxCapabilitiesDrop: fc.constant(["NET_RAW"]),
    containerHealthCheck: fc.record({
      command: fc.constant(["CMD", "/healthy"]),
      retries: fc.integer({ min: 1, max: 10 }),
    }),
    ephemeralStorageGib: fc.integer({ min: 21, max: 200 }),
    architecture: oneOf("ARM64", "X86_64"),
    capacity: oneOf("FARGATE", "FARGATE_SPOT"),
    egress: fc.dictionary(word, egress, { maxKeys: 3 }),
    allowOverrides: fc
      .subarray(["command", "environment", "cpu", "memory"] as const)
      .map((names) => [...names]),
    onFailure,
    interruptionRetries: fc.integer({ min: 0, max: 3 }),
    mountPath: oneOf("/mnt/shared", "/data"),
    sidecars: fc.constant({ proxy: { image: "proxy:1", essential: true } }),
  },
  { requiredKeys: [] },
);

const behindLoadBalancer = record(
  {
    healthCheck: fc.record({
      path: oneOf("/", "/health?deep=1"),
      matcher: oneOf("200", "200-399", "200,301"),
      intervalSeconds: fc.integer({ min: 10, max: 300 }),
      timeoutSeconds: fc.integer({ min: 2, max: 9 }),
    }),
    stickinessSeconds: fc.integer({ min: 1, max: 604800 }),
    deregistrationDelaySeconds: fc.integer({ min: 0, max: 3600 }),
  },
  { requiredKeys: [] },
);

const service = (name: string): fc.Arbitrary<Service> =>
  fc
    .record({
      image,
      size: maybe(sizes),
      task: taskSettings,
      port: maybe(fc.integer({ min: 1024, max: 65535 })),
      behind: maybe(behindLoadBalancer),
    })
    .map(({ image, size, task, port, behind }) => ({
      image,
      ...size,
      ...task,
      ...(port && { port }),
      ...(port && behind && { path: `/api/${name}/*`, ...behind }),
    }));

const serviceNames = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/), {
  minLength: 1,
  maxLength: 2,
});

const services = serviceNames.chain((names) =>
  fc.record(Object.fromEntries(names.map((name) => [name, service(name)]))),
);

const network = fc.record({
  network: record(
    {
      availabilityZones: oneOf([`${region}a`, `${region}b`], [`${region}c`, `${region}a`, `${region}f`]),
      cidrBlock: oneOf("10.0.0.0/16", "10.7.0.0/20", "192.168.0.0/22"),
      nat: oneOf("single", "per_az", "none"),
      interfaceEndpoints: fc.subarray(["ecr.api", "ecr.dkr", "logs"]),
    },
    { requiredKeys: ["availabilityZones"] },
  ),
});

const existingNetwork = fc.record({
  createNetwork: fc.constant(false),
  existingNetwork: record(
    {
      vpcId: fc.constant("vpc-0a1b2c3d4e5f60718"),
      subnets: oneOf({
        [`${region}a`]: "subnet-0a1b2c3d4e5f60718",
        [`${region}b`]: "subnet-1a1b2c3d4e5f60718",
      }),
      assignPublicIp: fc.boolean(),
      publicSubnetIds: fc.constant(["subnet-2a1b2c3d4e5f60718", "subnet-3a1b2c3d4e5f60718"]),
    },
    { requiredKeys: ["vpcId", "subnets", "publicSubnetIds"] },
  ),
});

const loadBalancer = fc.oneof(
  fc.record({
    protocol: fc.constant("HTTP"),
    internal: fc.boolean(),
    ingress: fc.dictionary(word, oneOf("10.7.0.0/16", "192.0.2.0/24"), { maxKeys: 2 }),
  }),
  fc.record({
    certificateArn: fc.constant(
      `arn:aws:acm:${region}:${account}:certificate/12345678-90ab-cdef-1234-567890abcdef`,
    ),
    deletionProtection: fc.boolean(),
    idleTimeoutSeconds: fc.integer({ min: 1, max: 4000 }),
  }),
);

const optional = record(
  {
    buffer: fc.boolean(),
    deduplicationWindowHours: fc.integer({ min: 1, max: 720 }),
    createMonitoring: fc.boolean(),
    createRunHistory: fc.boolean(),
    createRunHistoryPolicy: fc.boolean(),
    functionArchitecture: oneOf("arm64", "x86_64"),
    functionRuntime: fc.constant("nodejs22.x"),
    logRetentionDays: oneOf(1, 30, 3653),
    kmsKeyArn: fc.constant(`arn:aws:kms:${region}:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`),
    alarmActions: fc.constant([`arn:aws:sns:${region}:${account}:oncall`]),
    roles: record({ path: oneOf("/", "/engines/"), namePrefix: oneOf("", "acme-") }, { requiredKeys: [] }),
    tags: fc.dictionary(oneOf("team", "cost/center"), tagText, { maxKeys: 2 }),
    fileSystem: record(
      {
        uid: fc.integer({ min: 1, max: 65535 }),
        backup: fc.boolean(),
        infrequentAccessAfterDays: oneOf(0, 1, 90),
      },
      { requiredKeys: [] },
    ),
    stopEvents: fc.constant({ stop: { source: ["custom.app"] } }),
  },
  { requiredKeys: [] },
);

/** What starts the services. */
const starts = (names: readonly string[]) =>
  record(
    {
      events: fc.dictionary(
        word,
        fc.oneof(
          record(
            {
              source: fc.constant(["custom.app"]),
              detailType: fc.constant(["Start ECS Task"]),
              detail: maybe(fc.constant({ service: names })),
            },
            { requiredKeys: ["source", "detailType"] },
          ),
          fc.record({
            scheduleExpression: oneOf("rate(5 minutes)", "cron(0 3 * * ? *)"),
            service: oneOf(...names),
          }),
          fc.record({
            preset: fc.constant("security_hub"),
            minimumSeverity: oneOf("LOW", "CRITICAL"),
            service: oneOf(...names),
          }),
        ),
        { maxKeys: 2 },
      ),
      schedules: fc.dictionary(
        word,
        fc.record({
          expression: oneOf("cron(0 7 ? * MON-FRI *)", "rate(1 day)"),
          timeZone: oneOf("UTC", "Europe/Berlin"),
          start: fc.constant([...names]),
        }),
        { maxKeys: 1 },
      ),
    },
    { requiredKeys: [] },
  );

/** Settings of the unified layout that both forms must accept. */
export const legalSettings: fc.Arbitrary<EventDrivenEcsProps> = fc
  .record({
    name: fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/),
    network: fc.oneof(network, existingNetwork),
    loadBalancer,
    services,
    optional,
  })
  .chain(({ name, network, loadBalancer, services, optional }) =>
    starts(Object.keys(services)).map(
      (starts) =>
        ({ name, ...network, loadBalancer, services, ...optional, ...starts }) as EventDrivenEcsProps,
    ),
  );
