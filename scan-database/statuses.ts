export const jobStatuses = ["pending", "running", "completed", "failed", "cancelled"] as const;
export type JobStatus = (typeof jobStatuses)[number];

export const objectStatuses = ["pending", "scanning", "completed", "failed", "skipped"] as const;
export type ObjectStatus = (typeof objectStatuses)[number];

/** The status of an object that nothing changes any more. */
export type FinalObjectStatus = "completed" | "failed" | "skipped";
