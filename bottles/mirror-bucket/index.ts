export { toBucketError } from "./bucket-error";
export { createMirrorBucket, type MirrorBucket, type ObjectHeaders } from "./create-mirror-bucket";
export type { OpenUpload, StoredPart, Uploads } from "./uploads";
