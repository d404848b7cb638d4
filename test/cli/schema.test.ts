import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';

const sample = readFileSync('schemas/batch-job-failed.sample.json', 'utf8');
const recorded = readFileSync('test/fixtures/batch-job-failed.json', 'utf8');
const written = 'schemas/batch-job-failed-business-event.0.0.schema.json';

const base = mkdtempSync(join(tmpdir(), 'batch-retry-cli-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(base, 'run-'));
});

test('the published sample becomes a schema, which accepts a realistic event and refuses broken ones with the place', () => {
  save('sample.json', sample);
  const imported = run('schema', 'import', 'sample.json');
  expect(imported).toMatchObject({ status: 0, err: '' });
  expect(imported.out).toContain(`${written} written, from one sample or event.`);
  expect(imported.out).toMatch(/^ {2}JobId +a whole number of 64 bits, required$/m);
  expect(imported.out).toMatch(
    /^To check:\n {2}- It does not name its event: taken as BatchJobFailedBusinessEvent/m,
  );

  save('event.json', recorded);
  expect(run('schema', 'check', 'event.json')).toEqual({
    status: 0,
    out: 'The event fits batch-job-failed-business-event.0.0.schema.json.\n1 checked, 0 refused.\n',
    err: '',
  });

  const event = JSON.parse(recorded);
  const { JobId: _jobId, ...without } = event;
  const testEvent = {
    BusinessEventId: 'BusinessEventsTestEndpointContract',
    ControlNumber: 0,
    EventId: event.EventId,
  };
  const lines = [
    without,
    { ...event, JobId: '5' },
    { ...event, JobEndUtcDateTime: 'soon' },
    testEvent,
    event,
  ];
  save('events.ndjson', lines.map((line) => JSON.stringify(line)).join('\n'));
  const checked = run('schema', 'check', 'events.ndjson');
  expect(checked).toMatchObject({ status: 1, err: '' });
  expect(checked.out.split('\n')).toEqual([
    '/0 breaks batch-job-failed-business-event.0.0.schema.json:',
    '  /0/JobId is required',
    '/1 is acted on, though it breaks batch-job-failed-business-event.0.0.schema.json:',
    '  /1/JobId must be a whole number of 64 bits',
    '/2 is acted on, though it breaks batch-job-failed-business-event.0.0.schema.json:',
    '  /2/JobEndUtcDateTime must be a time: /Date(milliseconds since 1970)/ or ISO 8601',
    '/3 needs no schema: The test event that F&O sends when an endpoint is activated.',
    '/4 fits batch-job-failed-business-event.0.0.schema.json.',
    '5 checked, 1 refused, 2 acted on though they do not fit.',
    '',
  ]);
});

test('a deviation that decides nothing is shown, and makes the exit code 1 with --strict only', () => {
  save('event.json', JSON.stringify({ ...JSON.parse(recorded), JobEndUtcDateTime: '', ControlNumber: '7' }));
  const [lenient, strict] = [
    run('schema', 'check', 'event.json'),
    run('schema', 'check', 'event.json', '--strict'),
  ];
  expect([lenient.status, strict.status]).toEqual([0, 1]);
  expect(lenient.out).toContain('The event is acted on, though it breaks batch-job-failed.schema.json:');
  expect(strict.out).toContain('The event breaks batch-job-failed.schema.json:');
  for (const { out } of [lenient, strict]) {
    expect(out).toContain('  /JobEndUtcDateTime must be a time');
    expect(out).toContain('  /ControlNumber must be a whole number of 64 bits');
  }
});

test('an event that nothing identifies is shown with what to set', () => {
  const event = { ...JSON.parse(recorded), BusinessEventId: 'ContosoJobFailed', JobStatus: 'Fehler' };
  save('event.json', JSON.stringify(event));
  expect(run('schema', 'check', 'event.json').out).toContain('FAILED_EVENT_ID=ContosoJobFailed');
});

test('digits beyond 2^53 are read as they stand', () => {
  save('event.json', recorded.replace('5637611083', '9223372036854775807'));
  expect(run('schema', 'check', 'event.json').status).toBe(0);
  save('event.json', recorded.replace('5637611083', '9223372036854775808'));
  expect(run('schema', 'check', 'event.json')).toMatchObject({
    status: 1,
    out: expect.stringContaining('  /JobId must'),
  });
});

test('--strict, --event and --event-version are kept to, and a second import says so', () => {
  save('sample.json', sample);
  const call = [
    'schema',
    'import',
    'sample.json',
    '--strict',
    '--event',
    'ContosoJobFailed',
    '--event-version',
    '1.2',
  ];
  const file = 'schemas/contoso-job-failed.1.2.schema.json';
  expect(run(...call).out).toContain(`${file} written, from`);
  expect(run(...call).out).toContain(`${file} written again, from`);
  expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toMatchObject({ additionalProperties: false });

  const event = {
    ...JSON.parse(recorded),
    BusinessEventId: 'ContosoJobFailed',
    MajorVersion: 1,
    MinorVersion: 2,
  };
  save('event.json', JSON.stringify({ ...event, New: 1 }));
  expect(run('schema', 'check', 'event.json')).toMatchObject({
    status: 1,
    out: expect.stringContaining('  /New is not known here'),
  });
});

test.each([
  [
    'a file that is not there',
    ['schema', 'check', 'nowhere.json'],
    'nowhere.json: it cannot be read (there is no such file).',
  ],
  ['text', ['schema', 'check', 'text.txt'], /^text\.txt: found text that cannot be read \(.*\)$/],
  [
    'bytes',
    ['schema', 'import', 'bytes.bin'],
    'bytes.bin: found bytes that are not text in UTF-8 or UTF-16.',
  ],
  [
    'no event',
    ['schema', 'import', 'other.json'],
    'other.json: It has no field EventId, which every event of a batch job has.',
  ],
  [
    'an event id that is none',
    ['schema', 'import', 'other.json', '--event', '../x'],
    /^--event: found "\.\.\/x"; expected/,
  ],
  [
    'a version that is none',
    ['schema', 'import', 'x', '--event-version', '1'],
    /Expected two numbers, such as 1\.0\./,
  ],
])('%s is refused in clear words, with exit code 2', (_what, call, message) => {
  save('text.txt', 'The job failed.\nAgain.');
  save('bytes.bin', Buffer.from([0x7b, 0xff]));
  save('other.json', '{"BusinessEventId":"X"}');
  const { status, out, err } = run(...call);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err.split('\n')[0]).toMatch(message);
});

test('files that Windows tools wrote, as UTF-16 of both orders, are read', () => {
  const little = Buffer.from(`\uFEFF${recorded}`, 'utf16le');
  save('little.json', little);
  save('big.json', Buffer.from(little).swap16());
  for (const file of ['little.json', 'big.json'])
    expect(run('schema', 'check', file)).toMatchObject({ status: 0 });
});

test('deliveries are read in every envelope that the service opens, and in several documents over many lines', () => {
  const envelopes = readdirSync('test/fixtures/envelopes').map((name) => {
    const text = readFileSync(join('test/fixtures/envelopes', name), 'utf8');
    const { headers, body }: { headers: object; body: string } = JSON.parse(text);
    // What headers say is kept with them, as the outputs of a flow's trigger.
    return Object.keys(headers).length > 1 ? text : JSON.stringify(JSON.parse(body), null, 2);
  });
  expect(envelopes.length).toBeGreaterThan(10);
  save('deliveries.json', envelopes.join('\n'));
  const checked = run('schema', 'check', 'deliveries.json');
  expect(checked).toMatchObject({ status: 0, err: '' });
  const verdicts = checked.out.trim().split('\n');
  expect(verdicts.at(-1)).toMatch(/^\d+ checked, 0 refused\.$/);
  expect(Number.parseInt(verdicts.at(-1) ?? '', 10)).toBeGreaterThanOrEqual(envelopes.length);
  expect(verdicts.slice(0, -1).filter((line) => !/^\/\d+\S* fits /.test(line))).toEqual([]);

  expect(run('schema', 'import', 'deliveries.json')).toMatchObject({ status: 0, err: '' });
});

test('what an envelope hides is named by its place in the file', () => {
  const event = JSON.parse(recorded);
  const { JobId: _, ...without } = event;
  save('wrapped.json', JSON.stringify([{ body: event }, { body: without }], null, 2));
  expect(run('schema', 'check', 'wrapped.json').out).toContain('  /1/body/JobId is required');
  save('broken.json', JSON.stringify({ specversion: '0.3', data: event }));
  expect(run('schema', 'check', 'broken.json')).toMatchObject({
    status: 2,
    err: expect.stringContaining('an envelope that the service cannot open: /specversion must be 1.0'),
  });
});

test('--help shows what there is, with examples', () => {
  expect(run('schema', '--help').out).toMatch(/import .*<file>[^]*check .*<file>/);
  expect(run('schema', 'import', '--help').out).toContain(
    'batch-retry schema import captured-events.json --strict',
  );
});

function save(name: string, content: string | Uint8Array): void {
  writeFileSync(join(folder, name), content);
}

function run(...call: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('src/cli/main.ts'), ...call], {
    cwd: folder,
    env: { ...process.env, NODE_COMPILE_CACHE: join(base, 'compiled') },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}
