/**
 * Collects what one turn of the event loop brings, and has it done together after that turn. `now` does what waits at
 * once.
 */
export function perTurn<One>(act: (all: One[]) => void): { later: (one: One) => void; now: () => void } {
  let waiting: One[] = [];
  const now = () => {
    const all = waiting;
    waiting = [];
    if (all.length > 0) act(all);
  };
  return {
    later: (one) => {
      if (waiting.push(one) === 1) setImmediate(now);
    },
    now,
  };
}
