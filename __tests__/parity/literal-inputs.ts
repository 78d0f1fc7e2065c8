const keys = "its keys are in the addresses of resources";
const resources = "it decides which resources exist";
const permissions = "it decides which permissions exist";
const zones = "subnets are named after zones";
const priorities = "the priority of a rule depends on the paths and priorities of the others";
const pattern = "it decides the event pattern";
const containers = "it names containers of the task, whose definitions are checked";
const logOptions = "it decides the options of the log";

type Literals = Readonly<Record<string, string>>;

const ofNames: Literals = { names: keys };

const ofTask: Literals = {
  containerDependsOn: containers,
  "grants.*.access": permissions,
  logDriver: logOptions,
  "onFailure.action": resources,
  policies: keys,
  "sidecars.*.dependsOn": containers,
};

const ofEvents: Literals = { "events.*.preset": pattern, "events.*.minimumSeverity": pattern };

const ofNetwork: Literals = {
  availabilityZones: zones,
  interfaceEndpoints: "an endpoint is named after its service",
  nat: resources,
  publicSubnetCidrs: keys,
  privateSubnetCidrs: keys,
};

/** Inputs of a service of the layout or of the engine starter. */
const ofService: Literals = {
  ...Object.fromEntries(Object.entries(ofTask).map(([name, reason]) => [`services.*.${name}`, reason])),
  "services.*.priority": priorities,
  "services.*.networkMode": "with a path it decides which ports are allowed",
};

const ofLayout: Literals = {
  ...ofNames,
  ...ofService,
  ...Object.fromEntries(Object.entries(ofNetwork).map(([name, reason]) => [`network.${name}`, reason])),
  "loadBalancer.ingress": keys,
  "loadBalancer.protocol": resources,
  "schedules.*.start": resources,
  "schedules.*.stop": resources,
};

/** Inputs of which the construct takes no token, by path, with the reason. */
export const literalInputs: Readonly<Record<string, Literals>> = {
  bastion: ofNames,
  bucket: {
    ...ofNames,
    objects: keys,
    "readers.*.objects": "it decides what is public",
    shortLivedPrefixes: resources,
    transitions: "its keys are storage classes, which are checked",
  },
  cluster: ofNames,
  database: {
    ...ofNames,
    clientSecurityGroupIds: keys,
    monitoringIntervalSeconds: resources,
  },
  "dead-letter-queue": ofNames,
  ecs: {
    ...ofNames,
    capacity: "it decides how tasks are placed",
    efsSubnetIds: keys,
    efsThroughputMode: "it decides what a throughput is given for",
    privateSubnetIds: "with a file system its indices are in the addresses of mount targets",
  },
  "ecs-service": {
    ...ofNames,
    "route.capacity": "it decides how tasks are placed",
    "route.networkMode": "it decides whether a task has a network interface",
    "route.targetType": "it decides whether ECS registers targets",
    "scaling.max": "it decides the steps of the policy",
  },
  "event-driven-ecs": {
    ...ofLayout,
    ...ofEvents,
    "existingNetwork.subnets": "with a mount path its keys are in the addresses of mount targets",
    "services.*.path": priorities,
  },
  "event-rule": { ...ofNames, preset: pattern, minimumSeverity: pattern, target: resources },
  "file-system": { ...ofNames, subnetIds: keys, clientSecurityGroupIds: keys },
  handler: {
    ...ofNames,
    filename: "the construct reads the file",
    "grants.*.access": permissions,
    policies: keys,
  },
  launcher: {
    ...ofNames,
    ...ofEvents,
    waitTimeoutSeconds: permissions,
    "routes.*.onFailure.action": resources,
    "routes.*.targetType": permissions,
  },
  "load-balancer": {
    ...ofNames,
    ingress: keys,
    protocol: resources,
    "routes.*.path": priorities,
    "routes.*.priority": priorities,
    "routes.*.networkMode": "it decides which ports are allowed",
    "routes.*.targetType": permissions,
  },
  monitoring: { ...ofNames, services: "alarms are named after services", targetGroups: keys },
  network: { ...ofNames, ...ofNetwork },
  queue: ofNames,
  registrar: {
    ...ofNames,
    "routes.*.networkMode": "it decides what a target is",
    "routes.*.targetType": permissions,
  },
  repository: { ...ofNames, pullAccountIds: resources, replicateToRegions: resources },
  schedule: {
    ...ofNames,
    target: resources,
    "route.capacity": "it decides how the task is placed",
    "route.networkMode": "it decides whether the task has a network interface",
  },
  "systems/bottle-sync": {
    ...ofNames,
    ...Object.fromEntries(Object.entries(ofNetwork).map(([name, reason]) => [`network.${name}`, reason])),
    "existingNetwork.subnets": "with a file system its keys are in the addresses of mount targets",
    "mirrorBucket.readerVpcEndpointIds": permissions,
    "onFailure.action": resources,
    platforms: "it decides which files are mirrored",
    "repository.pullAccountIds": resources,
    "repository.replicateToRegions": resources,
  },
  "systems/data-scanner": {
    ...ofNames,
    ...Object.fromEntries(Object.entries(ofNetwork).map(([name, reason]) => [`network.${name}`, reason])),
    capacity: "it decides how workers are placed",
    "dataBucket.transitions": "its keys are storage classes, which are checked",
    "database.monitoringIntervalSeconds": resources,
    "repository.pullAccountIds": resources,
    "repository.replicateToRegions": resources,
    scanBucketKmsKeyArns: permissions,
    scanBucketNames: permissions,
    "workers.max": "it decides the steps of the policy",
  },
  "systems/engine-starter": ofLayout,
  "systems/policy-runner": {
    ...ofNames,
    ...Object.fromEntries(Object.entries(ofNetwork).map(([name, reason]) => [`network.${name}`, reason])),
    mappingsFile: "the construct reads the file",
    "memberAccounts.accountIds": permissions,
    mode: resources,
    "onFailure.action": resources,
    permissions,
    policies: keys,
    policiesFolder: "the construct reads the files",
    "repository.pullAccountIds": resources,
    "repository.replicateToRegions": resources,
    "sources.*.minimumSeverity": pattern,
    "sources.*.preset": pattern,
    "workers.max": "it decides the steps of the policy",
  },
  task: { ...ofNames, ...ofTask },
  "rest-api": ofNames,
  workflow: { ...ofNames, ...ofEvents },
};

const provider = "the AWS provider takes no value that is unknown until apply";
const orNone = "an unknown value may be null, and the module decides by it which resources exist";

/** Inputs which may come from a variable, but of which no value may be unknown until apply. */
export const knownAtPlan: Readonly<Record<string, Literals>> = {
  ecs: { targetCpuUtilization: orNone, targetMemoryUtilization: orNone },
  "event-driven-ecs": { functionRuntime: provider, "services.*.mountPath": orNone },
  handler: { handler: provider, runtime: provider },
  launcher: { runtime: provider },
  registrar: { runtime: provider },
  "systems/bottle-sync": { functionRuntime: provider },
  "systems/data-scanner": { functionRuntime: provider },
  "systems/engine-starter": { functionRuntime: provider },
  "systems/policy-runner": { functionRuntime: provider },
};
