import * as v from "valibot";
import { parseEnvironment } from "../../handlers/shared/schema";
import { databaseVariables } from "../../scan-database";

const parse = (more: Record<string, string | undefined> = {}) =>
  parseEnvironment(v.object(databaseVariables), {
    DB_HOST: "scans.aaaaaaaaaa.eu-west-1.rds.amazonaws.com",
    DB_NAME: "scans",
    DB_SECRET_ARN: "arn:secret",
    ...more,
  });

test("sets the port of PostgreSQL", () => {
  expect(parse()).toMatchObject({ DB_PORT: 5432 });
  expect(parse({ DB_PORT: "5433" })).toMatchObject({ DB_PORT: 5433 });
});

test.each([
  [
    "DB_HOST with a port",
    { DB_HOST: "scans.rds.amazonaws.com:5432" },
    "DB_HOST: expected a host name without a port",
  ],
  ["no DB_HOST", { DB_HOST: undefined }, "DB_HOST: expected a value, found nothing"],
  ["a port that is none", { DB_PORT: "0" }, "DB_PORT: expected a port from 1 to 65535"],
  ["a text as port", { DB_PORT: "postgres" }, 'DB_PORT: expected a port, such as "5432"'],
  ["no secret", { DB_SECRET_ARN: "" }, "DB_SECRET_ARN: expected a value"],
])("refuses %s", (_what, more, message) => {
  expect(() => parse(more)).toThrow(message);
});
