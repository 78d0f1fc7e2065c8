/** A session of an assumed role. */
export interface Session {
  roleArn: string;
  name: string;
  /** Limits what the role allows. Absent: no session policy. */
  policy?: object;
}

/** The role sessions of the access keys that local AWS has created. */
export class Sessions {
  private readonly byKey = new Map<string, Session>();

  of(accessKey: string): Session | undefined {
    return this.byKey.get(accessKey);
  }

  begin(accessKey: string, session: Session): void {
    this.byKey.set(accessKey, session);
  }
}
