import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { aService } from '../helpers/a-service.ts';
import { anEvent, eventId } from '../hosts/an-event.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const events = Number(process.env['PROOF_BODIES'] ?? 20_000);
/** Not more than are decided at once. */
const batch = 25;

/** Fields on which nothing depends where the policy goes by job ids. */
const undecisive = [
  'AdminEmailId',
  'BusinessEventLegalEntity',
  'ContextRecordSubject',
  'ControlNumber',
  'EventTime',
  'EventTimeIso8601',
  'InitiatingUserAADObjectId',
  'JobDescription',
  'JobEndUtcDateTime',
  'JobExecutedByEmailId',
  'JobOwnerEmailId',
  'JobStatus',
  'MajorVersion',
  'MinorVersion',
  'NewInVersion99',
  'ParentContextRecordSubjects',
];

const value = fc.oneof(
  fc.json({ maxDepth: 1 }),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"/Date(1772413200000+0200)/"',
    '1772413200000',
    '""',
    '"2026-03-02T01:00:00"',
    '"2026-03-02T01:00:00+0000"',
    '"02.03.2026 01:00"',
    'null',
    '"68719932288"',
    '9223372036854775808',
    '1e999',
    '"1.0"',
    '3',
    '{"Value":3}',
    '[{"a":[]}]',
  ),
);

const changes = fc.uniqueArray(fc.tuple(fc.constantFrom(...undecisive), value), {
  selector: ([field]) => field,
  minLength: 1,
  maxLength: undecisive.length,
});

/** What tells what an event says, and what is then decided. */
const kind = fc.constantFrom(
  { id: 'BatchJobFailedBusinessEvent', query: '', decision: 'shadow' },
  { id: 'BatchJobFinishedBusinessEvent', query: '', decision: 'ignored' },
  { id: 'ContosoFehler', query: '?event=failed', decision: 'shadow' },
  { id: 'BatchJobFailedBusinessEvent', query: '?event=canceled', decision: 'ignored' },
);

test(
  `${events} events keep their decision whatever stands in the fields that decide nothing`,
  { timeout: 120_000 },
  async () => {
    const policy = { jobs: [{ name: 'Every job', match: { jobId: '*' }, mode: 'shadow' }] };
    await using service = await aService({ policy, jobs: [] });
    console.log(`${events} events, SEED=${seed}`);
    const kinds = fc.sample(kind, { seed, numRuns: events / batch });
    const all = fc.sample(changes, { seed, numRuns: events });
    let sent = 0;
    for (const { id, query, decision } of kinds) {
      const changed = all.slice(sent, sent + batch);
      const wanted = changed.map((_, index) => ({
        eventId: eventId(sent + index),
        jobId: String(sent + index),
      }));
      const bodies = changed.map((fields, index) =>
        anEvent({
          BusinessEventId: `"${id}"`,
          ...Object.fromEntries(fields),
          EventId: `"${wanted[index]?.eventId}"`,
          JobId: `${wanted[index]?.jobId}`,
        }),
      );
      const { status, body } = await service.deliver(`[${bodies.join(',')}]`, query);
      expect({ status, body, bodies }).toMatchObject({
        status: 200,
        body: wanted.map((ids) => ({ ...ids, decision })),
      });
      sent += batch;
    }
    expect(sent).toBe(events);
    expect(service.sandbox.requests).toEqual([]);
  },
);
