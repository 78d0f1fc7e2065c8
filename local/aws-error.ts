/** An error as an AWS service words it; the protocol of the service decides how it goes over the wire. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly fields: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** The connection breaks instead of an answer. */
export class ConnectionReset extends Error {
  readonly code = "ECONNRESET";
  constructor() {
    super("socket hang up");
  }
}

/** The function that made the call dies before it sees an answer. */
export class CallerCrash extends Error {
  constructor() {
    super("the calling function crashed");
  }
}
