import type { LocalAws } from "../../local";
import { plan, type ResourceChange, terraform } from "../../testing/terraform";

/** What each form plans, by address. */
export interface Plans {
  readonly modules: ReadonlyMap<string, ResourceChange>;
  readonly constructs: ReadonlyMap<string, ResourceChange>;
  /** Address of a resource in the modules -> address in the stack of the constructs. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** What a plan reads of the account: the secret of the setting `everything` of the block `database`. */
async function makeSecret({ environment }: LocalAws): Promise<void> {
  const { status } = await fetch(environment.AWS_ENDPOINT_URL!, {
    method: "POST",
    headers: {
      authorization:
        "AWS4-HMAC-SHA256 Credential=123456789012/20261128/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "secretsmanager.CreateSecret",
    },
    // moto takes the end of an ARN that it did not make for a name.
    body: JSON.stringify({
      Name: "database-AbCdEf",
      SecretString: JSON.stringify({ username: "owner_1", password: "not-a-secret" }),
    }),
  });
  expect(status).toBe(200);
}

/** Initializes and plans both roots at the same time. */
export async function planBoth(
  localAws: LocalAws,
  hcl: string,
  synthesized: { readonly folder: string; readonly addresses: ReadonlyMap<string, string> },
): Promise<Plans> {
  await makeSecret(localAws);
  const planned = async (folder: string) => {
    await terraform(folder, ["init", "-input=false"]);
    // Rendering thousands of resources as text takes a tenth of the time.
    return new Map(
      (await plan(folder, localAws.environment, "-json")).map((change) => [change.address, change]),
    );
  };
  const [ofModules, ofConstructs] = await Promise.allSettled([planned(hcl), planned(synthesized.folder)]);
  if (ofModules.status === "fulfilled" && ofConstructs.status === "fulfilled")
    return { modules: ofModules.value, constructs: ofConstructs.value, addresses: synthesized.addresses };
  const reasons = [ofModules, ofConstructs].flatMap((run) =>
    run.status === "rejected" ? [String(run.reason)] : [],
  );
  const isProgress = (line: string) => line.startsWith('{"@level":"info"');
  throw new Error(
    reasons
      .flatMap((reason) => reason.split("\n"))
      .filter((line) => !isProgress(line))
      .join("\n"),
  );
}

/** Addresses of the resources that both forms plan for one call of a module. Fails if they differ. */
export function addressesOf(label: string, { modules, addresses }: Plans): string[] {
  const isOfCall = (address: string) => address.startsWith(`module.${label}.`);
  const planned = [...modules.keys()].filter(isOfCall).sort();
  expect([...addresses.keys()].filter(isOfCall).sort()).toEqual(planned);
  expect(planned.length).toBeGreaterThan(0);
  return planned;
}

/** Fails unless both forms plan the same for one call of a module, value by value. */
export function expectSamePlan(label: string, plans: Plans): void {
  for (const address of addressesOf(label, plans)) {
    const theirs = plans.constructs.get(plans.addresses.get(address)!);
    expect({ address, ...values(theirs) }).toEqual({ address, ...values(plans.modules.get(address)) });
  }
}

/** Only where the bundle lies differs: beside its module there, among the stack's assets here. */
function values(change: ResourceChange | undefined): object {
  const { filename: _path, ...after } = change?.change.after ?? {};
  return { after, unknown: change?.change.after_unknown };
}
