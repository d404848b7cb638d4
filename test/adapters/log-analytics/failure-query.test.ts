import { expect, test } from 'vitest';
import { failureQuery } from '../../../src/adapters/log-analytics/failure-query.ts';
import { taskQuery } from '../../../src/adapters/log-analytics/task-query.ts';
import { parseJobId } from '../../../src/domain/job-id.ts';
import { parseKql } from '../../kql-evaluator/kusto.ts';

test("Microsoft's parser finds nothing wrong with the queries, for any job", () => {
  const window = { fromAt: new Date('2026-03-02T01:00:00Z'), toAt: new Date('2026-03-02T02:00:00Z') };
  for (const digits of ['5637144576', '-9223372036854775808', '0']) {
    const jobId = parseJobId(digits);
    if (jobId === null) throw new Error('no id');
    for (const query of [failureQuery(jobId, window), taskQuery(jobId, window)]) {
      expect(parseKql(query).diagnostics).toEqual([]);
      expect(query).toContain(`has "${digits.replace('-', '')}"`);
      expect(query).toContain('datetime(2026-03-02T01:00:00.000Z) .. datetime(2026-03-02T02:00:00.000Z)');
    }
  }
});

test('the parser knows both schemas: a misspelt column is found', () => {
  expect(parseKql('AppExceptions | project OuterMesage').diagnostics).not.toEqual([]);
  expect(parseKql('exceptions | project outerMesage').diagnostics).not.toEqual([]);
});
