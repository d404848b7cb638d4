import XMLBuilder from 'fast-xml-builder';

/** An element: text, or attributes (`@name`) and elements within; several of one name are a list. */
export type Xml = string | readonly Xml[] | { readonly [name: string]: Xml };

const builder = new XMLBuilder({
  attributeNamePrefix: '@',
  ignoreAttributes: false,
  format: true,
  suppressEmptyNode: true,
  // Or `xsi:nil="true"` loses its value.
  suppressBooleanAttributes: false,
});

/** Writes a document of one element. */
export function writeXml(root: Record<string, Xml>): string {
  return builder.build({ '?xml': { '@version': '1.0', '@encoding': 'utf-8' }, ...root });
}
