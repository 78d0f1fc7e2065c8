import * as v from "valibot";
import { tagForm } from "../../bottles/catalogue/platforms";
import { url, wholeNumber } from "../shared/environment-values";
import { logLevel } from "../shared/log";
import { requiredText } from "../shared/schema";

const number = (what: string) =>
  v.pipe(v.string(), v.regex(/^\d+(\.\d+)?$/, `expected a number of ${what} from 0`), v.transform(Number));

const platforms = v.pipe(
  v.string(),
  v.transform((text) => [...new Set(text.split(",").map((name) => name.trim()))]),
  v.array(v.pipe(v.string(), v.regex(tagForm, "expected a platform, such as arm64_tahoe or x86_64_linux"))),
);

/** Environment variables of the function `plan-sync`, without those that Lambda sets. */
export const planSyncEnvironment = v.pipe(
  v.object({
    /** The mirror's bucket. */
    S3_BUCKET_NAME: requiredText,
    /** URL of the catalogue. Default https://formulae.brew.sh/api/formula.json. */
    CATALOGUE_URL: v.optional(url, "https://formulae.brew.sh/api/formula.json"),
    /** Comma-separated platforms whose bottles are mirrored. */
    TARGET_PLATFORMS: v.optional(platforms, "arm64_tahoe,arm64_sequoia,arm64_sonoma"),
    /** From so many GB (1024³ bytes) of new bottles on, a task downloads them. 0: always a task. Default 20. */
    SIZE_THRESHOLD_GB: v.optional(number("GB"), "20"),
    /** Above so many estimated seconds a task downloads. Default 540. */
    LIMIT_SECONDS: v.optional(wholeNumber("seconds", 1), "540"),
    /** Bottles that the sync function downloads at the same time, for the estimate. Default 5. */
    DOWNLOAD_CONCURRENCY: v.optional(wholeNumber("downloads", 1, 32), "5"),
    /** Name or ARN of the function that downloads small plans. */
    SYNC_FUNCTION_ARN: requiredText,
    /** Name or ARN of the launcher's function, which starts a task for large plans. */
    LAUNCH_FUNCTION_ARN: requiredText,
    /** Name or ARN of the secret with the URL of a Slack webhook. Absent: no notices. */
    SLACK_WEBHOOK_SECRET_NAME: v.optional(requiredText),
    /** Key of the hash file of another mirror, with which this mirror's file is started. */
    EXTERNAL_HASH_FILE_S3_KEY: v.optional(requiredText),
    /** Bucket of that file. Default: the mirror's own bucket. */
    EXTERNAL_HASH_FILE_S3_BUCKET: v.optional(requiredText),
    /** https URL of that file, instead of a key. */
    EXTERNAL_HASH_FILE_URL: v.optional(url),
    LOG_LEVEL: logLevel,
  }),
  v.check(
    (variables) =>
      variables.EXTERNAL_HASH_FILE_S3_KEY === undefined || variables.EXTERNAL_HASH_FILE_URL === undefined,
    "expected at most one of EXTERNAL_HASH_FILE_S3_KEY and EXTERNAL_HASH_FILE_URL",
  ),
  v.check(
    (variables) =>
      variables.EXTERNAL_HASH_FILE_S3_BUCKET === undefined ||
      variables.EXTERNAL_HASH_FILE_S3_KEY !== undefined,
    "expected EXTERNAL_HASH_FILE_S3_KEY, because EXTERNAL_HASH_FILE_S3_BUCKET is set",
  ),
);

/** The variables as they are deployed. */
export type PlanSyncEnvironment = v.InferInput<typeof planSyncEnvironment>;

/** The variables as the function reads them. */
export type PlanSyncSettings = v.InferOutput<typeof planSyncEnvironment>;
