import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ConversionConfig, toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { jobAnswer } from "../handlers/jobs/answer";
import { resultsAnswer } from "../handlers/results/answer";
import { defaultLimit, maxLimit, resultsQuery } from "../handlers/results/query";
import { scanAnswer } from "../handlers/scan/answer";
import { scanRequest } from "../handlers/scan/request";

const root = join(__dirname, "..");

/** What JSON Schema has no word for is said in a description. */
const conversion: ConversionConfig = {
  typeMode: "input",
  target: "draft-2020-12",
  ignoreActions: ["check", "transform"],
};

const schemaOf = (schema: GenericSchema) => {
  const { $schema: _, ...json } = toJsonSchema(schema, conversion);
  return json;
};

const json = (schema: unknown) => ({ "application/json": { schema } });
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const answer = (description: string, name: string) => ({ description, content: json(reference(name)) });
const failure = (description: string) => answer(description, "Error");

const unavailable = {
  "500": failure("An error of the service."),
  "503": failure("The database or another service cannot be used now. Try again."),
};

const job_id = { type: "string", format: "uuid" };

const document = (version: string) => ({
  openapi: "3.1.0",
  info: { title: "Data scanner", version, description: "Scans objects in S3 for sensitive data." },
  paths: {
    "/scan": {
      post: {
        operationId: "startScan",
        summary: "Scans a bucket, or the objects below a prefix.",
        parameters: [
          {
            name: "Idempotency-Key",
            in: "header",
            description:
              "Requests of a caller with the same key create one job in 24 hours. Without it, the same request creates one job in ten minutes (a setting).",
            schema: { type: "string", maxLength: 255 },
          },
        ],
        requestBody: { required: true, content: json(reference("ScanRequest")) },
        responses: {
          "202": answer("The job, which is worked on.", "ScanAnswer"),
          "400": failure("A malformed request."),
          "403": failure("The bucket is none of those that may be scanned."),
          "409": failure("The Idempotency-Key was used with another body."),
          ...unavailable,
        },
      },
    },
    "/jobs/{job_id}": {
      get: {
        operationId: "getJob",
        summary: "The state of a job.",
        parameters: [{ name: "job_id", in: "path", required: true, schema: job_id }],
        responses: {
          "200": answer("The job.", "Job"),
          "400": failure("No UUID."),
          "404": failure("There is no such job."),
          ...unavailable,
        },
      },
    },
    "/results": {
      get: {
        operationId: "listFindings",
        summary: "Findings, newest first.",
        parameters: [
          { name: "job_id", in: "query", schema: job_id },
          { name: "finding_type", in: "query", schema: schemaOf(resultsQuery.entries.finding_type) },
          {
            name: "limit",
            in: "query",
            description: `Findings of a page at most. More than ${maxLimit} is the same as ${maxLimit}.`,
            schema: { type: "integer", minimum: 1, default: defaultLimit },
          },
          {
            name: "cursor",
            in: "query",
            description: "next_cursor of the page before, which had the same job_id and finding_type.",
            schema: { type: "string" },
          },
        ],
        responses: {
          "200": answer("A page of findings.", "Results"),
          "400": failure("A malformed parameter."),
          ...unavailable,
        },
      },
    },
    "/openapi.json": {
      get: {
        operationId: "getOpenApi",
        summary: "This document.",
        responses: { "200": { description: "The document.", content: json({ type: "object" }) } },
      },
    },
  },
  components: {
    schemas: {
      ScanRequest: schemaOf(scanRequest),
      ScanAnswer: schemaOf(scanAnswer),
      Job: schemaOf(jobAnswer),
      Results: schemaOf(resultsAnswer),
      Error: { type: "object", properties: { error: { type: "string" } }, required: ["error"] },
    },
  },
});

/** The source of `handlers/jobs/openapi.json`: the API of the data scanner, as its functions read and answer requests. */
export function openapiSource(): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const biome = join(root, "node_modules", ".bin", "biome");
  return execFileSync(biome, ["format", "--stdin-file-path=handlers/jobs/openapi.json"], {
    cwd: root,
    input: JSON.stringify(document(version)),
    encoding: "utf8",
  });
}
