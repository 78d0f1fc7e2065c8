const name = "[A-Za-z_][A-Za-z0-9_-]*";
const key = String.raw`\[(?:\d+|"(?:[^"\\]|\\.)+")\]`;
const modulePath = `module\\.${name}(?:${key})?(?:\\.module\\.${name}(?:${key})?)*`;

const modulePattern = new RegExp(`^${modulePath}$`);
const resourcePattern = new RegExp(
  `^(?:(?<module>${modulePath})\\.)?(?!data\\.|module\\.)(?<type>${name})\\.${name}(?:${key})?$`,
);

/** Whether `address` is one of a module, for instance `module.a["b"].module.c`. */
export const isModuleAddress = (address: string): boolean => modulePattern.test(address);

/** The resource type in an address such as `module.a.aws_sqs_queue.this["b"]`. Not set when it is no such address. */
export const resourceTypeOf = (address: string): string | undefined =>
  resourcePattern.exec(address)?.groups?.type;

/** The address without keys of instances, for instance `module.a.aws_sqs_queue.this`. */
export const withoutKeys = (address: string): string => address.replaceAll(new RegExp(key, "g"), "");

/** Whether `inner` is `outer`, or a part of it: a resource of a module, or an instance of a resource. */
export const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
