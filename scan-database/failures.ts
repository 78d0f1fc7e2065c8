import { TransientError } from "../handlers/shared/failures";

/** The database cannot be used now. A retry may succeed, later or after somebody has repaired it. */
export class DatabaseUnavailable extends TransientError {}

/** The reason in one word for an SQLSTATE that no statement of ours is to blame for. */
const reasonOfState: Readonly<Record<string, string>> = {
  "25006": "ReadOnly",
  "28000": "LoginRefused",
  "28P01": "WrongPassword",
  "3D000": "NoSuchDatabase",
  "40001": "SerializationFailure",
  "40P01": "Deadlock",
  "53100": "DiskFull",
  "53200": "OutOfMemory",
  "53300": "TooManyConnections",
  "55P03": "LockTimeout",
  "57014": "StatementTimeout",
  "57P01": "ConnectionLost",
  "57P02": "ConnectionLost",
  "57P03": "NotAccepting",
  "57P05": "ConnectionLost",
  "25P03": "ConnectionLost",
};

const certificateErrors =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS_CERT_ALTNAME)/;

type Failure = { code?: unknown; severity?: unknown; message?: unknown };

/** The answer of the server to a statement, and not the loss of the connection. */
const isAnswer = ({ severity }: Failure): boolean => typeof severity === "string";

const stateOf = (error: Failure): string => String(error.code ?? "");

const reasonOf = (error: Failure): string | undefined => {
  const state = stateOf(error);
  if (isAnswer(error)) return reasonOfState[state] ?? (state.startsWith("08") ? "ConnectionLost" : undefined);
  if (certificateErrors.test(state)) return "CertificateRejected";
  if (String(error.message).includes("does not support SSL")) return "NoTls";
  return "ConnectionLost";
};

/** An error of the driver in words; a bug, such as a wrong statement, is returned as it is. */
export const toDatabaseError = (error: unknown): unknown => {
  if (error instanceof TransientError) return error;
  const failure = Object(error) as Failure;
  const reason = reasonOf(failure);
  if (reason === undefined) return error;
  const code = stateOf(failure);
  const message = `database: ${String(failure.message)}${code && ` (${code})`}`;
  return new DatabaseUnavailable(reason, message);
};

export const hasReason = (error: unknown, ...reasons: string[]): boolean =>
  error instanceof DatabaseUnavailable && reasons.includes(error.name);
