/**
 * Makes something in `.local-aws/` once, and again when `inputs` change or what was made is no longer there. Other processes
 * that want it wait.
 */
export function once(
  name: string,
  step: { readonly inputs: readonly string[]; exists(): boolean; make(): void },
): void;
