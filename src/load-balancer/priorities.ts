import { createHash } from "node:crypto";

/** What a priority follows from. */
interface Prioritized {
  readonly path: string;
  readonly priority?: number;
}

const places = 390;

/**
 * A rule's priority follows from its path alone, so that it stays when a service is added: the more of a path is literal
 * the earlier its rule, for the first rule that fits decides. Within a length the hash spreads the paths over 390 places,
 * of which 128 times fit into the 50,000 that there are.
 */
const ownPlace = (path: string): number => {
  const literal = /^[^*?]*/.exec(path)![0].length;
  const hash = Number.parseInt(createHash("sha1").update(path).digest("hex").slice(0, 8), 16);
  return (128 - literal) * places + (hash % places) + 1;
};

/** The priority of each service's rule; who finds its place taken moves to the next free one, in the order of names. */
export function prioritiesOf(routes: Readonly<Record<string, Prioritized>>): Map<string, number> {
  const given = Object.entries(routes).flatMap(([service, { priority }]): [string, number][] =>
    priority === undefined ? [] : [[service, priority]],
  );
  const wanted = Object.entries(routes)
    .filter(([, { priority }]) => priority === undefined)
    .map(([service, { path }]): [string, number] => [service, ownPlace(path)])
    .sort(([a, placeOfA], [b, placeOfB]) => placeOfA - placeOfB || (a < b ? -1 : 1));
  let last = 0;
  const computed = wanted.map(([service, place]): [string, number] => {
    last = Math.max(place, last + 1);
    return [service, last];
  });
  return new Map([...given, ...computed]);
}

/** The services whose priorities AWS would refuse, each with its priority. */
export const disputedOf = (priorities: ReadonlyMap<string, number>): string[] => {
  const all = [...priorities.values()];
  return [...priorities]
    .filter(([, priority]) => priority > 50000 || all.indexOf(priority) !== all.lastIndexOf(priority))
    .sort()
    .map(([service, priority]) => `${service} ${priority}`);
};
