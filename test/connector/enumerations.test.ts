import { expect, test } from 'vitest';
import { causeSources } from '../../src/domain/cause/cause.ts';
import {
  failureOutcomes,
  notificationEvents,
  operatorActions,
  runFindings,
  runOutcomes,
} from '../../src/domain/job/outcomes.ts';
import { definition } from './swagger.ts';

const outcomes = [...failureOutcomes, ...runOutcomes];

test.each<[place: string, words: readonly string[]]>([
  ['Decision/decision', failureOutcomes],
  ['HistoryEntry/decision', failureOutcomes],
  ['HistoryEntry/kind', ['failure', ...runOutcomes, ...operatorActions, ...runFindings, 'cause']],
  ['BatchJob/state', ['idle', 'requesting', ...outcomes.filter((word) => word !== 'duplicate')]],
  ['Notification/event', notificationEvents],
  ['Cause/source', causeSources],
  ['CauseGroup/source', causeSources],
])('the definition enumerates for %s what the service can say, and no more', (place, words) => {
  const [schema = '', property = ''] = place.split('/');
  const enumerated = definition.definitions[schema]?.properties?.[property]?.enum;
  expect(enumerated?.toSorted()).toEqual([...new Set(words)].toSorted());
});

test('a notification is enumerated by outcomes of the service', () => {
  const enumerated = definition.definitions['Notification']?.properties?.['decision']?.enum ?? [];
  expect(enumerated.length).toBeGreaterThan(0);
  expect([...outcomes, ...runFindings]).toEqual(expect.arrayContaining(enumerated));
});
