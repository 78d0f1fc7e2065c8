import { createHash } from "node:crypto";

export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  /** base64 */
  BinaryValue?: string;
}

export type MessageAttributes = Record<string, MessageAttribute>;

export function md5(text: string | Buffer): string {
  return createHash("md5").update(text).digest("hex");
}

/** The digest that SDKs check: attributes sorted by name, every part preceded by its length. */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const parts: Buffer[] = [];
  for (const name of Object.keys(attributes).sort()) {
    const { DataType, StringValue, BinaryValue } = attributes[name] as MessageAttribute;
    const binary = DataType.startsWith("Binary");
    const value = binary ? Buffer.from(BinaryValue ?? "", "base64") : Buffer.from(StringValue ?? "");
    parts.push(
      sized(Buffer.from(name)),
      sized(Buffer.from(DataType)),
      Buffer.of(binary ? 2 : 1),
      sized(value),
    );
  }
  return md5(Buffer.concat(parts));
}

/** The size of a message: body, and names, types and values of its attributes. */
export function messageSize(body: string, attributes: MessageAttributes): number {
  let size = Buffer.byteLength(body);
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    size +=
      BinaryValue === undefined
        ? Buffer.byteLength(StringValue ?? "")
        : Buffer.byteLength(BinaryValue, "base64");
  }
  return size;
}

function sized(value: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
}
