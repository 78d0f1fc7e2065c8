const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { local, root } = require("./project.cjs");

/** Digest of what a step depends on. The root is part of it: a venv does not survive the move of its folder. */
function digest(inputs) {
  return createHash("sha256")
    .update(JSON.stringify([root, ...inputs]))
    .digest("hex");
}

const sleep = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Runs `work` while no other process runs the step of this name; a lock whose owner died does not count. */
function locked(name, work) {
  const lock = path.join(local, `${name}.lock`);
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      let owner = "";
      try {
        owner = fs.readFileSync(lock, "utf8");
      } catch {}
      // Empty: its owner is between making and writing the file, or died there.
      if (owner === "" ? isOlderThan(lock, 5_000) : !isRunning(Number(owner)))
        fs.rmSync(lock, { force: true });
      else sleep(200);
    }
  }
  try {
    return work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function isOlderThan(file, milliseconds) {
  try {
    return Date.now() - fs.statSync(file).mtimeMs > milliseconds;
  } catch {
    return false;
  }
}

/**
 * Makes something in `.local-aws/` once, and again when `inputs` change or what was made is no longer there.
 * The stamp is written last, so a step that was interrupted is simply done again. A `make` that throws leaves what was
 * made before as it was.
 */
function once(name, { inputs, exists, make }) {
  const stamp = path.join(local, `${name}.stamp`);
  const wanted = digest(inputs);
  const isDone = () => fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted && exists();
  if (isDone()) return;
  fs.mkdirSync(local, { recursive: true });
  locked(name, () => {
    if (isDone()) return;
    const former = fs.existsSync(stamp) ? fs.readFileSync(stamp) : undefined;
    fs.rmSync(stamp, { force: true });
    try {
      make();
    } catch (error) {
      if (former !== undefined) fs.writeFileSync(stamp, former);
      throw error;
    }
    fs.writeFileSync(stamp, wanted);
  });
}

module.exports = { once };
