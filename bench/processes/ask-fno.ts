import { fnoClients } from '../peers/fno-clients.ts';

/** Asks the stub of F&O many times by one client, and prints the processor time of a request in microseconds. */
const [name = '', orgUrl = '', token = ''] = process.argv.slice(2);
const ask = fnoClients[name]?.(orgUrl, token);
if (!ask) throw new Error(`There is no client "${name}".`);

const warmUp = 5000;
const measured = 10_000;
const atOnce = 25;

async function askTimes(times: number): Promise<void> {
  let left = times;
  const askInTurn = async () => {
    while (left-- > 0) {
      const tooLate = new AbortController();
      const timer = setTimeout(() => tooLate.abort(), 10_000);
      const text = await ask?.(tooLate.signal);
      clearTimeout(timer);
      if (!text?.includes('"Status"')) throw new Error(`The stub of F&O answered ${text}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askInTurn));
}

await askTimes(warmUp);
const before = process.cpuUsage();
await askTimes(measured);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / measured);
process.exit();
