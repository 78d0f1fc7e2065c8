export {
  type ConnectOptions,
  type Credentials,
  connect,
  createReadCredentials,
  type Database,
} from "./connect";
export { type DatabaseSettings, databaseVariables } from "./environment";
export { DatabaseUnavailable } from "./failures";
export {
  type FindingFilter,
  type FindingPage,
  findFindings,
  type StoredFinding,
} from "./findings/find-findings";
export { cancelJob } from "./jobs/cancel-job";
export { type CreatedJob, createJob, type NewJob } from "./jobs/create-job";
export { failJob } from "./jobs/fail-job";
export { getJob, type Job } from "./jobs/get-job";
export { type ClaimedListing, claimListing } from "./listing/claim-listing";
export {
  finishListing,
  insertListedPage,
  type ListedObject,
  type ListedPage,
  releaseListing,
} from "./listing/insert-listed-page";
export { findStalledListings } from "./listing/stalled-listings";
export { type MigrationResult, migrate } from "./migrate";
export {
  type ClaimedObject,
  type ClaimOptions,
  type ClaimOutcome,
  claimObject,
} from "./objects/claim-object";
export {
  type CompletedScan,
  type CompleteOutcome,
  completeObject,
  type FoundValue,
} from "./objects/complete-object";
export { failObject, skipObject } from "./objects/end-object";
export { type ExpiredLeases, expireLeases } from "./objects/expire-leases";
export { releaseObject, renewLease, type Scan, setObjectVersion } from "./objects/scan-lease";
export { skipObjectsOfEndedJobs } from "./objects/skip-objects-of-ended-jobs";
export { openDatabase } from "./open-database";
export { markSent } from "./queue/mark-sent";
export { findObjectsSentBefore, findUnsentObjects } from "./queue/objects-to-send";
export { type JobStatus, jobStatuses, type ObjectStatus, objectStatuses } from "./statuses";
