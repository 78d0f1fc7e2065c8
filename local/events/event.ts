/** An event as rules match it and targets receive it. */
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

/** The time of an event, which EventBridge gives in whole seconds. */
export function eventTime(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, "Z");
}
