// Undeclared ADD-PATH: some feeds hold path identifiers (RFC 7911) inside record types that declare none (RFC 8050 has subtypes for
// it). Which way a block is read is decided here and nowhere else, by the measured rule of the design notes, per session and family:
// mode plain or add-path, whether large identifiers were seen (`big`), and a count of blocks that read as ADD-PATH only.
// The memory outlives a file: `snapshot` and `restore` carry it over a restart. Bounded: the session known longest is forgotten.

import { familyKey } from '../bgp/codes.js';
import { type NlriMode, type NlriModePolicy } from '../bgp/nlri.js';
import { DEFAULT_TWICE, FRAMED, HOST_BITS, LARGE_ID, surveyAddPath, surveyPlain } from '../bgp/nlri-survey.js';
import { type Open } from '../bgp/open.js';
import { type Asn } from '../ip/asn.js';

/** A session whose blocks are judged together. */
export interface SessionKey {
  readonly collector: string;
  readonly peerAs: Asn;
  readonly peerAddress: string;
  readonly localAddress: string;
}

/** The state of one family of one session, as plain data. */
export interface FamilyMode {
  readonly family: number;
  readonly addPath: boolean;
  readonly big: boolean;
  readonly count: number;
}

/** What is known of one session, as plain data. `offered` = families that its OPEN offered to send with ADD-PATH; null = no OPEN. */
export interface SessionMode extends SessionKey {
  readonly offered: readonly number[] | null;
  readonly families: readonly FamilyMode[];
}

/** What `AddPathMemory` may be given. */
export interface AddPathMemoryOptions {
  /** Peers whose blocks are read one way whatever they look like: peer address to mode. */
  readonly overrides?: ReadonlyMap<string, 'plain' | 'add-path'>;
  /**
   * For records read by themselves, without those before them: every session begins as one that sends identifiers in these families
   * (`afi * 256 + safi`), and never in others.
   */
  readonly identified?: readonly number[];
  /** Most sessions remembered. */
  readonly maxSessions?: number;
}

/** How a legal block is read, where that is settled: by a scanner it may be, without asking `modeOf`. */
export type SettledMode = 'plain' | 'add-path' | 'unsettled';

const MAX_SESSIONS = 65_536;
const BLOCKS_TO_BELIEVE = 3;

/** The modes of all sessions. */
export class AddPathMemory {
  readonly #sessions = new Map<string, SessionModes>();
  readonly #overrides: ReadonlyMap<string, 'plain' | 'add-path'>;
  readonly #identified: readonly number[] | null;
  readonly #maxSessions: number;
  /** Shared with the sessions: true once any of them is other than plain. */
  readonly #doubt: Doubt;

  constructor({ overrides = new Map(), identified, maxSessions = MAX_SESSIONS }: AddPathMemoryOptions = {}) {
    this.#identified = identified ?? null;
    this.#overrides = overrides;
    this.#maxSessions = maxSessions;
    this.#doubt = { any: overrides.size > 0 };
  }

  /** True where a block of any session that is legal as a plain one is read as such. */
  get isAllPlain(): boolean {
    return !this.#doubt.any;
  }

  /** The modes of one session, made where it is new. */
  session(key: SessionKey): SessionModes {
    const text = `${key.collector} ${key.peerAs} ${key.peerAddress} ${key.localAddress}`;
    const known = this.#sessions.get(text);
    if (known !== undefined) return known;
    const modes = new SessionModes(key, { override: this.#overrides.get(key.peerAddress) ?? null, doubt: this.#doubt });
    this.#sessions.set(text, modes);
    if (this.#identified !== null) modes.restore(identifying(key, this.#identified));
    if (this.#sessions.size > this.#maxSessions) {
      for (const oldest of this.#sessions.keys()) {
        this.#sessions.delete(oldest);
        break;
      }
    }
    return modes;
  }

  /** All that differs from what a new memory would say. */
  snapshot(): SessionMode[] {
    return [...this.#sessions.values()].map((modes) => modes.snapshot()).filter(isTelling);
  }

  /** Takes a snapshot back in. */
  restore(sessions: readonly SessionMode[]): void {
    for (const session of sessions) this.session(session).restore(session);
  }
}

/** A session whose OPEN offered identifiers in these families alone, and that was seen to send them, large ones too. */
function identifying(key: SessionKey, offered: readonly number[]): SessionMode {
  const families = offered.map((family) => ({ family, addPath: true, big: true, count: 0 }));
  return { ...key, offered, families };
}

function isTelling({ offered, families }: SessionMode): boolean {
  return offered !== null || families.some(({ addPath, big, count }) => addPath || big || count > 0);
}

/** Whether any session of a memory ever was other than plain. */
interface Doubt {
  any: boolean;
}

interface FamilyState {
  addPath: boolean;
  big: boolean;
  count: number;
}

/** The modes of one session, by family: the policy by which its plain record types are read. */
export class SessionModes implements NlriModePolicy {
  readonly #key: SessionKey;
  readonly #override: 'plain' | 'add-path' | null;
  readonly #doubt: Doubt;
  readonly #families = new Map<number, FamilyState>();
  #offered: ReadonlySet<number> | null = null;

  constructor(key: SessionKey, { override, doubt }: { override: 'plain' | 'add-path' | null; doubt: Doubt }) {
    this.#key = key;
    this.#override = override;
    this.#doubt = doubt;
  }

  /** An OPEN of the peer: families it does not offer to send with ADD-PATH are plain from now on. One that it offers proves nothing. */
  noteOpen(open: Open): void {
    const offered = new Set<number>();
    for (const capability of open.capabilities) {
      if (capability.name !== 'add-path') continue;
      for (const { afi, safi, mode } of capability.families) if ((mode & 2) !== 0) offered.add(familyKey(afi, safi));
    }
    this.#offered = offered;
  }

  modeOf(bytes: Uint8Array, start: number, end: number, family: number): NlriMode {
    if (this.#override !== null) return this.#override === 'plain' ? 'plain' : 'add-path-found';
    if (this.#offered !== null && !this.#offered.has(family)) return 'plain';
    let state = this.#families.get(family);
    if (state === undefined) {
      state = { addPath: false, big: false, count: 0 };
      this.#families.set(family, state);
    }
    const bits = family >>> 8 === 1 ? 32 : 128;
    const plain = surveyPlain(bytes, start, end, bits);
    if (plain === FRAMED && !state.addPath && state.count === 0) return 'plain';
    const mode = judge(state, plain, surveyAddPath(bytes, start, end, bits));
    this.#doubt.any ||= state.addPath || state.count > 0;
    return mode;
  }

  /**
   * How `modeOf` would read a block, learning nothing from it: `plain` and `add-path` hold for blocks that are legal in that form,
   * without host bits, and whose identifiers are small.
   */
  settledMode(family: number): SettledMode {
    if (this.#override !== null) return this.#override;
    if (this.#offered !== null && !this.#offered.has(family)) return 'plain';
    const state = this.#families.get(family);
    if (state === undefined) return 'plain';
    if (state.count > 0) return 'unsettled';
    return state.addPath ? 'add-path' : 'plain';
  }

  snapshot(): SessionMode {
    const families = [...this.#families].map(([family, state]) => ({ family, ...state }));
    return { ...this.#key, offered: this.#offered === null ? null : [...this.#offered], families };
  }

  restore({ offered, families }: SessionMode): void {
    this.#offered = offered === null ? null : new Set(offered);
    for (const { family, addPath, big, count } of families) {
      this.#doubt.any ||= addPath || count > 0;
      this.#families.set(family, { addPath, big, count });
    }
  }
}

/** Steps 5 to 9 of the rule, for a block surveyed both ways. */
function judge(state: FamilyState, plain: number, addPath: number): NlriMode {
  const plainLegal = plain === FRAMED;
  const addPathLegal = (addPath & (FRAMED | HOST_BITS)) === FRAMED;
  const small = (addPath & LARGE_ID) === 0;
  if (plainLegal && addPathLegal) return state.addPath && (small || state.big) ? 'add-path-found' : 'plain';
  if (plainLegal) {
    state.addPath = state.big = false;
    state.count = 0;
    return 'plain';
  }
  if (addPathLegal) return small ? believe(state, false) : suspect(state);
  if (state.addPath) return 'add-path-found';
  return (plain & FRAMED) !== 0 && (plain & DEFAULT_TWICE) !== 0 ? 'default-twice' : 'plain';
}

function believe(state: FamilyState, big: boolean): NlriMode {
  state.addPath = true;
  state.big ||= big;
  state.count = 0;
  return 'add-path-found';
}

/** A block that reads as ADD-PATH only, with a large identifier: three of them are needed to believe it. */
function suspect(state: FamilyState): NlriMode {
  state.count += 1;
  if (state.count >= BLOCKS_TO_BELIEVE) return believe(state, true);
  return state.addPath ? 'add-path-found' : 'undecided';
}
