import type { Account } from "./account";
import type { WrongAnswers } from "./wrong-answers";

/** What the project believes of AWS. docs/aws-behaviour.md has a row for each, written by `npm run docs`. */
interface Statement {
  /** Stable name in the document, in results and in tests. */
  readonly id: string;
  /** One or two sentences that AWS can contradict. */
  readonly sentence: string;
  /** The page, API model or report. Pages were read in November 2026 unless a date is given. */
  readonly source: string;
  /** Begins with documented, measured, reported, from memory or assumed; the document explains the words. */
  readonly certainty: string;
  /** Files that fall with the belief, each with a text by which the place is found. A test looks for it. */
  readonly code: Readonly<Record<string, string>>;
  /** Other tests that hold local AWS, or our code, to the belief. */
  readonly tests?: string;
}

/** How a belief is provoked, through the SDK's clients. */
interface Provocation {
  /** Seconds that the check takes on AWS. */
  readonly seconds: number;
  /** Cents that it costs beside the resources that all checks share. */
  readonly cents?: number;
  /** Takes hours, so it runs with --slow only; with a virtual clock always. */
  readonly slow?: true;
  /** Throws an AssertionError, or the error that AWS answers, if AWS contradicts the belief. */
  readonly check: (account: Account) => Promise<void>;
}

/** `wrong` is what AWS would answer if the belief were wrong. A test shows that the check fails with it. */
export type CheckedAnywhere = Statement & Provocation & { readonly wrong: WrongAnswers };
/** `onlyOnAws` says why local AWS cannot run the check. */
export type CheckedOnAws = Statement & Provocation & { readonly onlyOnAws: string };
export type Checked = CheckedAnywhere | CheckedOnAws;
/** `notProvoked` says why no check makes AWS show it. */
export type Unchecked = Statement & { readonly notProvoked: string };
export type Belief = Checked | Unchecked;

export const isChecked = (belief: Belief): belief is Checked => "check" in belief;
export const isCheckedAnywhere = (belief: Belief): belief is CheckedAnywhere => "wrong" in belief;
