import { expect, test } from 'vitest';
import { measuredBlock } from '../../bench/report/measured-block.ts';
import { resultsPage } from '../../bench/report/results-page.ts';
import { resultsPicture } from '../../bench/report/results-picture.ts';
import type { Results } from '../../bench/results.ts';

const round = (requestsPerSecond: number, cpuMicros: number) => ({
  requestsPerSecond,
  cpuMicros,
  p99Ms: 12,
  otherAnswers: 0,
});

const results: Results = {
  measuredAt: '2026-11-26T15:00:00.000Z',
  commit: 'abc1234',
  against: null,
  machine: {
    cpu: 'A processor',
    cores: 2,
    memoryGib: 23.5,
    system: 'Linux 6 x64',
    node: '24.21.0',
    loadBefore: 0.25,
  },
  versions: { fastify: '5.12.8' },
  seconds: 2,
  connections: 50,
  warmUpRequests: 10_000,
  stub: { requestsPerSecond: 20_123, cpuMicros: 41.5 },
  clients: [
    { name: 'this', cpuMicros: [150, 90] },
    { name: 'undici', cpuMicros: [50, 30] },
  ],
  requests: [
    {
      path: 'requeue',
      contenders: [
        { name: 'this, SQLite', rounds: [round(3000, 300), round(1000, 300)] },
        { name: 'Fastify script that reads the job', rounds: [round(6000, 150), round(2000, 100)] },
      ],
    },
  ],
  storms: [
    {
      failures: 5000,
      deliveries: 3,
      jobs: 50,
      contenders: [
        {
          name: 'this, SQLite',
          rounds: [
            {
              deliveriesPerSecond: 3210,
              slowestMs: 4100,
              decidedSeconds: 5.5,
              statuses: { 200: 15_000 },
              lost: 0,
              doubled: 0,
            },
          ],
        },
      ],
    },
  ],
  coldStarts: [
    { name: 'an app with one empty function', loadedMs: [10, 10], answeredMs: [30, 40] },
    { name: 'this, no match', loadedMs: [12, 11], answeredMs: [60, 80] },
  ],
  operations: [{ path: 'requeue', requests: 7, inSequence: 3 }],
  memory: [{ requests: 20_000, rss: 200 * 2 ** 20, heapUsed: 31.5 * 2 ** 20 }],
};

test('the page names machine, versions and date, and has a row for each contender', () => {
  const page = resultsPage(results);
  expect(page).toContain('on 2026-11-26, of commit abc1234.');
  expect(page).toContain(
    'Machine: A processor, 2 cores, 23.5 GiB, Linux 6 x64, Node.js 24.21.0; load average before the run 0.25. fastify 5.12.8.',
  );
  expect(page).toContain('| this, SQLite | 2,000 | 1,000 to 3,000 |  | 12 | 300 |  |');
  expect(page).toContain(
    '| Fastify script that reads the job | 4,000 | 2,000 to 6,000 | 0.50 × | 12 | 125 | 2.50 × |',
  );
  expect(page).toContain('| this, SQLite | 3,210 | 4.10 | 5.50 | 15,000 × 200 | 0 | 0 |');
  expect(page).toContain('| this, no match | 11.5 | 1.15 × | 70 | 2 × |');
  expect(page).toContain('| requeue | 7 | 3 |');
  expect(page).toContain('| undici | 40 | 3 × |');
  expect(page).toContain('| 20,000 | 31.5 | 200.0 |');
});

test('answers of another kind are told beside the contender that gave them', () => {
  const [first] = results.requests;
  const contenders = [{ name: 'this, Azurite', rounds: [{ ...round(20, 9000), otherAnswers: 0.004 }] }];
  const page = resultsPage({ ...results, requests: first ? [{ ...first, contenders }] : [] });
  expect(page).toContain('| this, Azurite (other answers: 0.4 %) |');
});

test('the page for operators has ratios, and leaves out what was not measured', () => {
  const block = measuredBlock(results);
  expect(block).toContain(
    '| Requeue, SQLite | 2,000/s | 0.50 × Fastify script that reads the job (processor time 2.50 ×) |',
  );
  expect(block).toContain('all decided after 5.50 s; lost or doubled: 0');
  expect(block).toContain(
    '| Cold start to the first answer: no match | 70 ms | 2 × an app with one empty function |',
  );
  expect(block).toContain("| Request to F&O by axios' HTTP adapter | 120 µs | 3 × undici |");
  expect(block).not.toContain('Azurite');
});

test('the picture names each contender and its figure, on a ground of its own', () => {
  const svg = resultsPicture(results);
  expect(svg).toMatch(/^<svg /);
  for (const text of ['this, SQLite', '2,000', '4,000', 'requeue: requests a second, 50 connections']) {
    expect(svg).toContain(text);
  }
  expect(svg).toContain('fill="#ffffff"');
});
