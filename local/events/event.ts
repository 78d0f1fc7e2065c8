/** An event as rules match it and targets get it. */
export interface Event {
  version: "0";
  id: string;
  "detail-type": string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
}

/** EventBridge tells time to the second. */
export function eventTime(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, "Z");
}
