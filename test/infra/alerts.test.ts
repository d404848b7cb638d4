import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { telemetryDimensions } from '../../src/adapters/telemetry/telemetry-dimensions.ts';
import { telemetryEvents, telemetryMetrics } from '../../src/adapters/telemetry/telemetry-names.ts';

type Alert = {
  name: string;
  displayName: string;
  description: string;
  severity: number;
  query: string;
  windowSize: string;
  evaluationFrequency: string;
  threshold: number;
  operator: string;
  autoMitigate: boolean;
  dimensions: string[];
  runbook: string;
};

const alerts: Alert[] = JSON.parse(readFileSync('infra/alerts.json', 'utf8'));

const eventNames = Object.values(telemetryEvents).map(({ name }) => name);

/** https://learn.microsoft.com/azure/templates/microsoft.insights/scheduledqueryrules, up to two days. */
const windows = ['PT15M', 'PT1H', 'PT2H', 'P1D', 'P2D'];

test.each(alerts)('the alert $name is one that Azure takes', (alert) => {
  expect(alert.name).toMatch(/^[a-z0-9-]+$/);
  expect([0, 1, 2, 3, 4]).toContain(alert.severity);
  expect(windows).toContain(alert.windowSize);
  expect(minutes(alert.evaluationFrequency)).toBeLessThanOrEqual(minutes(alert.windowSize));
  expect(alert).toMatchObject({ operator: 'GreaterThan', threshold: 0, autoMitigate: true });
  for (const dimension of alert.dimensions) expect(alert.query).toMatch(new RegExp(`by .*${dimension}`));
});

test.each(alerts)('the alert $name links a runbook that says what to do and when the alert ends', (alert) => {
  expect(alert.description).toContain(alert.runbook);
  const page = readFileSync(alert.runbook, 'utf8');
  for (const part of ['**Means.**', '**Look.**', '**Do.**', '**Ends.**']) expect(page).toContain(part);
});

test('no two alerts have one name', () => {
  expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length);
});

test('names are in a form that stays: lower case with dots and underscores, dimensions as in the answers', () => {
  for (const name of [...eventNames, ...Object.keys(telemetryMetrics)]) {
    expect(name).toMatch(/^batch_retry(\.[a-z]+(_[a-z]+)*)+$/);
  }
  for (const name of Object.keys(telemetryDimensions)) expect(name).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
});

/** Of a duration such as PT15M or P2D. */
function minutes(duration: string): number {
  const [, days = '0', hours = '0', rest = '0'] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  return (Number(days) * 24 + Number(hours)) * 60 + Number(rest);
}
