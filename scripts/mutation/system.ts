import type { LocalAws } from "../../local";
import type { World } from "./world";

/** A use of a system, and its expected outcome. */
export interface Scenario<Applied extends World = World> {
  readonly name: string;
  /** Services, as policies name them, whose actions this scenario depends on. */
  readonly needs: readonly string[];
  /** Rejects if the outcome is not the expected one. */
  play(world: Applied): Promise<void>;
}

/** A system whose roles are mutated. */
export interface System<Applied extends World = World> {
  readonly name: string;
  /** Image of its tasks → command that local AWS runs for it. @param worker the command of the project's worker */
  images(worker: string): Record<string, string>;
  /** Applies it to local AWS. */
  apply(localAws: LocalAws): Promise<Applied>;
  /** Ends what it uses outside of AWS. */
  stop?(): void;
  /** One for each feature that requires permissions. A new such feature needs a new scenario. */
  readonly scenarios: readonly Scenario<Applied>[];
}
