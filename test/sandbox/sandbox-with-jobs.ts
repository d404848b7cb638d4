import { z } from 'zod';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { aClient } from './fno-client.ts';

export const isError = "Microsoft.Dynamics.DataEntities.BatchStatus'Error'";

const pageShape = z.looseObject({
  value: z.array(z.record(z.string(), z.unknown())).default([]),
  '@odata.nextLink': z.string().optional(),
});
export type Page = z.infer<typeof pageShape>;

/** Jobs 100, 101 and so on, each of which always fails. `page` reads a page of a list. */
export async function aSandboxWithJobs(count: number, pageSize = 50) {
  const clock = new ManualClock();
  const sandbox = await startSandbox({ clock, pageSize });
  for (let n = 0; n < count; n += 1) {
    sandbox.addJob({ jobId: String(100 + n), description: `Job ${n}`, script: { kind: 'always-fail' } });
  }
  const client = await aClient(sandbox);
  const page = async (path: string): Promise<Page> => pageShape.parse(await (await client.get(path)).json());
  return { sandbox, clock, client, page };
}
