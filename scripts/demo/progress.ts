import type { Steps } from "./steps";

const everyMilliseconds = 5_000;

interface Line {
  readonly type: string;
  readonly changes?: { readonly operation: string; readonly add: number };
  readonly hook?: { readonly action: string; readonly resource: { readonly addr: string } };
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail: string };
}

/**
 * Follows `terraform apply -json`.
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export class Progress {
  /** Terraform's own words on what went wrong. */
  readonly problems: string[] = [];
  private readonly making = new Set<string>();
  private made = 0;
  private planned = 0;
  private told = Date.now();

  constructor(private readonly steps: Steps) {}

  read(text: string): void {
    const { type, changes, hook, diagnostic } = JSON.parse(text) as Line;
    if (diagnostic?.severity === "error") this.problems.push(`${diagnostic.summary}\n${diagnostic.detail}`);
    if (type === "change_summary" && changes?.operation === "plan") {
      this.planned = changes.add;
      this.steps.say(`  the plan: ${this.planned} resources to add`);
    }
    // Data sources are read, not created.
    if (hook?.action === "create") {
      const { addr } = hook.resource;
      if (type === "apply_start") this.making.add(addr);
      if (type === "apply_complete" && this.making.delete(addr)) this.made++;
    }
    if (this.planned > 0 && Date.now() - this.told >= everyMilliseconds) this.tell();
  }

  private tell(): void {
    this.told = Date.now();
    const [first, ...others] = this.making;
    const now = first === undefined ? "" : `, now ${first}`;
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    this.steps.say(`  ${this.made} of ${this.planned} made${now}${more}`);
  }
}
