import { createHash } from "node:crypto";

/** What the priority of a rule depends on. */
interface RulePath {
  readonly path: string;
  readonly priority?: number;
}

const prioritiesPerLength = 390;

/**
 * The priority of a listener rule depends only on its path, so that it stays the same when a service is added. The first
 * rule that matches wins, so a path with a longer literal start gets a lower number. Each length of the literal start, 1
 * to 128, has 390 priorities (128 * 390 < 50,000), and a hash of the path picks one of them.
 */
const wantedPriority = (path: string): number => {
  const literal = /^[^*?]*/.exec(path)![0].length;
  const hash = Number.parseInt(createHash("sha1").update(path).digest("hex").slice(0, 8), 16);
  return (128 - literal) * prioritiesPerLength + (hash % prioritiesPerLength) + 1;
};

/** The priority of each service's rule. A rule whose priority is taken gets the next free one, in the order of names. */
export function prioritiesOf(routes: Readonly<Record<string, RulePath>>): Map<string, number> {
  const given = Object.entries(routes).flatMap(([service, { priority }]): [string, number][] =>
    priority === undefined ? [] : [[service, priority]],
  );
  const wanted = Object.entries(routes)
    .filter(([, { priority }]) => priority === undefined)
    .map(([service, { path }]): [string, number] => [service, wantedPriority(path)])
    .sort(([a, priorityOfA], [b, priorityOfB]) => priorityOfA - priorityOfB || (a < b ? -1 : 1));
  let last = 0;
  const computed = wanted.map(([service, priority]): [string, number] => {
    last = Math.max(priority, last + 1);
    return [service, last];
  });
  return new Map([...given, ...computed]);
}

/** The services whose priorities AWS would refuse, as `<service> <priority>`. */
export const conflictsOf = (priorities: ReadonlyMap<string, number>): string[] => {
  const all = [...priorities.values()];
  return [...priorities]
    .filter(([, priority]) => priority > 50000 || all.indexOf(priority) !== all.lastIndexOf(priority))
    .sort()
    .map(([service, priority]) => `${service} ${priority}`);
};
