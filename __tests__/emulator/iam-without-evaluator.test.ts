import { VirtualClock } from "../../local/clock";
import { RoleAuthorization } from "../../local/iam/role-authorization";
import { Sessions } from "../../local/iam/sessions";
import { InMemory } from "../../local/in-memory";

// As where the optional peer dependency is not installed.
jest.mock("@cloud-copilot/iam-simulate", () => {
  throw Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
});

test("allows everything without the evaluator, and logs that once", async () => {
  const lines: string[] = [];
  const role = "arn:aws:iam::123456789012:role/r";
  const authorization = new RoleAuthorization({
    clock: new VirtualClock(),
    upstream: new InMemory([]),
    sessions: new Sessions(),
    resourcePolicy: async () => undefined,
    log: (line) => lines.push(line),
  });
  expect(await authorization.isAllowed(role, "sqs:SendMessage", "*")).toBe(true);
  expect(await authorization.trusts(role, "lambda.amazonaws.com", "arn:aws:lambda:::")).toBe(true);
  expect(lines).toEqual([
    "iam: permissions are not enforced. To enforce them, install @cloud-copilot/iam-simulate.",
  ]);
});
