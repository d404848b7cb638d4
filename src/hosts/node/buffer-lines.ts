/**
 * Prints the lines of one turn of the event loop together: printing one costs more than deciding what it says. What
 * still waits when the process ends is printed first.
 */
export function bufferLines(print: (lines: string) => void = console.log): (line: string) => void {
  const waiting: string[] = [];
  const flush = () => {
    const lines = waiting.splice(0);
    if (lines.length > 0) print(lines.join('\n'));
  };
  process.on('exit', flush);
  return (line) => {
    if (waiting.push(line) === 1) setImmediate(flush);
  };
}
