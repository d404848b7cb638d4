export type XmlElement = {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
};

/** Reads what the solutions hold of XML: elements, attributes and text. Throws if it is not well-formed. */
export function readXml(xml: string): XmlElement {
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="utf-8"\?>\n/, '');
  for (const part of body.split(/(?<=>)|(?=<)/)) {
    const current = open.at(-1) ?? top;
    const [, slash, name, attributes = '', selfClosing] =
      /^<(\/?)([\w:]+)((?: [\w:]+="[^"<]*")*) ?(\/?)>$/.exec(part) ?? [];
    if (name === undefined) {
      if (/[<>]/.test(part)) throw new SyntaxError(`Not well-formed: ${part}`);
      current.text += unescape(part.trim());
    } else if (slash) {
      if (open.pop()?.name !== name) throw new SyntaxError(`${name} is not open`);
    } else {
      const element: XmlElement = { name, attributes: readAttributes(attributes), children: [], text: '' };
      current.children.push(element);
      if (!selfClosing) open.push(element);
    }
  }
  const [root, ...others] = top.children;
  if (!root || others.length > 0 || open.length !== 1) throw new SyntaxError('Not one element');
  return root;
}

function readAttributes(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, unescape(value)]),
  );
}

function unescape(text: string): string {
  if (/&(?!amp;|lt;|gt;|quot;)/.test(text)) throw new SyntaxError(`Not well-formed: ${text}`);
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
