// Tells systemd how we are (sd_notify(3)): READY=1, STATUS=, WATCHDOG=1, RELOADING=1, STOPPING=1. Node cannot send to a Unix datagram
// socket, so each message is one short run of `systemd-notify`; the unit needs NotifyAccess=all for that. Without NOTIFY_SOCKET every
// call does nothing. One message is on its way at a time, in order; waiting status texts and watchdog pings are replaced by newer ones,
// so the queue stays short. A failure is logged once and never stops anybody; systemd's own watchdog is the judge.
//
// `--no-block` is left out on purpose: systemd finds the unit of a message by its sender, which must still live when it is read.

import { execFile } from 'node:child_process';
import process from 'node:process';

/** What this logs: the first failure. */
export interface NotifyLogger {
  warn(details: object, message: string): void;
}

export interface SdNotifyOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: NotifyLogger;
  /** The program; found on the PATH. */
  readonly program?: string;
}

const TIMEOUT_MS = 5000;

/** The line to the service manager. */
export class SdNotify {
  /** How often to call `watchdog()`, milliseconds: half of what systemd waits. Null where it does not watch us. */
  readonly watchdogIntervalMs: number | null;
  /** What systemd waits for a ping before it restarts us, milliseconds; null where it does not watch us. */
  readonly watchdogMs: number | null;
  readonly #enabled: boolean;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #logger: NotifyLogger;
  readonly #program: string;
  readonly #queue: { kind: 'state' | 'status' | 'watchdog'; words: readonly string[] }[] = [];
  #running: Promise<void> | null = null;
  #failed = false;

  constructor({ env, logger, program = 'systemd-notify' }: SdNotifyOptions) {
    this.#env = env;
    this.#logger = logger;
    this.#program = program;
    this.#enabled = (env['NOTIFY_SOCKET'] ?? '') !== '';
    this.watchdogMs = this.#enabled ? watchdogTime(env) : null;
    this.watchdogIntervalMs = this.watchdogMs === null ? null : this.watchdogMs / 2;
  }

  /** The service is up, or has read its configuration again. */
  ready(status: string): void {
    this.#send('state', ['READY=1', statusWord(status)]);
  }

  /** One line for `systemctl status`. */
  status(text: string): void {
    this.#send('status', [statusWord(text)]);
  }

  /** Progress, or idleness, since the last. */
  watchdog(): void {
    this.#send('watchdog', ['WATCHDOG=1']);
  }

  /** The configuration is being read again; `ready()` ends it. */
  reloading(): void {
    const micros = process.hrtime.bigint() / 1000n; // CLOCK_MONOTONIC, asked for by Type=notify-reload
    this.#send('state', ['RELOADING=1', `MONOTONIC_USEC=${micros}`]);
  }

  stopping(status: string): void {
    this.#send('state', ['STOPPING=1', statusWord(status)]);
  }

  /** Waits until everything said so far is on its way. */
  async close(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  #send(kind: 'state' | 'status' | 'watchdog', words: readonly string[]): void {
    if (!this.#enabled) return;
    const waiting = kind === 'state' ? undefined : this.#queue.find((message) => message.kind === kind);
    if (waiting === undefined) this.#queue.push({ kind, words });
    else waiting.words = words;
    this.#running ??= this.#drain();
  }

  async #drain(): Promise<void> {
    for (let message = this.#queue.shift(); message !== undefined; message = this.#queue.shift()) {
      const failure = await this.#run(message.words);
      if (failure !== null && !this.#failed) {
        this.#failed = true;
        this.#logger.warn({ err: failure, program: this.#program }, 'systemd cannot be notified; said once');
      }
    }
    this.#running = null;
  }

  #run(words: readonly string[]): Promise<Error | null> {
    const args = [`--pid=${process.pid}`, ...words];
    return new Promise((resolve) => {
      execFile(this.#program, args, { env: { ...this.#env }, timeout: TIMEOUT_MS }, (error) => resolve(error));
    });
  }
}

/** Milliseconds of WATCHDOG_USEC, if it is meant for this process (sd_watchdog_enabled(3)). */
function watchdogTime(env: Readonly<Record<string, string | undefined>>): number | null {
  const micros = Number(env['WATCHDOG_USEC'] ?? '');
  const pid = env['WATCHDOG_PID'];
  if (!(micros > 0) || (pid !== undefined && pid !== String(process.pid))) return null;
  return micros / 1000;
}

function statusWord(text: string): string {
  return `STATUS=${text.replaceAll(/\s+/g, ' ')}`;
}
