/** A request to a storage account, as a service was seen to make it. Times in ms since 1970. */
export type Recorded = {
  host: string;
  method: string;
  path: string;
  bytes: number;
  status: number;
  startMs: number;
  endMs: number;
};

/** An operation that the SDK can repeat. `bytes`: of the body that was sent. */
export type StorageOperation = { kind: StorageOperationKind; bytes: number };

type StorageOperationKind =
  'get' | 'get what is absent' | 'query' | 'put' | 'transaction' | 'delete' | 'enqueue';

/** The operations of a path: those of one stage are made at the same time, and each stage waits for the one before. */
export type Plan = readonly (readonly StorageOperation[])[];

/** Groups what a service did between two instants into stages: one begins after all of the last has ended. */
export function planOf(recorded: readonly Recorded[], fromMs: number, toMs: number): Plan {
  const stages: StorageOperation[][] = [];
  let endMs = -Infinity;
  for (const one of recorded.toSorted((a, b) => a.startMs - b.startMs)) {
    const kind = kindOf(one);
    if (kind === null || one.startMs < fromMs || one.startMs > toMs) continue;
    if (one.startMs >= endMs) stages.push([]);
    stages.at(-1)?.push({ kind, bytes: one.bytes });
    endMs = Math.max(endMs, one.endMs);
  }
  return stages;
}

/** Null for what is on no event's way, such as a look into the queue, and for what is asked of F&O. */
function kindOf({ method, path, status }: Recorded): StorageOperationKind | null {
  const isRow = path.includes('PartitionKey=');
  if (/\/messages(\/|\?|$)/.test(path)) {
    return method === 'POST' ? 'enqueue' : null;
  }
  if (/^\/(data|MSI)\//.test(path)) return null;
  if (path.includes('$batch')) return 'transaction';
  if (method === 'GET') {
    if (!isRow) return 'query';
    return status === 404 ? 'get what is absent' : 'get';
  }
  return method === 'DELETE' ? 'delete' : 'put';
}
