import * as v from "valibot";
import { url, wholeNumber } from "../../handlers/shared/environment-values";
import { logLevel } from "../../handlers/shared/log";
import { requiredText } from "../../handlers/shared/schema";

const paths = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(",")
      .map((path) => path.trim())
      .filter((path) => path !== ""),
  ),
  v.array(v.pipe(v.string(), v.regex(/^(?!\/)(?!.*\.\.)[\w./@+-]+$/, "expected a path below the API's URL"))),
);

/** Environment variables of a sync, in a function and in a task. */
export const syncVariables = {
  /** The mirror's bucket. */
  S3_BUCKET_NAME: requiredText,
  /** Name or ARN of the secret with the URL of a Slack webhook. Absent: no notices. */
  SLACK_WEBHOOK_SECRET_NAME: v.optional(requiredText),
  /** Bottles that are downloaded at the same time. Each takes 10 MiB of memory. Default 5. */
  DOWNLOAD_CONCURRENCY: v.optional(wholeNumber("downloads", 1, 32), "5"),
  /** Folder for large bottles until their digest is known. Default: `EFS_MOUNT_PATH`, else the bucket. */
  TEMP_STORAGE_PATH: v.optional(requiredText),
  /** Where a file system is mounted, on which another task can go on with a bottle. */
  EFS_MOUNT_PATH: v.optional(requiredText),
  /** Seconds between two notices of progress. Default 300. */
  PROGRESS_REPORT_INTERVAL: v.optional(wholeNumber("seconds", 60, 3_600), "300"),
  /** URL of Homebrew's API. Default https://formulae.brew.sh/api. */
  API_URL: v.optional(url, "https://formulae.brew.sh/api"),
  /** Comma-separated paths of the API's files that are mirrored. Default: none. */
  API_FILES: v.optional(paths, ""),
  /** Public key of the signatures of those files, in PEM. Absent: they are not mirrored. */
  API_PUBLIC_KEY: v.optional(requiredText),
  /** For so many days bottles are kept that no catalogue refers to any more. Default 30. */
  RETENTION_DAYS: v.optional(wholeNumber("days", 1, 3_650), "30"),
  LOG_LEVEL: logLevel,
};

export const syncEnvironment = v.object(syncVariables);

/** The variables as a sync reads them. */
export type SyncSettings = v.InferOutput<typeof syncEnvironment>;
