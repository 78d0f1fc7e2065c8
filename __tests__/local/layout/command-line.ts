import type { Form } from "./form";

export function commandLine(_form: () => Form): void {
  test.todo("status");
}
