import { expect, test } from 'vitest';
import { historyEntity, historySets } from '../../../src/adapters/fno/history-rows.ts';

const row = {
  BatchJobId: 1,
  Status: 'Error',
  OrigStartDateTime: '',
  StartDateTime: '',
  EndDateTime: '',
};
const { OrigStartDateTime: _, ...ofTask } = row;

test('of the entity sets, those whose names may be of a batch history are asked, the likeliest first', () => {
  const names = [
    'CustomersV3',
    'SysBatchHistoryEntities',
    'BatchJobs',
    'BatchJobHistories',
    'BatchTaskHistories',
  ];
  const sets = names.map((name) => ({ name, kind: 'EntitySet', url: name }));
  expect(historySets(sets)).toEqual(['BatchJobHistories', 'SysBatchHistoryEntities', 'BatchTaskHistories']);
  expect(historySets([...Array(9).keys()].map((n) => ({ name: `BatchHistory${n}` })))).toHaveLength(5);
});

test.each([
  ['BatchJobHistories', row, true],
  ['BatchJobHistories', ofTask, true],
  ['BatchJobHistories', null, true],
  ['BatchJobHistoriesV2', row, true],
  ['BatchJobHistoriesV2', null, false],
  ['BatchTaskHistories', ofTask, false],
  ['BatchUploadHistories', { Id: 1, OrigStartDateTime: '' }, false],
])('%s with a row %j is the history of batch jobs: %j', (set, shown, isHistory) => {
  expect(historyEntity(set, shown) !== null).toBe(isHistory);
});
