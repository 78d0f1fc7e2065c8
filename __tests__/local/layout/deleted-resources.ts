import { DeregisterTaskDefinitionCommand, ListTaskDefinitionsCommand } from "@aws-sdk/client-ecs";
import {
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Form, until } from "./form";

/** Resources that are deleted outside of Terraform. */
export function deletedResources(form: () => Form): void {
  test("stops tasks with the reason, and sends it to the DLQ, when their target group is deleted", async () => {
    const { elb, layout } = form();
    const group = layout.routes.fa!.target_group_arn!;
    const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({ Names: ["engines"] }));
    const { LoadBalancerArn } = LoadBalancers![0]!;
    const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    const { Rules = [] } = await elb.send(
      new DescribeRulesCommand({ ListenerArn: Listeners![0]!.ListenerArn }),
    );
    const rule = Rules.find(({ Actions = [] }) =>
      Actions.some(({ TargetGroupArn }) => TargetGroupArn === group),
    );
    await elb.send(new DeleteRuleCommand({ RuleArn: rule!.RuleArn }));
    await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: group }));

    const task = await form().taskAt("STOPPED", (await form().start("fa")).id);
    expect(task.stoppedReason).toContain("The target group refuses it");
    expect(task.stoppedReason).toContain("TargetGroupNotFound");
    const reasons = await until(
      async () => (await form().registrarReasons()).filter((reason) => reason.includes(task.taskArn!)),
      (found) => found.length > 0,
    );
    expect(reasons).toEqual([expect.stringContaining("TargetGroupNotFound")]);
  });

  test("sends the event with the reason to the DLQ when the task definition is deleted", async () => {
    const { ecs } = form();
    const { taskDefinitionArns = [] } = await ecs.send(
      new ListTaskDefinitionsCommand({ familyPrefix: "engines-report" }),
    );
    for (const taskDefinition of taskDefinitionArns)
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    const event = await form().start("report");
    const found = await until(
      async () => (await form().reasons()).filter((reason) => reason.includes("ClientException")),
      (reasons) => reasons.length > 0,
    );
    expect(found).toEqual([expect.stringMatching(/RunTask.*task ?definition/i)]);
    expect(await form().tasksOf(event.id)).toEqual([]);
  });
}
