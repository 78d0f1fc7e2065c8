import type { Construct } from "constructs";
import { checkMatches } from "./validation";

/** @throws ValidationError when a function of this project, which is bundled for Node.js 22, would not run on `runtime`. */
export const checkBundledRuntime = (scope: Construct, prop: string, runtime: string | undefined): void =>
  checkMatches(
    scope,
    prop,
    runtime,
    /^nodejs(2[2-9]|[3-9][0-9])\.x$/,
    'the code is built for Node.js 22, so it takes "nodejs22.x" or later, such as "nodejs24.x".',
  );
