import { InvocationContext } from '@azure/functions';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InvocationTelemetry } from '../../../src/adapters/telemetry/invocation-telemetry.ts';

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
    telemetry.warning('Telemetry cannot be sent.');
    await Promise.resolve();
    telemetry.error('It failed.', new Error('Because.'));
  });

  expect(inInvocation).toEqual(['warning Telemetry cannot be sent.', 'error It failed. Because.']);
  expect(outside).toEqual([]);
});

test('what is logged after its invocation is not lost: it goes to the host, with a level that the host knows', async () => {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  const logLater = async () => {
    await isOver;
    telemetry.warning('Telemetry cannot be sent.');
    telemetry.error('It failed.', new Error('Because.'));
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
    telemetry.warning('Late.');
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
  telemetry.error('Two settings are wrong.', new Error('PORT: found 1.\nHOST: found 2.'));

  expect(outside).toEqual(['Error: Two settings are wrong. PORT: found 1.', 'Error: HOST: found 2.']);
});

function anInvocation(): InvocationContext {
  return new InvocationContext({
    functionName: 'business-events',
    logHandler: (level, ...line) => void inInvocation.push(`${level} ${line.join(' ')}`),
  });
}
