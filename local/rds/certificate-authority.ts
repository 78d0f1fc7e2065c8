import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

const COMMON_NAME = "2.5.4.3";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const DAY_MS = 86_400_000;

interface Subject {
  name: string;
  key: KeyObject;
  /** critical ones first */
  extensions: Extension[];
}

/** The certificate authority of local AWS. It lives as long as local AWS. */
export class CertificateAuthority {
  private readonly key = newKey();
  private readonly name = "Local AWS CA";
  /** Its own certificate, in PEM. */
  readonly certificate = this.issue({
    name: this.name,
    key: this.key,
    extensions: [
      extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign), true),
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(this.key))),
    ],
  });

  /** Creates a key and its certificate for a server, both in PEM. */
  issueFor(address: string): { key: string; certificate: string } {
    const key = newKey();
    const names = [
      new GeneralName({ iPAddress: address }),
      // Clients that check no address of a server check the name localhost.
      new GeneralName({ dNSName: "localhost" }),
    ];
    const certificate = this.issue({
      name: address,
      key,
      extensions: [
        extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
        extension(id_ce_subjectAltName, new SubjectAlternativeName(names)),
        extension(
          id_ce_authorityKeyIdentifier,
          new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyId(this.key)) }),
        ),
      ],
    });
    return { key: key.export({ type: "pkcs8", format: "pem" }) as string, certificate };
  }

  private issue({ name, key, extensions }: Subject): string {
    const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
    // A positive integer has no leading 1 bit.
    const serialNumber = randomBytes(16);
    serialNumber[0] = ((serialNumber[0] ?? 0) & 0x7f) | 0x40;
    const now = Date.now();
    const tbsCertificate = new TBSCertificate({
      version: Version.v3,
      serialNumber: toArrayBuffer(serialNumber),
      signature: signatureAlgorithm,
      issuer: commonName(this.name),
      subject: commonName(name),
      validity: new Validity({
        notBefore: new Date(now - DAY_MS),
        notAfter: new Date(now + 3650 * DAY_MS),
      }),
      subjectPublicKeyInfo: publicKeyOf(key),
      extensions: new Extensions(extensions),
    });
    const signed = Buffer.from(AsnConvert.serialize(tbsCertificate));
    const certificate = new Certificate({
      tbsCertificate,
      signatureAlgorithm,
      signatureValue: toArrayBuffer(sign("sha256", signed, this.key)),
    });
    return pem("CERTIFICATE", Buffer.from(AsnConvert.serialize(certificate)));
  }
}

function newKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

function publicKeyOf(key: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(createPublicKey(key).export({ type: "spki", format: "der" }), SubjectPublicKeyInfo);
}

/** https://datatracker.ietf.org/doc/html/rfc5280#section-4.2.1.2 */
function keyId(key: KeyObject): ArrayBuffer {
  const { subjectPublicKey } = publicKeyOf(key);
  return toArrayBuffer(createHash("sha1").update(Buffer.from(subjectPublicKey)).digest());
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function commonName(value: string): Name {
  return new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: value }) }),
    ]),
  ]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
