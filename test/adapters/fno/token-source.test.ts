import { expect, test } from 'vitest';
import { TokenSource } from '../../../src/adapters/fno/token-source.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const minute = 60_000;

test('a token serves until five minutes before it expires, then another is asked for', async () => {
  const clock = new ManualClock();
  let asked = 0;
  const getToken = () =>
    Promise.resolve({
      token: `token ${++asked}`,
      expiresOnTimestamp: clock.now().getTime() + 60 * minute,
    });
  const tokens = new TokenSource(() => Promise.resolve({ getToken }), 'https://contoso.example', clock);
  const tokenAfter = async (ms: number) => {
    await clock.advance(ms);
    return tokens.get(new AbortController().signal);
  };
  expect(await tokenAfter(0)).toEqual({ kind: 'token', token: 'token 1' });
  expect(await tokenAfter(54 * minute)).toEqual({ kind: 'token', token: 'token 1' });
  expect(await tokenAfter(minute)).toEqual({ kind: 'token', token: 'token 2' });
});
