import type { Capacity, NetworkMode, OnFailure, Overridable } from "../launcher/route";
import type { Mount } from "./mount";

/** Something a task may reach. */
export interface EgressRule {
  /** Port, 1 to 65535. */
  readonly port: number;
  /** IPv4 range, for instance `10.0.0.0/16`. */
  readonly cidrIpv4: string;
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
  /** @default "Outgoing traffic of the task" */
  readonly description?: string;
}

export interface TaskProps {
  /**
   * Name of the task: family, container and log group (`/ecs/<name>`) are called after it. 1 to 54 letters, digits,
   * hyphens and underscores (an IAM role name has at most 64, and `-execution` is added).
   */
  readonly name: string;
  /** ARN of the ECS cluster that the task is launched on. */
  readonly clusterArn: string;
  /** ID of the VPC of its security group. */
  readonly vpcId: string;
  /**
   * IDs of the subnets that the task may start in: 1 to 16. With `networkMode` bridge or host the container instance's
   * own count instead.
   */
  readonly subnetIds: readonly string[];
  /**
   * Whether the task gets a public IP address; it needs one in a public subnet to reach anything outside.
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /**
   * Network of the task. `awsvpc`: an address and a security group of its own. `bridge`: Docker's network on a container
   * instance, where each copy gets a free port. `host`: the container instance's own. The last two need `capacity` EC2,
   * and the task's security group on the container instances.
   * @default "awsvpc"
   */
  readonly networkMode?: NetworkMode;
  /**
   * What the task runs on. `FARGATE`: on demand. `FARGATE_SPOT`: spare capacity, up to 70 % cheaper, taken back with two
   * minutes' notice; on demand when there is none. `EC2`: container instances of the cluster.
   * @default "FARGATE"
   */
  readonly capacity?: Capacity;
  /** Image of the container, with tag or digest. */
  readonly image: string;
  /**
   * CPU units of the task, 1024 being one vCPU. Fargate takes 256, 512, 1024, 2048, 4096, 8192 or 16384; EC2 takes 128
   * to 196608.
   * @default 256
   */
  readonly cpu?: number;
  /**
   * Memory of the task in MiB: a value that Fargate offers with the given CPU; on EC2 6 or more.
   * @default 512
   */
  readonly memory?: number;
  /**
   * TCP port that the container listens on, 1 to 65535; it also finds it in the environment variable `PORT`.
   * @default - none
   */
  readonly port?: number;
  /**
   * Command in place of the image's own.
   * @default - the image's
   */
  readonly command?: readonly string[];
  /**
   * Entry point in place of the image's own.
   * @default - the image's
   */
  readonly entryPoint?: readonly string[];
  /**
   * Environment variables in plain text. What a name tells to be a secret belongs into `secrets`.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Environment variables whose values ECS reads at launch: name → ARN of a Secrets Manager secret (`:json-key::` may
   * follow) or of an SSM parameter. The execution role may read exactly these.
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * What the task may do: JSON policy documents of the task role, by name.
   * @default - nothing
   */
  readonly policies?: Readonly<Record<string, string>>;
  /**
   * User of the container, by name or number, `:group` may follow. Not root: what breaks out of a container is who it
   * was inside.
   * @default "1000:1000"
   */
  readonly user?: string;
  /**
   * Whether the container's own files are read-only; `scratchPath` is not.
   * @default true
   */
  readonly readonlyRootFilesystem?: boolean;
  /**
   * Where the container may write: an empty volume that goes with the task is mounted there. It belongs to root unless
   * the image declares the path as `VOLUME`; the volume then takes over owner and mode of the image's directory.
   * @default "/tmp"
   */
  readonly scratchPath?: string;
  /**
   * EFS file systems that the container sees, by name of the volume: over TLS, through one access point, by a right of
   * the task role for that access point alone.
   * @default - none
   */
  readonly mounts?: Readonly<Record<string, Mount>>;
  /**
   * Disk of the task in GiB: 21 to 200.
   * @default - the 20 GiB that Fargate includes
   */
  readonly ephemeralStorageGib?: number;
  /**
   * Processor that the image is built for; `ARM64` costs less.
   * @default "X86_64"
   */
  readonly architecture?: "X86_64" | "ARM64";
  /**
   * ARN of the ECR repository that the image is pulled from. An image from elsewhere needs none.
   * @default - taken from the image where it names one
   */
  readonly repositoryArn?: string;
  /**
   * What the task may reach, by a key of your choice. It needs HTTPS for its image, log, secrets and the AWS APIs.
   * @default { https: { port: 443, cidrIpv4: "0.0.0.0/0" } }
   */
  readonly egress?: Readonly<Record<string, EgressRule>>;
  /**
   * What an event may override.
   * @default - nothing
   */
  readonly allowOverrides?: readonly Overridable[];
  /**
   * What happens when the task fails: an essential container exits with a code other than 0, runs out of memory or fails
   * its health check.
   * @default - an alarm
   */
  readonly onFailure?: OnFailure;
  /**
   * How often the task is launched again when it was running and was interrupted, by Spot, its host or the
   * infrastructure, 0 to 10; then its event goes to the dead-letter queue (DLQ).
   * @default 3
   */
  readonly interruptionRetries?: number;
  /**
   * How long the task's log is kept, in days: a value that CloudWatch Logs takes.
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the log; its key policy must let CloudWatch Logs use it.
   * @default - the key that CloudWatch Logs manages
   */
  readonly kmsKeyArn?: string;
  /** Tags of every resource made here; a task takes them over from its definition. */
  readonly tags?: Readonly<Record<string, string>>;
}
