/** An error of an AWS service. `errorResponse` writes it in the protocol of the service. */
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

/** The connection is reset, and the caller gets no response. */
export class ConnectionReset extends Error {
  readonly code = "ECONNRESET";
  constructor() {
    super("socket hang up");
  }
}

/** The function that made the call crashes before it gets a response. */
export class CallerCrash extends Error {
  constructor() {
    super("the calling function crashed");
  }
}
