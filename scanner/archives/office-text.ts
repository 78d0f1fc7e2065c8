/** Ends of elements after which Word, Excel and PowerPoint begin a new line or cell. */
const lineEnds = /^(?:\/(?:w:p|a:p|text:p|row|si|w:tr)|w:br|a:br)\b/;
const cellEnds = /^(?:\/(?:c|w:tc|a:tc|table:table-cell)|w:tab)\b/;

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const decodeEntity = (whole: string, name: string): string => {
  const code = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
  if (code === null) return entities[name] ?? whole;
  const point = code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
};

/** A tag or an entity that is cut at the end of a piece is shorter than this. */
const maxCut = 64 * 1024;

/**
 * The text in the XML of an office document. Tags are dropped without a gap, since a value can be in several of them:
 * `<w:t>536-22</w:t></w:r><w:r><w:t>-6789</w:t>`.
 */
export async function* officeText(xml: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // Latin-1 keeps every byte as one character, so a cut inside a UTF-8 character does no harm.
  let rest = "";
  const convert = (text: string): string =>
    text
      .replace(/<([^>]*)>/g, (_, tag: string) => (lineEnds.test(tag) ? "\n" : cellEnds.test(tag) ? "\t" : ""))
      .replace(/&([#\w]{1,10});/g, (whole, name: string) => {
        const decoded = decodeEntity(whole, name);
        return decoded === whole ? whole : Buffer.from(decoded).toString("latin1");
      });
  for await (const piece of xml) {
    const text = rest + piece.toString("latin1");
    const open = text.lastIndexOf("<");
    const tagCut = open > text.lastIndexOf(">") ? open : text.length;
    const ampersand = text.lastIndexOf("&");
    const cut =
      ampersand > tagCut - 12 && ampersand < tagCut && !text.includes(";", ampersand) ? ampersand : tagCut;
    const end = text.length - cut > maxCut ? text.length : cut;
    rest = text.slice(end);
    yield Buffer.from(convert(text.slice(0, end)), "latin1");
  }
  yield Buffer.from(convert(rest), "latin1");
}

/** Entries of an office document that have its text. */
export const isOfficeText = (entry: string): boolean =>
  /^(?:word\/(?:document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml|xl\/(?:sharedStrings|comments\d*|worksheets\/sheet\d+)\.xml|ppt\/(?:slides\/slide|notesSlides\/notesSlide)\d+\.xml|content\.xml)$/.test(
    entry,
  );
