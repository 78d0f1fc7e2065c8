import { createHash, randomBytes } from "node:crypto";
import { AwsError } from "./aws-error";
import { InMemoryCapacity } from "./ecs/capacity/in-memory-capacity";
import type { ContainerInstance } from "./ecs/placement";
import { InMemoryEcsServices } from "./ecs/services/in-memory-services";
import type { Cluster, TaskDefinition } from "./ecs/types";
import { type HttpResponse, jsonResponse, xmlResponse } from "./http";
import { InMemoryTargetGroups } from "./load-balancing/in-memory-target-groups";
import type { Call } from "./routing";
import type { Upstream } from "./upstream";

/**
 * A small control plane for tests in process: clusters, task definitions, container instances, capacity providers, ECS
 * services, target groups, S3 objects.
 */
export class InMemory implements Upstream {
  private readonly clusters = new Map<string, Cluster>();
  private readonly definitions = new Map<string, TaskDefinition[]>();
  private readonly instances = new Map<string, ContainerInstance>();
  /** All versions of each object, oldest first: every bucket is versioned. */
  private readonly objects = new Map<string, { body: Buffer; etag: string }[]>();
  private readonly targetGroups: InMemoryTargetGroups;
  private readonly services = new InMemoryEcsServices();
  private readonly capacity = new InMemoryCapacity();

  constructor(unusedTargetGroups: string[]) {
    this.targetGroups = new InMemoryTargetGroups((name) => !unusedTargetGroups.includes(name));
  }

  async send(call: Call): Promise<HttpResponse> {
    if (call.service === "s3") return this.s3(call);
    if (call.service === "elasticloadbalancing") return this.targetGroups.send(call);
    if (call.service === "ec2" && call.action === "DescribeSubnets") return anySubnet(call);
    const stored = call.service === "ecs" && this.services.send(call);
    const capacity = stored || this.capacity.send(call);
    if (capacity) return capacity;
    const answer = this.actions[`${call.service}:${call.action}`];
    if (!answer) {
      throw new AwsError(
        "UnsupportedOperation",
        `Local AWS in process does not support ${call.service}:${call.action}; start local AWS as a server.`,
      );
    }
    return jsonResponse(answer(call, JSON.parse(call.request.body.toString())));
  }

  private readonly actions: Record<string, (call: Call, input: Record<string, unknown>) => unknown> = {
    "events:ListRules": () => ({ Rules: [] }),

    "ecs:CreateCluster": (call, { clusterName = "default", ...settings }) => {
      const name = String(clusterName);
      const clusterArn = `arn:aws:ecs:${call.region}:${call.account}:cluster/${name}`;
      const cluster = { ...settings, clusterArn, clusterName: name, status: "ACTIVE" };
      this.clusters.set(clusterArn, cluster);
      return { cluster };
    },

    "ecs:PutClusterCapacityProviders": (call, { cluster: name, ...settings }) => {
      const cluster = this.clusters.get(`arn:aws:ecs:${call.region}:${call.account}:cluster/${name}`);
      if (!cluster) throw new AwsError("ClusterNotFoundException", "Cluster not found.");
      return { cluster: Object.assign(cluster, settings) };
    },

    "ecs:DescribeClusters": (call, { clusters }) => {
      const found = (clusters as string[]).map((nameOrArn) =>
        this.clusters.get(
          nameOrArn.startsWith("arn:")
            ? nameOrArn
            : `arn:aws:ecs:${call.region}:${call.account}:cluster/${nameOrArn}`,
        ),
      );
      return { clusters: found.filter((cluster) => cluster !== undefined), failures: [] };
    },

    "ecs:RegisterContainerInstance": (call, { cluster, instanceIdentityDocument }) => {
      const { instanceId } = JSON.parse(String(instanceIdentityDocument)) as { instanceId: string };
      const id = randomBytes(16).toString("hex");
      const containerInstanceArn = `${instancesOf(call, cluster)}${id}`;
      const containerInstance = {
        containerInstanceArn,
        ec2InstanceId: instanceId,
        status: "ACTIVE",
        // As moto has them.
        registeredResources: [
          { name: "CPU", integerValue: 4096 },
          { name: "MEMORY", integerValue: 7482 },
        ],
      };
      this.instances.set(containerInstanceArn, containerInstance);
      return { containerInstance };
    },

    "ecs:DeregisterContainerInstance": (_, { containerInstance }) => {
      this.instances.delete(String(containerInstance));
      return {};
    },

    "ecs:ListContainerInstances": (call, { cluster }) => ({
      containerInstanceArns: [...this.instances.keys()].filter((arn) =>
        arn.startsWith(instancesOf(call, cluster)),
      ),
    }),

    "ecs:DescribeContainerInstances": (call, { cluster, containerInstances }) => {
      const arns = (containerInstances as string[]).map((idOrArn) =>
        idOrArn.startsWith("arn:") ? idOrArn : instancesOf(call, cluster) + idOrArn,
      );
      const missing = arns.filter((arn) => !this.instances.has(arn));
      return {
        containerInstances: arns.flatMap((arn) => this.instances.get(arn) ?? []),
        failures: missing.map((arn) => ({ arn, reason: "MISSING" })),
      };
    },

    "ecs:RegisterTaskDefinition": (call, { tags, ...input }) => {
      const family = String(input.family);
      const prefix = `arn:aws:ecs:${call.region}:${call.account}:task-definition/${family}`;
      const revisions = this.definitions.get(prefix) ?? [];
      const revision = revisions.length + 1;
      const definition = {
        ...input,
        family,
        revision,
        taskDefinitionArn: `${prefix}:${revision}`,
        status: "ACTIVE",
      };
      this.definitions.set(prefix, [...revisions, { ...definition, tags } as unknown as TaskDefinition]);
      return { taskDefinition: definition, tags };
    },

    "ecs:DeregisterTaskDefinition": (call, { taskDefinition }) => {
      const [family = "", revision] = String(taskDefinition).split("/").pop()?.split(":") ?? [];
      const arn = `arn:aws:ecs:${call.region}:${call.account}:task-definition/${family}`;
      const found = this.definitions.get(arn)?.[Number(revision) - 1];
      if (!found) throw new AwsError("ClientException", "Unable to describe task definition.");
      found.status = "INACTIVE";
      const { tags, ...description } = found;
      return { taskDefinition: description, tags };
    },

    "ecs:DescribeTaskDefinition": (call, { taskDefinition }) => {
      const asked = String(taskDefinition);
      const prefix = `arn:aws:ecs:${call.region}:${call.account}:task-definition/`;
      const arn = asked.startsWith("arn:") ? asked : prefix + asked;
      const [, family = arn, revision] = /^(.*task-definition\/[^:]+):(\d+)$/.exec(arn) ?? [];
      const revisions = this.definitions.get(family) ?? [];
      const active = revisions.filter(({ status }) => status === "ACTIVE");
      const found = revision ? revisions[Number(revision) - 1] : (active.at(-1) ?? revisions.at(-1));
      if (!found) throw new AwsError("ClientException", "Unable to describe task definition.");
      const { tags, ...description } = found;
      return { taskDefinition: description, tags };
    },
  };

  private s3(call: Call): HttpResponse {
    if (call.action === "PutObject") return this.putObject(call);
    if (call.action === "GetObject") return this.getObject(call);
    throw new AwsError("NotImplemented", `Local AWS in process does not support s3:${call.action}.`, 501);
  }

  private putObject({ account, request: { path, headers, body } }: Call): HttpResponse {
    const key = `${account}${decodeURIComponent(path)}`;
    const versions = this.objects.get(key) ?? [];
    const newest = versions.at(-1);
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    if (headers["if-match"] && !newest) throw noSuchKey();
    if (headers["if-none-match"] === "*" && newest) throw preconditionFailed("If-None-Match");
    if (newest && headers["if-match"] && headers["if-match"] !== newest.etag) {
      throw preconditionFailed("If-Match");
    }
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    this.objects.set(key, [...versions, { body, etag }]);
    const version = { etag, "x-amz-version-id": versionId(versions.length) };
    return { status: 200, headers: version, body: Buffer.alloc(0) };
  }

  private getObject({ account, request: { path, headers, query } }: Call): HttpResponse {
    const versions = this.objects.get(`${account}${decodeURIComponent(path)}`) ?? [];
    const asked = query.get("versionId");
    const index = asked ? versions.findIndex((_, each) => versionId(each) === asked) : versions.length - 1;
    const found = versions[index];
    if (!found) throw noSuchKey();
    const { body, etag } = found;
    const version = { etag, "x-amz-version-id": versionId(index) };
    if (headers["if-none-match"] === version.etag) {
      return { status: 304, headers: version, body: Buffer.alloc(0) };
    }
    return { status: 200, headers: { ...version, "content-length": String(body.length) }, body };
  }
}

/** The prefix of the ARNs of a cluster's container instances. */
function instancesOf({ account, region }: Call, cluster: unknown = "default"): string {
  const name = String(cluster).replace(/^.*:cluster\//, "");
  return `arn:aws:ecs:${region}:${account}:container-instance/${name}/`;
}

function versionId(index: number): string {
  return `version-${index + 1}`;
}

function noSuchKey(): AwsError {
  return new AwsError("NoSuchKey", "The specified key does not exist.", 404);
}

function preconditionFailed(Condition: string): AwsError {
  const message = "At least one of the pre-conditions you specified did not hold";
  return new AwsError("PreconditionFailed", message, 412, { Condition });
}

// In process every subnet exists, all with the same addresses.
function anySubnet({ region }: Call): HttpResponse {
  return xmlResponse(`<cidrBlock>10.0.0.0/20</cidrBlock><availabilityZone>${region}a</availabilityZone>`);
}
