import { once } from "node:events";
import { createServer } from "node:http";
import { readEvent } from "../../event";
import { defineJob } from "../../job";
import { engineEnvironment } from "./environment";

/**
 * Example of a job that serves HTTP until ECS stops it: `/health` for the load balancer, and at every other path the
 * service and the event of this task.
 */
export const engine = defineJob(engineEnvironment, async ({ event, environment, log, signal }) => {
  const { id, detail } = readEvent(event);
  const server = createServer(({ method, url = "/" }, response) => {
    if (url === "/health") {
      response.end("ok");
      return;
    }
    log.info("request", { method, url });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ service: detail.service, eventId: id, method, url }));
  });
  server.listen(Number(environment.PORT));
  await once(server, "listening");
  log.info("listening", { service: detail.service, eventId: id });

  if (!signal.aborted) await once(signal, "abort");
  server.close();
  server.closeIdleConnections();
  await once(server, "close");
  return 0;
});
