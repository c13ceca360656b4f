// Records to route events: the one place that maps what MRT says to what the pipeline hears (detection.md sections 1, 2, 6 and 7).
// Reads one file's records in their order, keeps what it must know of each session in that file, and sends on only what touches a
// registered prefix, plus the few facts about sessions and dumps. Multicast and messages that the collector itself sent stay out.

import { type Nlri } from '../bgp/nlri.js';
import { type PathAttributes } from '../bgp/path-attributes.js';
import { type Update } from '../bgp/update.js';
import { type WarningCode } from '../bgp/warnings.js';
import { AS_TRANS } from '../ip/asn.js';
import { type EventTime, SECOND } from '../ip/event-time.js';
import { type Prefix } from '../ip/prefix.js';
import { type MessageRecord, type MrtRecord, type StateChangeRecord } from '../mrt/decoded-record.js';
import { type MessageSurvey } from '../mrt/message-survey.js';
import { type PeerHeader } from '../mrt/peer-cache.js';
import { type RawRecord } from '../mrt/record-framer.js';
import { type RibAttributes } from '../mrt/rib-attributes.js';
import { type RibSurvey } from '../mrt/rib-survey.js';
import { type PeerAddress, type RawEvidence, type RouteEvent } from '../rib/route-event.js';
import { activeEvent, announceEvent, type Head, type Place } from './common-events.js';
import { type CountedPeers, heardPeers, hearPeer } from './heard-peers.js';
import { messageEvidence } from './message-evidence.js';
import { type ClockFigures, ORDER_WINDOW, RecordClock } from './record-clock.js';
import { type DumpSource, RibRecordEvents, type RibRecordPart, type SourceEvent } from './rib-record-events.js';
import { routeAttributes } from './route-attributes.js';

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
  /** Decodes the attributes of a RIB entry of TABLE_DUMP_V2, whose length stands at `at`. */
  readonly ribAttributes: (bytes: Uint8Array, at: number) => RibAttributes;
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
  /** While its next quiet gap is awaited: its last announcement; else `NOT_AWAITED`. */
  awaitedSince: EventTime;
}

interface OpenDump extends CountedPeers {
  readonly id: string;
  readonly order: EventTime;
  readonly afis: Set<number>;
  damaged: boolean;
  /** The sessions of its peers looked up so far, by number in the index. */
  readonly sessions: (FileSession | undefined)[];
  /** What its records share, once one is held. */
  source: DumpSource | null;
}

/** What must be known of an ordinary message, and of an ordinary RIB record. */
export type PassedMessage = Pick<MessageSurvey, 'header' | 'local' | 'isUpdate' | 'announces'>;
export type PassedRib = Pick<RibSurvey, 'afi' | 'safi' | 'entries' | 'peers' | 'addPath'>;

/** The number of a record and its offset. */
export type RecordPlace = Pick<RawRecord, 'index' | 'offset'>;

type Emit = (event: RouteEvent) => void;

export class RouteEventReader {
  readonly #options: RouteEventOptions;
  readonly #clock: RecordClock;
  readonly #sessions = new Map<string, FileSession>();
  #watched: FileSession[] = [];
  #nextQuiet: EventTime = Infinity;
  #dump: OpenDump | null = null;
  #sequence = 0;
  /** The record in hand: its number and offset. */
  #record = 0;
  #offset = 0;
  /** The sessions of messages that were passed over, by the slot of their header: found without their text. */
  readonly #bySlot: ({ readonly header: PeerHeader; readonly session: FileSession } | undefined)[] = [];

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
    const at = this.#advance(raw.time, raw.index, raw.offset, emit);
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

  /** An ordinary message that touches no registered prefix, at `time`: its session spoke. */
  passMessage(message: PassedMessage, time: EventTime, place: RecordPlace, emit: Emit): void {
    const at = this.#advance(time, place.index, place.offset, emit);
    const { header, local, isUpdate, announces } = message;
    if (local) return;
    const session = this.#sessionOf(header!, at);
    session.spoke = true;
    if (isUpdate) this.#hear(session, at, announces, emit);
  }

  /** An ordinary RIB record of another prefix, at `time`: its dump holds the family, and these peers of the index have entries. */
  passRib(rib: PassedRib, peers: readonly PeerAddress[], time: EventTime, place: RecordPlace, emit: Emit): void {
    this.#advance(time, place.index, place.offset, emit);
    const dump = this.#dump;
    if (dump === null || rib.safi !== 1) return;
    dump.afis.add(rib.afi);
    const counts = dump.passed[rib.afi - 1];
    for (let i = 0; i < rib.entries; i++) {
      const number = rib.peers[i];
      if (rib.addPath && i > 0 && rib.peers[i - 1] === number) continue; // another path of the same prefix
      if (counts[number]++ === 0) hearPeer(dump, peers[number]);
    }
  }

  /**
   * A RIB record that was just passed by `passRib` and is of a registered prefix after all: its events, as one where they have one order
   * time, which is always so in a file whose times do not run back.
   */
  holdRib(part: RibRecordPart, peers: readonly PeerAddress[], emit: (event: SourceEvent) => void): void {
    const dump = this.#dump;
    if (dump === null) return;
    const at = this.#clock.believed;
    const { collector, input, file, ribAttributes, peerIndexBytes } = this.#options;
    dump.source ??= {
      collector,
      input,
      file,
      dump: dump.id,
      peers,
      peerIndex: peerIndexBytes(),
      decode: ribAttributes,
    };
    const orders = Array.from(part.entries, (head) => {
      const number = (part.bytes[head] << 8) | part.bytes[head + 1];
      const session = (dump.sessions[number] ??= this.#session(peers[number].address, peers[number].asn, at));
      if (at > session.newest) session.newest = at;
      return Math.max(this.#orderOf(session.newest), dump.order);
    });
    if (orders.length === 0) return;
    const record = { ...part, record: this.#record, offset: this.#offset, at, sequence: this.#sequence };
    const events = new RibRecordEvents(dump.source, record, orders[0]);
    if (orders.every((order) => order === orders[0])) emit(events);
    else orders.forEach((order, entry) => emit(events.event(entry, order)));
    this.#sequence += orders.length;
  }

  /** A record that could not be decoded: time goes on, and a dump that it was part of is not complete. */
  skip(raw: RawRecord, emit: Emit): void {
    this.#advance(raw.time, raw.index, raw.offset, emit);
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
      emit({ ...this.#head(session, session.newest), kind: 'last-record', order });
      // The next file may go on in the midst of a quiet gap.
      if (session.active && session.awaitedSince !== NOT_AWAITED)
        emit({ ...this.#head(session, session.awaitedSince + this.#options.figures.quiet), kind: 'quiet', order });
    }
  }

  /** Takes the record's time; sessions that have been quiet long enough by then are told of first. */
  #advance(time: EventTime, index: number, offset: number, emit: Emit): EventTime {
    this.#record = index;
    this.#offset = offset;
    this.#sequence = 0;
    const { floor } = this; // a gap is told of where it ended, not where the file's own gap did
    const at = this.#clock.read(time);
    if (at >= this.#nextQuiet) this.#tellQuiet(at, floor, emit);
    return at;
  }

  #tellQuiet(at: EventTime, floor: EventTime, emit: Emit): void {
    const still: FileSession[] = [];
    this.#nextQuiet = Infinity;
    for (const session of this.#watched) {
      if (session.awaitedSince === NOT_AWAITED) continue;
      const due = session.awaitedSince + this.#options.figures.quiet;
      if (due <= at) {
        session.awaitedSince = NOT_AWAITED;
        session.announcing = false;
        const order = Math.max(session.newest, due, floor); // no record of the session: its own order stays
        emit({ ...this.#head(session, due), kind: 'quiet', order });
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
    this.#hear(session, at, update.announced.length + reach.length > 0, emit);
    if (update.endOfRib !== null) {
      if (update.endOfRib.safi === 1) emit({ ...this.#head(session, at), kind: 'eor', afi: update.endOfRib.afi });
      return;
    }
    const plain = this.#related(update.announced);
    const multi = this.#related(reach);
    const unreach = update.mpUnreach?.safi === 1 ? update.mpUnreach.nlri : NO_NLRI;
    const withdrawn = [...this.#related(update.withdrawn), ...this.#related(unreach)];
    if (plain.length + multi.length + withdrawn.length === 0) return;
    const evidence = messageEvidence(raw, record, update);
    // RFC 4271 section 4.3: a prefix that the message also announces is not withdrawn by it.
    const kept = withdrawn.length === 0 ? null : new Set([...plain, ...multi].map(nlriKey));
    for (const nlri of withdrawn) {
      if (kept!.has(nlriKey(nlri))) continue;
      emit({ ...this.#head(session, at), kind: 'withdraw', prefix: nlri.prefix, pathId: nlri.pathId ?? 0, evidence });
    }
    const groups = [
      { nlri: plain, nextHop: update.attributes.nextHop },
      { nlri: multi, nextHop: update.mpReach?.nextHop },
    ];
    for (const { nlri, nextHop } of groups) {
      if (nlri.length === 0) continue;
      const route = announcedAttributes(record, update, nextHop);
      for (const one of nlri) emit(announceEvent(this.#head(session, at), one, evidence, route));
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
    emit({ ...this.#head(session, at), kind });
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
  #hear(session: FileSession, at: EventTime, announces: boolean, emit: Emit): void {
    const told = at >= session.toldAt && at < session.toldAt + SECOND;
    if (!session.active || !told || (announces && !session.announcing)) {
      session.toldAt = at - (at % SECOND);
      emit(
        announces ? activeEvent(this.#head(session, at)) : { ...this.#head(session, at), kind: 'active', announces },
      );
    }
    if (!session.active || announces) this.#watch(session, at);
    session.active = true;
    session.heard = true;
    session.announcing ||= announces;
  }

  #watch(session: FileSession, at: EventTime): void {
    if (session.awaitedSince === NOT_AWAITED) this.#watched.push(session);
    session.awaitedSince = at;
    const due = at + this.#options.figures.quiet;
    if (due < this.#nextQuiet) this.#nextQuiet = due;
  }

  #beginDump(peers: readonly PeerAddress[] | null, at: EventTime, emit: Emit): void {
    const id = `${this.#options.input}#${this.#record}`;
    const order = this.#orderOf(at);
    this.#dump = {
      id,
      order,
      peers,
      heard: new Map(),
      afis: new Set(),
      damaged: false,
      passed: [new Uint32Array(1 << 16), new Uint32Array(1 << 16)],
      sessions: [],
      source: null,
    };
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
      heard: heardPeers(dump),
    });
  }

  #ribRecord(raw: RawRecord, prefix: Prefix, entries: readonly DumpEntry[], at: EventTime, emit: Emit): void {
    const dump = this.#dump;
    if (dump === null) return;
    dump.afis.add(prefix.afi);
    entries.forEach(({ peer }, i) => {
      if (entries[i - 1]?.peer !== peer) hearPeer(dump, peer).routes[prefix.afi - 1]++;
    });
    if (!this.#options.related.isRelated(prefix)) return;
    const evidence: RawEvidence = { record: raw.bytes.slice(), peerIndex: this.#options.peerIndexBytes() };
    for (const { peer, pathId = 0, attributes, nextHop, warnings } of entries) {
      const session = this.#session(peer.address, peer.asn, at);
      const head = this.#head(session, at);
      const order = Math.max(head.order, dump.order);
      const route = routeAttributes(attributes, nextHop, warnings);
      emit({ ...head, kind: 'rib', order, dump: dump.id, prefix, pathId, evidence, ...route, internalAs: null });
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
        awaitedSince: NOT_AWAITED,
      };
      this.#sessions.set(key, session);
    }
    if (at > session.newest) session.newest = at;
    return session;
  }

  #sessionOf(header: PeerHeader, at: EventTime): FileSession {
    const known = this.#bySlot[header.slot];
    if (known?.header === header) {
      const { session } = known;
      if (at > session.newest) session.newest = at;
      return session;
    }
    const session = this.#session(header.peerAddress, header.peerAs, at);
    this.#bySlot[header.slot] = { header, session };
    return session;
  }

  #orderOf(time: EventTime): EventTime {
    return Math.max(time, this.floor);
  }

  #place(): Place & { sequence: number } {
    const { collector, input, file } = this.#options;
    return { collector, input, file, record: this.#record, offset: this.#offset, sequence: this.#sequence++ };
  }

  /** What every event of a session has. */
  #head({ peerAddress, peerAs, newest }: FileSession, at: EventTime): Head {
    const { collector, input, file } = this.#options;
    const order = this.#orderOf(newest);
    const [record, offset, sequence] = [this.#record, this.#offset, this.#sequence++];
    return { collector, input, file, record, offset, sequence, peerAddress, peerAs, at, order };
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
const NOT_AWAITED: EventTime = -Infinity;
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
