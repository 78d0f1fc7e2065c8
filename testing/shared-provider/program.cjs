/**
 * The AWS provider, with fewer types in its schema: `node program.cjs PROVIDER TYPES SCHEMA`, where TYPES is a JSON list and
 * SCHEMA the file that keeps the smaller schema for the next start. Prints what belongs in TF_REATTACH_PROVIDERS for this one
 * provider, and ends with its standard input.
 *
 * Each run of Terraform asks for the schemas of all 1,500 types, which takes 3 s of processor time: 1 s in the provider and
 * 2 s in Terraform. All other calls go to the real provider.
 */
const { spawn } = require("node:child_process");
const { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const http2 = require("node:http2");
const net = require("node:net");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { createInterface } = require("node:readline");
const { smallerSchema } = require("./smaller-schema.cjs");

const [, , providerProgram, typesJson, schemaFile] = process.argv;
const types = new Set(JSON.parse(typesJson));
const folder = mkdtempSync(join(tmpdir(), "provider-"));
const provider = spawn(providerProgram, ["-debug"], { stdio: ["ignore", "pipe", "ignore"] });

// Also after an error that nothing catches.
process.once("exit", () => {
  provider.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
process.stdin.resume().once("end", () => process.exit());
provider
  .once("exit", () => process.exit())
  .once("error", (error) => {
    throw error;
  });

createInterface(provider.stdout).on("line", (line) => {
  const [, json] = /^\s*TF_REATTACH_PROVIDERS='(.*)'$/.exec(line) ?? [];
  if (json) serve(Object.values(JSON.parse(json))[0]);
});

const MEBIBYTE = 2 ** 20;
/** The first bytes of a gRPC message: whether it is compressed, and its length. */
const PREFIX = 5;
const SUCCESS = {
  head: { ":status": 200, "content-type": "application/grpc" },
  trailers: { "grpc-status": "0" },
};

function serve(attach) {
  const calls = http2.connect("http://provider", {
    createConnection: () => net.connect(attach.Addr.String),
    settings: { initialWindowSize: 64 * MEBIBYTE },
  });
  let schema = existsSync(schemaFile) ? Promise.resolve(readFileSync(schemaFile)) : undefined;
  const server = http2.createServer().on("stream", (stream, headers) => {
    if (/\/(GetSchema|GetProviderSchema)$/.test(headers[":path"])) {
      schema ??= requestSchema(calls, headers);
      schema.then((message) => {
        if (!stream.destroyed) reply(stream, SUCCESS.head, SUCCESS.trailers).end(message);
      });
    } else {
      forward(stream, calls.request(headers));
    }
  });
  const address = join(folder, "socket");
  server.listen(address, () => {
    console.log(JSON.stringify({ ...attach, Addr: { Network: "unix", String: address } }));
  });
}

/** Begins an answer. The trailers, in which gRPC has its status, may come later. */
function reply(stream, head, trailers) {
  stream.respond(head, { waitForTrailers: true });
  return stream.once("wantTrailers", () => stream.sendTrailers(trailers));
}

function forward(stream, call) {
  const trailers = {};
  call.once("trailers", (received) => Object.assign(trailers, received));
  call.once("response", (head, flags) => {
    if (stream.destroyed) return;
    // An error has its status in the head, and nothing else.
    if (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) stream.respond(head, { endStream: true });
    else call.pipe(reply(stream, head, trailers));
  });
  stream.pipe(call);
  // A run that was stopped leaves its calls.
  stream.once("close", () => call.close(http2.constants.NGHTTP2_CANCEL));
  for (const side of [stream, call]) side.on("error", () => {});
}

async function requestSchema(calls, headers) {
  const call = calls.request(headers);
  call.end(Buffer.alloc(PREFIX));
  const chunks = [];
  for await (const chunk of call) chunks.push(chunk);
  if (chunks.length === 0) throw new Error("The provider did not answer with its schema.");
  const message = smallerSchema(Buffer.concat(chunks).subarray(PREFIX), (type) => types.has(type));
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  const answer = Buffer.concat([prefix, message]);
  // Another start may read or write the same file at this moment.
  const file = `${schemaFile}.${process.pid}`;
  writeFileSync(file, answer);
  renameSync(file, schemaFile);
  return answer;
}
