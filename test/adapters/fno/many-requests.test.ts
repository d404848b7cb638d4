import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { FnoBatchJobs } from '../../../src/adapters/fno/fno-batch-jobs.ts';
import { maxAtOnce } from '../../../src/adapters/fno/fno-http.ts';
import { FnoSender } from '../../../src/adapters/fno/fno-sender.ts';
import { Slots } from '../../../src/adapters/fno/slots.ts';
import { TokenSource } from '../../../src/adapters/fno/token-source.ts';
import { systemClock } from '../../../src/adapters/system.ts';
import { parseJobId } from '../../../src/domain/job-id.ts';
import { jobId } from '../../domain/job/builders.ts';

const getToken = () => Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 });

const rowOf = (id: string, status: string) => ({ BatchJobRecId: Number(id), Status: status });

/** The batch jobs of an F&O that answers as `listener` says. */
async function anFno(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const orgUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const tokens = new TokenSource(() => Promise.resolve({ getToken }), orgUrl, systemClock);
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return {
    batchJobs: new FnoBatchJobs(new FnoSender(orgUrl, tokens, systemClock), systemClock),
    [Symbol.dispose]: close,
  };
}

test('a request that waits for others until its time is over was certainly not sent, and reads hold up no requeue', async () => {
  const got = { GET: 0, POST: 0 };
  using fno = await anFno((request, response) => {
    if (request.method === 'GET') {
      got.GET += 1;
      return;
    }
    got.POST += 1;
    response.end('{"IsSuccess":true,"ResponseStatusCode":200}');
  });
  const never = new AbortController();
  const reading = Array.from({ length: maxAtOnce }, () => fno.batchJobs.read(jobId, never.signal));
  await expect.poll(() => got.GET).toBe(maxAtOnce);

  const late = await fno.batchJobs.read(jobId, AbortSignal.timeout(50));
  expect(late).toMatchObject({ kind: 'not-sent', cause: 'time' });
  expect(got.GET).toBe(maxAtOnce);
  const requeued = await fno.batchJobs.setToWaiting(jobId, AbortSignal.timeout(5000));
  expect(requeued).toMatchObject({ kind: 'taken' });

  never.abort();
  expect(await Promise.all(reading)).toMatchObject(reading.map(() => ({ kind: 'unavailable' })));
  const next = new AbortController();
  const read = fno.batchJobs.read(jobId, next.signal);
  await expect.poll(() => got.GET).toBe(maxAtOnce + 1);
  next.abort();
  await read;
});

test('a requeue that waits for other requeues until its time is over was certainly not sent', async () => {
  let got = 0;
  using fno = await anFno(() => (got += 1));
  const first = new AbortController();
  const others = Array.from({ length: maxAtOnce }, () => fno.batchJobs.setToWaiting(jobId, first.signal));
  await expect.poll(() => got).toBe(maxAtOnce);
  const late = await fno.batchJobs.setToWaiting(jobId, AbortSignal.timeout(50));
  expect(late).toMatchObject({ kind: 'not-sent', cause: 'time' });
  first.abort();
  expect(await Promise.all(others)).toMatchObject(others.map(() => ({ kind: 'unknown' })));
  expect(got).toBe(maxAtOnce);
});

test('who gives up waiting leaves no place behind that nobody had', async () => {
  const slots = new Slots(1);
  expect(await slots.take(new AbortController().signal)).toBe(true);
  expect(await slots.take(AbortSignal.timeout(10))).toBe(false);
  expect(await slots.take(AbortSignal.timeout(10))).toBe(false);
  slots.giveBack();
  expect(await slots.take(AbortSignal.timeout(1000))).toBe(true);
});

test('who gets a place as its time ends does not take it', async () => {
  const slots = new Slots(1);
  const never = new AbortController().signal;
  expect(await slots.take(never)).toBe(true);
  const ending = new AbortController();
  const late = slots.take(ending.signal);
  slots.giveBack();
  ending.abort();
  expect(await late).toBe(false);
  expect(await slots.take(AbortSignal.timeout(1000))).toBe(true);
});

test('rows that contradict one another are all listed, whichever come first', async () => {
  const ids = ['5637144576', '5637144577'];
  using fno = await anFno((_request, response) => {
    const value = [...ids.map((id) => rowOf(id, 'Error')), ...ids.map((id) => rowOf(id, 'Executing'))];
    response.end(JSON.stringify({ value }));
  });
  const asked = ids.flatMap((id) => parseJobId(id) ?? []);
  const listed = await fno.batchJobs.listByIds(asked, AbortSignal.timeout(5000));
  const seen = listed.kind === 'listed' ? listed.jobs.map(({ jobId: id, status }) => [id, status]) : [];
  expect(seen).toContainEqual(['5637144576', 'Error']);
  expect(seen).toContainEqual(['5637144576', 'Executing']);
});
