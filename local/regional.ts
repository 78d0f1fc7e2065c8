import type { Caller } from "./routing";

/** State for each account and region. */
export class Regional<T> {
  private readonly byRegion = new Map<string, T>();

  constructor(private readonly create: (caller: Caller) => T) {}

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
