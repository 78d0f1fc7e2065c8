import type { Caller } from "./routing";

/** Answers of the control plane, asked for once until something there is changed. */
export class Remembered {
  private readonly answers = new Map<string, Promise<unknown>>();

  forget(): void {
    this.answers.clear();
  }

  once<T>(caller: Caller, what: string, look: () => Promise<T>): Promise<T> {
    const key = `${caller.account}/${caller.region} ${what}`;
    let answer = this.answers.get(key) as Promise<T> | undefined;
    if (!answer) {
      answer = look();
      this.answers.set(key, answer);
      // An error is asked for again: what is missing now may be created in a moment.
      answer.catch(() => this.answers.delete(key));
    }
    return answer;
  }
}
