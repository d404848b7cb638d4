import { readFileSync, writeFileSync } from 'node:fs';
import { drawIcon } from './icon.ts';

/** Draws connector/icon.png on the brand colour of connector/apiProperties.json. */
const { properties }: { properties: { iconBrandColor: string } } = JSON.parse(
  readFileSync('connector/apiProperties.json', 'utf8'),
);
writeFileSync('connector/icon.png', drawIcon(properties.iconBrandColor));
