// The end of the process, in order: a signal aborts what runs, then everything that was opened is closed in reverse order under one
// deadline. A second signal of the same kind finds no handler any more and ends the process at once. It never calls process.exit.

/** The part of `process` that is needed here. */
export interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', listener: () => void): unknown;
  off(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', listener: () => void): unknown;
}

/** What is logged: what did not close. */
export interface ShutdownLogger {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface ShutdownOptions {
  readonly signals: SignalSource;
  readonly logger: ShutdownLogger;
  /** For everything together. The unit's TimeoutStopSec must be longer. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 10_000;

/** Owns what was opened and the signal that ends it. */
export class Shutdown {
  readonly #abort = new AbortController();
  readonly #closers: { readonly name: string; readonly close: () => unknown }[] = [];
  readonly #options: Required<ShutdownOptions>;
  readonly #stops: readonly (readonly ['SIGTERM' | 'SIGINT', () => void])[];
  #reload: (() => void) | null = null;
  #closing: Promise<boolean> | null = null;

  constructor({ signals, logger, deadlineMs = DEADLINE_MS }: ShutdownOptions) {
    this.#options = { signals, logger, deadlineMs };
    this.#stops = (['SIGTERM', 'SIGINT'] as const).map((name) => [name, () => this.#stop(name)]);
    for (const [name, listener] of this.#stops) signals.on(name, listener);
  }

  /** Aborted by SIGTERM, SIGINT or `stop()`: the reason is their name. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends what listens to `signal`, as a signal of the system does. */
  stop(reason: string): void {
    this.#abort.abort(reason);
  }

  /** Called at SIGHUP, which would end the process otherwise. */
  onReload(reload: () => void): void {
    const { signals } = this.#options;
    signals.on('SIGHUP', reload); // first: between two listeners Node closes its handle, and a signal that is pending is lost
    if (this.#reload !== null) signals.off('SIGHUP', this.#reload);
    this.#reload = reload;
  }

  /** Registers what was just opened; the last one is closed first. */
  add(name: string, close: () => unknown): void {
    this.#closers.push({ name, close });
  }

  /**
   * Closes everything, last opened first. One that fails or hangs is logged and does not keep the others open.
   *
   * @returns true where all closed without a fault and in time.
   */
  close(): Promise<boolean> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  #stop(name: 'SIGTERM' | 'SIGINT'): void {
    this.#options.logger.info({ signal: name }, 'stopping');
    this.#removeStops(); // the next one ends the process
    this.#abort.abort(name);
  }

  #removeStops(): void {
    for (const [name, listener] of this.#stops) this.#options.signals.off(name, listener);
  }

  async #closeAll(): Promise<boolean> {
    const { signals, logger, deadlineMs } = this.#options;
    this.#abort.abort('closing');
    const deadline = new Deadline(deadlineMs);
    let clean = true;
    for (let next = this.#closers.pop(); next !== undefined; next = this.#closers.pop()) {
      try {
        if (await deadline.covers(Promise.resolve(next.close()))) continue;
        logger.error({ what: next.name, deadlineMs }, 'did not close in time');
      } catch (error) {
        logger.error({ err: error, what: next.name }, 'closed with a fault');
      }
      clean = false;
    }
    deadline.clear();
    this.#removeStops();
    if (this.#reload !== null) signals.off('SIGHUP', this.#reload);
    return clean;
  }
}

/** One timer for many waits; after it fired, each wait ends at once. */
class Deadline {
  readonly #timer: NodeJS.Timeout;
  readonly #expired: Promise<false>;

  constructor(milliseconds: number) {
    const { promise, resolve } = promiseWithResolvers();
    this.#expired = promise;
    this.#timer = setTimeout(() => resolve(false), milliseconds);
  }

  /** True where `work` ends before the deadline. */
  async covers(work: Promise<unknown>): Promise<boolean> {
    return Promise.race([work.then(() => true), this.#expired]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function promiseWithResolvers(): { promise: Promise<false>; resolve: (value: false) => void } {
  let resolve: (value: false) => void = () => undefined;
  const promise = new Promise<false>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
