import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Takes messages as a webhook of Slack does. */
export class SlackWebhook {
  /** The text of each message. */
  readonly messages: string[] = [];
  private readonly server = createServer(async (request, response) => {
    this.messages.push(JSON.parse(await text(request)).text);
    response.end("ok");
  });

  async start(): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
  }

  /** Its path is a credential. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/services/T000/B000/secret-of-the-webhook`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
