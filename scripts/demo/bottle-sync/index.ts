import type { Demo } from "../demo";
import { BottleSyncAws } from "./aws";
import { LocalHomebrew } from "./homebrew";
import { play } from "./play";
import { json, summary } from "./report";
import { image, type Outputs, writeSettings } from "./settings";
import { SlackWebhook } from "./slack";
import { verifyOutcome } from "./verdict";

/** Homebrew's bottles are mirrored, and a client installs from the mirror. */
export async function startBottleSync(): Promise<Demo<Outputs>> {
  const homebrew = await LocalHomebrew.start();
  const slack = new SlackWebhook();
  await slack.start();
  const demo: Demo<Outputs> = {
    name: "bottle-sync",
    example: "bottle-sync",
    stack: "bottle-sync",
    region: "us-east-1",
    images: (worker) => ({ [image]: worker }),
    writeSettings(folder, form) {
      writeSettings(folder, form, demo.region, homebrew);
    },
    async play({ outputs, localAws, steps }) {
      const aws = new BottleSyncAws(outputs, localAws.environment);
      const bucketName = outputs.mirror_bucket_name;
      const happened = await play({ aws, homebrew, slack, localAws, bucketName, steps });
      return { summary: summary(happened), json: json(happened), wrong: verifyOutcome(happened) };
    },
    lookAround: ({ mirror_bucket_name: bucket, plan_function_name: plan }, endpoint) => [
      `aws lambda invoke --function-name ${plan} --payload '{}' --cli-binary-format raw-in-base64-out /dev/stdout`,
      `aws s3 ls --recursive s3://${bucket}/v2/`,
      `npx cdktf-event-driven-ecs verify-mirror ${endpoint}/${bucket}`,
    ],
    stop() {
      homebrew.stop();
      slack.stop();
    },
  };
  return demo;
}
