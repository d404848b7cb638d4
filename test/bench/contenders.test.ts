import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  bare,
  type Contender,
  fastify,
  fastifyThatReads,
  requestTo,
  serviceOnSqlite,
} from '../../bench/contenders.ts';
import { Failures, type SentEvent } from '../../bench/events.ts';
import { startFno } from '../../bench/processes/start-fno.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'batch-retry-bench-test-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const failures = new Failures(new Date());
const fno = await startFno(folder, failures.endedAt);
afterAll(() => fno[Symbol.asyncDispose]());

type Answers = { listed: string; again: string; unlisted: string; invalid: number };

const fromScripts = { again: 'duplicate', unlisted: 'ignored', invalid: 400 };

test.each<[contender: Contender, answers: Answers, requeues: number, reads: number]>([
  [serviceOnSqlite(), { listed: 'requeued', again: 'duplicate', unlisted: 'ignored', invalid: 422 }, 1, 1],
  [fastify, { listed: 'requeued', ...fromScripts }, 1, 0],
  [fastifyThatReads, { listed: 'requeued', ...fromScripts }, 1, 1],
  [bare, { listed: 'read', again: 'read', unlisted: 'read', invalid: 200 }, 0, 0],
])('$name answers what the benchmarks expect of it', async (contender, answers, requeues, reads) => {
  await using server = await contender.start({ folder, fno, redisPort: null });
  const send = async (event: SentEvent) => {
    const { path, body } = requestTo(contender, event);
    const headers = { 'content-type': 'application/json' };
    return fetch(`${server.url}${path}`, { method: 'POST', headers, body });
  };
  const decisionOn = async (event: SentEvent) => {
    const { decision }: { decision: string } = JSON.parse(await (await send(event)).text());
    return decision;
  };
  const before = await fno.counts();
  const listed = failures.listed();
  expect({
    listed: await decisionOn(listed),
    again: await decisionOn(listed),
    unlisted: await decisionOn(failures.unlisted()),
    invalid: (await send(failures.invalid())).status,
  }).toEqual(answers);
  const after = await fno.counts();
  expect(after.requeues - before.requeues).toBe(requeues);
  expect(after.reads - before.reads).toBe(reads);
  expect((await fno.requeuesByJob()).get(String(listed.jobId)) ?? 0).toBe(requeues);
  expect((await server.usage()).cpuMicros).toBeGreaterThan(0);
});
