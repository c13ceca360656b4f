// A cache over TCP (RFC 8210 section 9.2: plain TCP, for caches on a trusted network): connects, drives the session by its timers, and
// connects again with a back-off when it ends. What the cache said is kept over connections, so that the next one asks for changes only.

import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { DEFAULT_INTERVALS, type RtrIntervals, type RtrVersion } from '../rpki/rtr-pdu.js';
import { type RtrData, type RtrFault, RtrSession, type RtrStep } from '../rpki/rtr-session.js';

export interface RtrConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
  /** A whole answer; the same value again where the cache had nothing new. `routerKeys`: passed over, in this answer. */
  readonly onData: (data: RtrData, intervals: RtrIntervals, routerKeys: number) => void;
  /** A connection ended, or none came about. */
  readonly onFault: (fault: RtrFault) => void;
}

const HIGHEST: RtrVersion = 2;
const FIRST_WAIT_MS = 1000;
/** For a connection, and for each octet of an answer that is awaited. */
const PATIENCE_MS = 30_000;

export class RtrConnection {
  readonly #options: RtrConnectionOptions;
  /** Whether an answer came over the connection in hand. */
  #isSynchronised = false;
  #intervals = DEFAULT_INTERVALS;
  #data: RtrData | null = null;
  #nextVersion: RtrVersion = HIGHEST;
  #highest: RtrVersion = HIGHEST;

  constructor(options: RtrConnectionOptions) {
    this.#options = options;
  }

  get isSynchronised(): boolean {
    return this.#isSynchronised;
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    let waitMs = FIRST_WAIT_MS;
    while (!signal.aborted) {
      const version = this.#nextVersion;
      const hadData = await this.#connection();
      if (hadData) waitMs = FIRST_WAIT_MS;
      if (this.#nextVersion < version) continue; // the cache said which: at once
      this.#nextVersion = this.#highest;
      await wait(waitMs, undefined, { signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, this.#intervals.retry * 1000);
    }
  }

  /** One connection, to its end. @returns true where an answer came. */
  async #connection(): Promise<boolean> {
    const { host, port, signal } = this.#options;
    const socket = connect({ host, port, signal, timeout: PATIENCE_MS });
    socket.setNoDelay();
    const session = new RtrSession(this.#nextVersion, this.#data);
    let hadData = false;
    let refresh: NodeJS.Timeout | undefined;
    const perform = (steps: readonly RtrStep[]): void => {
      for (const step of steps) {
        if (step.kind === 'send') socket.write(step.bytes);
        else if (step.kind === 'close') this.#close(socket, step);
        else {
          hadData = true;
          this.#take(step);
          clearTimeout(refresh);
          refresh = setTimeout(() => perform(session.refresh()), step.intervals.refresh * 1000);
        }
      }
      // an answer is awaited octet by octet; between answers a cache may be silent
      socket.setTimeout(session.isAsking ? PATIENCE_MS : 0);
    };
    socket.on('connect', () => perform(session.start()));
    socket.on('data', (chunk) => perform(session.receive(chunk)));
    socket.on('timeout', () => socket.destroy(new Error('it does not answer')));
    const end = await ended(socket);
    clearTimeout(refresh);
    this.#isSynchronised = false;
    if (end !== null && !signal.aborted) this.#options.onFault({ code: 'connection', message: end });
    return hadData;
  }

  #take({ data, intervals, routerKeys }: RtrStep & { kind: 'data' }): void {
    this.#data = data;
    this.#intervals = intervals;
    this.#isSynchronised = true;
    this.#options.onData(data, intervals, routerKeys);
  }

  #close(socket: Socket, { fault, nextVersion, goesOn }: RtrStep & { kind: 'close' }): void {
    if (fault.code === 'old-aspa') this.#highest = nextVersion; // it would send them again
    this.#nextVersion = nextVersion;
    if (!goesOn) this.#data = null;
    socket.removeAllListeners('data');
    socket.resume();
    socket.destroySoon();
    this.#options.onFault(fault);
  }
}

/** Waits for the end of a socket. @returns why it ended, null where we ended it. */
function ended(socket: Socket): Promise<string | null> {
  let reason: string | null = null;
  socket.on('error', (error: NodeJS.ErrnoException) => (reason = error.message || (error.code ?? 'no connection')));
  socket.on('end', () => {
    if (!socket.writableEnded) reason ??= 'it closed the connection';
  });
  return new Promise((resolve) => socket.on('close', () => resolve(reason)));
}
