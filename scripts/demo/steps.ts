/** Says what is going on, and keeps how long each step took. */
export class Steps {
  readonly seconds: Record<string, number> = {};
  private readonly began = performance.now();

  constructor(private readonly out: NodeJS.WritableStream) {}

  async run<T>(name: string, title: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    this.say(`\n${title}`);
    const result = await work();
    this.seconds[name] = secondsSince(began);
    this.say(`  done in ${this.seconds[name]} s`);
    return result;
  }

  say(line: string): void {
    this.out.write(`${line}\n`);
  }

  finish(): void {
    this.seconds.total = secondsSince(this.began);
  }
}

const secondsSince = (began: number): number => Number(((performance.now() - began) / 1000).toFixed(1));
