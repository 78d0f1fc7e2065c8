import fc from "fast-check";
import { type Cidr, contains, formatCidr, overlap, parseCidr, subnetOf } from "../../src/network/cidr";

const cidr = (text: string): Cidr => parseCidr(text)!;

test.each(["10.0.0.0/16", "0.0.0.0/0", "255.255.255.255/32", "192.168.255.240/28"])(
  "%s is written as a network",
  (text) => {
    expect(formatCidr(cidr(text))).toBe(text);
  },
);

test.each([
  "10.0.1.0/16",
  "10.0.0.256/32",
  "10.0.0/16",
  "10.0.0.0",
  "10.0.0.0/33",
  "10.0.0.0/016",
  "010.0.0.0/16",
  "::/16",
  "",
])("%j is not", (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test.each([
  ["10.0.0.0/16", "10.0.255.240/28", true],
  ["10.0.0.0/16", "10.0.0.0/16", true],
  ["10.0.0.0/16", "10.1.0.0/28", false],
  ["10.0.0.0/16", "9.255.255.240/28", false],
  ["10.0.0.0/24", "10.0.0.0/16", false],
])("%s contains %s: %s", (outer, inner, expected) => {
  expect(contains(cidr(outer), cidr(inner))).toBe(expected);
});

test.each([
  ["10.0.0.0/20", "10.0.16.0/20", false],
  ["10.0.0.0/20", "10.0.15.240/28", true],
  ["128.0.0.0/1", "255.255.255.240/28", true],
])("%s overlaps %s: %s", (a, b, expected) => {
  expect(overlap(cidr(a), cidr(b))).toBe(expected);
  expect(overlap(cidr(b), cidr(a))).toBe(expected);
});

test("a part is counted as by cidrsubnet", () => {
  expect(formatCidr(subnetOf(cidr("10.0.0.0/16"), 4, 9))).toBe("10.0.144.0/20");
  expect(formatCidr(subnetOf(cidr("192.168.7.0/24"), 4, 15))).toBe("192.168.7.240/28");
});

const networks = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => {
    const size = 2 ** (32 - prefix);
    return { prefix, first: address - (address % size), last: address - (address % size) + size - 1 };
  });

test("what is formatted is parsed again", () => {
  fc.assert(fc.property(networks, (network) => expect(parseCidr(formatCidr(network))).toEqual(network)));
});

test("networks overlap only when one contains the other", () => {
  fc.assert(
    fc.property(networks, networks, (a, b) => {
      expect(overlap(a, b)).toBe(contains(a, b) || contains(b, a));
    }),
  );
});

test("the parts of a network lie inside it, side by side", () => {
  const blocks = networks.filter(({ prefix }) => prefix <= 28);
  const part = fc.integer({ min: 0, max: 15 });
  fc.assert(
    fc.property(blocks, part, part, (block, i, j) => {
      const [a, b] = [subnetOf(block, 4, i), subnetOf(block, 4, j)];
      expect(contains(block, a)).toBe(true);
      expect(overlap(a, b)).toBe(i === j);
    }),
  );
});
