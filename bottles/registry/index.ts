export { registryAuthorization } from "./authorization";
export { createFetchIndex, type FetchIndex, indexType } from "./fetch-index";
export type { FormulaIndex } from "./parse-index";
