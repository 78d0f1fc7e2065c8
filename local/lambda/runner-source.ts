/**
 * The program of an execution environment, as text: the published package is one bundle and has no file from which a
 * child process could be started.
 */
export const RUNNER_SOURCE = String.raw`
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

const [root, handlerName] = process.argv.slice(2);

// Functions see the time of local AWS, which may have a virtual clock. A handler may keep Date.now when it loads.
const RealDate = Date;
let skewMs = 0;
const now = () => RealDate.now() + skewMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, created) => Reflect.construct(target, args.length === 0 ? [now()] : args, created),
  apply: () => new Date().toString(),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});

async function loadHandler() {
  const dot = handlerName.lastIndexOf(".");
  const base = join(root, handlerName.slice(0, dot));
  const file = [".js", ".cjs", ".mjs"].map((end) => base + end).find(existsSync);
  if (!file) throw named("Runtime.ImportModuleError", "Error: Cannot find module '" + handlerName.slice(0, dot) + "'");
  let loaded = file.endsWith(".mjs") ? await import(pathToFileURL(file)) : require(file);
  for (const part of handlerName.slice(dot + 1).split(".")) loaded = loaded?.[part];
  if (typeof loaded !== "function") throw named("Runtime.HandlerNotFound", handlerName + " is undefined or not exported");
  return loaded;
}

function named(name, message) {
  const error = new Error(message);
  error.name = name;
  return error;
}

function described(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}

function invoke(handler, event, context) {
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, value) => (error ? reject(error) : resolve(value)));
    if (typeof returned?.then === "function") returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
  });
}

// The lines that an invocation prints must be written before its result.
const drained = (stream) => new Promise((resolve) => stream.write("", resolve));

async function answer(message) {
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  process.send(message);
}

const loading = loadHandler();
loading.then(
  () => process.send({ type: "ready" }),
  (error) => answer({ type: "init-error", error: described(error) }),
);

process.on("message", async ({ event, context, deadline, skew, trace }) => {
  skewMs = skew;
  context.getRemainingTimeInMillis = () => Math.max(0, deadline - RealDate.now());
  context.callbackWaitsForEmptyEventLoop = true;
  if (trace) process.env._X_AMZN_TRACE_ID = trace;
  else delete process.env._X_AMZN_TRACE_ID;
  try {
    const value = await invoke(await loading, JSON.parse(event), context);
    await answer({ type: "result", payload: JSON.stringify(value) ?? "null" });
  } catch (error) {
    console.error(error);
    await answer({ type: "error", error: described(error) });
  }
});

process.on("uncaughtException", (error) => {
  console.error(error);
  process.exit(129);
});
process.on("unhandledRejection", (error) => {
  console.error(error);
  process.exit(128);
});
process.on("disconnect", () => process.exit());
`;
