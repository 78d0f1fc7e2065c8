import type { Caller } from "./routing";

/** State for each account and region. */
export class Regional<T> {
  private readonly byRegion = new Map<string, T>();

  constructor(private readonly create: (caller: Caller) => T) {}

  /** Everything that was asked for so far. */
  all(): [Caller, T][] {
    return [...this.byRegion].map(([key, state]) => {
      const [account = "", region = ""] = key.split("/");
      return [{ account, region }, state];
    });
  }

  of(caller: Caller): T {
    const key = `${caller.account}/${caller.region}`;
    let state = this.byRegion.get(key);
    if (state === undefined) {
      state = this.create({ account: caller.account, region: caller.region });
      this.byRegion.set(key, state);
    }
    return state;
  }
}
