import { generateKeyPairSync } from "node:crypto";
import { parsePublicKey, verifySignature } from "../../../bottles/api-files/verify-signature";
import { createSigner } from "../../../testing/homebrew";

const signer = createSigner();
const key = parsePublicKey(signer.publicKey);
const payload = '{"formulae": {"caf\u00e9": 1e0,  "b": "\\u00e9"}}';
const file = signer.sign(payload);

const verify = (text: string) => verifySignature(Buffer.from(text), key);

test("gives the payload as it was signed, not as it would be written again", () => {
  expect(verify(file)).toBe(payload);
});

test("one changed byte is refused, wherever it is in payload, header or signature", () => {
  const bytes = Buffer.from(file);
  const places = [12, 40, file.indexOf('"protected"', file.indexOf('"other"') + 8) + 20, file.length - 20];
  for (const place of places) {
    const changed = Buffer.from(bytes);
    changed[place]! ^= 1;
    expect(() => verifySignature(changed, key)).toThrow(expect.objectContaining({ name: "BadSignature" }));
  }
});

test.each<[string, string, string]>([
  [
    "of another key id",
    signer.sign(payload, { kid: "homebrew-2" }),
    "expected a signature of the key homebrew-1",
  ],
  [
    "with another algorithm",
    signer.sign(payload, { alg: "none" }),
    'expected a signature with the header {"alg"',
  ],
  [
    "of an encoded payload",
    signer.sign(payload, { b64: true }),
    'expected a signature with the header {"alg"',
  ],
  [
    "of another key pair",
    createSigner().sign(payload),
    "expected a signature of the public key that was given",
  ],
  ["that is no JSON", "<html>", "expected JSON with the fields payload and signatures"],
  [
    "without signatures",
    JSON.stringify({ payload, signatures: [] }),
    "expected a signature of the key homebrew-1",
  ],
  [
    "of a payload that is no text",
    JSON.stringify({ payload: {}, signatures: [] }),
    "expected JSON with the fields",
  ],
])("a file %s is refused", (_what, text, message) => {
  expect(() => verify(text)).toThrow(message);
});

test("a public key must be one of RSA, in PEM", () => {
  expect(() => parsePublicKey("ssh-rsa AAAA")).toThrow("public key: expected an RSA key in PEM");
  const { publicKey } = generateKeyPairSync("ed25519");
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  expect(() => parsePublicKey(pem)).toThrow("public key: expected an RSA key, found one of the type ed25519");
});
