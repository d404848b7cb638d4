import { expect, test } from 'vitest';
import { writeXml } from '../../tools/power-platform/write-xml.ts';
import { readXml } from './read-xml.ts';

const hostile = `<a href="b">'&amp;' & ]]> é 中</a>`;

test('text and attributes are read as they were written, whatever they hold', () => {
  const written = writeXml({
    Root: { '@xsi:nil': 'true', '@of': hostile, Text: hostile, Version: '007.10' },
  });
  expect(readXml(written)).toMatchObject({
    name: 'Root',
    attributes: { 'xsi:nil': 'true', of: hostile },
    children: [
      { name: 'Text', text: hostile, children: [] },
      { name: 'Version', text: '007.10' },
    ],
  });
  expect(written).toContain('&lt;a href=&quot;b&quot;&gt;');
});

test('of a list each is an element, in their order', () => {
  const written = writeXml({ Root: { Item: [{ '@id': '1' }, { '@id': '2' }], Empty: '' } });
  expect(written).toBe(
    '<?xml version="1.0" encoding="utf-8"?>\n<Root>\n  <Item id="1"/>\n  <Item id="2"/>\n  <Empty/>\n</Root>\n',
  );
});
