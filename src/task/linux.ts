import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkAtPlan, isKnown, isToken } from "../core/validation";
import { type Capacity, defaultHint, mayRunOnFargate, mayRunOnFargateAtPlan } from "../launcher/capacity";
import type { TaskProps } from "./props";

/** A limit of the processes of a container (Amazon ECS API Reference, Ulimit). */
export interface Ulimit {
  /** The limit that applies: a whole number that is not above `hard`, or -1 for no limit. */
  readonly soft: number;
  /** The limit up to which a process can raise `soft`: a whole number, or -1 for no limit. */
  readonly hard: number;
}

const ulimitNames = [
  "core",
  "cpu",
  "data",
  "fsize",
  "locks",
  "memlock",
  "msgqueue",
  "nice",
  "nofile",
  "nproc",
  "rss",
  "rtprio",
  "rttime",
  "sigpending",
  "stack",
];

/** Capabilities that ECS knows (Amazon ECS API Reference, KernelCapabilities). */
const knownCapabilities = [
  "ALL",
  "AUDIT_CONTROL",
  "AUDIT_WRITE",
  "BLOCK_SUSPEND",
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "IPC_LOCK",
  "IPC_OWNER",
  "KILL",
  "LEASE",
  "LINUX_IMMUTABLE",
  "MAC_ADMIN",
  "MAC_OVERRIDE",
  "MKNOD",
  "NET_ADMIN",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_CHROOT",
  "SYS_MODULE",
  "SYS_NICE",
  "SYS_PACCT",
  "SYS_PTRACE",
  "SYS_RAWIO",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "SYSLOG",
  "WAKE_ALARM",
];

/** @throws ValidationError when ECS would refuse the limits or capabilities of the container. */
export function checkLinux(scope: Construct, props: TaskProps, capacity: Capacity): void {
  for (const [name, { soft, hard }] of Object.entries(props.ulimits ?? {})) {
    check(
      scope,
      ulimitNames.includes(name),
      `ulimits names "${name}"; allowed are ${ulimitNames.map((allowed) => `"${allowed}"`).join(", ")}.`,
    );
    check(
      scope,
      !isKnown(soft) || !isKnown(hard) || isLimit(soft, hard),
      `ulimits.${name} has soft ${soft} and hard ${hard}; both are whole numbers or -1 for no limit, and soft is not above hard.`,
    );
  }
  checkCapabilities(scope, "linuxCapabilitiesDrop", props.linuxCapabilitiesDrop);
  checkCapabilities(scope, "linuxCapabilitiesAdd", props.linuxCapabilitiesAdd);
  const { linuxCapabilitiesAdd: added = [] } = props;
  if ([capacity, added].some(isToken)) {
    checkAtPlan(
      scope,
      [capacity, added],
      expression`!${mayRunOnFargateAtPlan(capacity)} || length(setsubtract(${added}, ["SYS_PTRACE"])) == 0`,
      'linuxCapabilitiesAdd has another capability than "SYS_PTRACE", which is the only one that Fargate adds.',
    );
    return;
  }
  check(
    scope,
    !mayRunOnFargate(capacity) || added.every((name) => name === "SYS_PTRACE" || isToken(name)),
    `linuxCapabilitiesAdd is ${JSON.stringify(added)} with capacity "${capacity}"; Fargate adds only "SYS_PTRACE".${defaultHint(capacity)}`,
  );
}

function checkCapabilities(scope: Construct, prop: string, names: readonly string[] = []): void {
  if (isToken(names)) {
    checkAtPlan(
      scope,
      [names],
      expression`length(setsubtract(${names}, ${knownCapabilities})) == 0`,
      `${prop} names another capability; ECS takes ${knownCapabilities.join(", ")}.`,
    );
    return;
  }
  for (const name of names)
    check(
      scope,
      isToken(name) || knownCapabilities.includes(name),
      `${prop} names "${name}"; ECS takes ${knownCapabilities.join(", ")}.`,
    );
}

const isLimit = (soft: number, hard: number): boolean =>
  [soft, hard].every((limit) => Number.isInteger(limit) && limit >= -1) &&
  (hard === -1 || (soft !== -1 && soft <= hard));
