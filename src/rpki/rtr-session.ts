// One connection to a cache, as a state machine of a router (RFC 8210 sections 5 to 8; version negotiation: section 7): octets in, steps
// out. Changes are gathered and become the data at End of Data, all at once. It reads no clock and no socket: who drives it sends what it
// is told to, calls `refresh` when it is time, and ends the connection where a step says so.
//
// Where the RFC has a router discard what it knew (another session id, Cache Reset, a fault of the cache), the data stay with the driver
// until a whole answer replaces them, or they expire: nobody's routes become valid or invalid in between.

import { type Asn } from '../ip/asn.js';
import { DecodeError } from '../wire/decode-error.js';
import { type Aspa } from './aspa-table.js';
import { RtrFramer } from './rtr-framer.js';
import {
  DEFAULT_INTERVALS,
  decodeRtrPdu,
  encodeRtrPdu,
  RTR_VERSIONS,
  RtrErrorCode,
  rtrErrorName,
  type RtrIntervals,
  type RtrPdu,
  type RtrVersion,
} from './rtr-pdu.js';
import { TooManyVrpsError, VrpRows } from './vrp-rows.js';
import { formatVrp, type Vrp } from './vrp-table.js';

/** What a cache said, as of one serial. Never changed. */
export interface RtrData {
  readonly version: RtrVersion;
  readonly sessionId: number;
  readonly serial: number;
  readonly vrps: VrpRows;
  readonly aspas: ReadonlyMap<Asn, readonly Asn[]>;
}

/** Why a session ends. `code` is stable: `corrupt-data`, `unsupported-version`, `old-aspa`, ... */
export interface RtrFault {
  readonly code: RtrFaultCode;
  readonly message: string;
}

export const RTR_FAULTS = [
  'corrupt-data',
  'internal-error',
  'no-data-available',
  'invalid-request',
  'unsupported-version',
  'unsupported-pdu',
  'unknown-withdrawal',
  'duplicate-announcement',
  'unexpected-version',
  'aspa-providers',
  'old-aspa',
  'other-error',
  'connection',
] as const;
export type RtrFaultCode = (typeof RTR_FAULTS)[number];

/** By the code of an Error Report. */
const FAULT_OF_CODE: readonly RtrFaultCode[] = RTR_FAULTS.slice(0, 10);

export type RtrStep =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** A whole answer. `data` is the very value from before where nothing changed. */
  | { readonly kind: 'data'; readonly data: RtrData; readonly intervals: RtrIntervals; readonly routerKeys: number }
  /** The connection is to be closed; what was to be sent is sent before. */
  | {
      readonly kind: 'close';
      readonly fault: RtrFault;
      /** What to begin the next session with. */
      readonly nextVersion: RtrVersion;
      /** False where the next session must ask for everything. */
      readonly goesOn: boolean;
    };

/** Thrown within: the session ends, and the cache is told so unless `code` is null. */
class SessionError extends Error {
  readonly code: number | null;
  readonly fault: RtrFaultCode;
  readonly nextVersion: RtrVersion | null;

  constructor(fault: RtrFaultCode, message: string, code: number | null, nextVersion: RtrVersion | null = null) {
    super(message);
    this.fault = fault;
    this.code = code;
    this.nextVersion = nextVersion;
  }
}

/** The answer in hand. */
interface Answer {
  /** Null before Cache Response. */
  sessionId: number | null;
  readonly isReset: boolean;
  vrps: VrpRows;
  aspas: Map<Asn, readonly Asn[]>;
  /** Whether `vrps` and `aspas` are still those of the data in force. */
  isShared: boolean;
}

export class RtrSession {
  readonly #framer = new RtrFramer();
  #version: RtrVersion;
  /** True once the cache answered in a version. */
  #agreed = false;
  #data: RtrData | null;
  #answer: Answer | null = null;
  #routerKeys = 0;
  /** A Serial Notify came while an answer was in hand. */
  #askAgain = false;
  #steps: RtrStep[] = [];
  #closed = false;

  /** @param data what an earlier session with this cache brought, if it goes on from there; then its version is the one to use. */
  constructor(version: RtrVersion, data: RtrData | null) {
    this.#version = data?.version ?? version;
    this.#data = data;
  }

  /** The version in use, or tried. */
  get version(): RtrVersion {
    return this.#version;
  }

  /** True while an answer is awaited. */
  get isAsking(): boolean {
    return this.#answer !== null;
  }

  /** The first query. */
  start(): readonly RtrStep[] {
    this.#ask();
    return this.#takeSteps();
  }

  /** Asks for what is new: the refresh interval is over. */
  refresh(): readonly RtrStep[] {
    if (this.#answer === null && !this.#closed) this.#ask();
    return this.#takeSteps();
  }

  /** Takes octets from the cache. */
  receive(chunk: Uint8Array): readonly RtrStep[] {
    if (this.#closed) return [];
    const none = new Uint8Array(0);
    let current: Uint8Array = none;
    try {
      this.#framer.push(chunk, (bytes, start, end) => {
        current = bytes.subarray(start, end);
        this.#take(decodeRtrPdu(bytes, start, end));
        current = none;
        return !this.#closed;
      });
    } catch (error) {
      this.#fail(sessionErrorOf(error), current);
    }
    return this.#takeSteps();
  }

  #takeSteps(): readonly RtrStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }

  #send(pdu: RtrPdu): void {
    this.#steps.push({ kind: 'send', bytes: encodeRtrPdu(pdu) });
  }

  #fail({ fault, message, code, nextVersion }: SessionError, pdu: Uint8Array): void {
    this.#closed = true;
    const text = message.slice(0, 200);
    if (code !== null) this.#send({ version: this.#version, kind: 'error', code, pdu, text });
    const goesOn = fault === 'no-data-available' || fault === 'internal-error';
    this.#steps.push({
      kind: 'close',
      fault: { code: fault, message },
      nextVersion: nextVersion ?? this.#version,
      goesOn: goesOn && nextVersion === null,
    });
  }

  /** Serial Query where there is something to go on from, else Reset Query (RFC 8210 section 8.1, 8.2). */
  #ask(isReset = this.#data === null): void {
    const data = isReset ? null : this.#data;
    this.#askAgain = false;
    this.#answer =
      data === null
        ? { sessionId: null, isReset: true, vrps: new VrpRows(), aspas: new Map(), isShared: false }
        : { sessionId: null, isReset: false, vrps: data.vrps, aspas: new Map(data.aspas), isShared: true };
    const version = this.#version;
    if (data === null) this.#send({ version, kind: 'reset-query' });
    else this.#send({ version, kind: 'serial-query', sessionId: data.sessionId, serial: data.serial });
  }

  #take(pdu: RtrPdu): void {
    if (pdu.kind === 'error') return this.#takeError(pdu);
    if (pdu.kind === 'serial-notify' && !this.#agreed) return; // RFC 8210 section 7
    this.#agree(pdu.version);
    switch (pdu.kind) {
      case 'serial-notify':
        return this.#notified(pdu);
      case 'cache-response':
        return this.#begin(pdu.sessionId);
      case 'cache-reset':
        if (this.#answer === null || this.#answer.isReset || this.#answer.sessionId !== null)
          throw corrupt('a Cache Reset that answers no Serial Query');
        return this.#ask(true);
      case 'prefix':
        return this.#prefix(this.#receiving(pdu.kind), pdu);
      case 'aspa':
        return this.#aspa(this.#receiving(pdu.kind), pdu);
      case 'router-key':
        this.#receiving(pdu.kind);
        this.#routerKeys++;
        return;
      case 'end-of-data':
        return this.#end(this.#receiving(pdu.kind), pdu);
      case 'serial-query':
      case 'reset-query':
        throw new SessionError('invalid-request', 'The cache sent a query', RtrErrorCode.InvalidRequest);
    }
  }

  /** The first answer settles the version, at the most the one asked for; from then on there is no other. */
  #agree(version: number): void {
    if (version === this.#version) this.#agreed = true;
    else if (!this.#agreed && isVersion(version) && version < this.#version && this.#answer?.isReset === true) {
      this.#version = version;
      this.#agreed = true;
    } else {
      throw new SessionError(
        'unexpected-version',
        `The cache answers in version ${version}, not ${this.#version}`,
        RtrErrorCode.UnexpectedProtocolVersion,
      );
    }
  }

  #takeError({ version, code, text }: RtrPdu & { kind: 'error' }): void {
    const fault = FAULT_OF_CODE.at(code) ?? 'other-error';
    const message = `The cache reports: ${rtrErrorName(code)}${text === '' ? '' : ` (${text.slice(0, 200)})`}`;
    const lower = this.#agreed ? undefined : RTR_VERSIONS.findLast((one) => one < this.#version && one <= version);
    const below = RTR_VERSIONS.findLast((one) => one < this.#version);
    const next = code === RtrErrorCode.UnsupportedProtocolVersion ? (lower ?? below ?? null) : null;
    throw new SessionError(fault, message, null, next); // an Error Report is never answered by one (section 5.11)
  }

  #notified({ sessionId, serial }: { readonly sessionId: number; readonly serial: number }): void {
    const known = this.#answer?.sessionId ?? this.#data?.sessionId ?? sessionId;
    if (sessionId !== known) throw otherSession(sessionId, known);
    if (this.#answer !== null) this.#askAgain = true;
    else if (serial !== this.#data?.serial) this.#ask();
  }

  #begin(sessionId: number): void {
    const answer = this.#answer;
    if (answer === null) throw corrupt('a Cache Response that nobody asked for');
    if (answer.sessionId !== null) throw corrupt('a Cache Response inside another');
    if (!answer.isReset && sessionId !== this.#data!.sessionId) throw otherSession(sessionId, this.#data!.sessionId);
    answer.sessionId = sessionId;
    this.#routerKeys = 0;
  }

  #receiving(kind: string): Answer {
    if (this.#answer === null || this.#answer.sessionId === null) throw corrupt(`${kind} outside of an answer`);
    return this.#answer;
  }

  #prefix(answer: Answer, { announce, vrp }: { readonly announce: boolean; readonly vrp: Vrp }): void {
    this.#own(answer);
    if (announce) {
      if (!answer.vrps.add(vrp)) throw duplicate(formatVrp(vrp));
    } else if (!answer.vrps.delete(vrp)) throw unknown(formatVrp(vrp));
  }

  /** An announcement replaces what the customer attested before; the same again changes nothing (8210bis, ASPA PDU). */
  #aspa(answer: Answer, { announce, customer, providers }: RtrPdu & { kind: 'aspa' }): void {
    this.#own(answer);
    if (announce) answer.aspas.set(customer, providers);
    else if (!answer.aspas.delete(customer)) throw unknown(`ASPA of AS${customer}`);
  }

  /** Before the first change: the data in force stay as they are. */
  #own(answer: Answer): void {
    if (!answer.isShared) return;
    answer.vrps = answer.vrps.clone();
    answer.isShared = false;
  }

  #end(answer: Answer, pdu: RtrPdu & { kind: 'end-of-data' }): void {
    if (pdu.sessionId !== answer.sessionId) throw otherSession(pdu.sessionId, answer.sessionId!);
    if (pdu.version > 0 && pdu.intervals === null) throw corrupt('an End of Data without intervals');
    const { vrps, aspas, sessionId } = answer;
    const isSame = answer.isShared && this.#data?.serial === pdu.serial;
    if (!isSame) this.#data = { version: this.#version, sessionId: sessionId, serial: pdu.serial, vrps, aspas };
    this.#answer = null;
    const intervals = bounded(pdu.intervals ?? DEFAULT_INTERVALS);
    this.#steps.push({ kind: 'data', data: this.#data!, intervals, routerKeys: this.#routerKeys });
    if (this.#askAgain) this.#ask();
  }
}

/** ASPAs in order of customer. */
export function aspasOf({ aspas }: RtrData): readonly Aspa[] {
  return [...aspas].sort(([a], [b]) => a - b).map(([customer, providers]) => ({ customer, providers }));
}

/** Within what RFC 8210 section 6 allows; expire no less than the others. */
function bounded({ refresh, retry, expire }: RtrIntervals): RtrIntervals {
  const [a, b] = [clamp(refresh, 1, 86_400), clamp(retry, 1, 7200)];
  return { refresh: a, retry: b, expire: Math.max(clamp(expire, 600, 172_800), a, b) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function isVersion(version: number): version is RtrVersion {
  return (RTR_VERSIONS as readonly number[]).includes(version);
}

function corrupt(what: string): SessionError {
  return new SessionError('corrupt-data', `The cache sent ${what}`, RtrErrorCode.CorruptData);
}

function otherSession(is: number, was: number): SessionError {
  return corrupt(`session id ${is}, not ${was}: it was restarted`);
}

function duplicate(what: string): SessionError {
  return new SessionError(
    'duplicate-announcement',
    `The cache announced what it had announced: ${what}`,
    RtrErrorCode.DuplicateAnnouncement,
  );
}

function unknown(what: string): SessionError {
  return new SessionError(
    'unknown-withdrawal',
    `The cache withdrew what it had not announced: ${what}`,
    RtrErrorCode.WithdrawalOfUnknownRecord,
  );
}

/** What went wrong with a PDU, as the end of the session. */
function sessionErrorOf(error: unknown): SessionError {
  if (error instanceof SessionError) return error;
  if (error instanceof TooManyVrpsError)
    return new SessionError('internal-error', error.message, RtrErrorCode.InternalError);
  if (!(error instanceof DecodeError)) throw error;
  switch (error.code) {
    case 'rtr-type':
      return new SessionError('unsupported-pdu', error.message, RtrErrorCode.UnsupportedPduType);
    case 'rtr-old-aspa': // without ASPAs its VRPs are as good as any
      return new SessionError('old-aspa', error.message, RtrErrorCode.AspaProviderListError, 1);
    case 'rtr-aspa-providers':
      return new SessionError('aspa-providers', error.message, RtrErrorCode.AspaProviderListError);
    default:
      return new SessionError('corrupt-data', error.message, RtrErrorCode.CorruptData);
  }
}
