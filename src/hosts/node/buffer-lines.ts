import { perTurn } from './per-turn.ts';

/**
 * Prints the lines of one turn of the event loop together: printing one costs more than deciding what it says. What
 * still waits when the process ends is printed first.
 */
export function bufferLines(print: (lines: string) => void = console.log): (line: string) => void {
  const lines = perTurn<string>((all) => print(all.join('\n')));
  process.on('exit', lines.now);
  return lines.later;
}
