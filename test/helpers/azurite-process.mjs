import queueConfiguration from 'azurite/dist/src/queue/QueueConfiguration.js';
import queueServer from 'azurite/dist/src/queue/QueueServer.js';
import tableConfiguration from 'azurite/dist/src/table/TableConfiguration.js';
import tableServer from 'azurite/dist/src/table/TableServer.js';

/** The table and queue servers of Azurite, in memory, on ports of their own choice. Ends with its parent. */
const settings = {
  host: '127.0.0.1',
  port: 0,
  skipApiVersionCheck: true,
  isMemoryPersistence: true,
  enableAccessLog: false,
  enableDebugLog: false,
};

const servers = [
  [tableServer, tableConfiguration],
  [queueServer, queueConfiguration],
].map(([{ default: Server }, { default: Configuration }]) => {
  return new Server(Object.assign(new Configuration(), settings));
});

process.once('disconnect', () => process.exit());
await Promise.all(servers.map((server) => server.start()));
process.send(servers.map((server) => server.getHttpServerAddress()));
