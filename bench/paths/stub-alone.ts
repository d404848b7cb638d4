import type { Surroundings } from '../contenders.ts';
import type { Failures } from '../events.ts';
import { load } from '../load.ts';
import { stubToken } from '../processes/start-fno.ts';
import { connections } from './measure-requests.ts';

export type StubAlone = { requestsPerSecond: number; cpuMicros: number };

const action = '/data/BatchJobs/Microsoft.Dynamics.DataEntities.SetBatchJobToWaiting';
const seconds = 2;

/** What the stub of F&O takes when nothing stands between it and the load: it must bound no contender. */
export async function measureStub({ fno }: Surroundings, failures: Failures): Promise<StubAlone> {
  const [url = ''] = fno.orgUrls;
  const send = () =>
    load({
      url,
      connections,
      until: { seconds },
      next: () => ({ path: action.slice(1), body: `{"batchJobId":${failures.nextJob()}}` }),
      expected: 'IsSuccess',
      headers: { authorization: `Bearer ${stubToken}` },
    });
  await send();
  const before = await fno.program.usage();
  const loaded = await send();
  if (loaded.unexpected > 0) throw new Error(`The stub of F&O answered ${loaded.firstUnexpected}`);
  const used = await fno.program.usage();
  return {
    requestsPerSecond: loaded.requests / loaded.seconds,
    cpuMicros: (used.cpuMicros - before.cpuMicros) / loaded.requests,
  };
}
