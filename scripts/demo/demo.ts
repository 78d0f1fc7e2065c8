import type { LocalAws } from "../../local";
import type { Steps } from "./steps";

/** Which of the twins is applied. */
export type Form = "cdktf" | "hcl";

/** A kind of stack that is deployed on local AWS, and what is done with it. */
export interface Demo<Outputs> {
  /** Name of its folders. */
  readonly name: string;
  /** Its HCL root, a folder in `examples/`. */
  readonly example: string;
  /** The stack that main.ts makes of its settings. */
  readonly stack: string;
  /** Region of the stack. */
  readonly region: string;
  /** Image of its tasks → command that local AWS runs for it. @param worker the command of the project's worker */
  images(worker: string): Readonly<Record<string, string>>;
  /** Writes its settings into the folder of the root. In the form HCL the example is there already. */
  writeSettings(folder: string, form: Form): void;
  /** Uses what is deployed. */
  play(deployed: Deployed<Outputs>): Promise<Result>;
  /** Commands to look around with. */
  lookAround(outputs: Outputs, endpoint: string): readonly string[];
  /** Ends what the demo has started beside local AWS. */
  stop?(): void;
}

export interface Deployed<Outputs> {
  /** Of the stack, by the names of the module's outputs. */
  readonly outputs: Outputs;
  readonly localAws: LocalAws;
  readonly steps: Steps;
}

/** The result of a demo. */
export interface Result {
  /** As a person reads it. */
  readonly summary: readonly string[];
  /** As a program reads it. */
  readonly json: object;
  /** What happened and must not have, or did not happen and must. Empty if all is well. */
  readonly wrong: readonly string[];
}
