export { createHttp, type Http, type HttpRequest, type HttpResponse, type HttpSettings } from "./create-http";
export { HttpError } from "./http-error";
export { readBody } from "./read-body";
export { type RetrySettings, withRetries } from "./with-retries";
