import { mountRoutes, mountWork } from '../../src/hosts/azure/mount-functions.ts';
import { listen } from '../../src/hosts/node/listen.ts';
import { aService, type ServiceSetup, type TestService } from '../helpers/a-service.ts';
import { startFunctionsHost } from '../helpers/functions-host.ts';
import { aReplaceableService } from './replaceable-service.ts';

export type Host = {
  /** `http://127.0.0.1:<port>/api` */
  url: string;
  service: TestService;
  /** Does what is due by the service's clock, as the host does now and then by itself. */
  pollWork: () => Promise<void>;
};

export type BothHosts = {
  /** Does the same on both hosts, each with a service and a simulated F&O of its own. */
  onBoth: <Result>(
    setup: ServiceSetup | undefined,
    act: (host: Host) => Promise<Result>,
  ) => Promise<{ onNode: Result; onAzure: Result }>;
  close: () => Promise<void>;
};

/** The node host, and the real @azure/functions, whose set-up is once a process: so one a test file. */
export async function startBothHosts(): Promise<BothHosts> {
  await using first = await aService();
  const mounted = aReplaceableService(first.service);
  const azure = await startFunctionsHost(() => {
    mountRoutes(mounted, (_context, handle) => handle());
    mountWork(mounted, 'sqlite', (_context, handle) => handle());
  });
  return {
    onBoth: async (setup, act) => {
      await using first = await aService(setup);
      await using second = await aService(setup);
      const node = await listen(first.service, { host: '127.0.0.1', port: 0, functionKey: null });
      try {
        const pollWorkQueue = async () => void (await first.service.pollWorkQueue());
        const onNode = await act({ url: node.url, service: first, pollWork: pollWorkQueue });
        mounted.use(second.service);
        const trigger = async () => void (await azure.trigger('poll-work-queue', {}));
        return { onNode, onAzure: await act({ url: azure.url, service: second, pollWork: trigger }) };
      } finally {
        await node.close();
      }
    },
    close: () => azure.close(),
  };
}
