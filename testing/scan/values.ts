import type { FindingType } from "../../scanner";
import type { Random } from "./random";

/** Groups of digits, with one separator. */
const grouped = (digits: string, lengths: readonly number[], separator: string): string => {
  const groups: string[] = [];
  let rest = digits;
  for (const length of lengths) {
    groups.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return groups.join(separator);
};

export const ssnDigits = (random: Random): string => {
  let area = random.integer(1, 899);
  if (area === 666) area = 667;
  return (
    String(area).padStart(3, "0") +
    String(random.integer(1, 99)).padStart(2, "0") +
    String(random.integer(1, 9999)).padStart(4, "0")
  );
};

/** Makes the check digit of Luhn's formula the last one. */
export const withCheckDigit = (digits: string): string => {
  let sum = 0;
  for (let index = digits.length - 1, doubled = true; index >= 0; index--, doubled = !doubled) {
    const digit = Number(digits[index]) * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return digits + String((10 - (sum % 10)) % 10);
};

const cards: readonly { prefixes: readonly string[]; length: number; groups: readonly number[] }[] = [
  { prefixes: ["4"], length: 16, groups: [4, 4, 4, 4] },
  { prefixes: ["51", "52", "53", "54", "55", "2221", "2345", "2720"], length: 16, groups: [4, 4, 4, 4] },
  { prefixes: ["34", "37"], length: 15, groups: [4, 6, 5] },
  { prefixes: ["6011", "644", "65"], length: 16, groups: [4, 4, 4, 4] },
];

const card = (random: Random): { digits: string; groups: readonly number[] } => {
  const { prefixes, length, groups } = random.pick(cards);
  const prefix = random.pick(prefixes);
  return { digits: withCheckDigit(prefix + random.digits(length - 1 - prefix.length)), groups };
};

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The id of an access key of this account, made as AWS makes them: the account is in the bits 1 to 40 after the prefix. */
export const accessKey = (random: Random, account = "123456789012"): string => {
  const low = BigInt(random.integer(0, 127));
  let bits = ((1n << 47n) | (BigInt(account) << 7n) | low) << 2n;
  let text = "";
  for (let index = 0; index < 10; index++, bits >>= 5n) text = base32[Number(bits & 31n)] + text;
  return random.pick(["AKIA", "AKIA", "ASIA"]) + text + random.text(base32, 6);
};

/** 40 characters as a secret access key has them. */
export const secretKey = (random: Random): string => {
  for (;;) {
    const key = random.text(base64, 40);
    if (/[a-z]/.test(key) && /[A-Z]/.test(key) && /\d/.test(key) && new Set(key).size >= 24) return key;
  }
};

const firstNames = [
  "anna",
  "jo",
  "maria.luz",
  "o'brien",
  "peter_k",
  "x.y.z",
  "li+news",
  "sam-l",
  "m.müller",
  "t4",
];
const domains = [
  "firma.de",
  "mail.corp-group.com",
  "uni.edu",
  "b.co",
  "shop.co.uk",
  "post.example-bank.org",
  "büro.de",
];

const americanDigits = (random: Random): string =>
  random.pick(["202", "312", "415", "617", "713", "919"]) +
  random.pick(["234", "456", "567", "789", "886"]) +
  random.digits(4);

const phonesAbroad: readonly ((random: Random) => string)[] = [
  (random) => `+44 20 7${random.digits(3)} ${random.digits(4)}`,
  (random) => `+49 89 ${random.integer(2, 9)}${random.digits(3)} ${random.digits(4)}`,
  (random) => `+33 1 4${random.digits(1)} ${random.digits(2)} ${random.digits(2)} ${random.digits(2)}`,
  (random) => `+919${random.digits(9)}`,
  (random) => `+34 9${random.integer(1, 5)}${random.digits(1)} ${random.digits(3)} ${random.digits(3)}`,
  (random) => `+61 2 9${random.digits(3)} ${random.digits(4)}`,
  (random) => `+55 11 9${random.integer(5, 9)}${random.digits(3)}-${random.digits(4)}`,
  (random) => `+41 44 ${random.integer(2, 6)}${random.digits(2)} ${random.digits(2)} ${random.digits(2)}`,
];
const localPhonesAbroad: readonly ((random: Random) => string)[] = [
  (random) => `020 7${random.digits(3)} ${random.digits(4)}`,
  (random) => `089 ${random.integer(2, 9)}${random.digits(3)} ${random.digits(4)}`,
  (random) => `01 4${random.digits(1)} ${random.digits(2)} ${random.digits(2)} ${random.digits(2)}`,
];

/** A value, and what must be before it so that it can be recognized. */
export type Value = { type: FindingType; text: string; label: string };

type Maker = (random: Random) => Value;

/** Values in every form that must be found, by type. */
export const makers: Readonly<Record<FindingType, readonly Maker[]>> = {
  ssn: [
    (random) => ({ type: "ssn", text: grouped(ssnDigits(random), [3, 2, 4], "-"), label: "" }),
    (random) => ({ type: "ssn", text: grouped(ssnDigits(random), [3, 2, 4], "-"), label: "SSN: " }),
    (random) => ({ type: "ssn", text: grouped(ssnDigits(random), [3, 2, 4], " "), label: "" }),
    (random) => ({ type: "ssn", text: grouped(ssnDigits(random), [3, 2, 4], "\u2013"), label: "" }),
    (random) => ({ type: "ssn", text: ssnDigits(random), label: "social security number " }),
    (random) => ({ type: "ssn", text: ssnDigits(random), label: "ssn=" }),
  ],
  credit_card: [
    (random) => {
      const { digits, groups } = card(random);
      return { type: "credit_card", text: grouped(digits, groups, "-"), label: "" };
    },
    (random) => {
      const { digits, groups } = card(random);
      return { type: "credit_card", text: grouped(digits, groups, " "), label: "" };
    },
    (random) => ({ type: "credit_card", text: card(random).digits, label: "" }),
    (random) => ({ type: "credit_card", text: card(random).digits, label: "card number: " }),
  ],
  aws_access_key: [(random) => ({ type: "aws_access_key", text: accessKey(random), label: "" })],
  aws_secret_key: [
    (random) => ({ type: "aws_secret_key", text: secretKey(random), label: "aws_secret_access_key = " }),
    (random) => ({ type: "aws_secret_key", text: secretKey(random), label: 'SecretAccessKey": "' }),
    (random) => ({ type: "aws_secret_key", text: secretKey(random), label: "AWS_SECRET_ACCESS_KEY=" }),
  ],
  email: [
    (random) => ({
      type: "email",
      text: `${random.pick(firstNames)}${random.integer(1, 999)}@${random.pick(domains)}`,
      label: random.pick(["", "mailto:", "to="]),
    }),
  ],
  phone_us: [
    (random) => ({ type: "phone_us", text: grouped(americanDigits(random), [3, 3, 4], "-"), label: "" }),
    (random) => ({ type: "phone_us", text: grouped(americanDigits(random), [3, 3, 4], "."), label: "" }),
    (random) => ({
      type: "phone_us",
      text: americanDigits(random).replace(/^(...)(...)/, "($1) $2-"),
      label: random.pick(["", "Tel. "]),
    }),
    (random) => ({ type: "phone_us", text: `+1${americanDigits(random)}`, label: "" }),
    (random) => ({
      type: "phone_us",
      text: americanDigits(random).replace(/^(...)(...)/, "+1 ($1) $2-"),
      label: "",
    }),
    (random) => ({ type: "phone_us", text: americanDigits(random), label: "phone: " }),
  ],
  phone_intl: [
    (random) => ({ type: "phone_intl", text: random.pick(phonesAbroad)(random), label: "" }),
    (random) => ({ type: "phone_intl", text: random.pick(phonesAbroad)(random), label: "" }),
    (random) => ({ type: "phone_intl", text: random.pick(localPhonesAbroad)(random), label: "tel: " }),
  ],
};

/** What looks like a value and is none. */
export const decoys: readonly ((random: Random) => string)[] = [
  (random) => `id ${random.digits(9)}`,
  (random) => `"customerId": "${random.digits(9)}"`,
  (random) => `zip ${random.digits(5)}-${random.digits(4)}`,
  (random) => `account ${random.digits(10)}`,
  (random) => `imei ${withCheckDigit(`35${random.digits(12)}`)}`,
  (random) => `order_id=${random.digits(16)}`,
  (random) => `"sequence": ${random.digits(19)}`,
  (random) => `time ${random.integer(1_600_000_000, 1_800_000_000)}`,
  (random) => `ns ${random.integer(1_600_000_000, 1_800_000_000)}${random.digits(9)}`,
  (random) => `score 0.${random.digits(16)}`,
  (random) => `commit ${random.text("0123456789abcdef", 40)}`,
  (random) => `sha256:${random.text("0123456789abcdef", 64)}`,
  (random) => `data:${random.text(base64, 60)}==`,
  (random) => `etag ${random.text(base64, 40)}`,
  (random) => `signature=${random.text(base64, 40)}=`,
  (random) => `img/file${random.integer(1, 9)}@2x.png`,
  (random) => `react-dom@18.${random.integer(0, 9)}.${random.integer(0, 9)}`,
  (random) => `git@github.com:team/repo${random.integer(1, 9)}.git`,
  (random) => `https://user:${random.digits(6)}@host.com/path`,
  (random) => `joe${random.integer(1, 9)}@example.com`,
  (random) => `worker@${random.integer(1, 9)}.service`,
  () => `AKIA${"IOSFODNN7"}${"EXAMPLE"}`,
  (random) => `AKIA${random.text("0189", 16)}`,
  (random) => random.text("ACGT", 60),
  () => "card 4111 1111 1111 1111",
  () => "0000-0000-0000-0000",
  () => "ssn 078-05-1120",
  (random) => `9${random.digits(2)}-${random.digits(2)}-${random.digits(4)}`,
  (random) => `000-${random.digits(2)}-${random.digits(4)}`,
  (random) => `part 12-${random.digits(3)}-${random.digits(2)}-${random.digits(4)}`,
  (random) =>
    `${random.digits(4)}-${random.digits(4)}-${random.digits(4)}-${random.digits(4)}-${random.digits(4)}`,
  (random) => `call 202-555-01${random.digits(2)}`,
  (random) => `range 1${random.digits(2)}-${random.digits(3)}-${random.digits(4)}`,
  (random) => `version ${random.integer(1, 20)}.${random.digits(3)}.${random.digits(4)}`,
  (random) => `ip 10.${random.integer(0, 255)}.${random.integer(0, 255)}.${random.integer(0, 255)}`,
  (random) =>
    `${random.text("0123456789", 8)}-${random.digits(4)}-4${random.digits(3)}-8${random.digits(3)}-${random.digits(12)}`,
  (random) => `offset +${random.integer(1, 14)}00 GMT+${random.integer(1, 12)}`,
  (random) => `isbn 978${random.digits(10)}`,
];
