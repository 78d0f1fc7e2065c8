export { type Corpus, type CorpusBottle, type CorpusSettings, createCorpus } from "./corpus";
export type { Fault, FaultKind, FaultScript, HomebrewRequest, Place } from "./faults";
export { type Homebrew, type HomebrewSettings, serveHomebrew } from "./serve-homebrew";
