import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** The S3 endpoint of a VPC: what comes through it has no credentials, and S3 knows the endpoint. */
export class VpcEndpoint {
  private readonly server = createServer((incoming, outgoing) => {
    const headers = { "x-local-aws-vpc-endpoint": this.id };
    const asked = request(`${this.s3}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    asked.on("error", () => outgoing.destroy());
    asked.end();
  });

  constructor(
    private readonly id: string,
    private readonly s3: string,
  ) {}

  /** Resolves with the URL of S3 behind the endpoint. */
  async start(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
