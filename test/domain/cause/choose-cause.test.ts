import { expect, test } from 'vitest';
import type { FailureText } from '../../../src/domain/cause/cause.ts';
import { causeOfEvent, chooseCause } from '../../../src/domain/cause/choose-cause.ts';

const text = (source: FailureText['source'], words: string, second = 0): FailureText => ({
  at: new Date(Date.UTC(2026, 2, 2, 1, 0, second)),
  source,
  text: words,
  className: 'CustPostInvoice',
});

test('the first text of the infolog is the cause, whatever the platform says before', () => {
  const chosen = chooseCause([
    text('platform', 'The task failed.', 1),
    text('infolog', 'Posting was canceled.', 3),
    text('infolog', 'Account 4711 is blocked.', 2),
  ]);
  expect(chosen).toMatchObject({
    source: 'infolog',
    className: 'CustPostInvoice',
    text: 'Account 4711 is blocked.\nPosting was canceled.\nThe task failed.',
  });
  expect(chosen?.fingerprint).toBe(chooseCause([text('infolog', 'Account 12 is blocked.')])?.fingerprint);
});

test('a text that came twice stands once, an empty one not at all', () => {
  const chosen = chooseCause([
    text('platform', 'Deadlock'),
    text('platform', 'Deadlock', 1),
    text('infolog', ' \n'),
  ]);
  expect(chosen).toMatchObject({ source: 'platform', text: 'Deadlock' });
  expect(chooseCause([])).toBeNull();
  expect(chooseCause([text('infolog', '')])).toBeNull();
});

test('at most 2,000 characters stay, without e-mail addresses and secrets, and markup stays text', () => {
  const hostile = `<script>alert(1)</script> jane@contoso.com Bearer abc ${'x'.repeat(1_000_000)}`;
  const chosen = chooseCause([text('infolog', hostile)]);
  expect(chosen?.text).toHaveLength(2000);
  expect(chosen?.text).toContain('<script>alert(1)</script> (e-mail address) Bearer (token) xxx');
});

test('the text that an event brings is its cause', () => {
  expect(causeOfEvent(' Account 5 is blocked by jane@contoso.com. ')).toMatchObject({
    source: 'event',
    text: 'Account 5 is blocked by (e-mail address)',
  });
  expect(causeOfEvent('  ')).toBeNull();
});
