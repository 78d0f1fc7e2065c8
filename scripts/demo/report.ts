import type { Layout } from "./layout";
import type { Happened } from "./play";

/** The summary as a person reads it. */
export function summary(
  { events, tasks, targets, targetsAfterStop, duplicates, failedJob, deadLetters }: Happened,
  seconds: Readonly<Record<string, number>>,
): string {
  return [
    "",
    "Summary",
    `  events sent             ${events}`,
    `  tasks run               ${tasks.length}`,
    ...tasks.flatMap(({ service, taskArn, exitCode, output }) => [
      `    ${service}: ${taskArn}, exit code ${exitCode}, wrote:`,
      ...output.map((line) => `      ${line}`),
    ]),
    `  targets reached         ${targets.length}`,
    ...targets.map(
      ({ service, target, health, answer }) => `    ${service}: ${target}, ${health}: ${answer}`,
    ),
    `  targets after the stop  ${targetsAfterStop}`,
    `  duplicates suppressed   ${duplicates}`,
    `  job that failed         exit codes ${failedJob.exitCodes.join(", then ")}; TasksFailed ${failedJob.tasksFailed}`,
    `    ${failedJob.reason}`,
    `  DLQ messages            ${deadLetters.length}`,
    ...deadLetters.map(({ reason }) => `    ${reason}`),
    `  seconds                 ${Object.entries(seconds)
      .map(([step, value]) => `${step} ${value}`)
      .join(", ")}`,
    "",
  ].join("\n");
}

/** The summary as a program reads it. */
export function json({ tasks, ...happened }: Happened, seconds: Readonly<Record<string, number>>): string {
  return JSON.stringify({
    ...happened,
    tasks: tasks.map(({ service, taskArn, exitCode }) => ({ service, taskArn, exitCode })),
    seconds,
  });
}

/** How to look around in an account that is kept. */
export function lookAround(layout: Layout, environment: Readonly<Record<string, string>>): string {
  return [
    "",
    `Local AWS stays up at ${environment.AWS_ENDPOINT_URL} until Ctrl-C. In another shell:`,
    "",
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
    "",
    `  aws ecs list-tasks --cluster ${layout.cluster_name} --desired-status STOPPED`,
    `  curl -H 'Host: ${layout.load_balancer_dns_name}' ${environment.AWS_ENDPOINT_URL}/api/auth/hello`,
    "  npx cdktf-event-driven-ecs status",
    `  aws logs filter-log-events --log-group-name /aws/lambda/${layout.function_name}`,
    `  aws sqs receive-message --queue-url ${layout.dead_letter_queue_url}`,
    `  aws events put-events --entries '[{"Source":"custom.app","DetailType":"Start ECS Task","Detail":"{\\"service\\":\\"auth\\"}"}]'`,
    "",
  ].join("\n");
}
