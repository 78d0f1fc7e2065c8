/** Classes of bytes. A byte can have several. */
export const DIGIT = 1;
export const LETTER = 2;
/** Bytes beside letters and digits that continue a run of base64: + and /. */
export const JOINER = 4;
/** Bytes at which the scanner must look closer. */
export const SPECIAL = 8;
/** Bytes of the local part of an e-mail address, beside letters and digits; all bytes above ASCII are such. */
export const LOCAL = 16;
export const DOMAIN = 32;
/** Bytes with which a separator of groups of digits begins. */
export const SEPARATOR = 64;
export const WORD = DIGIT | LETTER;

const code = (character: string): number => character.charCodeAt(0);

export const CLASS = new Uint8Array(256);
const add = (characters: string, flags: number): void => {
  for (const character of characters) CLASS[code(character)]! |= flags;
};
for (let byte = code("0"); byte <= code("9"); byte++) CLASS[byte] = DIGIT | LOCAL | DOMAIN;
for (let byte = code("A"); byte <= code("Z"); byte++) {
  CLASS[byte] = LETTER | LOCAL | DOMAIN;
  CLASS[byte + 32] = LETTER | LOCAL | DOMAIN;
}
for (let byte = 0x80; byte <= 0xff; byte++) CLASS[byte] = LOCAL | DOMAIN;
add("+/", JOINER);
add("@+(%\\\n\r", SPECIAL);
add("._%+-'", LOCAL);
add(".-", DOMAIN);
add("- .\u{c2}\u{e2}", SEPARATOR);

export const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
export const isWord = (byte: number): boolean => (CLASS[byte]! & WORD) !== 0;
/** A byte inside a UTF-8 character, not its first one. */
export const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;
