import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Surroundings } from '../contenders.ts';
import { fnoClients } from '../peers/fno-clients.ts';
import { stubToken } from '../processes/start-fno.ts';
import { benchFile } from '../processes/start-program.ts';
import { inRounds } from '../rounds.ts';

/** The processor time that a request to F&O costs the process that sends it, in microseconds, one value a round. */
export type ClientResult = { name: string; cpuMicros: number[] };

const run = promisify(execFile);

/** Measures what a request to F&O costs by the service's client and by others. Each is a process of its own. */
export async function measureClients(
  { fno: { orgUrls } }: Surroundings,
  rounds: number,
): Promise<ClientResult[]> {
  const program = ['--disable-warning=ExperimentalWarning', benchFile('processes/ask-fno.ts')];
  const measured = await inRounds(Object.keys(fnoClients), rounds, async (name) => {
    const { stdout } = await run(process.execPath, [...program, name, orgUrls[0] ?? '', stubToken]);
    return Number(stdout);
  });
  return [...measured].map(([name, cpuMicros]) => ({ name, cpuMicros }));
}
