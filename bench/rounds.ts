/** The order of one round: everyone once, and in each round another one first. */
export function orderOfRound<Contender>(contenders: readonly Contender[], round: number): Contender[] {
  const first = round % Math.max(1, contenders.length);
  return [...contenders.slice(first), ...contenders.slice(0, first)];
}

/** Runs rounds in each of which every contender is measured once; gives the rounds of each, in its order. */
export async function inRounds<Contender, Measured>(
  contenders: readonly Contender[],
  rounds: number,
  measure: (contender: Contender, round: number) => Promise<Measured>,
): Promise<Map<Contender, Measured[]>> {
  const measured = new Map<Contender, Measured[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of orderOfRound(contenders, round)) {
      measured.get(contender)?.push(await measure(contender, round));
    }
  }
  return measured;
}
