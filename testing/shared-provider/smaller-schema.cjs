/** A number at `offset` of a protobuf message, and where the next field begins. */
function readVarint(bytes, offset) {
  let value = 0;
  let end = offset;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[end++];
    value += (byte & 127) * factor;
    if (byte < 128) return [value, end];
  }
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

// Field numbers of GetProviderSchema.Response in Terraform's tfplugin5.proto: each is a map whose key is a type.
const TYPES = new Set([2 /* resources */, 3 /* data sources */, 8 /* ephemeral resources */]);

/** The answer to GetProviderSchema with only those types for which `isUsed`; all else stays as the provider sent it. */
function smallerSchema(message, isUsed) {
  const kept = [];
  for (let offset = 0; offset < message.length; ) {
    const start = offset;
    let tag;
    [tag, offset] = readVarint(message, offset);
    const wireType = tag & 7;
    if (wireType !== VARINT && wireType !== LENGTH_DELIMITED) {
      throw new Error(
        `The provider's schema has a field of wire type ${wireType}, which is none of tfplugin5.proto.`,
      );
    }
    let length;
    [length, offset] = readVarint(message, offset);
    if (wireType === VARINT) {
      kept.push(message.subarray(start, offset));
      continue;
    }
    const body = message.subarray(offset, offset + length);
    offset += length;
    if (!TYPES.has(tag >> 3) || isUsed(keyOf(body))) kept.push(message.subarray(start, offset));
  }
  return Buffer.concat(kept);
}

/** The key of a map's entry, which is its first field. */
function keyOf(entry) {
  const [, afterTag] = readVarint(entry, 0);
  const [length, begin] = readVarint(entry, afterTag);
  return entry.toString("utf8", begin, begin + length);
}

module.exports = { smallerSchema };
