import assert from "node:assert/strict";
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  type DescribeTargetHealthCommandOutput,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Belief } from "../belief";
import { refused } from "../expect";
import { answers, refuses } from "../wrong-answers";

// Addresses of the subnet of the checks that no task has.
const absent = [{ Id: "10.71.0.120", Port: 80 }];
const registered = [{ Id: "10.71.0.121", Port: 80 }];
const elsewhere = [{ Id: "10.72.0.1", Port: 80 }];

export const loadBalancing: readonly Belief[] = [
  {
    id: "elb-health-of-absent-target",
    sentence:
      "DescribeTargetHealth of a target that is not registered answers 200 with the state `unused` and the reason `Target.NotRegistered`.",
    source: "API model of the Elastic Load Balancing client, TargetHealth",
    certainty: "documented",
    code: { "handlers/shared/target-group.ts": '"Target.NotRegistered"' },
    tests: "`load-balancing.test.ts`",
    seconds: 1,
    check: async ({ clients, resources }) => {
      const input = { TargetGroupArn: resources.targetGroup, Targets: absent };
      const { TargetHealthDescriptions } = await clients.elb.send(new DescribeTargetHealthCommand(input));
      assert.equal(TargetHealthDescriptions?.length, 1);
      assert.equal(TargetHealthDescriptions[0]?.TargetHealth?.State, "unused");
      assert.equal(TargetHealthDescriptions[0]?.TargetHealth?.Reason, "Target.NotRegistered");
    },
    wrong: {
      DescribeTargetHealth: answers<DescribeTargetHealthCommandOutput>(() => ({
        TargetHealthDescriptions: [],
      })),
    },
  },
  {
    id: "elb-deregister-absent-target",
    sentence: "DeregisterTargets of a target that is not registered succeeds.",
    source: "ELB API Reference, `API_DeregisterTargets.html`",
    certainty: "documented",
    code: { "handlers/shared/target-group.ts": "DeregisterTargetsCommand" },
    tests: "`load-balancing.test.ts`",
    seconds: 1,
    check: async ({ clients, resources }) => {
      const input = { TargetGroupArn: resources.targetGroup, Targets: absent };
      await clients.elb.send(new DeregisterTargetsCommand(input));
    },
    wrong: { DeregisterTargets: refuses("InvalidTargetException") },
  },
  {
    id: "elb-register-again",
    sentence:
      "RegisterTargets of a target that is registered succeeds and changes nothing; in a target group without a listener the target is `unused` with `Target.NotInUse`.",
    source: "ELB API Reference, `API_RegisterTargets.html`; API model of the client, TargetHealth",
    certainty: "documented; from memory that it changes nothing",
    code: {
      "handlers/shared/target-group.ts": "RegisterTargetsCommand",
      "handlers/start-task/wait-for-target.ts": "Registering is idempotent",
    },
    tests: "`load-balancing.test.ts`",
    seconds: 2,
    check: async ({ clients: { elb }, resources }) => {
      const input = { TargetGroupArn: resources.targetGroup, Targets: registered };
      await elb.send(new RegisterTargetsCommand(input));
      await elb.send(new RegisterTargetsCommand(input));
      const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand(input));
      await elb.send(new DeregisterTargetsCommand(input));
      assert.equal(TargetHealthDescriptions?.length, 1);
      assert.equal(TargetHealthDescriptions[0]?.TargetHealth?.Reason, "Target.NotInUse");
    },
    wrong: {
      DescribeTargetHealth: answers<DescribeTargetHealthCommandOutput>(
        ({ TargetHealthDescriptions = [] }) => ({
          TargetHealthDescriptions: [...TargetHealthDescriptions, ...TargetHealthDescriptions],
        }),
      ),
    },
  },
  {
    id: "elb-address-outside-vpc",
    sentence:
      "RegisterTargets of an address outside the VPC of the target group is refused with `ValidationError`.",
    source: "Public reports of users; not in the API reference",
    certainty: "reported",
    code: { "handlers/shared/target-group.ts": '"ValidationError"' },
    tests: "`__tests__/handlers/register-targets/`",
    seconds: 1,
    onlyOnAws: "local AWS does not compare targets with the addresses of the VPC",
    check: async ({ clients, resources }) => {
      const input = { TargetGroupArn: resources.targetGroup, Targets: elsewhere };
      await refused(clients.elb.send(new RegisterTargetsCommand(input)), "ValidationError");
    },
  },
  {
    id: "elb-draining",
    sentence: "A deregistered target is `draining` until the deregistration delay is over.",
    source: "ELB User Guide, `target-group-register-targets.html`",
    certainty: "documented",
    code: {
      "handlers/shared/target-group.ts": "draining",
      "handlers/register-targets/reminder.ts": "drainSeconds",
    },
    tests: "`load-balancing.test.ts`",
    notProvoked: "it needs a load balancer, which takes minutes and costs more than all other resources",
  },
  {
    id: "elb-change-quota",
    sentence: "Registrations and deregistrations of an account share 4 calls a second after a burst of 20.",
    source: "ELB User Guide, `elb-api-throttling.html`",
    certainty: "documented",
    code: { "handlers/register-targets/rate-limits.ts": "4 registrations" },
    notProvoked: "local AWS does not throttle them, and other users of the account would be throttled",
  },
  {
    id: "elb-log-delivery",
    sentence:
      "Access logs are written by `logdelivery.elasticloadbalancing.amazonaws.com` in all regions, to buckets with SSE-S3 only, and the request has `aws:SourceArn`.",
    source: "ELB User Guide, `enable-access-logging.html`; public reports disagree about `aws:SourceArn`",
    certainty: "documented; assumed for `aws:SourceArn` and for China",
    code: { "modules/load-balancer/main.tf": "logdelivery.elasticloadbalancing" },
    notProvoked: "it needs a load balancer, which takes minutes and costs more than all other resources",
  },
];
