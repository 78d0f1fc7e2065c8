import { escapeXml, type HttpResponse } from "../http";
import type { Call, Caller } from "../routing";

export function formOf({ request }: Call): URLSearchParams {
  return new URLSearchParams(request.body.toString());
}

/** The call with other parameters. `undefined` removes one. */
export function withForm(call: Call, changes: Record<string, string | undefined>): Call {
  const form = formOf(call);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) form.delete(name);
    else form.set(name, value);
  }
  const body = Buffer.from(form.toString());
  const headers = { ...call.request.headers, "content-length": String(body.length) };
  return { ...call, request: { ...call.request, headers, body } };
}

export function withXml(response: HttpResponse, xml: string): HttpResponse {
  const body = Buffer.from(xml);
  return { ...response, body, headers: { ...response.headers, "content-length": String(body.length) } };
}

/** The text of the first element with a name; undefined if there is none, or if it has elements itself. */
export function textIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

/** The texts of all elements with a name. */
export function textsIn(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text]) => text ?? "");
}

/** Replaces each element with a name by what `change` returns for it. */
export function mapElements(xml: string, name: string, change: (element: string) => string): string {
  return xml.replace(new RegExp(`<${name}>[\\s\\S]*?</${name}>`, "g"), change);
}

/** Sets the content of an element's child, or adds the child. `undefined` removes it. */
export function setChild(element: string, name: string, content: string | undefined): string {
  const child = content === undefined ? "" : `<${name}>${content}</${name}>`;
  const pattern = new RegExp(`<${name}>[\\s\\S]*?</${name}>|<${name}/>`);
  if (pattern.test(element)) return element.replace(pattern, () => child);
  return element.replace(/<\/\w+>$/, (end) => child + end);
}

/** Sets the text of an element's child. */
export function setText(element: string, name: string, text: string | undefined): string {
  return setChild(element, name, text === undefined ? undefined : escapeXml(text));
}

/** The key of an instance or snapshot of an account and region, by its name or ARN. */
export function keyOf({ account, region }: Caller, nameOrArn: string): string {
  const name = nameOrArn.replace(/^arn:[^:]*:rds:[^:]*:[^:]*:(db|snapshot):/, "");
  return `${account}/${region}/${name.toLowerCase()}`;
}
