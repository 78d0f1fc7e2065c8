import type { Caller } from "./routing";

/** Cache for responses of the control plane, until something there changes. */
export class AnswerCache {
  private readonly answers = new Map<string, Promise<unknown>>();

  clear(): void {
    this.answers.clear();
  }

  get<T>(caller: Caller, what: string, look: () => Promise<T>): Promise<T> {
    const key = `${caller.account}/${caller.region} ${what}`;
    let answer = this.answers.get(key) as Promise<T> | undefined;
    if (!answer) {
      answer = look();
      this.answers.set(key, answer);
      // Errors are not cached: a missing resource may be created later.
      answer.catch(() => this.answers.delete(key));
    }
    return answer;
  }
}
