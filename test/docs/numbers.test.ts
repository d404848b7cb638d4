import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { pollForMs } from '../../src/cli/recurring-trait.ts';
import { stuckAfterMs } from '../../src/domain/job/run-state.ts';
import { maxHttp500s } from '../../src/domain/job/reconcile-claim.ts';
import { sameRunMs, soonMs } from '../../src/domain/job/runs.ts';
import { policyDefaults } from '../../src/settings/policy-document.ts';
import { serviceSettings } from '../../src/settings/service-settings.ts';
import { dropAfterMs } from '../../src/usecases/notify/subscription-health.ts';
import { maxFaults } from '../../src/usecases/work/process-work.ts';
import { keptDays } from '../../src/usecases/work/prune-history.ts';
import { alertRules } from '../../tools/azure/alert-rules.ts';

const words = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const word = (number: number) => words[number] ?? String(number);
const hours = (ms: number) => ms / 3_600_000;
const { maxRetries, giveUpAfter, resetAfter } = policyDefaults;
const daysToHours: Record<string, string> = { P1D: '24 hours' };
const defaults = { port: serviceSettings.shape.PORT.parse(undefined) };

/** What pages that are written by hand say of numbers in the code, computed from these. */
const statements: [page: string, says: string][] = [
  ['README.md', `(${maxRetries} times unless you say otherwise)`],
  ['README.md', `With \`maxRetries\` ${maxRetries}, F&O accepts at most ${word(maxRetries)} requeues`],
  ['README.md', `After ${daysToHours[giveUpAfter]} the service gives up`],
  ['README.md', `Listening on http://127.0.0.1:${defaults.port}/api`],
  ['README.md', `Node.js ${packageJson.engines.node.replace('>=', '')} or newer`],
  ['docs/operate/policy.md', `with \`${resetAfter}\` that is a new episode`],
  ['docs/operate/policy.md', `looks at the job for ${word(pollForMs / 60_000)} minutes`],
  ['docs/operate/troubleshooting.md', `After ${word(maxHttp500s)} answers of 500`],
  ['docs/operate/troubleshooting.md', `only 404 for ${word(hours(dropAfterMs))} hours`],
  ['docs/operate/incidents/cannot-be-retried.md', `HTTP 500 ${word(maxHttp500s)} times`],
  ['docs/operate/incidents/dead-letters.md', `failed [${word(maxFaults)} times]`],
  ['docs/operate/incidents/stuck.md', stuckAfterMs === 86_400_000 ? 'a day ago' : 'never'],
  [
    'docs/operate/incidents/no-telemetry.md',
    windowOf('no-telemetry', { PT2H: 'For two hours none has come' }),
  ],
  ['docs/operate/incidents/webhook-5xx.md', windowOf('webhook-5xx', { PT15M: '5xx in 15 minutes' })],
  ['docs/develop/glossary.md', `Two ends within ${word(sameRunMs / 1000)} seconds are of one run`],
  ['docs/develop/decisions/0021-one-machine-one-engine.md', `within ${word(sameRunMs / 1000)} seconds`],
  ['docs/develop/decisions/0005-sqlite-and-the-ledger-port.md', `deleted after ${keptDays} days`],
  ['docs/develop/decisions/0008-work-queue.md', `After ${word(maxFaults)}, some minutes apart`],
  ['docs/operate/costs.md', `Rows kept for ${keptDays} days`],
];

test.each(statements)('%s says what the code does: %s', (page, says) => {
  expect(readFileSync(page, 'utf8').replaceAll(/\s+/g, ' ')).toContain(says);
});

test('what the table of what still stands calls soon is what the code takes for soon', () => {
  const page = readFileSync('docs/reference/what-still-stands.md', 'utf8').replaceAll(/\s+/g, ' ');
  expect(page).toContain(`"Soon" is at most ${word(soonMs / 60_000)} minutes ahead`);
});

function windowOf(alert: string, said: Record<string, string>): string {
  const window = alertRules.find(({ name }) => name === alert)?.windowSize ?? '';
  return said[window] ?? `the alert looks back ${window}`;
}
