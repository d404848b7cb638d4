/** Text that is XML already. */
export type Xml = { xml: string };

/** An element; a child that is a string is text, and is escaped. */
export function element(
  name: string,
  attributes: Record<string, string>,
  ...children: (Xml | string)[]
): Xml {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  const start = `<${name}${written.join('')}`;
  if (children.length === 0) return { xml: `${start} />` };
  const [only] = children;
  if (children.length === 1 && typeof only === 'string') return { xml: `${start}>${escape(only)}</${name}>` };
  const inner = children.map((child) => indent(typeof child === 'string' ? escape(child) : child.xml));
  return { xml: `${start}>\n${inner.join('\n')}\n</${name}>` };
}

export function xmlDocument({ xml }: Xml): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${xml}\n`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
