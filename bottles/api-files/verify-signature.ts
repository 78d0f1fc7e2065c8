import { constants, createPublicKey, createVerify, type KeyObject } from "node:crypto";
import * as v from "valibot";
import { PermanentError } from "../../handlers/shared/failures";
import { fromJson } from "../../handlers/shared/json";

/** The key whose signature Homebrew's clients verify. */
const keyId = "homebrew-1";

/** JWS in the general JSON serialization (RFC 7515), whose payload is not encoded (RFC 7797). */
const signedFile = v.object({
  payload: v.string(),
  signatures: v.array(
    v.object({
      protected: v.string(),
      signature: v.string(),
      header: v.optional(v.looseObject({ kid: v.optional(v.unknown()) })),
    }),
  ),
});

const protectedHeader = v.object({ alg: v.literal("PS512"), b64: v.literal(false) });

/**
 * Reads a public key in PEM.
 * @throws Error that says what was found
 */
export const parsePublicKey = (pem: string): KeyObject => {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new Error("public key: expected an RSA key in PEM (-----BEGIN PUBLIC KEY-----), found other text");
  }
  if (key.asymmetricKeyType !== "rsa")
    throw new Error(`public key: expected an RSA key, found one of the type ${key.asymmetricKeyType}`);
  return key;
};

const refuse = (reason: string): PermanentError => new PermanentError("BadSignature", reason);

/**
 * Verifies a signed file of Homebrew's API as its clients do.
 * @returns the payload, exactly as it was signed
 * @throws PermanentError("BadSignature") that says what is wrong
 */
export const verifySignature = (bytes: Buffer, key: KeyObject): string => {
  const file = fromJson(bytes.toString("utf8"));
  if (!v.is(signedFile, file))
    throw refuse("expected JSON with the fields payload and signatures, found other content");
  const signature = file.signatures.find(({ header }) => header?.kid === keyId);
  if (signature === undefined) throw refuse(`expected a signature of the key ${keyId}, found none`);
  const header = fromJson(Buffer.from(signature.protected, "base64url").toString("utf8"));
  if (!v.is(protectedHeader, header))
    throw refuse('expected a signature with the header {"alg": "PS512", "b64": false}, found another one');
  const verify = createVerify("sha512").update(`${signature.protected}.`).update(file.payload);
  const isValid = verify.verify(
    { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    signature.signature,
    "base64url",
  );
  if (!isValid) throw refuse("expected a signature of the public key that was given, found another one");
  return file.payload;
};
