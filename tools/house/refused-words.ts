import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Words of an older language, and what this project says instead. */
const refused: readonly [word: RegExp, say: string][] = [
  [/untold|tellUntold|tellingUntil/i, 'outbox, publish'],
  [/take-?up-?job|do-?due-?work|doQueuedWork|runDueWorkLoop/i, 'process-job, pollWorkQueue, runWorker'],
  [/\bset[- ]aside\b|setAside|(?<!-)\bpoison/i, 'dead letter'],
  [/hiddenMs|\bputTelling/, 'visibilityTimeoutMs, enqueue'],
  [/forget-?old\b/i, 'prune'],
  [/armDelivered|lookAgainMs/, 'scheduleWakeUp, wakeUpDelayMs'],
  [/keepForLater|takeUpFailures/, 'enqueueOverflow'],
  [/\bput-?\s?off\b|holdBack|heldBack|leaveForLater|\bheld[- ]back\b/i, 'defer'],
  [
    /resolveClaim|resolveFollowUp|failedUnheard|endedUnheard/,
    'reconcileClaim, reconcileRun, endedWithoutEvent',
  ],
  [/\bhurry\b/i, 'forcefulStop'],
  [/askForGrant|requestGrant|\bcrowd|tellBreaker/, 'acquirePermit, contention, recordOutcome'],
  [/allowsAsking|allowsKeeping/, 'canCallFno, canEnqueue'],
  [/\beachJob\b|deferService/, 'allJobs, memoizeUntilFailure'],
  [/LedgerPage|LedgerUnavailable/, 'JobSnapshot, StoreUnavailable'],
  [/troubleTold|returnedClaim|statusFirst/, 'setupProblemAnnounced, releasedClaim, mustRead'],
  [/writeMarked|\bovertaken\b|mayPass/, 'conditionalWrite, conflict, isTransient'],
  [/bothTelemetry|LateSink|\bcomplain/, 'tee, BufferingSink, onError'],
  [
    /how-manieth|\bwhat became of\b|\bto be had\b|\bfares\b|\bin hand\b|\bmend(s|ed|ing)?\b/i,
    'plain main clauses',
  ],
];

/** Where the words are looked for: code, tests, tools and all that people read. */
const places = [
  '{src,test,tools,bench,docs}/**/*.{ts,mjs,md}',
  '*.md',
  'connector/**/*.{md,json}',
  'infra/**/*.{bicep,json}',
];

/** A line for each place that says a refused word. */
export function refusedWords(root: string): string[] {
  return places
    .flatMap((place) => globSync(place, { cwd: root }))
    .filter((path) => !path.includes('node_modules') && !path.endsWith('refused-words.ts'))
    .toSorted()
    .flatMap((path) => readFileSync(join(root, path), 'utf8').split('\n').flatMap(inLine(path)));
}

function inLine(path: string): (line: string, index: number) => string[] {
  return (line, index) =>
    refused.flatMap(([word, say]) => {
      const found = word.exec(line);
      return found ? [`${path}:${index + 1} says "${found[0]}": say ${say}`] : [];
    });
}
