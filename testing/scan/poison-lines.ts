/** Pieces of text that make a regular expression of a scanner take quadratic time on one long line of them. */
export const poison = [
  "a.",
  "a@",
  "a@a.",
  "@",
  "1",
  "1-",
  "1 ",
  "123-",
  "4111 ",
  "123456789,",
  "0123456789 ",
  "+1",
  "+44 20 ",
  "(",
  "(202) ",
  "tel 020",
  "A",
  "AKIA",
  "/",
  "+",
  "%2F",
  "\\/",
  " ",
  '"',
  '"a":',
  "ssn ",
  "ssn: 536226789, ",
  "aws_secret_access_key=",
  "aB3/+",
  "é",
  "\r",
  "\n",
] as const;

/** One line, or as many as the piece makes, of so many bytes. */
export const poisonLine = (piece: string, bytes = 1024 * 1024): Buffer =>
  Buffer.from(piece.repeat(Math.ceil(bytes / Buffer.byteLength(piece)))).subarray(0, bytes);
