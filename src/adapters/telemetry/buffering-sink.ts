import type { AzureMonitor } from './azure-monitor.ts';
import { causeOf } from './cause-of.ts';
import type { TelemetryRecord, TelemetrySink } from './telemetry-record.ts';

/** Records that wait until there is what sends them; later ones are dropped. */
const maxWaiting = 5000;

/** After the first answer or piece of work, in ms: the answer is on its way by then, which loading would hold up. */
const restMs = 250;

/** When what sends is loaded though nothing was asked, in ms. */
const idleMs = 30_000;

/** How long stopping may take, in ms. */
const stopMs = 3000;

/**
 * Keeps records until what sends them is loaded, which takes about a second: so only after the first answer.
 * Nothing here throws or rejects: telemetry that cannot be sent is lost, and `onError` hears why.
 */
export class BufferingSink {
  readonly #load: () => Promise<AzureMonitor>;
  readonly #onError: (message: string) => void;
  readonly #waiting: TelemetryRecord[] = [];
  #dropped = 0;
  #loading: Promise<AzureMonitor | null> | null = null;
  #loaded: AzureMonitor | null = null;
  #timer: NodeJS.Timeout;

  constructor(load: () => Promise<AzureMonitor>, onError: (message: string) => void) {
    this.#load = load;
    this.#onError = onError;
    this.#timer = this.#loadIn(idleMs);
  }

  readonly take: TelemetrySink = (record) => {
    if (this.#loaded) return this.#send(this.#loaded, record);
    if (this.#waiting.length < maxWaiting) this.#waiting.push(record);
    else this.#dropped += 1;
    if (this.#loading || record.kind !== 'span' || record.role === 'client') return;
    clearTimeout(this.#timer);
    this.#timer = this.#loadIn(restMs);
  };

  /** Sends what is left, for as long as `stopMs`. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    const tooLate = Promise.withResolvers<void>();
    const timer = setTimeout(tooLate.resolve, stopMs);
    const stopped = this.#start().then((loaded) => loaded?.stop());
    await Promise.race([stopped.catch((error: unknown) => this.#failed(error)), tooLate.promise]);
    clearTimeout(timer);
  }

  #loadIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => void this.#start(), ms).unref();
  }

  #start(): Promise<AzureMonitor | null> {
    this.#loading ??= this.#load().then(
      (loaded) => this.#catchUp(loaded),
      (error: unknown) => {
        this.#failed(error);
        return null;
      },
    );
    return this.#loading;
  }

  #catchUp(loaded: AzureMonitor): AzureMonitor {
    this.#loaded = loaded;
    for (const record of this.#waiting.splice(0)) this.#send(loaded, record);
    if (this.#dropped > 0) this.#onError(`${this.#dropped} records of telemetry were dropped.`);
    return loaded;
  }

  #send(loaded: AzureMonitor, record: TelemetryRecord): void {
    try {
      loaded.send(record);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#onError(`Telemetry cannot be sent: ${causeOf(error)}`);
  }
}
