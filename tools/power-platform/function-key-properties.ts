/**
 * The connector's properties without the second way to sign in, for who has no client secret: paconn creates no
 * connector with OAuth settings without one.
 * @see https://github.com/microsoft/PowerPlatformConnectors/blob/dev/tools/paconn-cli/paconn/operations/upsert.py
 */
export function functionKeyProperties(propertiesText: string): string {
  const { properties }: { properties: Record<string, unknown> } = JSON.parse(propertiesText);
  const { connectionParameterSets: _both, ...keyOnly } = properties;
  return `${JSON.stringify({ properties: keyOnly }, null, 4)}\n`;
}
