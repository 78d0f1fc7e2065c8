export type { RandomAccess } from "./archives/zip-entries";
export { type Confidence, type Finding, type FindingType, findingTypes } from "./finding";
export { createMaskedFinding } from "./masked-finding";
export { type ScanOptions, type ScanOutcome, type Skipped, scanSource } from "./scan-source";
export { TextScanner, type TextScannerOptions } from "./text-scanner";
export { detectorVersion } from "./version";
