import { RestApi, type RestApiProps } from "../../../src/rest-api";
import { block } from "./block";
import { everyName } from "./names";

const answeredBy = (functionName: string) => ({
  functionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
  functionName,
});

const everything: RestApiProps = {
  name: "all-api",
  description: "Scan jobs",
  routes: {
    "POST /scan": answeredBy("scan"),
    "GET /jobs/{job_id}": answeredBy("jobs"),
    "DELETE /jobs/{job_id}": answeredBy("jobs"),
    "GET /results": { ...answeredBy("results"), requiredQuery: ["job_id", "page"] },
    "OPTIONS /results": { ...answeredBy("results"), authorization: "NONE" },
  },
  stageName: "dev",
  throttlingRateLimit: 5.5,
  throttlingBurstLimit: 10,
  createDomain: true,
  domainName: "api.example.com",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab",
  createAccountLogRole: true,
  logRetentionDays: 7,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/organisation/boundary",
    path: "/engines/eu/",
    namePrefix: "acme-",
    nameSuffix: "-eu",
  },
  tags: { team: "platform", "cost-center": "7" },
};

export const restApi = block({
  module: "rest-api",
  construct: RestApi,
  settings: {
    defaults: { name: "plain-api", routes: { "POST /start": answeredBy("start") } },
    everything,
    named: { ...everything, name: "named-rest-api", names: everyName(RestApi, everything) },
    odd: {
      name: "A_-9",
      routes: {
        "ANY /": answeredBy("root"),
        "GET /a-b": answeredBy("odd"),
        "GET /a/b": answeredBy("odd"),
        "GET /a--b": answeredBy("odd"),
        "PATCH /a/{x}/.c:d/{y-z}/{rest+}": { ...answeredBy("odd"), requiredQuery: ["$filter"] },
      },
      stageName: "_-",
      tags: { "a b/c:d": "e+f=g@h" },
    },
  },
});
