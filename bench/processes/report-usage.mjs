/**
 * Preloaded into each process that is measured: tells what it has used when its parent asks, with --expose-gc after a
 * collection of what nobody needs.
 */
process.on('message', (message) => {
  if (message !== 'usage') return;
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({ usage: { rss, heapUsed, cpuMicros: user + system } });
});
process.channel?.unref();
