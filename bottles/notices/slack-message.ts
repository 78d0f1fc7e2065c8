import { listFirst } from "../../handlers/shared/text";
import { formatBytes, formatNumber, formatSeconds } from "../amounts";
import type { Notice } from "./notice";
import { toSlackText } from "./slack-text";

// Limits of Slack's blocks, which refuses a message beyond them as a whole: docs.slack.dev/reference/block-kit/blocks
const maxHeader = 150;
const maxSection = 3_000;
const maxField = 2_000;
/** So many lines of details fit into a message and are still read. */
const maxDetails = 20;
const maxDetail = 300;

type Content = {
  title: string;
  text: string;
  fields: readonly (readonly [name: string, value: string])[];
  details: readonly string[];
};

const percent = (part: number, whole: number): string =>
  whole === 0 ? "100 %" : `${Math.floor((100 * part) / whole)} %`;

const toContent = (notice: Notice): Content => {
  switch (notice.kind) {
    case "nothing-new":
      return {
        title: "Bottle sync: nothing new",
        text:
          notice.mirrored === undefined
            ? "The mirror has all bottles that its platforms need."
            : `The mirror has all ${formatNumber(notice.mirrored)} bottles that its platforms need.`,
        fields: [],
        details: notice.warnings ?? [],
      };
    case "started":
      return {
        title: "Bottle sync started",
        text: `${formatNumber(notice.bottles)} bottles are downloaded by a ${notice.host}.`,
        fields: [["Size", formatBytes(notice.bytes)]],
        details: notice.warnings ?? [],
      };
    case "progress": {
      const { done, bottles, doneBytes, bytes, seconds } = notice;
      const rate = doneBytes / Math.max(seconds, 1);
      return {
        title: `Bottle sync: ${percent(doneBytes, bytes)}`,
        text: `${formatNumber(done)} of ${formatNumber(bottles)} bottles, ${formatBytes(doneBytes)} of ${formatBytes(bytes)}.`,
        fields: [
          ["Rate", `${formatBytes(rate)}/s`],
          [
            "Time left",
            rate === 0 ? "unknown" : formatSeconds(Math.max(bytes - doneBytes, 0) / Math.max(rate, 1)),
          ],
        ],
        details: [],
      };
    }
    case "succeeded":
      return {
        title: "Bottle sync succeeded",
        text: `${formatNumber(notice.mirrored)} bottles were mirrored.`,
        fields: [
          ["Size", formatBytes(notice.bytes)],
          ["Time", formatSeconds(notice.seconds)],
          ["Removed objects", formatNumber(notice.removed)],
        ],
        details: notice.warnings,
      };
    case "failed":
      return {
        title: "Bottle sync failed",
        text: notice.reason,
        fields:
          notice.bottles === undefined
            ? []
            : [
                [
                  "Mirrored",
                  `${formatNumber(notice.mirrored ?? 0)} of ${formatNumber(notice.bottles)} bottles`,
                ],
              ],
        details: notice.details,
      };
  }
};

const mrkdwn = (text: string, max: number) => ({ type: "mrkdwn", text: toSlackText(text, max) });

/**
 * The message of a notice for an incoming webhook: `text` for clients that show no blocks, and blocks.
 * Long texts are cut, because Slack refuses a message whose blocks are too long.
 * @param where the bucket and the run, at the foot of the message
 */
export const toSlackMessage = (notice: Notice, where: { bucket: string; runId: string }): object => {
  const { title, text, fields, details } = toContent(notice);
  const lines = listFirst(details, maxDetails, (detail) => toSlackText(`• ${detail}`, maxDetail));
  const blocks: object[] = [
    { type: "header", text: { type: "plain_text", text: toSlackText(title, maxHeader) } },
    { type: "section", text: mrkdwn(text || title, maxSection) },
  ];
  if (fields.length > 0)
    blocks.push({
      type: "section",
      fields: fields.map(([name, value]) => mrkdwn(`${name}: ${value}`, maxField)),
    });
  // Cut by lines: each is escaped already, and a cut entity would be shown as it is.
  let body = "";
  for (const line of lines) {
    if (body.length + line.length + 1 > maxSection) break;
    body += body === "" ? line : `\n${line}`;
  }
  if (body !== "") blocks.push({ type: "section", text: { type: "mrkdwn", text: body } });
  blocks.push({
    type: "context",
    elements: [mrkdwn(`Bucket ${where.bucket}, run ${where.runId}`, maxField)],
  });
  return { text: toSlackText(`${title}. ${text}`, maxSection), blocks };
};
