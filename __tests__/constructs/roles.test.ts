import { Launcher } from "../../src/launcher";
import { Task } from "../../src/task";
import { evaluate } from "../local/permissions";
import { blocks } from "../parity/blocks";
import type { Block } from "../parity/blocks/block";
import { resolvedPolicy } from "./role-policies";
import { only, synthesize } from "./synth";

type Roles = { permissionsBoundaryArn?: string; path?: string; namePrefix?: string; nameSuffix?: string };

const synthesized = new Map<string, Record<string, unknown>[]>();

const rolesIn = (block: Block, setting: string): Record<string, unknown>[] => {
  const key = `${block.module} ${setting}`;
  const roles =
    synthesized.get(key) ??
    Object.values(synthesize((stack) => block.construct(stack, setting)).aws_iam_role ?? {});
  synthesized.set(key, roles);
  return roles;
};

const settingsOf = (block: Block): [string, Roles][] =>
  Object.entries(block.settings).map(([setting, props]) => [
    setting,
    (props as { roles?: Roles }).roles ?? {},
  ]);

const withRoles = blocks.filter((block) =>
  Object.keys(block.settings).some((setting) => rolesIn(block, setting).length > 0),
);

test("blocks without IAM roles do not count", () => {
  expect(withRoles.length).toBeGreaterThan(5);
  expect(withRoles.length).toBeLessThan(blocks.length);
});

describe.each(withRoles.map((block) => [block.module, block] as const))("%s", (_name, block) => {
  test("every IAM role has the boundary, the path, the prefix and the suffix of the setting, in a setting with every role", () => {
    const numbers = settingsOf(block).map(([setting, roles]) => {
      const made = rolesIn(block, setting);
      for (const role of made) {
        expect(role.permissions_boundary).toBe(roles.permissionsBoundaryArn);
        expect(role.path).toBe(roles.path);
        // A name in `names` replaces prefix and suffix too.
        const { namePrefix = "", nameSuffix = "" } = "names" in block.settings[setting]! ? {} : roles;
        expect(String(role.name).startsWith(namePrefix)).toBe(true);
        expect(String(role.name).endsWith(nameSuffix)).toBe(true);
      }
      return { made: made.length, given: Object.keys(roles).length };
    });
    const complete = numbers.filter(({ given }) => given === 4);
    expect(complete.length).toBeGreaterThan(0);
    expect(Math.max(...complete.map(({ made }) => made))).toBe(Math.max(...numbers.map(({ made }) => made)));
  });
});

// What AWS has once in an account for all regions. Bucket names get a random end.
const globalNames = {
  aws_iam_role: "name",
  aws_iam_policy: "name",
  aws_iam_instance_profile: "name",
  aws_cloudwatch_dashboard: "dashboard_name",
};

test("every name that two regions of an account would share has the suffix", () => {
  const suffix = "-eu-west-1";
  const seen = new Set<string>();
  for (const block of withRoles) {
    const props = { ...block.settings.defaults, roles: { nameSuffix: suffix } };
    const made = synthesize((stack) => block.constructWith(stack, "block", props));
    for (const [type, attribute] of Object.entries(globalNames)) {
      for (const resource of Object.values(made[type] ?? {})) {
        expect(resource[attribute]).toMatch(/-eu-west-1$/);
        seen.add(type);
      }
    }
  }
  expect([...seen].sort()).toEqual(Object.keys(globalNames).sort());
});

const location = {
  clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
  vpcId: "vpc-0a1b2c3d4e5f60718",
  subnetIds: ["subnet-0a1b2c3d4e5f60718"],
};
const task = (roles: Roles) =>
  synthesize((stack) => new Task(stack, "auth", { ...location, name: "auth", image: "busybox", roles }));

test("a launcher is allowed to pass the roles of a task with their path, and no roles of the same names elsewhere", async () => {
  const roles = { path: "/engines/eu/", namePrefix: "acme-" };
  const made = synthesize((stack) => {
    const auth = new Task(stack, "auth", { ...location, name: "auth", image: "busybox", roles });
    new Launcher(stack, "launcher", { name: "engines", routes: { auth }, roles });
  });
  const { policy } = only(made, "aws_iam_policy");
  const { Statement } = resolvedPolicy(
    made,
    // Parts of the ARNs of task definitions come from data sources, which only Terraform reads.
    String(policy).replaceAll(
      /\$\{trimprefix\(trimsuffix\(jsonencode\((data\.[^"]*|element\(.*?\), 1\))\), "\\""\), "\\""\)\}/g,
      "x",
    ),
  ) as { Statement: { Action: string }[] };
  const passRole = Statement.filter(({ Action }) => Action === "iam:PassRole");
  expect(passRole).toHaveLength(1);
  const role = {
    roleArn: "arn:aws:iam::123456789012:role/engines/eu/acme-engines-start-task",
    documents: [{ name: "launch", policy: { Version: "2012-10-17", Statement: passRole } }],
  };
  const pass = (passed: string) =>
    evaluate(role, "iam:PassRole", `arn:aws:iam::123456789012:role/${passed}`, {
      "iam:PassedToService": "ecs-tasks.amazonaws.com",
    });
  expect(await pass("engines/eu/acme-auth-task")).toBe("Allowed");
  expect(await pass("engines/eu/acme-auth-execution")).toBe("Allowed");
  expect(await pass("acme-auth-task")).toBe("ImplicitlyDenied");
  expect(await pass("engines/eu/auth-task")).toBe("ImplicitlyDenied");
});

test("without roles a role has neither boundary nor path", () => {
  for (const role of Object.values(task({}).aws_iam_role!)) {
    expect(role).not.toHaveProperty("permissions_boundary");
    expect(role).not.toHaveProperty("path");
  }
});

test.each<[Roles, string]>([
  [
    { permissionsBoundaryArn: "boundary" },
    'roles.permissionsBoundaryArn is "boundary"; it takes the ARN of an IAM policy',
  ],
  [{ permissionsBoundaryArn: "arn:aws:iam::123456789012:role/a" }, "it takes the ARN of an IAM policy"],
  [{ path: "engines/" }, 'roles.path is "engines/"; it takes "/", or up to 512 printable ASCII characters'],
  [{ path: "/engines" }, 'roles.path is "/engines"; it takes "/"'],
  [{ path: "/a b/" }, 'roles.path is "/a b/"; it takes "/"'],
  [{ path: `/${"a".repeat(511)}/` }, 'it takes "/", or up to 512'],
  [
    { namePrefix: "acme/" },
    'roles.namePrefix is "acme/"; a role name has letters, digits and _ + = , . @ -.',
  ],
  [
    { namePrefix: "a".repeat(51) },
    `roles makes the role name "${"a".repeat(51)}auth-execution" of 65 characters, with namePrefix "${"a".repeat(51)}" and nameSuffix ""; an IAM role name has at most 64.`,
  ],
  [
    { nameSuffix: "-eu/west" },
    'roles.nameSuffix is "-eu/west"; a role name has letters, digits and _ + = , . @ -.',
  ],
  [
    { nameSuffix: "a".repeat(51) },
    `roles makes the role name "auth-execution${"a".repeat(51)}" of 65 characters, with namePrefix "" and nameSuffix`,
  ],
])("refuses %j", (roles, message) => {
  expect(() => task(roles)).toThrow(message);
});

test("takes the longest path and name, and a partition other than aws", () => {
  task({ path: `/${"a".repeat(510)}/`, namePrefix: "a".repeat(50) });
  task({ path: "/", permissionsBoundaryArn: "arn:aws-us-gov:iam::123456789012:policy/a/b" });
});
