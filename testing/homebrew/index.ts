export { type Corpus, type CorpusBottle, type CorpusSettings, createCorpus } from "./corpus";
export type { Fault, FaultKind, FaultScript, HomebrewRequest, Place } from "./faults";
export { type Homebrew, type HomebrewSettings, serveHomebrew } from "./serve-homebrew";
export { createApiFiles, createSigner, formulaeOf, type Signer, toPackages } from "./signed-api";
