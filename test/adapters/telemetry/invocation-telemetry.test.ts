import { InvocationContext } from '@azure/functions';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InvocationTelemetry } from '../../../src/adapters/telemetry/invocation-telemetry.ts';
import { jobIdOf } from '../../domain/job/builders.ts';

/** What the invocation's own log gets. */
let inInvocation: string[];
/** What the host takes for itself. */
let outside: string[];

const telemetry = new InvocationTelemetry();

beforeEach(() => {
  inInvocation = [];
  outside = [];
  for (const method of ['log', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line) => void outside.push(String(line)));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

test('what is logged while an invocation is under way belongs to it', async () => {
  await telemetry.inInvocation(anInvocation(), async () => {
    telemetry.record({ kind: 'warning', message: 'Telemetry cannot be sent.' });
    await Promise.resolve();
    telemetry.record({ kind: 'error', message: 'It failed.', error: new Error('Because.') });
  });

  expect(inInvocation).toEqual(['warning Telemetry cannot be sent.', 'error It failed. Because.']);
  expect(outside).toEqual([]);
});

test('a decision, the end of a run and what a person must look at are logged as JSON, and nothing else is', async () => {
  const of = { environment: 'default', jobId: jobIdOf('7') };
  const answer = {
    ...of,
    decision: 'deferred',
    eventId: 'E',
    retry: null,
    maxRetries: 3,
    policy: 'All',
  } as const;
  const reason = 'F&O is throttling.';
  const announcement = { ...of, notificationId: 'N', episode: 1, reason };
  await telemetry.inInvocation(anInvocation(), async () => {
    const decided = { kind: 'decided', ...answer, dueAt: null, reason, description: 'Posting' } as const;
    telemetry.record({ ...decided, cause: 'throttled' });
    telemetry.record({
      kind: 'run-ended',
      end: 'recovered',
      ...of,
      reason: 'It ran.',
      description: 'Posting',
    });
    telemetry.record({ kind: 'announced', about: 'exhausted', ...announcement });
    telemetry.record({ kind: 'by-hand', ...of, action: 'pause', reason });
    telemetry.record({ kind: 'oldest-due', environment: 'default', forMs: 1 });
  });

  const [decided = '', ended = '', announced = '', ...others] = inInvocation;
  expect(JSON.parse(decided.replace('information ', ''))).toEqual({
    ...answer,
    dueAt: null,
    reason,
    description: 'Posting',
  });
  expect(JSON.parse(ended.replace('information ', ''))).toEqual({
    end: 'recovered',
    ...of,
    reason: 'It ran.',
    description: 'Posting',
  });
  expect(JSON.parse(announced.replace('warning A person must look: ', ''))).toEqual({
    kind: 'exhausted',
    ...announcement,
  });
  expect([others, outside]).toEqual([[], []]);
});

test('what is logged after its invocation is not lost: it goes to the host, with a level that the host knows', async () => {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  const logLater = async () => {
    await isOver;
    telemetry.record({ kind: 'warning', message: 'Telemetry cannot be sent.' });
    telemetry.record({ kind: 'error', message: 'It failed.', error: new Error('Because.') });
  };
  let later = Promise.resolve();
  await telemetry.inInvocation(anInvocation(), async () => {
    later = logLater();
    await Promise.resolve();
  });
  end();
  await later;

  expect(inInvocation).toEqual([]);
  expect(outside).toEqual(['Warning: Telemetry cannot be sent.', 'Error: It failed. Because.']);
});

test('after an invocation that failed, too', async () => {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  const logLater = async () => {
    await isOver;
    telemetry.record({ kind: 'warning', message: 'Late.' });
  };
  let later = Promise.resolve();
  const failing = telemetry.inInvocation(anInvocation(), () => {
    later = logLater();
    return Promise.reject(new Error('It failed.'));
  });
  await expect(failing).rejects.toThrow('It failed.');
  end();
  await later;

  expect({ inInvocation, outside }).toEqual({ inInvocation: [], outside: ['Warning: Late.'] });
});

test('outside of any invocation each line of an error is one for the host', () => {
  const error = new Error('PORT: found 1.\nHOST: found 2.');
  telemetry.record({ kind: 'error', message: 'Two settings are wrong.', error });

  expect(outside).toEqual(['Error: Two settings are wrong. PORT: found 1.', 'Error: HOST: found 2.']);
});

function anInvocation(): InvocationContext {
  return new InvocationContext({
    functionName: 'business-events',
    logHandler: (level, ...line) => void inInvocation.push(`${level} ${line.join(' ')}`),
  });
}
