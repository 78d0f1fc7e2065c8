import { Random } from "../../../testing/scan/random";
import { scanText } from "../../../testing/scan/scan-text";
import { accessKey, secretKey } from "../../../testing/scan/values";

const random = new Random(1);
const key = accessKey(random);
const secret = secretKey(random);

/** Each finding as `type confidence value`. */
const found = (text: string): string[] =>
  scanText(text).map(
    ({ type, confidence, byteOffset, columnStart, columnEnd, lineNumber }) =>
      `${type} ${confidence} ${lineNumber === 1 ? [...text].slice(columnStart, columnEnd).join("") : byteOffset}`,
  );

test.each<[why: string, text: string, findings: string[]]>([
  ["dashes", "x 536-22-6789.", ["ssn high 536-22-6789"]],
  ["en dashes", "x 536–22–6789", ["ssn high 536–22–6789"]],
  ["blanks", "x 536 22 6789 y", ["ssn medium 536 22 6789"]],
  ["blanks and a keyword", "ssn 536 22 6789", ["ssn high 536 22 6789"]],
  ["after an underscore", "ssn_536-22-6789", ["ssn high 536-22-6789"]],
  ["no keyword", "customer 536226789", []],
  ["a keyword", "Social Security No. 536226789", ["ssn medium 536226789"]],
  ["a field name", '{"socialSecurityNumber":"536226789"}', ["ssn medium 536226789"]],
  ["the field name of another value", '{"ssn":"","customer":"536226789"}', []],
  ["the keyword of another finding", "ssn 536-22-6789, customer 536226788", ["ssn high 536-22-6789"]],
  ["a list", 'ssns: ["536226789", "536226788"]', ["ssn medium 536226789", "ssn medium 536226788"]],
  ["a tag", "<ssn>536226789</ssn><no>536226788</no>", ["ssn medium 536226789"]],
  ["a word that contains ssn", "className=536226789", []],
  ["a keyword more than 30 characters before", `ssn ${"x".repeat(30)} 536226789`, []],
  ["different separators", "536-22 6789", []],
  ["area 000, 666, 9xx", "000-22-6789 666-22-6789 936-22-6789", []],
  ["group 00, serial 0000", "536-00-6789 536-22-0000", []],
  ["a known example", "078-05-1120", ["ssn low 078-05-1120"]],
  ["ZIP+4", "12345-6789", []],
  ["a part of a longer number", "1-536-22-6789 536-22-6789-1", []],

  ["grouped", "4539 1488 0343 6467", ["credit_card high 4539 1488 0343 6467"]],
  ["bare", "4539148803436467", ["credit_card medium 4539148803436467"]],
  ["a keyword", "card: 4539148803436467", ["credit_card high 4539148803436467"]],
  ["an identifier", "order_id=4539148803436467", ["credit_card low 4539148803436467"]],
  ["American Express", "3782-822463-10013", ["credit_card high 3782-822463-10013"]],
  ["a wrong check digit", "4539 1488 0343 6468", []],
  ["no issuer", "0000-0000-0000-0000 1000 0000 0000 0008", []],
  ["a test number", "4111 1111 1111 1111", ["credit_card low 4111 1111 1111 1111"]],
  ["a decimal number", "0.4539148803436467", []],
  ["an IMEI", "imei 356938035643809", []],

  ["an access key", `k=${key};`, [`aws_access_key high ${key}`]],
  ["an access key in a word", `x${key} ${key}Y`, []],
  ["the example of the documentation", `AKIA${"IOSFODNN7"}EXAMPLE`, []],
  ["digits that ids do not have", "AKIA0189018901890189", []],
  ["little entropy", `AKIA${"A".repeat(16)}`, []],
  ["a secret key", `aws_secret_access_key = ${secret}`, [`aws_secret_key high ${secret}`]],
  ["a secret key by another name", `AWS_KEY=${secret}`, [`aws_secret_key medium ${secret}`]],
  ["no keyword", `etag ${secret}`, []],
  ["base64 of another length", `secret key ${secret}A`, []],
  ["a git hash", `secret key ${"0123456789abcdef".repeat(3).slice(0, 40)}`, []],

  ["an address", "<joe@firma.de>", ["email high joe@firma.de"]],
  ["an apostrophe", "o'brien@firma.de", ["email high o'brien@firma.de"]],
  ["quotes around it", "'joe@firma.de'", ["email high joe@firma.de"]],
  ["a quoted local part", '"joe blogs"@firma.de', ['email high "joe blogs"@firma.de']],
  ["letters beyond ASCII", "é jörg@büro.de", ["email high jörg@büro.de"]],
  ["the end of a sentence", "joe@firma.de.", ["email high joe@firma.de"]],
  ["a file", "image@2x.png", []],
  ["two dots", "a@b..com", []],
  ["a package", "react@18.2.0", []],
  ["name and password of a URL", "https://joe:pw@firma.de/", []],
  ["a domain of examples", "joe@example.com", ["email low joe@example.com"]],
  ["a repository", "git@github.com:team/x", ["email low git@github.com"]],

  ["dashes", "202-456-1111", ["phone_us medium 202-456-1111"]],
  ["a bracket", "tel (202) 456-1111", ["phone_us high (202) 456-1111"]],
  ["country and bracket", "+1 (202) 456-1111", ["phone_us high +1 (202) 456-1111"]],
  ["an extension", "202-456-1111x42", ["phone_us medium 202-456-1111"]],
  ["001 before it", "001-202-456-1111", ["phone_us medium 001-202-456-1111"]],
  ["bare, with a keyword", "phone: 2024561111", ["phone_us medium 2024561111"]],
  ["bare", "2024561111", []],
  ["no area or exchange", "102-456-1111 911-456-1111 202-156-1111", []],
  ["a number of films", "202-555-0143", ["phone_us low 202-555-0143"]],
  ["another country", "+44 20 7946 0958", ["phone_intl high +44 20 7946 0958"]],
  ["a zero in brackets", "+44 (0)20 7946 0958", ["phone_intl high +44 (0)20 7946 0958"]],
  ["another country, with a keyword", "Tel. 020 7946 0958", ["phone_intl medium 020 7946 0958"]],
  ["without", "020 7946 0958", []],
  ["no country", "+999 20 7946 0958", []],
  ["a time zone", "10:00 +0200 1234", []],
])("%s: %s", (_, text, findings) => {
  expect(found(text)).toEqual(findings);
});

test("names the account of an access key", () => {
  expect(scanText(accessKey(random, "111122223333"))[0]).toMatchObject({ accountId: "111122223333" });
});

test("takes the heading of a table for the name of a value", () => {
  const table =
    'name,"SSN",customer_id,card no\nJo,536226789,536226788,4539148803436467\n"a,b",536226787,1,\n';
  expect(scanText(table).map(({ type, confidence, lineNumber }) => [type, confidence, lineNumber])).toEqual([
    ["ssn", "medium", 2],
    ["credit_card", "high", 2],
    ["ssn", "medium", 3],
  ]);
});

test("an escaped secret key has the hash of the plain one", () => {
  const plain = `${secret.slice(0, 38)}/+`;
  const [one, two, three] = [plain, plain.replaceAll("/", "\\/"), encodeURIComponent(plain)].map(
    (text) => scanText(`aws_secret_access_key=${text}`)[0]?.valueHash,
  );
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect([two, three]).toEqual([one, one]);
});

test("counts lines and columns as an editor does, and bytes as the file has them", () => {
  expect(scanText("a\r\nb\rcé😀 536-22-6789\n")).toEqual([
    expect.objectContaining({ lineNumber: 3, columnStart: 4, columnEnd: 15, byteOffset: 13 }),
  ]);
});
