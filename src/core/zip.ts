/** A table of the CRC-32 of each byte. Node's own `crc32` needs a newer version than the package. */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** 2000-01-01 00:00, as a zip has it. */
const date = ((2000 - 1980) << 9) | (1 << 5) | 1;

/** A regular file that its owner may write and all may read. */
const attributes = (0o100644 << 16) >>> 0;

/**
 * A zip with one file: the same content gives the same bytes with every version of Node.js and zlib, because the file is
 * stored, not compressed. So the hash of a function's code does not depend on the machine that plans.
 */
export function zipOf(fileName: string, content: Uint8Array): Buffer {
  const name = Buffer.from(fileName);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed: 2.0
  common.writeUInt16LE(date, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);

  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, content]);

  const trailer = Buffer.alloc(14);
  trailer.writeUInt32LE(attributes, 6);
  const central = Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), common, trailer, name]);

  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from("PK\x05\x06"), end]);
}
