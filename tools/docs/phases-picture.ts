import { operatorActions } from '../../src/domain/job/outcomes.ts';
import { explorePhases, type Step } from './explore-phases.ts';

const byHand: ReadonlySet<string> = new Set(operatorActions);

/** The phases of a job and what leads from one to another, as the state machine plays them. */
export function phasesPicture(): string {
  const moves = Map.groupBy(
    explorePhases().filter(({ from, to }) => from !== to),
    ({ from, to }) => `${from} --> ${to}`,
  );
  const arrows = [...moves]
    .map(([move, steps]) => `    ${move}: ${wordsOf(steps).join(', ')}`)
    .toSorted((one, other) => one.localeCompare(other, 'en'));
  return ['```mermaid', 'stateDiagram-v2', '    [*] --> idle', ...arrows, '```'].join('\n');
}

/** What is decided when nothing else is; a claim alone decides nothing yet. */
function wordsOf(steps: readonly Step[]): string[] {
  const decided = steps.flatMap(({ decided: [only, ...more] }) =>
    only !== undefined && more.length === 0 && !byHand.has(only) ? [only] : [],
  );
  const isClaimed = steps.some(({ to, decided }) => to === 'requesting' && decided.length === 0);
  return [...(isClaimed ? ['a claim'] : []), ...new Set(decided.toSorted())];
}
