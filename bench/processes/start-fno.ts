import { benchFile, type Program, startProgram } from './start-program.ts';

/** As most customers have. The service sends each at most 100,000 requeues a minute. */
export const environmentNames = ['prod', 'uat'];

/** The only token that the stub takes. */
export const stubToken = 'a-token-of-the-stub';

type FnoCounts = {
  tokens: number;
  reads: number;
  lists: number;
  requeues: number;
  /** In ms since 1970. */
  lastRequeueAtMs: number;
};

export type Fno = {
  /** One for each name of `environmentNames`. */
  orgUrls: readonly string[];
  /** What @azure/identity reads: the stub is the endpoint of a managed identity, too. */
  identity: Readonly<Record<string, string>>;
  counts: () => Promise<FnoCounts>;
  /** The jobs that were requeued, and how often. */
  requeuesByJob: () => Promise<ReadonlyMap<string, number>>;
  program: Program;
  [Symbol.asyncDispose]: () => Promise<void>;
};

export async function startFno(folder: string, failedAt: Date): Promise<Fno> {
  const program = await startProgram({
    name: 'fno',
    command: [
      benchFile('processes/fno-stub.ts'),
      String(failedAt.getTime()),
      String(environmentNames.length),
    ],
    environment: {},
    folder,
  });
  const orgUrls = program.url.split(',');
  return {
    orgUrls,
    identity: { IDENTITY_ENDPOINT: `${orgUrls[0]}/MSI/token`, IDENTITY_HEADER: 'the-stub' },
    counts: async () => toCounts(await program.ask('counts')),
    requeuesByJob: async () => toMap(await program.ask('requeuesByJob')),
    program,
    [Symbol.asyncDispose]: program[Symbol.asyncDispose],
  };
}

function toCounts(value: unknown): FnoCounts {
  const counts: Record<string, unknown> = Object(value);
  const number = (name: string) => Number(counts[name]);
  return {
    tokens: number('tokens'),
    reads: number('reads'),
    lists: number('lists'),
    requeues: number('requeues'),
    lastRequeueAtMs: number('lastRequeueAtMs'),
  };
}

function toMap(value: unknown): Map<string, number> {
  if (!Array.isArray(value)) throw new Error('The stub of F&O did not tell its requeues.');
  return new Map(value.map((pair): [string, number] => [String(pair[0]), Number(pair[1])]));
}
