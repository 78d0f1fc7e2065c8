import type { Bottle } from "../../../bottles/bottle";
import { registryFolder } from "../../../bottles/names";
import {
  type Corpus,
  createApiFiles,
  createCorpus,
  createSigner,
  type FaultScript,
  type Homebrew,
  serveHomebrew,
} from "../../../testing/homebrew";
import { toCatalogue } from "../../../testing/homebrew/shapes";
import { type HomebrewAddress, platforms } from "./settings";

const bottles = 400;
/** Of Homebrew's sizes: all bottles together have some tens of MB. */
const scale = 0.1;
/** Bottles of the first catalogue. */
const atFirst = 60;

/** Homebrew on this machine: its own protocol, generated bottles, and a catalogue that grows. */
export class LocalHomebrew implements HomebrewAddress {
  private readonly signer = createSigner();

  private constructor(
    private readonly corpus: Corpus,
    private readonly homebrew: Homebrew,
    private readonly apiFiles: Map<string, string>,
  ) {}

  /** The catalogue names the first bottles of the corpus; its default is that of the demo. */
  static async start(corpus = createCorpus({ seed: 14, bottles, scale })): Promise<LocalHomebrew> {
    const apiFiles = new Map<string, string>();
    const homebrew = await serveHomebrew({ corpus, apiFiles });
    const local = new LocalHomebrew(corpus, homebrew, apiFiles);
    local.publish(atFirst);
    return local;
  }

  get catalogueUrl(): string {
    return this.homebrew.catalogueUrl;
  }

  get apiUrl(): string {
    return `${this.homebrew.url}/api`;
  }

  get publicKey(): string {
    return this.signer.publicKey;
  }

  /** The catalogue and the signed API files name the first bottles, by default all. */
  publish(count = this.corpus.bottles.length): void {
    const published = { bottles: this.corpus.bottles.slice(0, count) };
    const urls = new Map(this.homebrew.bottles().map(({ sha256, url }) => [sha256, url]));
    const urlOf = ({ sha256 }: Pick<Bottle, "sha256">) => urls.get(sha256)!;
    const catalogue = toCatalogue(published, urlOf, `${this.homebrew.url}/${registryFolder}`);
    this.apiFiles.set("formula.json", JSON.stringify(catalogue));
    const named = published.bottles.map((bottle) => ({ ...bottle, url: urlOf(bottle) }));
    for (const [path, text] of createApiFiles(named, platforms, this.signer)) this.apiFiles.set(path, text);
    for (const kind of ["formula", "cask"])
      this.apiFiles.set(`${kind}_tap_migrations.jws.json`, this.signer.sign("{}"));
  }

  /** All bottles, as catalogue and indexes name them. */
  get bottles(): ReturnType<Homebrew["bottles"]> {
    return this.homebrew.bottles();
  }

  /** The first bytes of a bottle. */
  bytesOf({ sha256 }: Pick<Bottle, "sha256">, length: number): Buffer {
    const bottle = this.corpus.bottles.find((each) => each.sha256 === sha256)!;
    const pieces: Buffer[] = [];
    for (let at = 0; at < length; at += pieces.at(-1)!.length) pieces.push(bottle.read(at, length - at));
    return Buffer.concat(pieces);
  }

  setFaults(script: FaultScript): void {
    this.homebrew.setFaults(script);
  }

  /** Bytes of bottles that were sent. */
  get sentBytes(): number {
    return this.homebrew.sentBytes();
  }

  /** Requests that had the token of the registry where it must not be. */
  get leakedTokens(): number {
    return this.homebrew.withAuthorization.storage;
  }

  stop(): void {
    this.homebrew.stop();
  }
}
