import type { Task } from "@aws-sdk/client-ecs";
import { Rejection } from "../shared/failures";
import { familyOf } from "../shared/names";
import { isGroupOf } from "../shared/routes";
import { holdsTarget, type Target, targetsOf } from "../shared/task-target";
import { type Actions, createActions, emptyReport, type Refuse, type Report } from "./actions";
import { decide, isUp, type Seen } from "./decide";
import type { Route } from "./environment";
import { groupBy } from "./group-by";
import { lag } from "./metrics";
import { NotSettled, reconcile, staleWaits } from "./reconcile";
import { type Described, describeTasks, isRunning, isWanted } from "./service-tasks";
import { StaleDescription } from "./stale-description";
import type { Work } from "./work";

/** A task that something was said about, by one message or by several. */
export type Subject = {
  service: string;
  taskArn: string;
  /** What ECS shows of the task may not be older. */
  version?: number | undefined;
  /** An event says that the task runs, and is young enough for ECS still to know the task. */
  running?: boolean;
  /** Since when it runs, in ms since 1970, as its event says. */
  runningSince?: number | undefined;
  /** When an event told of its end, in ms since 1970. */
  endedAt?: number | undefined;
  /** Its private IP address, as an event says. */
  address?: string | undefined;
  /**
   * When an earlier try to serve it was over for certain, in ms since 1970: that one may have broken off between an act
   * and the look that is to follow. Absent: this is the first.
   */
  triedUntil?: number | undefined;
  refuse: Refuse;
};

export type Settled = {
  /** By service. */
  reports: Map<string, Report>;
  /** Why a task was not served, by {@link keyOf}. */
  errors: Map<string, unknown>;
};

/** Whoever names a task as one of a service to which it does not belong takes nothing from those who name it rightly. */
export const keyOf = (service: string, taskArn: string): string => `${service} ${taskArn}`;

/** How far the clocks of ECS and of this function may be apart. */
const skewMs = 5_000;

/** Milliseconds before each look. The second look is only for what something was done about, and comes at once. */
const waits = [0, 0, ...staleWaits];

const notYetUp = ["PROVISIONING", "PENDING", "ACTIVATING"];

/** The tasks of one service of those that are looked at. */
type Service = {
  name: string;
  route: Route;
  report: Report;
  /** Absent without a target group. */
  actions: Actions | undefined;
  /** What was done last about a task, by its ARN. */
  done: Map<string, "registered" | "deregistered">;
  /** What ECS does not show yet of a task. */
  lacking: Map<Subject, string>;
  /** Tasks that only a look at the whole service can tell about. */
  unclear: Set<Subject>;
};

/**
 * Makes the target groups right as far as these tasks go: one that runs is in its service's group; one that has ended or
 * is to be stopped is not, and is stopped when its target has drained.
 *
 * What it costs depends on the number of these tasks alone: one description for a hundred of them, whatever their
 * services, and one more after something was done, so that whoever acted on what was no longer true sees it. A target is
 * taken out only while its task still holds the address, or after a look at the whole service has shown that no other
 * task has it.
 */
export const settle = async (subjects: readonly Subject[], work: Work): Promise<Settled> => {
  const settled: Settled = { reports: new Map(), errors: new Map() };
  const clusters = groupBy(subjects, ({ service }) => work.routes[service]!.cluster);
  await Promise.all(
    [...clusters].map(([cluster, ofCluster]) => settleCluster(cluster, ofCluster, work, settled)),
  );
  return settled;
};

const settleCluster = async (
  cluster: string,
  subjects: readonly Subject[],
  work: Work,
  { reports, errors }: Settled,
): Promise<void> => {
  const services = new Map<string, Service>();
  for (const [name, ofService] of groupBy(subjects, ({ service }) => service)) {
    const service = createService(name, ofService, work);
    services.set(name, service);
    reports.set(name, service.report);
  }
  const fail = (failed: Iterable<Subject>, error: unknown) => {
    for (const { service, taskArn } of failed) errors.set(keyOf(service, taskArn), error);
  };

  /** Looks once. Resolves to those that have to be looked at again. */
  const look = async (looking: readonly Subject[]): Promise<Subject[]> => {
    const arns = [...new Set(looking.map(({ taskArn }) => taskArn))];
    const described = await describeTasks(work.ecs, cluster, arns, work.calls.make);
    const again = await Promise.all(
      [...groupBy(looking, ({ service }) => service)].map(async ([name, ofService]) => {
        const service = services.get(name)!;
        for (const subject of ofService) {
          const error = described.errors.get(subject.taskArn);
          if (error !== undefined) fail([subject], unreadable(subject, error));
        }
        const readable = ofService.filter(({ taskArn }) => !described.errors.has(taskArn));
        try {
          return await act(service, readable, described, work);
        } catch (error) {
          fail(readable, error);
          return [];
        }
      }),
    );
    return again.flat();
  };

  const lackingOf = (subject: Subject) => services.get(subject.service)!.lacking.get(subject);

  let looking = [...subjects];
  for (const [index, wait] of waits.entries()) {
    if (looking.length === 0) break;
    if (index === 1 && looking.every((subject) => lackingOf(subject) !== undefined)) continue;
    if (wait > 0) await work.sleep(wait);
    looking = await look(looking);
  }
  for (const subject of looking) {
    const { service } = subject;
    const what = lackingOf(subject);
    fail([subject], what === undefined ? new NotSettled(service) : new StaleDescription(service, what));
  }
  for (const service of services.values()) {
    await lookAtAll(service, subjects, work).catch((error) => fail(service.unclear, error));
  }
};

const createService = (name: string, subjects: readonly Subject[], work: Work): Service => {
  const route = work.routes[name]!;
  const report = emptyReport();
  const refuse: Refuse = async (taskArn, reason) =>
    subjects.find((subject) => subject.taskArn === taskArn)?.refuse(taskArn, reason);
  const { targetGroup } = route;
  const actions = targetGroup ? createActions(name, route, targetGroup, work, report, refuse) : undefined;
  return { name, route, report, actions, done: new Map(), lacking: new Map(), unclear: new Set() };
};

/** Acts on what ECS shows of some tasks of a service. Resolves to those that have to be looked at again. */
const act = async (
  service: Service,
  subjects: readonly Subject[],
  { tasks }: Described,
  work: Work,
): Promise<Subject[]> => {
  const { name, route, report, actions, done, lacking, unclear } = service;
  const { ecs, calls, memory, now, emit } = work;
  // Nothing to register, and a stop event stops its tasks at once.
  if (actions === undefined) return [];

  // What an event or a message says of a task is believed as far as ECS confirms it.
  const ours = subjects.filter(({ taskArn }) => isOurs(service, tasks.get(taskArn)));
  const found = ours.flatMap(({ taskArn }) => tasks.get(taskArn) ?? []);
  const find = () => targetsOf(ecs, route, found, memory.instanceIds);
  const targets = await (route.targetType === "instance" ? calls.make(find) : find());
  const open = new Map<string, Subject>();
  const seen: Seen[] = [];
  lacking.clear();
  for (const subject of ours) {
    const { taskArn, address } = subject;
    const [task, target] = [tasks.get(taskArn), targets.get(taskArn)];
    const what = whatLacks(subject, task, target);
    if (what !== undefined) lacking.set(subject, what);
    else if (!isAsLeft(task, route, done.get(taskArn)) && !neverRan(task)) {
      open.set(taskArn, subject);
      seen.push({ taskArn, task, target, address });
    }
  }
  const again = [...lacking.keys()];
  if (seen.length === 0) return again;

  const { register, deregister, stop, draining, left, gone } = decide(
    seen,
    await membersOf(actions, seen),
    route,
  );
  for (const taskArn of stop) await actions.stop(taskArn, "An event asked for it; its target has drained");
  report.draining.push(...draining);
  const before = report.registered.length;
  await actions.change(register, deregister);
  const registered = report.registered.slice(before);
  for (const { taskArn } of registered) {
    done.set(taskArn, "registered");
    const since = open.get(taskArn)?.runningSince;
    if (since !== undefined) emit([lag(name, now() - since)]);
  }
  for (const { taskArn } of deregister) done.set(taskArn, "deregistered");
  const changed = [...registered, ...deregister].map(({ taskArn }) => open.get(taskArn)!);

  for (const taskArn of [...left, ...gone]) {
    const subject = open.get(taskArn)!;
    // What broke off, or went on while the task ended, may have taken out what was another task's already.
    const mayBeWrong = left.includes(taskArn) || subject.triedUntil !== undefined || done.has(taskArn);
    if (mayBeWrong && !isCovered(service, subject, tasks.get(taskArn), work)) unclear.add(subject);
  }
  if (unclear.size === 0) return [...again, ...changed];
  // A look at the whole service sees what was done here, too.
  for (const subject of changed) unclear.add(subject);
  return again;
};

const isOurs = ({ name, route }: Service, task: Task | undefined): boolean =>
  task === undefined ||
  (isGroupOf(name, task.group) && familyOf(task.taskDefinitionArn ?? "") === route.family);

const whatLacks = (
  { taskArn, version = 0, running = false }: Subject,
  task: Task | undefined,
  target: Target | undefined,
): string | undefined => {
  if (task === undefined) return running ? taskArn : undefined;
  if ((task.version ?? version) < version) return `version ${version} of ${taskArn}, but ${task.version}`;
  if (isRunning(task) && target === undefined) return `address and port of ${taskArn}`;
  return undefined;
};

/** Nothing came between what was done about the task and this look at it. */
const isAsLeft = (
  task: Task | undefined,
  route: Route,
  done: "registered" | "deregistered" | undefined,
): boolean => {
  if (done === undefined || task === undefined) return false;
  return done === "registered" ? isUp(task) : !isUp(task) && holdsTarget(task, route);
};

/** It has no target, and never had one. */
const neverRan = (task: Task | undefined): boolean => {
  if (task === undefined) return false;
  if (isWanted(task)) return notYetUp.includes(task.lastStatus ?? "");
  return task.startedAt === undefined;
};

/** What the group holds of the targets of these tasks. */
const membersOf = (actions: Actions, seen: readonly Seen[]) => {
  // Of a task that ECS has forgotten only an event has the address, and nothing the port.
  if (seen.some(({ target, address }) => target === undefined && address !== undefined))
    return actions.members();
  const asked = seen.flatMap(({ target }) => target ?? []);
  return asked.length === 0 ? [] : actions.members(asked);
};

/**
 * Whether this execution environment has looked at the whole service since the task ended, and since an earlier try to
 * serve it was over. A target of its address that is still there is then that of another task.
 */
const isCovered = (
  { name, done }: Service,
  { taskArn, endedAt, triedUntil = 0 }: Subject,
  task: Task | undefined,
  { memory }: Work,
): boolean => {
  if (done.has(taskArn)) return false;
  const ended = task?.stoppingAt?.getTime() ?? endedAt ?? Number.POSITIVE_INFINITY;
  return Math.max(ended, triedUntil) + skewMs < (memory.fullLooks.get(name) ?? 0);
};

const lookAtAll = async (
  { name, report, unclear }: Service,
  subjects: readonly Subject[],
  work: Work,
): Promise<void> => {
  const [subject] = unclear;
  if (subject === undefined) return;
  // Those that an event has just told of: the list may be older than that.
  const running = subjects.filter((each) => each.service === name && each.running);
  const known = running.map(({ taskArn }) => taskArn);
  const full = await reconcile(name, work, subject.refuse, { known });
  report.missing = full.missing;
  report.stale = full.stale;
  report.registered.push(...full.registered);
  report.deregistered.push(...full.deregistered);
  report.stopped.push(...full.stopped);
  report.draining = [...new Set([...report.draining, ...full.draining])];
};

// What ECS says to an ARN of another account, for instance. It will never say anything else.
const unreadable = ({ taskArn }: Subject, error: unknown): unknown =>
  error instanceof Error && error.name === "InvalidParameterException"
    ? new Rejection(error.name, `DescribeTasks: ${taskArn}: ${error.message.slice(0, 300)}`)
    : error;
