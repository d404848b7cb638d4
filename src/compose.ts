import type { TokenCredential } from '@azure/identity';
import type { LogsQueryClientOptions } from '@azure/monitor-query-logs';
import { byOrganization } from './adapters/by-organization.ts';
import { lazyDefaultCredential } from './adapters/fno/default-credential.ts';
import { connectEnvironments } from './adapters/fno/environments.ts';
import { connectTelemetry } from './adapters/log-analytics/connect-telemetry.ts';
import { openStore } from './adapters/open-store.ts';
import { HttpSubscribers } from './adapters/subscribers/http-subscribers.ts';
import type { Resolve } from './adapters/subscribers/resolve-allowed.ts';
import { systemClock, systemRandomness } from './adapters/system.ts';
import { type TelemetryHost, withApplicationInsights } from './adapters/telemetry/application-insights.ts';
import { createHandleRequest, type HandleRequest } from './http/handle-request.ts';
import type { Clock } from './ports/clock.ts';
import type { Ports } from './ports/ports.ts';
import type { Randomness } from './ports/randomness.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Config } from './settings/config.ts';
import { environmentNames, nameEnvironmentOf } from './settings/environment-names.ts';
import { readPolicyDocument } from './settings/policy-document.ts';
import type { SettingsSource } from './settings/settings-source.ts';
import { observePorts } from './usecases/engine/observe-ports.ts';
import { createUseCases, type UseCases } from './usecases/use-cases.ts';

/** The parts that a host provides; a test replaces more of them. */
export type Given = {
  /** The source of the settings that the libraries of Azure read, too. */
  source: SettingsSource;
  telemetry: Telemetry;
  telemetryHost: TelemetryHost;
  /** Aborts when the process stops and may not wait for F&O any longer. */
  forcefulStop: AbortSignal;
  clock?: Clock;
  randomness?: Randomness;
  credential?: () => Promise<TokenCredential>;
  /** Resolves the host names of subscribers. */
  resolve?: Resolve;
  /** Leads the queries of Log Analytics elsewhere. */
  logAnalytics?: LogsQueryClientOptions;
  /** Wraps the ports, between the use cases and the adapters. */
  wrap?: (ports: Ports) => Ports;
};

/** The use cases, connected to the adapters that the settings name. */
export type Composed = {
  kind: 'composed';
  useCases: UseCases;
  handleRequest: HandleRequest;
  ports: Ports;
  /** Sends the remaining telemetry. Resolves within 3 s. */
  stop: () => Promise<void>;
  close: () => void;
};

/** The one place that chooses adapters. They connect or open on their first use. Rejects with a SettingsError. */
export async function compose(config: Config, given: Given): Promise<Composed> {
  const { source, telemetry, telemetryHost, forcefulStop } = given;
  const { clock = systemClock, randomness = systemRandomness, credential = lazyDefaultCredential() } = given;
  const { environments, applicationInsights, callbackHosts } = config;
  const fno = connectEnvironments(environments, credential, clock);
  const watched = withApplicationInsights(applicationInsights, telemetry, clock, randomness, telemetryHost);
  const opened = await openStore(config.store, source, credential, clock, watched.telemetry);
  const { close, ...store } = byOrganization(opened, environments);
  const connected: Ports = {
    ...store,
    telemetry: watched.telemetry,
    subscribers: new HttpSubscribers(callbackHosts, clock, given.resolve),
    batchJobs: (environment) => fno(environment).batchJobs,
    runSearch: (environment) => fno(environment).runSearch,
    failureTexts: connectTelemetry(
      environments,
      credential,
      clock,
      source['AZURE_AUTHORITY_HOST'],
      given.logAnalytics,
    ),
    clock,
    randomness,
    forcefulStop,
  };
  const ports = observePorts(given.wrap?.(connected) ?? connected);
  const useCases = useCasesOf(ports, config);
  return {
    kind: 'composed',
    useCases,
    handleRequest: createHandleRequest(useCases, ports.telemetry, config),
    ports,
    stop: watched.stop,
    close,
  };
}

function useCasesOf(ports: Ports, config: Config): UseCases {
  const { environments, policy, requeuesPerMinute, watch, responseBudgetMs } = config;
  const { eventIds, eventSchemas, errorTextField } = config;
  const names = environments.map(({ name }) => name);
  const useCases = createUseCases(ports, {
    environments,
    policy,
    requeuesPerMinute,
    watch,
    readPolicy: (document) => readPolicyDocument(document, names),
    eventIds,
    eventSchemas,
    errorTextField,
    responseBudgetMs,
  });
  const known = environmentNames(environments);
  return {
    ...useCases,
    consumeWorkMessage: ({ value, ...message }) =>
      useCases.consumeWorkMessage({ ...message, value: nameEnvironmentOf(value, known) }),
  };
}
