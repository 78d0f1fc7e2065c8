/** The role sessions of the access keys that local AWS has created. */
export class Sessions {
  private readonly byKey = new Map<string, { roleArn: string; name: string }>();

  of(accessKey: string): { roleArn: string; name: string } | undefined {
    return this.byKey.get(accessKey);
  }

  begin(accessKey: string, roleArn: string, name: string): void {
    this.byKey.set(accessKey, { roleArn, name });
  }
}
