const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

/** Folders that Terraform and OpenTofu take for filesystem mirrors when no CLI configuration says otherwise. */
function impliedFolders() {
  const { HOME = os.homedir(), XDG_DATA_HOME, XDG_DATA_DIRS } = process.env;
  const data =
    process.platform === "darwin"
      ? [
          path.join(HOME, "Library/Application Support/io.terraform"),
          "/Library/Application Support/io.terraform",
        ]
      : [
          path.join(XDG_DATA_HOME || path.join(HOME, ".local/share"), "terraform"),
          path.join(XDG_DATA_HOME || path.join(HOME, ".local/share"), "opentofu"),
          ...(XDG_DATA_DIRS || "/usr/local/share:/usr/share")
            .split(":")
            .map((folder) => path.join(folder, "terraform")),
        ];
  return [
    path.resolve("terraform.d/plugins"),
    path.join(HOME, ".terraform.d/plugins"),
    ...data.map((folder) => path.join(folder, "plugins")),
  ];
}

/** Where systems keep optional software: a mirror that an administrator put there lies a few folders deep. */
const optionalSoftware = ["/opt", "/usr/local", "/srv"];
const deepest = 3;

const architectures = { x64: "amd64", ia32: "386" };
const target = `${process.platform}_${architectures[process.arch] || process.arch}`;

function subfolders(folder) {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => path.join(folder, entry.name));
  } catch {
    return [];
  }
}

/** The version's package for this machine in `<mirror>/<host>/hashicorp/aws`, unpacked or as a zip, or undefined. */
function packageOf(mirror, host, version) {
  const provider = path.join(mirror, host, "hashicorp", "aws");
  return [
    path.join(provider, version, target),
    path.join(provider, `terraform-provider-aws_${version}_${target}.zip`),
  ].find(fs.existsSync);
}

/** The version's package for this machine, whatever host the mirror has it for, or undefined. */
function anyPackage(mirror, version) {
  return subfolders(mirror)
    .map((host) => packageOf(mirror, path.basename(host), version))
    .find(Boolean);
}

function search(folder, version, depth) {
  const here = anyPackage(folder, version);
  if (here !== undefined || depth === 0) return here;
  for (const inner of subfolders(folder)) {
    const found = search(inner, version, depth - 1);
    if (found) return found;
  }
  return undefined;
}

/** The folders of the `filesystem_mirror` blocks in a CLI configuration. */
function mirrorsOf(configurationFile) {
  if (configurationFile === undefined) return [];
  const text = fs.readFileSync(configurationFile, "utf8");
  return [...text.matchAll(/\bfilesystem_mirror\s*\{[^}]*?\bpath\s*=\s*"([^"]+)"/g)].map(
    ([, folder]) => folder,
  );
}

/**
 * The AWS provider in this version in a filesystem mirror on this machine, or undefined. The host that the mirror has
 * it for does not matter: Terraform and OpenTofu ask different ones for the same package.
 */
function findProvider(version, configurationFile, folders = optionalSoftware) {
  for (const folder of [...mirrorsOf(configurationFile), ...impliedFolders()]) {
    const found = anyPackage(folder, version);
    if (found) return found;
  }
  for (const folder of folders) {
    const found = search(folder, version, deepest);
    if (found) return found;
  }
  return undefined;
}

/** Where {@link findProvider} looks, for messages. */
const searched = (configurationFile) => [
  ...mirrorsOf(configurationFile),
  ...impliedFolders(),
  ...optionalSoftware,
];

/** The hosts under which Terraform and OpenTofu look for `hashicorp/aws`. */
const hosts = ["registry.terraform.io", "registry.opentofu.org"];

/** Makes a mirror that has one package for both hosts. A package that lies in `owned` is moved into it, others are linked. */
function layMirror(mirror, version, found, owned) {
  const [first, second] = hosts.map((host) => {
    const provider = path.join(mirror, host, "hashicorp", "aws");
    const file = found.endsWith(".zip")
      ? path.join(provider, path.basename(found))
      : path.join(provider, version, target);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    return file;
  });
  const original = fs.realpathSync(found);
  if (original.startsWith(fs.realpathSync(owned) + path.sep)) fs.renameSync(original, first);
  else fs.symlinkSync(original, first);
  // Relative, so that the mirror can be moved.
  fs.symlinkSync(path.relative(path.dirname(second), first), second);
}

/** Whether the mirror has the version for both hosts. */
const isComplete = (mirror, version) => hosts.every((host) => packageOf(mirror, host, version) !== undefined);

module.exports = { anyPackage, findProvider, hosts, isComplete, layMirror, searched, target };
