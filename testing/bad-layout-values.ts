/** Props of the unified layout, with values that its types do not allow as well. */
export type Settings = Readonly<Record<string, unknown>>;

export const image = "ghcr.io/acme/auth-api:1.4.2";
export const network = { availabilityZones: ["eu-west-1a", "eu-west-1b"] };
export const existingNetwork = { vpcId: "vpc-0a1b2c3d4e5f60718", subnetIds: ["subnet-0a1b2c3d4e5f60718"] };
export const http = { protocol: "HTTP", ingress: {} };
const parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/key";
const arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared";
export const existingFileSystem = {
  fileSystemId: "fs-0a1b2c3d4e5f60718",
  fileSystemArn: "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d4e5f60718",
  accessPointId: "fsap-0a1b2c3d4e5f60718",
  accessPointArn: "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718",
  securityGroupId: "sg-0a1b2c3d4e5f60718",
};

export const service = (settings: Settings): Settings => ({ services: { auth: { image, ...settings } } });
const reached = (settings: Settings, loadBalancer: Settings = {}): Settings => ({
  ...service({ port: 8080, path: "/auth", ...settings }),
  loadBalancer: { ...http, ...loadBalancer },
});
const sidecar = (settings: Settings): Settings => service({ sidecars: { agent: { image, ...settings } } });
const ebsVolume = (settings: Settings, more: Settings = {}): Settings =>
  service({ ebsVolume: { containerPath: "/data", sizeGib: 1, ...settings }, ...more });
const healthCheck = (settings: Settings): Settings => ({ command: ["CMD-SHELL", "true"], ...settings });
export const event = (settings: Settings): Settings => ({
  events: { start: { source: ["custom.app"], ...settings } },
});
export const schedule = (settings: Settings): Settings => ({
  schedules: { night: { expression: "rate(1 day)", start: ["auth"], ...settings } },
});
const given = (settings: Settings): Settings => ({
  createNetwork: false,
  network: undefined,
  existingNetwork: { ...existingNetwork, ...settings },
});
const fileSystem = (settings: Settings): Settings => ({
  ...service({ mountPath: "/data" }),
  fileSystem: settings,
});

/** Each input of the layout with a bad value. The error begins with `path`, the name that the user wrote. */
export const badValues: readonly (readonly [path: string, props: Settings])[] = [
  ["createCluster", { createCluster: false }],
  ["createFileSystem", { ...service({ mountPath: "/data" }), createFileSystem: false }],
  ["createNetwork", { createNetwork: false }],
  ["deduplicationWindowHours", { deduplicationWindowHours: 0 }],
  ["events.start", event({ source: ["aws.s3"] })],
  ["events.start", { events: { start: { service: "auth" } } }],
  ["events", { events: { "a b": { source: ["custom.app"] } } }],
  ["events.start.detail", event({ detail: {} })],
  [
    "events.start.scheduleExpression",
    { events: { start: { scheduleExpression: "daily", service: "auth" } } },
  ],
  ["events.start.preset", { events: { start: { preset: "other", service: "auth" } } }],
  ["events.start.minimumSeverity", event({ minimumSeverity: "LOW" })],
  ["events.start.eventNames", event({ eventNames: ["PutObject"] })],
  ["events.start.service", event({ service: "pdf" })],
  ["events.start.eventBusName", event({ eventBusName: "a bus" })],
  ["createCluster", { existingCluster: { name: "shared", arn } }],
  ["createFileSystem", { ...service({ mountPath: "/data" }), existingFileSystem }],
  ["existingNetwork", given({ subnets: { a: "subnet-0a1b2c3d4e5f60718" } })],
  ["existingNetwork.publicSubnetIds", { ...reached({}), ...given({ publicSubnetIds: ["subnet-1"] }) }],
  ["fileSystem.uid", fileSystem({ uid: 0 })],
  ["fileSystem.gid", fileSystem({ gid: 0 })],
  ["fileSystem.infrequentAccessAfterDays", fileSystem({ infrequentAccessAfterDays: 2 })],
  ["fileSystem.throughputMode", fileSystem({ throughputMode: "fast" })],
  ["fileSystem.provisionedThroughputMibps", fileSystem({ provisionedThroughputMibps: 10 })],
  ["functionArchitecture", { functionArchitecture: "arm" }],
  ["loadBalancer.subnetIds", reached({}, { subnetIds: ["subnet-0a1b2c3d4e5f60718"] })],
  ["loadBalancer.protocol", reached({}, { protocol: "HTTPS" })],
  ["loadBalancer.certificateArn", reached({}, { protocol: "HTTPS", certificateArn: "mine" })],
  ["loadBalancer.sslPolicy", reached({}, { sslPolicy: "TLS-1-3" })],
  ["loadBalancer.ingress.office", reached({}, { ingress: { office: "203.0.113.1/24" } })],
  ["loadBalancer.idleTimeoutSeconds", reached({}, { idleTimeoutSeconds: 0 })],
  ["loadBalancer.createAccessLogBucket", reached({}, { createAccessLogBucket: false })],
  ["loadBalancer.accessLogRetentionDays", reached({}, { accessLogRetentionDays: 0 })],
  ["loadBalancer.createLoadBalancer", reached({}, { createLoadBalancer: false })],
  ["loadBalancer.createListener", reached({}, { createListener: false })],
  ["logRetentionDays", { logRetentionDays: 2 }],
  ["name", { name: "Engines" }],
  ["name", { name: "engines-" }],
  ["names", { names: { "aws_vpc.other": "x" } }],
  ["network.cidrBlock", { network: { ...network, cidrBlock: "10.0.0.0/8" } }],
  ["network.availabilityZones", { network: { availabilityZones: ["eu-west-1a"] } }],
  ["network.publicSubnetCidrs", { network: { ...network, publicSubnetCidrs: { a: "10.0.0.0/20" } } }],
  ["network.privateSubnetCidrs", { network: { ...network, privateSubnetCidrs: { a: "10.0.0.0/20" } } }],
  ["network.nat", { network: { ...network, nat: "double" } }],
  ["network.interfaceEndpoints", { network: { ...network, interfaceEndpoints: ["s3"] } }],
  ["roles.permissionsBoundaryArn", { roles: { permissionsBoundaryArn: "boundary" } }],
  ["roles.path", { roles: { path: "app" } }],
  ["roles.namePrefix", { roles: { namePrefix: "a b" } }],
  ["schedules.night.expression", schedule({ expression: "daily" })],
  ["schedules.night.timeZone", schedule({ timeZone: "Berlin time" })],
  ["schedules.night.start", schedule({ start: ["pdf"] })],
  ["schedules.night.stop", schedule({ stop: ["pdf"] })],
  ["services.auth.image", service({ image: "a b" })],
  ["services.auth.image", { services: { auth: {} } }],
  ["services", { services: {} }],
  ["services", { services: { Auth: { image } } }],
  ["services.auth: KEY", service({ environment: { KEY: "x" }, secrets: { KEY: parameter } })],
  ["services.auth.cpu", service({ cpu: 300 })],
  ["services.auth.memory", service({ memory: 300 })],
  ["services.auth.port", service({ port: 0 })],
  ["services.auth.environment", service({ environment: { PASSWORD: "x" } })],
  ["services.auth.secrets", service({ secrets: { KEY: "x" } })],
  ["services.auth.secretsKmsKeyArns", service({ secretsKmsKeyArns: ["alias/mine"] })],
  ["services.auth.policies", service({ policies: { read: "x" } })],
  ["services.auth.grants.in.access", service({ grants: { in: { access: "read", arn: "x" } } })],
  ["services.auth.grants.in.arn", service({ grants: { in: { access: "read-objects", arn: "x" } } })],
  [
    "services.auth.grants.in.objects",
    service({ grants: { in: { access: "read-objects", arn: "arn:aws:s3:::incoming", objects: "" } } }),
  ],
  ["services.auth.containerHealthCheck.command", service({ containerHealthCheck: { command: ["true"] } })],
  [
    "services.auth.containerHealthCheck.intervalSeconds",
    service({ containerHealthCheck: healthCheck({ intervalSeconds: 1 }) }),
  ],
  [
    "services.auth.containerHealthCheck.timeoutSeconds",
    service({ containerHealthCheck: healthCheck({ timeoutSeconds: 1 }) }),
  ],
  [
    "services.auth.containerHealthCheck.retries",
    service({ containerHealthCheck: healthCheck({ retries: 0 }) }),
  ],
  [
    "services.auth.containerHealthCheck.startPeriodSeconds",
    service({ containerHealthCheck: healthCheck({ startPeriodSeconds: 301 }) }),
  ],
  ["services.auth.stopTimeoutSeconds", service({ stopTimeoutSeconds: 1 })],
  ["services.auth.ulimits.nofile", service({ ulimits: { nofile: { soft: 2, hard: 1 } } })],
  ["services.auth.linuxCapabilitiesDrop", service({ linuxCapabilitiesDrop: ["FLY"] })],
  ["services.auth.linuxCapabilitiesAdd", service({ linuxCapabilitiesAdd: ["CHOWN"] })],
  ["services.auth.user", service({ user: "root" })],
  ["services.auth.enableExecuteCommand", service({ enableExecuteCommand: true })],
  ["services.auth.scratchPath", service({ scratchPath: "tmp" })],
  ["services.auth.architecture", service({ architecture: "arm" })],
  ["services.auth.ephemeralStorageGib", service({ ephemeralStorageGib: 20 })],
  ["services.auth.ebsVolume.containerPath", ebsVolume({ containerPath: "data" })],
  ["services.auth.ebsVolume.sizeGib", ebsVolume({ sizeGib: 0 })],
  ["services.auth.ebsVolume.volumeType", ebsVolume({ volumeType: "gp1" })],
  ["services.auth.ebsVolume.iops", ebsVolume({ iops: 1 })],
  ["services.auth.ebsVolume.throughputMibps", ebsVolume({ throughputMibps: 1 })],
  ["services.auth.ebsVolume.kmsKeyArn", ebsVolume({ kmsKeyArn: "x" })],
  ["services.auth.ebsVolume.snapshotId", ebsVolume({ snapshotId: "x" })],
  ["services.auth.ebsVolume.fileSystemType", ebsVolume({ fileSystemType: "ntfs" })],
  [
    "services.auth.existingInfrastructureRole.arn",
    ebsVolume({}, { existingInfrastructureRole: { arn: "x" } }),
  ],
  ["services.auth.repositoryCredentialsArn", service({ repositoryCredentialsArn: "x" })],
  ["services.auth.egress.db.port", service({ egress: { db: { port: 0, cidrIpv4: "10.0.0.0/16" } } })],
  [
    "services.auth.egress.db.fromPort",
    service({ egress: { db: { fromPort: -1, toPort: 1, cidrIpv4: "10.0.0.0/16" } } }),
  ],
  [
    "services.auth.egress.db.toPort",
    service({ egress: { db: { fromPort: 1, toPort: 70000, cidrIpv4: "10.0.0.0/16" } } }),
  ],
  [
    "services.auth.egress.db.protocol",
    service({ egress: { db: { port: 1, protocol: "gre", cidrIpv4: "10.0.0.0/16" } } }),
  ],
  ["services.auth.egress.db.cidrIpv4", service({ egress: { db: { port: 1, cidrIpv4: "10.0.0.1/16" } } })],
  ["services.auth.egress.db.cidrIpv6", service({ egress: { db: { port: 1, cidrIpv6: "x" } } })],
  ["services.auth.egress.db.securityGroupId", service({ egress: { db: { port: 1, securityGroupId: "x" } } })],
  ["services.auth.egress.db.prefixListId", service({ egress: { db: { port: 1, prefixListId: "x" } } })],
  [
    "services.auth.egress.db.description",
    service({ egress: { db: { port: 1, cidrIpv4: "10.0.0.0/16", description: "ä" } } }),
  ],
  ["services.auth.securityGroupIds", service({ securityGroupIds: ["x"] })],
  ["services.auth.allowOverrides", service({ allowOverrides: ["image"] })],
  ["services.auth.networkMode", service({ networkMode: "none" })],
  ["services.auth.capacity", service({ capacity: "SPOT" })],
  ["services.auth.capacity", service({ capacity: "fargate" })],
  ["capacityProviders", { capacityProviders: ["ecs_gpu"] }],
  [
    "capacityProviders",
    { createCluster: false, existingCluster: { name: "shared", arn }, capacityProviders: ["gpu"] },
  ],
  ["services.auth.sidecars.agent.image", sidecar({ image: "a b" })],
  ["services.auth.sidecars.agent.environment", sidecar({ environment: { PASSWORD: "x" } })],
  ["services.auth.sidecars.agent.secrets", sidecar({ secrets: { KEY: "x" } })],
  ["services.auth.sidecars.agent.port", sidecar({ port: 0 })],
  ["services.auth.sidecars.agent.memory", sidecar({ memory: 5 })],
  ["services.auth.sidecars", sidecar({ cpu: 512 })],
  ["services.auth.sidecars.agent.user", sidecar({ user: "root" })],
  ["services.auth.sidecars.agent.dependsOn", sidecar({ dependsOn: { other: "START" } })],
  ["services.auth.sidecars.agent.healthCheck.command", sidecar({ healthCheck: { command: ["true"] } })],
  [
    "services.auth.sidecars.agent.healthCheck.intervalSeconds",
    sidecar({ healthCheck: healthCheck({ intervalSeconds: 1 }) }),
  ],
  [
    "services.auth.sidecars.agent.healthCheck.timeoutSeconds",
    sidecar({ healthCheck: healthCheck({ timeoutSeconds: 1 }) }),
  ],
  ["services.auth.sidecars.agent.healthCheck.retries", sidecar({ healthCheck: healthCheck({ retries: 0 }) })],
  [
    "services.auth.sidecars.agent.healthCheck.startPeriodSeconds",
    sidecar({ healthCheck: healthCheck({ startPeriodSeconds: 301 }) }),
  ],
  ["services.auth.sidecars.agent.firelens.type", sidecar({ firelens: { type: "logstash" } })],
  ["services.auth.containerDependsOn", service({ containerDependsOn: { other: "START" } })],
  ["services.auth.logDriver", service({ logDriver: "gelf" })],
  ["services.auth.logOptions", service({ logOptions: { "awslogs-group": "x" } })],
  ["services.auth.logSecrets", service({ logSecrets: { key: "x" } })],
  ["services.auth.onFailure.action", service({ onFailure: { action: "page" } })],
  ["services.auth.onFailure.maxAttempts", service({ onFailure: { action: "retry", maxAttempts: 0 } })],
  ["services.auth.onFailure.backoffSeconds", service({ onFailure: { action: "retry", backoffSeconds: -1 } })],
  ["services.auth.interruptionRetries", service({ interruptionRetries: 11 })],
  ["services.auth.path", reached({ path: "auth" })],
  ["services.auth.port", reached({ port: undefined })],
  ["services.auth.healthCheck.path", reached({ healthCheck: { path: "up" } })],
  ["services.auth.healthCheck.matcher", reached({ healthCheck: { matcher: "500" } })],
  ["services.auth.healthCheck.intervalSeconds", reached({ healthCheck: { intervalSeconds: 1 } })],
  ["services.auth.healthCheck.timeoutSeconds", reached({ healthCheck: { timeoutSeconds: 1 } })],
  ["services.auth.healthCheck.healthyThreshold", reached({ healthCheck: { healthyThreshold: 1 } })],
  ["services.auth.healthCheck.unhealthyThreshold", reached({ healthCheck: { unhealthyThreshold: 1 } })],
  ["services.auth.stickinessSeconds", reached({ stickinessSeconds: 0 })],
  ["services.auth.deregistrationDelaySeconds", reached({ deregistrationDelaySeconds: -1 })],
  ["services.auth.priority", reached({ priority: 0 })],
  ["services.auth.mountPath", service({ mountPath: "data" })],
  ["services.auth.mountPath", service({ mountPath: "/tmp" })],
  ["stopEvents", { stopEvents: { "a b": { source: ["custom.app"] } } }],
  ["stopEvents.stop.detail", { stopEvents: { stop: { source: ["custom.app"], detail: { a: "b" } } } }],
  [
    "stopEvents.stop.eventBusName",
    { stopEvents: { stop: { source: ["custom.app"], eventBusName: "a bus" } } },
  ],
];
