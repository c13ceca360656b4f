// Records to route events: the one place that maps what MRT says to what the pipeline hears (detection.md sections 1, 2, 6 and 7).
// Reads one file's records in their order, keeps what it must know of each session in that file, and sends on only what touches a
// registered prefix, plus the few facts about sessions and dumps. Multicast and messages that the collector itself sent stay out.

import { type Nlri } from '../bgp/nlri.js';
import { type PathAttributes } from '../bgp/path-attributes.js';
import { type Update } from '../bgp/update.js';
import { isTreatAsWithdraw, type WarningCode } from '../bgp/warnings.js';
import { AS_TRANS } from '../ip/asn.js';
import { type EventTime, SECOND } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { type MessageRecord, type MrtRecord, type StateChangeRecord } from '../mrt/decoded-record.js';
import { type RawRecord } from '../mrt/record-framer.js';
import { type PeerAddress, type RawEvidence, type RouteEvent } from '../rib/route-event.js';
import { attributesDigest } from './attributes-digest.js';
import { type ClockFigures, ORDER_WINDOW, RecordClock } from './record-clock.js';

/** What is registered, as far as a source asks. */
export interface RelatedPrefixes {
  isRelated(prefix: Prefix): boolean;
}

/** The figures a source needs: those of `detection.order` and of `detection.transfer`. */
export interface SourceFigures extends ClockFigures {
  readonly quiet: EventTime;
}

export interface RouteEventOptions {
  readonly collector: string;
  /** Identity of the input, and the base name that evidence cites. */
  readonly input: string;
  readonly file: string;
  readonly related: RelatedPrefixes;
  readonly figures: SourceFigures;
  /** The PEER_INDEX_TABLE record in force, for evidence. */
  readonly peerIndexBytes: () => Uint8Array | null;
}

/** What is known of a session within the file. */
interface FileSession {
  readonly peerAddress: string;
  readonly peerAs: number;
  /** Running maximum of its record times. */
  newest: EventTime;
  /** It sent any message. */
  spoke: boolean;
  /** An UPDATE came since the file began or the session went down. */
  active: boolean;
  /** The second of the last UPDATE that was told of. */
  toldAt: EventTime;
  /** An UPDATE came since the file began; an announcement came since then, or since a quiet gap was told of. */
  heard: boolean;
  announcing: boolean;
  /** While its next quiet gap is awaited: its last announcement. */
  awaitedSince: EventTime | null;
}

interface OpenDump {
  readonly id: string;
  readonly order: EventTime;
  readonly peers: readonly PeerAddress[] | null;
  readonly heard: Map<string, PeerAddress>;
  readonly afis: Set<number>;
  damaged: boolean;
}

type Emit = (event: RouteEvent) => void;
type Place = Pick<RouteEvent, 'input' | 'file' | 'record' | 'offset' | 'collector'>;

export class RouteEventReader {
  readonly #options: RouteEventOptions;
  readonly #clock: RecordClock;
  readonly #sessions = new Map<string, FileSession>();
  #watched: FileSession[] = [];
  #nextQuiet: EventTime = Infinity;
  #dump: OpenDump | null = null;
  #sequence = 0;
  #last: { readonly record: number; readonly offset: number } = { record: 0, offset: 0 };

  constructor(options: RouteEventOptions) {
    this.#options = options;
    this.#clock = new RecordClock(options.figures);
  }

  /** The newest believed record time. */
  get newest(): EventTime | null {
    return this.#clock.newest;
  }

  /** How many record times were clamped since the last call. */
  takeJumps(): number {
    const { jumps } = this.#clock;
    this.#clock.jumps = 0;
    return jumps;
  }

  /** No event to come is ordered before this. */
  get floor(): EventTime {
    return (this.#clock.newest ?? 0) - ORDER_WINDOW;
  }

  /** Reads one record, decoded from `raw`. */
  read(raw: RawRecord, record: MrtRecord, emit: Emit): void {
    const at = this.#advance(raw, emit);
    switch (record.kind) {
      case 'message':
        return this.#message(raw, record, at, emit);
      case 'state-change':
        return this.#stateChange(record, at, emit);
      case 'peer-index':
        this.#endDump(emit);
        return this.#beginDump(record.peers, at, emit);
      case 'rib':
        if (record.safi === 1) this.#ribRecord(raw, record.prefix, record.entries, at, emit);
        return;
      case 'table-dump':
        if (this.#dump === null) this.#beginDump(null, at, emit);
        for (const entry of record.entries) {
          const peer = { address: entry.peerAddress, asn: entry.peerAs };
          this.#ribRecord(raw, entry.prefix, [{ ...entry, peer }], at, emit);
        }
        return;
      case 'geo-peer-table':
      case 'skipped':
        return;
    }
  }

  /** A record that could not be decoded: time goes on, and a dump that it was part of is not complete. */
  skip(raw: RawRecord, emit: Emit): void {
    this.#advance(raw, emit);
    this.lose();
  }

  /** Bytes are lost here: a dump that they were part of is not complete. */
  lose(): void {
    if (this.#dump !== null) this.#dump.damaged = true;
  }

  /** The file ends. */
  end(emit: Emit): void {
    this.#sequence = 1 << 20;
    this.#endDump(emit);
    for (const session of this.#sessions.values()) {
      if (!session.active && !session.spoke) continue;
      const order = this.#clock.newest ?? session.newest;
      emit({ kind: 'last-record', ...this.#head(session, session.newest), order });
      // The next file may go on in the midst of a quiet gap.
      if (session.active && session.awaitedSince !== null)
        emit({ kind: 'quiet', ...this.#head(session, session.awaitedSince + this.#options.figures.quiet), order });
    }
  }

  /** Takes the record's time; sessions that have been quiet long enough by then are told of first. */
  #advance(raw: RawRecord, emit: Emit): EventTime {
    this.#last = { record: raw.index, offset: raw.offset };
    this.#sequence = 0;
    const { floor } = this; // a gap is told of where it ended, not where the file's own gap did
    const at = this.#clock.read(raw.time);
    if (at >= this.#nextQuiet) this.#tellQuiet(at, floor, emit);
    return at;
  }

  #tellQuiet(at: EventTime, floor: EventTime, emit: Emit): void {
    const still: FileSession[] = [];
    this.#nextQuiet = Infinity;
    for (const session of this.#watched) {
      if (session.awaitedSince === null) continue;
      const due = session.awaitedSince + this.#options.figures.quiet;
      if (due <= at) {
        session.awaitedSince = null;
        session.announcing = false;
        const order = Math.max(session.newest, due, floor); // no record of the session: its own order stays
        emit({ kind: 'quiet', ...this.#head(session, due), order });
      } else {
        still.push(session);
        this.#nextQuiet = Math.min(this.#nextQuiet, due);
      }
    }
    this.#watched = still;
  }

  #message(raw: RawRecord, record: MessageRecord, at: EventTime, emit: Emit): void {
    if (record.local) return;
    const session = this.#session(record.peerAddress, record.peerAs, at);
    session.spoke = true; // a KEEPALIVE too is a record of its session
    if (record.message.kind !== 'update') return;
    const { update } = record.message;
    const reach = update.mpReach?.safi === 1 ? update.mpReach.nlri : NO_NLRI;
    this.#hear(session, at, { announces: update.announced.length + reach.length > 0, emit });
    if (update.endOfRib !== null) {
      if (update.endOfRib.safi === 1) emit({ kind: 'eor', ...this.#head(session, at), afi: update.endOfRib.afi });
      return;
    }
    const plain = this.#related(update.announced);
    const multi = this.#related(reach);
    const unreach = update.mpUnreach?.safi === 1 ? update.mpUnreach.nlri : NO_NLRI;
    const withdrawn = [...this.#related(update.withdrawn), ...this.#related(unreach)];
    if (plain.length + multi.length + withdrawn.length === 0) return;
    const evidence: RawEvidence = { record: raw.bytes.slice(), peerIndex: null };
    // RFC 4271 section 4.3: a prefix that the message also announces is not withdrawn by it.
    const kept = new Set([...plain, ...multi].map(nlriKey));
    for (const nlri of withdrawn) {
      if (kept.has(nlriKey(nlri))) continue;
      emit({ kind: 'withdraw', ...this.#head(session, at), prefix: nlri.prefix, pathId: nlri.pathId ?? 0, evidence });
    }
    const groups = [
      { nlri: plain, nextHop: update.attributes.nextHop },
      { nlri: multi, nextHop: update.mpReach?.nextHop },
    ];
    for (const { nlri, nextHop } of groups) {
      const attributes = nlri.length === 0 ? null : announcedAttributes(record, update, nextHop);
      for (const { prefix, pathId = 0 } of nlri)
        emit({ kind: 'announce', ...this.#head(session, at), prefix, pathId, evidence, ...attributes! });
    }
  }

  #related(nlri: readonly Nlri[]): readonly Nlri[] {
    const { related } = this.#options;
    let found: Nlri[] | null = null;
    for (const one of nlri) if (related.isRelated(one.prefix)) (found ??= []).push(one);
    return found ?? NO_NLRI;
  }

  #stateChange(record: StateChangeRecord, at: EventTime, emit: Emit): void {
    const { peerAddress, peerAs, oldState, newState } = record;
    const kind = newState === ESTABLISHED ? 'up' : oldState === ESTABLISHED ? 'down' : null;
    const session = this.#session(peerAddress, peerAs, at);
    if (kind === null || oldState === newState) return;
    emit({ kind, ...this.#head(session, at) });
    for (const other of this.#sessions.values()) {
      if (other.peerAddress !== peerAddress) continue;
      other.newest = Math.max(other.newest, session.newest);
      // A state change speaks of every session at its address; AS 0 and AS_TRANS alone name none whose UPDATEs could be awaited.
      other.active = kind === 'up' && (other.heard || (other === session && peerAs !== 0 && peerAs !== AS_TRANS));
      other.announcing = false;
      if (other.active) this.#watch(other, at);
    }
  }

  /**
   * Notes an UPDATE, and tells of the first one, of the first of every second (a RIB dump of another file may have taken the session
   * down in between), and of the first announcement since the file began or a quiet gap was told of. After a gap a session is awaited
   * again from its next announcement: a burst is a transfer too, and ends in one. How long the session is up, other files know too:
   * that is asked where the gap is applied.
   */
  #hear(session: FileSession, at: EventTime, { announces, emit }: { announces: boolean; emit: Emit }): void {
    const second = at - (at % SECOND);
    if (!session.active || second !== session.toldAt || (announces && !session.announcing)) {
      session.toldAt = second;
      emit({ kind: 'active', ...this.#head(session, at), ...(announces ? {} : { announces: false as const }) });
    }
    if (!session.active || announces) this.#watch(session, at);
    session.active = true;
    session.heard = true;
    session.announcing ||= announces;
  }

  #watch(session: FileSession, at: EventTime): void {
    if (session.awaitedSince === null) this.#watched.push(session);
    session.awaitedSince = at;
    this.#nextQuiet = Math.min(this.#nextQuiet, at + this.#options.figures.quiet);
  }

  #beginDump(peers: readonly PeerAddress[] | null, at: EventTime, emit: Emit): void {
    const id = `${this.#options.input}#${this.#last.record}`;
    const order = this.#orderOf(at);
    this.#dump = { id, order, peers, heard: new Map(), afis: new Set(), damaged: false };
    emit({ kind: 'rib-begin', ...this.#place(), peerAddress: '', peerAs: 0, at, order, dump: id, peers });
  }

  #endDump(emit: Emit): void {
    const dump = this.#dump;
    if (dump === null) return;
    this.#dump = null;
    const at = this.#clock.newest ?? dump.order;
    emit({
      kind: 'rib-end',
      ...this.#place(),
      peerAddress: AFTER_ALL_PEERS,
      peerAs: 0,
      at,
      order: Math.max(at, dump.order),
      dump: dump.id,
      complete: !dump.damaged,
      afis: [...dump.afis].sort(),
      heard: [...dump.heard.values()],
    });
  }

  #ribRecord(raw: RawRecord, prefix: Prefix, entries: readonly DumpEntry[], at: EventTime, emit: Emit): void {
    const dump = this.#dump;
    if (dump === null) return;
    dump.afis.add(prefix.afi);
    for (const { peer } of entries) {
      const key = `${peer.address} ${peer.asn}`;
      if (!dump.heard.has(key)) dump.heard.set(key, { address: peer.address, asn: peer.asn });
    }
    if (!this.#options.related.isRelated(prefix)) return;
    const evidence: RawEvidence = { record: raw.bytes.slice(), peerIndex: this.#options.peerIndexBytes() };
    for (const { peer, pathId = 0, attributes, nextHop, warnings } of entries) {
      const session = this.#session(peer.address, peer.asn, at);
      const head = this.#head(session, at);
      const order = Math.max(head.order, dump.order);
      const route = routeAttributes(attributes, nextHop, warnings);
      emit({ kind: 'rib', ...head, order, dump: dump.id, prefix, pathId, evidence, ...route, internalAs: null });
    }
  }

  #session(peerAddress: string, peerAs: number, at: EventTime): FileSession {
    const key = `${peerAddress} ${peerAs}`;
    let session = this.#sessions.get(key);
    if (session === undefined) {
      session = {
        peerAddress,
        peerAs,
        newest: at,
        spoke: false,
        active: false,
        toldAt: -Infinity,
        heard: false,
        announcing: false,
        awaitedSince: null,
      };
      this.#sessions.set(key, session);
    }
    session.newest = Math.max(session.newest, at);
    return session;
  }

  #orderOf(time: EventTime): EventTime {
    return Math.max(time, this.floor);
  }

  #place(): Place & { sequence: number } {
    const { collector, input, file } = this.#options;
    return { collector, input, file, ...this.#last, sequence: this.#sequence++ };
  }

  #head({ peerAddress, peerAs, newest }: FileSession, at: EventTime) {
    return { ...this.#place(), peerAddress, peerAs, at, order: this.#orderOf(newest) };
  }
}

/** An entry of a dump, of either format. */
interface DumpEntry {
  readonly peer: PeerAddress;
  readonly pathId?: number;
  readonly attributes: PathAttributes;
  readonly nextHop?: string;
  readonly warnings: readonly WarningCode[];
}

const ESTABLISHED = 6;
const NO_NLRI: readonly Nlri[] = [];
/** Sorts behind every address. */
const AFTER_ALL_PEERS = '~';

function nlriKey({ prefix, pathId = 0 }: Nlri): string {
  return `${prefix.toString()} ${pathId}`;
}

function announcedAttributes(record: MessageRecord, update: Update, nextHop: string | undefined) {
  // What does not decode, or is not there, says nothing of an origin: not even that of an empty path.
  const legible = update.attributes.asPath !== undefined && !record.warnings.includes('as-path-malformed');
  const internal = record.peerAs === record.localAs && legible;
  const route = routeAttributes(update.attributes, nextHop, record.warnings);
  return { ...route, internalAs: internal ? record.peerAs : null };
}

function routeAttributes(attributes: PathAttributes, nextHop: string | undefined, warnings: readonly WarningCode[]) {
  const broken = warnings.includes('as-path-malformed');
  return {
    path: broken ? [] : (attributes.asPath ?? []),
    attributes: attributesDigest(attributes, nextHop),
    malformed: isTreatAsWithdraw(warnings),
  };
}
