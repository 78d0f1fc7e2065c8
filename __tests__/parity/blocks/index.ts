import { bastion } from "./bastion";
import type { Block } from "./block";
import { bottleSync } from "./bottle-sync";
import { bucket } from "./bucket";
import { cluster } from "./cluster";
import { dataScanner } from "./data-scanner";
import { database } from "./database";
import { deadLetterQueue } from "./dead-letter-queue";
import { ecs } from "./ecs";
import { ecsService } from "./ecs-service";
import { engineStarter } from "./engine-starter";
import { eventDrivenEcs } from "./event-driven-ecs";
import { eventRule } from "./event-rule";
import { fileSystem } from "./file-system";
import { handler } from "./handler";
import { launcher } from "./launcher";
import { loadBalancer } from "./load-balancer";
import { monitoring } from "./monitoring";
import { network } from "./network";
import { policyRunner } from "./policy-runner";
import { queue } from "./queue";
import { registrar } from "./registrar";
import { repository } from "./repository";
import { restApi } from "./rest-api";
import { schedule } from "./schedule";
import { task } from "./task";
import { workflow } from "./workflow";

/** Every block, for the proof that its two forms are one. */
export const blocks: readonly Block[] = [
  bastion,
  bottleSync,
  bucket,
  cluster,
  dataScanner,
  database,
  deadLetterQueue,
  ecs,
  ecsService,
  engineStarter,
  eventDrivenEcs,
  eventRule,
  fileSystem,
  handler,
  launcher,
  loadBalancer,
  monitoring,
  network,
  policyRunner,
  queue,
  registrar,
  repository,
  restApi,
  schedule,
  task,
  workflow,
];
