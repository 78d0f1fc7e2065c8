import type { HttpRequest } from "./http";

type Route = [method: string, path: RegExp, action: string, subresource?: string];

const LAMBDA: Route[] = [
  ["POST", /^\/2015-03-31\/functions\/?$/, "CreateFunction"],
  ["POST", /^\/2015-03-31\/functions\/[^/]+\/invocations$/, "Invoke"],
  ["GET", /^\/2015-03-31\/functions\/?$/, "ListFunctions"],
  ["GET", /^\/2015-03-31\/functions\/[^/]+$/, "GetFunction"],
  ["GET", /^\/2015-03-31\/functions\/[^/]+\/configuration$/, "GetFunctionConfiguration"],
  ["PUT", /^\/2015-03-31\/functions\/[^/]+\/code$/, "UpdateFunctionCode"],
  ["PUT", /^\/2015-03-31\/functions\/[^/]+\/configuration$/, "UpdateFunctionConfiguration"],
  ["DELETE", /^\/2015-03-31\/functions\/[^/]+$/, "DeleteFunction"],
  ["POST", /^\/2015-03-31\/functions\/[^/]+\/versions$/, "PublishVersion"],
  ["POST", /^\/2015-03-31\/event-source-mappings\/?$/, "CreateEventSourceMapping"],
  ["GET", /^\/2015-03-31\/event-source-mappings\/?$/, "ListEventSourceMappings"],
  ["GET", /^\/2015-03-31\/event-source-mappings\/[^/]+$/, "GetEventSourceMapping"],
  ["PUT", /^\/2015-03-31\/event-source-mappings\/[^/]+$/, "UpdateEventSourceMapping"],
  ["DELETE", /^\/2015-03-31\/event-source-mappings\/[^/]+$/, "DeleteEventSourceMapping"],
];

const S3: Route[] = [
  ["PUT", /^\/[^/]+\/?$/, "PutBucketPolicy", "policy"],
  ["GET", /^\/[^/]+\/?$/, "GetBucketPolicy", "policy"],
  ["DELETE", /^\/[^/]+\/?$/, "DeleteBucketPolicy", "policy"],
  ["PUT", /^\/[^/]+\/.+/, "PutObject"],
  ["GET", /^\/[^/]+\/.+/, "GetObject"],
  ["HEAD", /^\/[^/]+\/.+/, "HeadObject"],
  ["DELETE", /^\/[^/]+\/.+/, "DeleteObject"],
  ["DELETE", /^\/[^/]+\/?$/, "DeleteBucket"],
];

const EFS: Route[] = [
  ["PUT", /^\/2015-02-01\/file-systems\/[^/]+\/policy$/, "PutFileSystemPolicy"],
  ["GET", /^\/2015-02-01\/file-systems\/[^/]+\/policy$/, "DescribeFileSystemPolicy"],
  ["DELETE", /^\/2015-02-01\/file-systems\/[^/]+\/policy$/, "DeleteFileSystemPolicy"],
  ["PUT", /^\/2015-02-01\/file-systems\/[^/]+\/backup-policy$/, "PutBackupPolicy"],
  ["GET", /^\/2015-02-01\/file-systems\/[^/]+\/backup-policy$/, "DescribeBackupPolicy"],
  ["DELETE", /^\/2015-02-01\/file-systems\/[^/]+$/, "DeleteFileSystem"],
];

const SCHEDULER: Route[] = [
  ["GET", /^\/schedules\/?$/, "ListSchedules"],
  ["GET", /^\/schedules\/[^/]+$/, "GetSchedule"],
];

const ROUTES: Record<string, Route[]> = {
  elasticfilesystem: EFS,
  lambda: LAMBDA,
  s3: S3,
  scheduler: SCHEDULER,
};

/** Finds the action of a REST request; "METHOD path" if local AWS does not need the name. */
export function restAction(service: string, request: HttpRequest): string {
  const route = ROUTES[service]?.find(
    ([method, path, , subresource]) =>
      method === request.method &&
      path.test(request.path) &&
      (subresource === undefined || request.query.has(subresource)),
  );
  return route?.[2] ?? `${request.method} ${request.path}`;
}
