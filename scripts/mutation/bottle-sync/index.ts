import { type Corpus, createCorpus } from "../../../testing/homebrew";
import { applyRoot, writeModuleRoot } from "../../../testing/module-root";
import { LocalHomebrew } from "../../demo/bottle-sync/homebrew";
import { SlackWebhook } from "../../demo/bottle-sync/slack";
import type { System } from "../system";
import { props, resources } from "./props";
import { scenarios } from "./scenarios";
import { type AppliedOutputs, BottleSyncWorld } from "./world";

const outputs: readonly (keyof AppliedOutputs)[] = [
  "cluster_name",
  "dead_letter_queue_url",
  "failed_events_queue_url",
  "launch_function_name",
  "log_group_name",
  "mirror_bucket_name",
  "plan_function_name",
  "sync_function_name",
  "webhook_secret_name",
];

/** Bytes of a bottle that is uploaded in parts, and fast all the same. */
const isLarge = (size: number): boolean => size > 10.5 * 1024 ** 2 && size < 15 * 1024 ** 2;
const isSmall = (size: number): boolean => size < 200_000;

/** Some small bottles and two large ones. */
function createSmallCorpus(): Corpus {
  const { bottles } = createCorpus({ seed: 2, bottles: 60 });
  return { bottles: bottles.filter(({ size }) => isSmall(size) || isLarge(size)) };
}

let homebrew: LocalHomebrew | undefined;
let slack: SlackWebhook | undefined;

/** The bottle sync, with Homebrew and Slack on this machine. */
export const bottleSync: System<BottleSyncWorld> = {
  name: "bottle-sync",
  images: (worker) => ({ "*": worker }),
  async apply(localAws) {
    homebrew = await LocalHomebrew.start(createSmallCorpus());
    homebrew.publish();
    slack = new SlackWebhook();
    await slack.start();
    const root = writeModuleRoot({
      folder: "mutation-bottle-sync",
      module: "systems/bottle-sync",
      name: "bottle_sync",
      inputs: props(homebrew),
      outputs,
      resources,
    });
    const applied = await applyRoot<AppliedOutputs>(root, localAws);
    const world = new BottleSyncWorld(localAws, applied, homebrew, slack);
    await world.prepare();
    return world;
  },
  stop() {
    homebrew?.stop();
    slack?.stop();
  },
  scenarios,
};
