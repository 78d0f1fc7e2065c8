/** Serves Homebrew's stand-in and an object store that forgets bottles, until it is ended. */
import { createCorpus, serveHomebrew } from "../testing/homebrew";
import { ObjectStore, serveObjectStore } from "../testing/object-store";

const main = async (count: number): Promise<void> => {
  const homebrew = await serveHomebrew({ corpus: createCorpus({ seed: 1, bottles: count }) });
  const isBottle = (key: string): boolean => key.includes("/blobs/") || key.includes("uploads/");
  const store = await serveObjectStore(new ObjectStore({ keepsBytes: (key) => !isBottle(key) }));
  console.log(JSON.stringify({ endpoint: store.endpoint, bottles: homebrew.bottles() }));
};

main(Number(process.argv[2])).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
