import { join } from 'node:path';
import { listedDescription, policy, type SentEvent } from './events.ts';
import { ownSources } from './own-sources.ts';
import { environmentNames, type Fno } from './processes/start-fno.ts';
import { benchFile, type Program, startProgram } from './processes/start-program.ts';

/** Everything that servers of one run share. */
export type Surroundings = { folder: string; fno: Fno; redisPort: number | null };

export type Contender = {
  name: string;
  /** Whether it answers for one environment below its address, as the service does. */
  hasEnvironments: boolean;
  start: (around: Surroundings) => Promise<Program>;
};

let stores = 0;

/** The service as a user runs it, from its sources as `npm start` does, with a new SQLite file. */
export function serviceOnSqlite(
  name = 'this, SQLite',
  sources = ownSources,
  nodeOptions: readonly string[] = [],
): Contender {
  return service(name, sources, newSqlite, nodeOptions);
}

function newSqlite({ folder }: Surroundings): Record<string, string> {
  return { STORE: `sqlite:${join(folder, `store-${++stores}.sqlite`)}` };
}

/** The service with a store that other settings name. */
export function service(
  name: string,
  sources: string,
  store: (around: Surroundings) => Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Contender {
  return {
    name,
    hasEnvironments: true,
    start: async (around) => {
      const program = await startProgram({
        name: 'service',
        command: [
          '--disable-warning=ExperimentalWarning',
          ...nodeOptions,
          join(sources, 'src/hosts/node/main.ts'),
        ],
        environment: { ...settingsOf(around.fno), PORT: '0', ...store(around) },
        folder: around.folder,
      });
      return { ...program, url: `${program.url}/business-events` };
    },
  };
}

/** The service's settings but for those of its store. */
export function settingsOf({ orgUrls, identity }: Fno): Record<string, string> {
  const environments = Object.fromEntries(
    environmentNames.map((name, index) => [name, { orgUrl: orgUrls[index] }]),
  );
  return {
    ...identity,
    FNO_ENVIRONMENTS: JSON.stringify(environments),
    RETRY_POLICY: JSON.stringify(policy),
    REQUEUES_PER_MINUTE: '100000',
  };
}

export const bare = peer('bare node:http', 'peers/bare.ts');
export const fastify = peer('Fastify script', 'peers/fastify.ts');
export const fastifyThatReads = peer('Fastify script that reads the job', 'peers/fastify.ts', '--read');
export const bullmq = peer('BullMQ on Redis', 'peers/bullmq.ts');

function peer(name: string, file: string, ...args: string[]): Contender {
  return {
    name,
    hasEnvironments: false,
    start: ({ folder, fno, redisPort }) =>
      startProgram({
        name: 'peer',
        command: ['--disable-warning=ExperimentalWarning', benchFile(file), ...args],
        environment: {
          ...fno.identity,
          FNO_ORG_URL: fno.orgUrls[0] ?? '',
          LISTED: listedDescription,
          REDIS_PORT: String(redisPort),
        },
        folder,
      }),
  };
}

/** A request to the service, below its address: the environment is named in it, and each has the same share of the jobs. */
export function toRequest({ jobId, text }: SentEvent): { path: string; body: string } {
  return { path: `/${environmentNames[jobId % environmentNames.length]}`, body: text };
}

/** The same to any contender. */
export function requestTo({ hasEnvironments }: Contender, event: SentEvent): { path: string; body: string } {
  const request = toRequest(event);
  return hasEnvironments ? request : { ...request, path: '' };
}
