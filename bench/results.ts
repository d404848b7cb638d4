import type { ColdStart } from './paths/cold-start.ts';
import type { ClientResult } from './paths/fno-clients.ts';
import type { RequestRound } from './paths/measure-requests.ts';
import type { MemorySample } from './paths/memory.ts';
import type { Storm, StormRound } from './paths/storm.ts';
import type { StubAlone } from './paths/stub-alone.ts';

/** All that one run measured, round by round. What was not measured is missing or empty. */
export type Results = {
  /** ISO 8601. */
  measuredAt: string;
  commit: string;
  /** Of the other commit, if one was measured. */
  against: string | null;
  machine: Machine;
  /** Of the packages and programs that were measured. */
  versions: Readonly<Record<string, string>>;
  /** How long each round measured a contender. */
  seconds: number;
  connections: number;
  /** Sent to each contender before it was measured, but for those on Azurite. */
  warmUpRequests: number;
  stub: StubAlone | null;
  clients: readonly ClientResult[];
  requests: readonly RequestResult[];
  storms: readonly StormResult[];
  coldStarts: readonly ColdStart[];
  operations: readonly OperationResult[];
  memory: readonly MemorySample[];
};

export type Machine = {
  cpu: string;
  cores: number;
  memoryGib: number;
  system: string;
  node: string;
  /** Processes that wanted a core in the minute before the run: other work on the machine. */
  loadBefore: number;
};

/** The first contender is the service of this commit. */
export type RequestResult = {
  path: string;
  contenders: readonly { name: string; rounds: readonly RequestRound[] }[];
};

export type StormResult = Storm & {
  contenders: readonly { name: string; rounds: readonly StormRound[] }[];
};

/** Requests to the storage account before an event is answered, and how many of them follow one another. */
export type OperationResult = { path: string; requests: number; inSequence: number };
