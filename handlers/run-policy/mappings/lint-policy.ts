import { parseDocument } from "yaml";
import { quote } from "../../shared/text";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What is wrong with a policy file, and what is worth knowing. */
export const lintPolicy = (text: string): { errors: readonly string[]; warnings: readonly string[] } => {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) return { errors: [`not YAML: ${error.message.split("\n")[0]}`], warnings: [] };
  const file: unknown = document.toJS();
  if (!isObject(file) || !Array.isArray(file.policies) || file.policies.length === 0)
    return { errors: ["expected a list called policies"], warnings: [] };
  return {
    errors: [],
    warnings: file.policies
      .filter(isObject)
      .flatMap(({ name, mode }) =>
        mode === undefined
          ? []
          : [
              `policy ${quote(String(name))} has a mode: it is removed, since the policy runs once on a finding's resource`,
            ],
      ),
  };
};
