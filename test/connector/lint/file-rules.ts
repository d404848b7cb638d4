import { operationsOf } from '../swagger.ts';
import { type Rule, unless } from './rule.ts';

export const fileRules: Rule[] = [
  {
    sentence: 'A connector is apiDefinition.swagger.json, apiProperties.json, icon.png and README.md',
    check: ({ files }) => unless(files.length === 4, `There are only ${files.join(', ')}`),
    broken: [['/files', ['apiDefinition.swagger.json', 'apiProperties.json', 'icon.png']]],
  },
  {
    sentence: 'The definition is OpenAPI 2.0',
    check: ({ definition }) => unless(definition.swagger === '2.0', `swagger is ${definition.swagger}`),
    broken: [['/definition/swagger', '3.0']],
  },
  {
    sentence: 'The icon is a PNG of 230×230',
    check: ({ icon }) => unless(icon.width === 230 && icon.height === 230, `${icon.width}×${icon.height}`),
    broken: [['/icon/height', 229]],
  },
  {
    sentence: 'The background of the icon is opaque and is iconBrandColor',
    check: ({ icon, properties }) => [
      ...unless(icon.opaque, 'The icon lets its background through'),
      ...unless(
        hex(icon.corner) === properties.properties.iconBrandColor.toLowerCase(),
        `The icon's corner is ${hex(icon.corner)}, the brand ${properties.properties.iconBrandColor}`,
      ),
    ],
    broken: [
      ['/icon/opaque', false],
      ['/properties/properties/iconBrandColor', '#123456'],
    ],
  },
  {
    sentence: 'iconBrandColor is neither #ffffff nor #007ee5',
    check: ({ properties: { properties } }) =>
      unless(
        !['#ffffff', '#007ee5'].includes(properties.iconBrandColor.toLowerCase()),
        properties.iconBrandColor,
      ),
    broken: [['/properties/properties/iconBrandColor', '#FFFFFF']],
  },
  {
    sentence: 'Both files are indented by 4 spaces',
    check: ({ definitionText, propertiesText }) =>
      [definitionText, propertiesText].flatMap((text) =>
        unless(
          `${JSON.stringify(JSON.parse(text), null, 4)}\n` === text,
          `Not as JSON.stringify(…, 4): ${text.slice(0, 30)}`,
        ),
      ),
    broken: [['/propertiesText', '{\n  "properties": {}\n}\n']],
  },
  {
    sentence: 'No line ends with a space',
    check: ({ definitionText, propertiesText }) =>
      `${definitionText}${propertiesText}`.split('\n').filter((line) => /\s$/.test(line)),
    broken: [['/definitionText', '{ \n}\n']],
  },
  {
    sentence: 'The definition is under 1 MB and has at most 256 operations',
    check: ({ definition, definitionText }) => [
      ...unless(Buffer.byteLength(definitionText) < 1_000_000, 'The definition is too large'),
      ...unless(operationsOf(definition).length <= 256, 'There are too many operations'),
    ],
    broken: [
      ['/definitionText', ' '.repeat(1_000_001)],
      [
        '/definition/paths',
        Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`/${index}`, { get: {} }])),
      ],
    ],
  },
];

function hex(colour: readonly number[]): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
