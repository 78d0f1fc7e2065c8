/**
 * What a process may know of the machine that it runs on. Whatever else is in the developer's environment and home
 * folder, credentials among it, is none of its business: no container and no function of AWS has that.
 *
 * @param home a folder of its own
 */
export function hostEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "", LANG: process.env.LANG ?? "en_US.UTF-8", HOME: home };
}
