export type { S3Answer, S3Request } from "./answer";
export { connectionTo, refuse, type StoreConnectionSettings } from "./connection";
export { serveObjectStore } from "./serve";
export { ObjectStore, type ObjectStoreSettings, type StoredObject } from "./store";
