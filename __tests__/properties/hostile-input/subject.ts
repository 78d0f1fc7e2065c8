import type { Known } from "./input";

/** A function under test. It gets an input and returns the violations. */
export type Subject = (make: (known: Known) => unknown) => Promise<string[]>;
