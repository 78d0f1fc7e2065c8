const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

const decodeXml = (text: string): string =>
  text.replaceAll(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return decimal === undefined ? (entities[name!] ?? whole) : String.fromCodePoint(Number(decimal));
    },
  );

/** Text as an element holds it. */
export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The text of the first element with this tag, which has no elements in it. */
export const readXmlText = (xml: string, tag: string): string | undefined => {
  const text = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
  return text === undefined ? undefined : decodeXml(text);
};

/** The elements with this tag, as XML without the tag. */
export const readXmlElements = (xml: string, tag: string): string[] =>
  [...xml.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "gs"))].map(([, element]) => element!);

/** The key of a listing with `encoding-type=url`, which S3 needs for control characters. It writes a blank as `+`. */
export const decodeKey = (encoded: string): string => decodeURIComponent(encoded.replaceAll("+", "%20"));
