import { expect, test } from 'vitest';
import { causeOf } from '../../../src/adapters/telemetry/cause-of.ts';

test('a cause is shown with the message, down to the last', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
  const failed = new TypeError('fetch failed', { cause: refused });
  expect(causeOf(new Error('Not exported', { cause: failed }))).toBe(
    'Not exported: fetch failed: connect ECONNREFUSED 127.0.0.1:9',
  );
});

test('an error without words is shown by its code, and several at once by each', () => {
  const [refused, reset] = ['ECONNREFUSED', 'ECONNRESET'].map((code) =>
    Object.assign(new Error(''), { code }),
  );
  expect(causeOf(new AggregateError([refused, reset]))).toBe('ECONNREFUSED: ECONNRESET');
});

test('what is no error is shown as it is', () => {
  expect(causeOf('closed')).toBe('closed');
});
