import { expect, test } from 'vitest';
import { readConfig } from '../../src/settings/config.ts';
import { parseWatchEvery } from '../../src/settings/watch-setting.ts';

const RETRY_POLICY = JSON.stringify({ jobs: [{ name: 'Every job', match: { jobId: '*' } }] });
const prod = { orgUrl: 'https://prod.example.com', default: true };
const uat = { orgUrl: 'https://uat.example.com' };

test.each([
  ['PT1M', 1],
  ['pt5m', 5],
  [' PT30M ', 30],
  ['PT60M', 60],
  ['PT1H', 60],
  ['off', null],
  ['Off', null],
  ['PT7M', undefined],
  ['PT0M', undefined],
  ['PT90M', undefined],
  ['5', undefined],
  ['', undefined],
])('WATCH_EVERY %j means %j minutes', (text, minutes) => {
  expect(parseWatchEvery(text)).toBe(minutes);
});

test('a wrong WATCH_EVERY or EVENTS stops the start with what is expected', () => {
  expect(reading({ WATCH_EVERY: 'PT7M' })).toThrow(
    'WATCH_EVERY: found "PT7M", expected off, or minutes that',
  );
  expect(reading({ EVENTS: 'some' })).toThrow('EVENTS: found "some", expected all or none');
});

test('EVENTS says it for all environments, and each may say it for itself', () => {
  expect(withoutEvents('all', { prod, uat: { ...uat, events: 'none' } })).toEqual(['uat']);
  expect(withoutEvents('none', { prod, uat })).toEqual(['prod', 'uat']);
  expect(withoutEvents('none', { prod: { ...prod, events: 'all' }, uat })).toEqual(['uat']);
});

function reading(more: object) {
  return () => readConfig({ RETRY_POLICY, FNO_ORG_URL: prod.orgUrl, ...more }, 'local');
}

function withoutEvents(EVENTS: string, environments: object): readonly string[] {
  const FNO_ENVIRONMENTS = JSON.stringify(environments);
  return readConfig({ RETRY_POLICY, EVENTS, FNO_ENVIRONMENTS }, 'local').watch.withoutEvents;
}
