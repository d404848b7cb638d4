import { XMLParser } from 'fast-xml-parser';

export type XmlElement = {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
};

/** As the parser gives an element with `preserveOrder`: its content by its name, and its attributes. */
type Parsed = { ':@'?: Record<string, string>; '#text'?: string } & { [name: string]: Parsed[] };

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  ignoreDeclaration: true,
});

/** Reads a document's only element. */
export function readXml(xml: string): XmlElement {
  const parsed: Parsed[] = parser.parse(xml);
  const [root, ...others] = parsed.flatMap(elementsIn);
  if (!root || others.length > 0) throw new SyntaxError('Not one element');
  return root;
}

function elementsIn({ ':@': attributes = {}, '#text': _text, ...named }: Parsed): XmlElement[] {
  return Object.entries(named).map(([name, content]) => ({
    name,
    attributes,
    children: content.flatMap(elementsIn),
    text: content.map((part) => part['#text'] ?? '').join(''),
  }));
}
