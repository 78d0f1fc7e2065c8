/**
 * The environment of a process of local AWS. It has no other variables of the developer and not the developer's home
 * folder, since both hold credentials that a container or function on AWS does not have.
 *
 * @param home a folder for this process
 */
export function hostEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "", LANG: process.env.LANG ?? "en_US.UTF-8", HOME: home };
}
