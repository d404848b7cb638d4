import { expect, test } from 'vitest';
import { StoreUnavailable } from '../../../src/ports/ledger.ts';
import { healthy } from '../../../src/ports/subscriptions.ts';
import { everyJob } from '../../helpers/policies.ts';
import { aServiceWithCauses } from '../../helpers/a-service-with-causes.ts';
import { startCallbackServer } from '../../helpers/callback-server.ts';

const steps = Array.from({ length: 8 }, (_, step) => [step, 'before'] as const).flatMap(([step]) => [
  [step, 'before'] as const,
  [step, 'after'] as const,
]);

test.each(steps)(
  'a store that fails at its write %i, %s it is done, loses no cause and tells none twice',
  async (step, when) => {
    let armed: number | null = null;
    const writing = async <Result>(write: () => Promise<Result>): Promise<Result> => {
      const isNow = armed === 0;
      if (armed !== null) armed -= 1;
      if (isNow && when === 'before') throw new StoreUnavailable('It is not there.');
      const result = await write();
      if (isNow) throw new StoreUnavailable('The answer was lost.');
      return result;
    };
    await using server = await startCallbackServer();
    await using service = await aServiceWithCauses({
      policy: { defaults: { maxRetries: 1 }, ...everyJob },
      settings: { CALLBACK_HOSTS: server.origin },
      wrapLedger: (ledger) => {
        const write = ledger.write.bind(ledger);
        ledger.write = (...given) => writing(() => write(...given));
        return ledger;
      },
      wrapQueue: (queue) => {
        const enqueue = queue.enqueue.bind(queue);
        queue.enqueue = (...given) => writing(() => enqueue(...given));
        const postpone = queue.postpone.bind(queue);
        queue.postpone = (...given) => writing(() => postpone(...given));
        const complete = queue.complete.bind(queue);
        queue.complete = (...given) => writing(() => complete(...given));
        return queue;
      },
    });
    const all = { events: ['exhausted', 'cause'] as const, environment: null, jobId: null };
    const subscription = { id: '4f0a', callbackUrl: `${server.origin}/`, ...all };
    await service.subscriptions.add({ ...subscription, createdAt: service.clock.now(), ...healthy });
    await service.fail();
    const eventId = await service.fail();
    service.write({ arrivesAfterMs: 90_000 });
    await service.pass(1);
    armed = step;
    for (let minute = 0; minute < 40; minute += 1) await service.pass(1).catch(() => undefined);
    // An outbox whose item could not be queued is found by the sweep.
    await service.service.sweep();
    await service.pass(1);

    expect(armed).toBeLessThan(0);
    expect(await service.causesInHistory()).toEqual([{ eventId, reason: 'Account 4711 is blocked.' }]);
    const told = new Map(
      server.received.map(({ body }) => {
        const { notificationId, event }: Record<string, string> = JSON.parse(JSON.stringify(body));
        return [notificationId, event];
      }),
    );
    expect([...told.values()]).toHaveLength(2);
    expect(new Set(told.values())).toEqual(new Set(['cause', 'exhausted']));
  },
);
