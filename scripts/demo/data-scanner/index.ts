import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyRoot } from "../../../testing/terraform";
import type { Demo } from "../demo";
import { DataScannerAws } from "./aws";
import { generateFiles } from "./files";
import { htmlReport } from "./html-report";
import { play } from "./play";
import { json, summary } from "./report";
import { image, type Outputs, writeSettings } from "./settings";
import { verifyOutcome } from "./verdict";

/** An API call scans a bucket for sensitive data. */
export const dataScanner: Demo<Outputs> = {
  name: "data-scanner",
  example: "data-scanner",
  stack: "data-scanner",
  region: "us-east-1",
  images: (worker) => ({ [image]: worker }),
  writeSettings(folder, form) {
    writeSettings(folder, form, this.region);
  },
  async play({ outputs, localAws, steps }) {
    const files = await generateFiles();
    const aws = new DataScannerAws(outputs, localAws);
    const happened = await play(aws, files, outputs.data_bucket_name, steps);
    const report = join(emptyRoot("data-scanner-report"), "report.html");
    writeFileSync(report, htmlReport(happened.job, happened.findings));
    return {
      summary: summary(files, happened, report),
      json: json(files, happened, report),
      wrong: verifyOutcome(files, happened),
    };
  },
  lookAround: (outputs, endpoint) => [
    `aws ecs describe-services --cluster ${outputs.cluster_name} --services ${outputs.worker_service_name}`,
    `aws logs filter-log-events --log-group-name ${outputs.worker_log_group_name}`,
    `curl ${endpoint}/_local/databases`,
  ],
};
