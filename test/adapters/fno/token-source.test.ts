import { once } from 'node:events';
import { createServer } from 'node:http';
import { createDefaultHttpClient, createPipelineRequest } from '@azure/core-rest-pipeline';
import type { AccessToken } from '@azure/identity';
import { expect, onTestFinished, test } from 'vitest';
import { endingRequests } from '../../../src/adapters/fno/ending-requests.ts';
import { TokenSource } from '../../../src/adapters/fno/token-source.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';

const minute = 60_000;

test('after a token endpoint hung for 15 s, another request is sent; the late answer of the first is used too', async () => {
  const clock = new ManualClock();
  const asked: ((token: AccessToken) => void)[] = [];
  const getToken = () => new Promise<AccessToken>((resolve) => void asked.push(resolve));
  const tokens = new TokenSource(() => Promise.resolve({ getToken }), 'https://contoso.example', clock);
  const expiresOnTimestamp = clock.now().getTime() + 60 * minute;
  const inTime = () => tokens.get(AbortSignal.abort());

  expect(await inTime()).toMatchObject({ kind: 'failed', message: expect.stringContaining('in time') });
  await clock.advance(14_999);
  await inTime();
  expect(asked).toHaveLength(1);
  await clock.advance(1);
  await inTime();
  expect(asked).toHaveLength(2);
  asked[0]?.({ token: 'late', expiresOnTimestamp });
  await expect.poll(inTime).toEqual({ kind: 'token', token: 'late' });
});

test('a request to a token endpoint that hangs is ended, and its connection with it', async () => {
  let closed = 0;
  const server = createServer((request) => void request.socket.on('close', () => (closed += 1)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : '';
  const client = endingRequests(createDefaultHttpClient(), 100);
  const request = createPipelineRequest({ url: `http://127.0.0.1:${port}/`, allowInsecureConnection: true });
  await expect(client.sendRequest(request)).rejects.toThrow('aborted');
  await expect.poll(() => closed).toBe(1);
});

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
