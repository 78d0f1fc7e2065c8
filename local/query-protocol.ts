import { randomUUID } from "node:crypto";
import { escapeXml, type HttpResponse, xmlResponse } from "./http";

/** A value of the query protocol: scalars are text, and an empty list is the same as an empty text. */
export type Field = string | Field[] | { [name: string]: Field };

/** Reads a form in which `A.member.1.B` is the field B of the first item of the list A. */
export function readForm(form: string): Record<string, Field> {
  const root: Record<string, Field> = {};
  for (const [key, value] of new URLSearchParams(form)) {
    const path = key.split(".");
    let at = root;
    for (const name of path.slice(0, -1)) {
      at[name] ??= {};
      at = at[name] as Record<string, Field>;
    }
    at[path.at(-1) ?? key] = value;
  }
  return withLists(root) as Record<string, Field>;
}

function withLists(field: Field): Field {
  if (typeof field === "string" || Array.isArray(field)) return field;
  if (isRecord(field.member)) return Object.values(field.member).map(withLists);
  return Object.fromEntries(Object.entries(field).map(([name, value]) => [name, withLists(value)]));
}

/** Reads the elements of an XML text without their attributes. */
export function readXml(xml: string): Field {
  const open: Element[] = [{ name: "", text: "", children: [] }];
  for (const [, name, empty, end, text] of xml.matchAll(/<([\w:]+)[^>]*?(\/)?>|<(\/)[^>]+>|([^<]+)/g)) {
    const parent = open.at(-1) as Element;
    if (name) {
      const element = { name, text: "", children: [] };
      parent.children.push(element);
      if (!empty) open.push(element);
    } else if (end) open.pop();
    else parent.text += unescapeXml(text ?? "");
  }
  return fieldOf(open[0] as Element);
}

interface Element {
  name: string;
  text: string;
  children: Element[];
}

function fieldOf({ text, children }: Element): Field {
  if (children.length === 0) return text;
  if (children.every(({ name }) => name === "member")) return children.map(fieldOf);
  return Object.fromEntries(children.map((child) => [child.name, fieldOf(child)]));
}

/** The response of a query service: the result in an element that is named after the action. */
export function queryResponse(action: string, result: Record<string, Field> = {}): HttpResponse {
  return xmlResponse(
    writeXml({
      [`${action}Response`]: {
        [`${action}Result`]: result,
        ResponseMetadata: { RequestId: randomUUID() },
      },
    }),
  );
}

function writeXml(field: Field): string {
  if (typeof field === "string") return escapeXml(field);
  if (Array.isArray(field)) return field.map((item) => `<member>${writeXml(item)}</member>`).join("");
  return Object.entries(field)
    .map(([name, value]) => `<${name}>${writeXml(value)}</${name}>`)
    .join("");
}

/** The items of a list; none if the element is empty or missing. */
export function items<T extends Field>(field: Field | undefined): T[] {
  return Array.isArray(field) ? (field as T[]) : [];
}

function isRecord(field: Field | undefined): field is Record<string, Field> {
  return typeof field === "object" && !Array.isArray(field);
}

function unescapeXml(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
