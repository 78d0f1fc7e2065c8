import { type PlanSyncEnvironment, planSyncEnvironment } from "../../../handlers/plan-sync/environment";
import { parseEnvironment } from "../../../handlers/shared/schema";

const required = { S3_BUCKET_NAME: "mirror", SYNC_FUNCTION_ARN: "sync", LAUNCH_FUNCTION_ARN: "launch" };
const parse = (more: Record<string, string> = {}) =>
  parseEnvironment(planSyncEnvironment, { ...required, ...more });

test("the required variables are enough", () => {
  const deployed: PlanSyncEnvironment = required;
  expect(parse(deployed as Record<string, string>)).toEqual({
    ...required,
    CATALOGUE_URL: "https://formulae.brew.sh/api/formula.json",
    TARGET_PLATFORMS: ["arm64_tahoe", "arm64_sequoia", "arm64_sonoma"],
    SIZE_THRESHOLD_GB: 20,
    LIMIT_SECONDS: 540,
    DOWNLOAD_CONCURRENCY: 5,
    LOG_LEVEL: "INFO",
  });
});

test("platforms are a list with commas, blanks are left out, and each counts once", () => {
  expect(parse({ TARGET_PLATFORMS: "arm64_tahoe, all,arm64_tahoe" }).TARGET_PLATFORMS).toEqual([
    "arm64_tahoe",
    "all",
  ]);
});

test.each<[Record<string, string>, string]>([
  [{ S3_BUCKET_NAME: "" }, "S3_BUCKET_NAME: expected a value"],
  [
    { TARGET_PLATFORMS: "" },
    'TARGET_PLATFORMS[0]: expected a platform, such as arm64_tahoe or x86_64_linux, found ""',
  ],
  [{ TARGET_PLATFORMS: "arm64_tahoe,arm64-sonoma" }, "TARGET_PLATFORMS[1]: expected a platform"],
  [{ TARGET_PLATFORMS: "Sonoma" }, 'found "Sonoma"'],
  [{ SIZE_THRESHOLD_GB: "-1" }, 'SIZE_THRESHOLD_GB: expected a number of GB from 0, found "-1"'],
  [{ SIZE_THRESHOLD_GB: "20 GB" }, "SIZE_THRESHOLD_GB: expected a number of GB from 0"],
  [{ LIMIT_SECONDS: "0" }, "LIMIT_SECONDS: expected seconds from 1, found 0"],
  [{ CATALOGUE_URL: "formulae.brew.sh" }, "CATALOGUE_URL: expected a URL that begins with https://"],
  [
    { EXTERNAL_HASH_FILE_S3_KEY: "a", EXTERNAL_HASH_FILE_URL: "https://b" },
    "expected at most one of EXTERNAL_HASH_FILE_S3_KEY and EXTERNAL_HASH_FILE_URL",
  ],
  [{ EXTERNAL_HASH_FILE_S3_BUCKET: "a" }, "expected EXTERNAL_HASH_FILE_S3_KEY"],
])("%j is refused", (variables, message) => {
  expect(() => parse(variables)).toThrow(message);
});

test("the threshold 0 is legal", () => {
  expect(parse({ SIZE_THRESHOLD_GB: "0" }).SIZE_THRESHOLD_GB).toBe(0);
});
