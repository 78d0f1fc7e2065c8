import type { Known } from "./input";

/** A function under test: is fed an input, and says what is wrong with what it did. */
export type Subject = (make: (known: Known) => unknown) => Promise<string[]>;
