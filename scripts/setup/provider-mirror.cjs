const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

/** Folders that Terraform takes for filesystem mirrors when no CLI configuration says otherwise. */
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

/** Whether `<folder>/<any host>/hashicorp/aws` holds the version for this machine, unpacked or as a zip. */
function isMirror(folder, version) {
  return subfolders(folder).some((host) => {
    const provider = path.join(host, "hashicorp", "aws");
    return (
      fs.existsSync(path.join(provider, version, target)) ||
      fs.existsSync(path.join(provider, `terraform-provider-aws_${version}_${target}.zip`))
    );
  });
}

function search(folder, version, depth) {
  if (isMirror(folder, version)) return folder;
  if (depth === 0) return undefined;
  for (const inner of subfolders(folder)) {
    const found = search(inner, version, depth - 1);
    if (found) return found;
  }
  return undefined;
}

/** A filesystem mirror on this machine that has the AWS provider in this version, or undefined. */
function findProviderMirror(version, folders = optionalSoftware) {
  for (const folder of impliedFolders()) if (isMirror(folder, version)) return folder;
  for (const folder of folders) {
    const found = search(folder, version, deepest);
    if (found) return found;
  }
  return undefined;
}

/** Where {@link findProviderMirror} looks, for messages. */
const searched = () => [...impliedFolders(), ...optionalSoftware];

module.exports = { findProviderMirror, isMirror, searched };
