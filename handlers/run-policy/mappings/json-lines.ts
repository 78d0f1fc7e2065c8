import { isNode, LineCounter, parseDocument } from "yaml";

/** Where the parts of a JSON text are. */
export type JsonLines = {
  /** Line of the value at a path, or of the deepest one above it that there is. */
  lineAt: (path: readonly (string | number)[]) => number;
  lineOf: (position: number) => number;
  /** Fields that an object has twice, by line. JSON.parse takes the last one. */
  duplicateFields: readonly number[];
};

/** Finds lines in a text that JSON.parse takes. JSON is YAML, whose parser keeps positions. */
export const findLines = (text: string): JsonLines => {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const lineOf = (position: number): number => Math.max(1, counter.linePos(position).line);
  return {
    lineAt: (path) => {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return lineOf(node.range[0]);
      }
      return 1;
    },
    lineOf,
    duplicateFields: document.errors
      .filter(({ code }) => code === "DUPLICATE_KEY")
      .map(({ pos }) => lineOf(pos[0])),
  };
};
