import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerS3 } from "./answer";
import type { ObjectStore } from "./store";

/** Serves the objects of a store over HTTP, whatever the name of the bucket. */
export const serveObjectStore = async (store: ObjectStore) => {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    const key = decodeURIComponent(pathname.split("/").slice(2).join("/"));
    const chunks: Buffer[] = [];
    // The list of the parts of an upload is no object.
    const isKept = request.method !== "PUT" || store.keepsBytes(key);
    request.on("data", (chunk: Buffer) => {
      if (isKept) chunks.push(chunk);
    });
    await once(request, "end");
    const { status, headers, body } = answerS3(store, {
      method: request.method ?? "",
      key,
      query: Object.fromEntries(searchParams),
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks),
    });
    response.writeHead(status, headers).end(body);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
