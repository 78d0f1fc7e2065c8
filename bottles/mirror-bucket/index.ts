export { createMirrorBucket, type MirrorBucket, type StoredObject } from "./create-mirror-bucket";
export type { OpenUpload, StoredPart, Uploads } from "./uploads";
