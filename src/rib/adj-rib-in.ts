// Adj-RIB-In of the registered prefixes (RFC 4271 section 3.2): per session every route that is equal to, inside, or around one of
// them, keyed by (session, prefix, path id), and the same routes by prefix. Rows of 32-bit words in chunks, 40 octets a route and its place
// in a hash index, since there may be millions (test/bench, P9); paths and attributes are kept once. What it gives are copies: whoever
// changes one puts it back.
//
//   session | prefix | path id | attributes | place | time, low | offset, low | time, high (20) offset, high (12) | record | next of its prefix

import { formatPath } from '../bgp/as-path.js';
import { type EventTime } from '../ip/event-time.js';
import { Prefix } from '../ip/prefix.js';
import { AttributePool } from './attribute-pool.js';
import { type Place, PlacePool } from './place-pool.js';
import { type RouteAttributes } from './route-event.js';
import { type Session } from './session.js';
import { endHash, mixHash, SlotIndex } from './slot-index.js';

/** A stored route. `Carried` is the pipeline's own. */
export interface Route<Carried> extends RouteAttributes, Place {
  readonly session: Session;
  readonly prefix: Prefix;
  readonly pathId: number;
  /** Text of the path, for comparing and showing. */
  readonly pathText: string;
  /** The last record that said so. */
  readonly at: EventTime;
  /** Where it was read first; the file as its base name. */
  readonly record: number;
  readonly offset: number;
  /** What detection has hung on it; of few routes anything. */
  readonly carried: readonly Carried[];
}

/** The key of a route that was removed. */
export interface RemovedRoute {
  readonly session: number;
  readonly prefix: string;
  readonly pathId: number;
}

/** A prefix that has routes, and the first of their rows + 1. */
interface PrefixRow {
  prefix: Prefix;
  first: number;
}

const CHUNK_BITS = 14;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const CHUNK_MASK = CHUNK_ROWS - 1;

/** Words of a row but for its session, which stands in a column of its own: it is what is searched from end to end. */
const ROW = 9;
const PREFIX = 0;
const PATH_ID = 1;
const ATTRIBUTES = 2;
const PLACE = 3;
const AT = 4;
const OFFSET = 5;
const HIGH = 6;
const RECORD = 7;
const NEXT = 8;

const NO_SESSION = 0;
const WORD = 2 ** 32;

/** All stored routes. */
export class AdjRibIn<Carried> {
  readonly #sessions: Uint32Array[] = [];
  readonly #rows: Uint32Array[] = [];
  readonly #index = new SlotIndex((row) => this.#hash(row));
  readonly #attributes = new AttributePool();
  readonly #places = new PlacePool();
  readonly #prefixes: PrefixRow[] = [];
  readonly #freePrefixes: number[] = [];
  readonly #byText = new Map<string, number>();
  /** The prefix asked for last, as an object, and its number: every event asks for its own several times. */
  #lastPrefix: Prefix | null = null;
  #lastNumber = 0;
  readonly #sessionById: Session[] = [];
  readonly #counts: number[] = [];
  readonly #carried = new Map<number, readonly Carried[]>();
  /** Rows put since the last `takeChanges`, and the keys deleted since then. */
  #changed = new Set<number>();
  #removed: RemovedRoute[] = [];
  #changes = 0;
  #rowCount = 0;
  /** The first free row + 1. */
  #free = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many puts and deletes there were since the last `takeChanges`. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * What was put and deleted since the last call. `changed` reads the table as it is walked, so walk it before the next change; a key may
   * be in both, and then the route is there.
   */
  takeChanges(): { readonly changed: Iterable<Route<Carried>>; readonly removed: readonly RemovedRoute[] } {
    const taken = { changed: this.#walk(this.#changed), removed: this.#removed };
    this.#changed = new Set();
    this.#removed = [];
    this.#changes = 0;
    return taken;
  }

  /** The prefix with this text, where it has routes. */
  prefixNamed(text: string): Prefix | undefined {
    const number = this.#byText.get(text);
    return number === undefined ? undefined : this.#prefixes[number].prefix;
  }

  get(session: Session, prefix: Prefix, pathId: number): Route<Carried> | undefined {
    const row = this.#find(session, prefix, pathId);
    return row === -1 ? undefined : this.#read(row);
  }

  /** Stores a route in place of the one with its key. */
  put(route: Route<Carried>): void {
    this.#changed.add(this.#write(route));
    this.#changes++;
  }

  /** As `put`, of a route that is known to be stored: no change. */
  restore(route: Route<Carried>): void {
    this.#write(route);
  }

  #write(route: Route<Carried>): number {
    const { session, prefix, pathId, carried } = route;
    const there = this.#find(session, prefix, pathId);
    const row = there === -1 ? this.#insert(session, prefix, pathId) : there;
    const words = this.#rows[row >>> CHUNK_BITS];
    const at = (row & CHUNK_MASK) * ROW;
    const old = { attributes: words[at + ATTRIBUTES], place: words[at + PLACE] };
    words[at + ATTRIBUTES] = this.#attributes.intern(route);
    words[at + PLACE] = this.#places.intern(route);
    if (there !== -1) {
      this.#attributes.release(old.attributes);
      this.#places.release(old.place);
    }
    words[at + AT] = route.at % WORD;
    words[at + OFFSET] = route.offset % WORD;
    words[at + HIGH] = (Math.floor(route.at / WORD) << 12) | Math.floor(route.offset / WORD);
    words[at + RECORD] = route.record;
    if (carried.length > 0) this.#carried.set(row, carried);
    else this.#carried.delete(row);
    return row;
  }

  /** Removes and returns the route with this key, if there is one. */
  delete(session: Session, prefix: Prefix, pathId: number): Route<Carried> | undefined {
    const row = this.#find(session, prefix, pathId);
    if (row === -1) return undefined;
    const route = this.#read(row);
    this.#index.remove(row);
    this.#unlink(row);
    const words = this.#rows[row >>> CHUNK_BITS];
    const at = (row & CHUNK_MASK) * ROW;
    this.#attributes.release(words[at + ATTRIBUTES]);
    this.#places.release(words[at + PLACE]);
    this.#carried.delete(row);
    this.#sessions[row >>> CHUNK_BITS][row & CHUNK_MASK] = NO_SESSION;
    words[at + NEXT] = this.#free;
    this.#free = row + 1;
    this.#counts[session.id]--;
    this.#size--;
    this.#changed.delete(row);
    this.#removed.push({ session: session.id, prefix: prefix.toString(), pathId });
    this.#changes++;
    return route;
  }

  /** The routes of one session in order of prefix and path id, whatever order they came in (a restart knows no other). */
  ofSession(session: Session): readonly Route<Carried>[] {
    return this.ofSessions(new Set([session]));
  }

  /**
   * The routes of some sessions whose last record is older than `before`: session after session in the order of the set, each in order of
   * prefix and path id. One walk over the whole table.
   */
  ofSessions(sessions: ReadonlySet<Session>, before: EventTime = Infinity): readonly Route<Carried>[] {
    const ranks = new Uint32Array(this.#counts.length); // from 1; 0 = not wanted
    let wanted = 0;
    for (const { id } of sessions) if (this.countOf({ id }) > 0) ranks[id] = ++wanted;
    const found: Route<Carried>[] = [];
    for (let row = 0; wanted > 0 && row < this.#rowCount; row++) {
      const id = this.#sessions[row >>> CHUNK_BITS][row & CHUNK_MASK];
      if (ranks[id] > 0 && this.#at(row) < before) found.push(this.#read(row));
    }
    return found.sort(
      (a, b) => ranks[a.session.id] - ranks[b.session.id] || Prefix.compare(a.prefix, b.prefix) || a.pathId - b.pathId,
    );
  }

  countOf({ id }: Pick<Session, 'id'>): number {
    return this.#counts[id] ?? 0;
  }

  /** The routes of all sessions to this very prefix. */
  *at(prefix: Prefix): IterableIterator<Route<Carried>> {
    const number = this.#numberIfAny(prefix);
    if (number === undefined) return;
    for (let row = this.#prefixes[number].first - 1; row !== -1; row = this.#word(row, NEXT) - 1) yield this.#read(row);
  }

  /** The sessions with a route to this very prefix, those of malformed ones (RFC 7606) left out; one with several paths several times. */
  *sessionsAt(prefix: Prefix): IterableIterator<Session> {
    const number = this.#numberIfAny(prefix);
    if (number === undefined) return;
    for (let row = this.#prefixes[number].first - 1; row !== -1; row = this.#word(row, NEXT) - 1)
      if (!this.#attributes.get(this.#word(row, ATTRIBUTES)).malformed)
        yield this.#sessionById[this.#sessions[row >>> CHUNK_BITS][row & CHUNK_MASK]];
  }

  /** Every route. The one that was given last may be changed or deleted while walking. */
  *all(): IterableIterator<Route<Carried>> {
    for (let row = 0; row < this.#rowCount; row++)
      if (this.#sessions[row >>> CHUNK_BITS][row & CHUNK_MASK] !== NO_SESSION) yield this.#read(row);
  }

  #walk(rows: Iterable<number>): Iterable<Route<Carried>> {
    const read = (row: number): Route<Carried> => this.#read(row);
    return {
      *[Symbol.iterator]() {
        for (const row of rows) yield read(row);
      },
    };
  }

  #find(session: Session, prefix: Prefix, pathId: number): number {
    const number = this.#numberIfAny(prefix);
    if (number === undefined) return -1;
    return this.#index.find(
      keyHash(session.id, number, pathId),
      (row) =>
        this.#sessions[row >>> CHUNK_BITS][row & CHUNK_MASK] === session.id &&
        this.#word(row, PREFIX) === number &&
        this.#word(row, PATH_ID) === pathId,
    );
  }

  /** A row with this key, without attributes and place. */
  #insert(session: Session, prefix: Prefix, pathId: number): number {
    const row = this.#takeRow();
    const number = this.#numberOf(prefix);
    const ofPrefix = this.#prefixes[number];
    const words = this.#rows[row >>> CHUNK_BITS];
    const at = (row & CHUNK_MASK) * ROW;
    this.#sessions[row >>> CHUNK_BITS][row & CHUNK_MASK] = session.id;
    words[at + PREFIX] = number;
    words[at + PATH_ID] = pathId;
    words[at + NEXT] = ofPrefix.first;
    ofPrefix.first = row + 1;
    this.#index.add(row);
    this.#sessionById[session.id] = session;
    this.#counts[session.id] = this.countOf(session) + 1;
    this.#size++;
    return row;
  }

  #takeRow(): number {
    if (this.#free > 0) {
      const row = this.#free - 1;
      this.#free = this.#word(row, NEXT);
      return row;
    }
    if (this.#rowCount === this.#rows.length * CHUNK_ROWS) {
      this.#sessions.push(new Uint32Array(CHUNK_ROWS));
      this.#rows.push(new Uint32Array(CHUNK_ROWS * ROW));
    }
    return this.#rowCount++;
  }

  #numberIfAny(prefix: Prefix): number | undefined {
    if (prefix === this.#lastPrefix) return this.#lastNumber;
    const number = this.#byText.get(prefix.toString());
    if (number === undefined) return undefined;
    this.#lastPrefix = prefix;
    return (this.#lastNumber = number);
  }

  #numberOf(prefix: Prefix): number {
    let number = this.#numberIfAny(prefix);
    if (number === undefined) {
      number = this.#freePrefixes.pop() ?? this.#prefixes.length;
      this.#prefixes[number] = { prefix, first: 0 };
      this.#byText.set(prefix.toString(), number);
    }
    return number;
  }

  /** Takes a row out of the list of its prefix, and forgets the prefix with its last one. */
  #unlink(row: number): void {
    const number = this.#word(row, PREFIX);
    const ofPrefix = this.#prefixes[number];
    const next = this.#word(row, NEXT);
    if (ofPrefix.first === row + 1) {
      ofPrefix.first = next;
    } else {
      let before = ofPrefix.first - 1;
      while (this.#word(before, NEXT) !== row + 1) before = this.#word(before, NEXT) - 1;
      this.#rows[before >>> CHUNK_BITS][(before & CHUNK_MASK) * ROW + NEXT] = next;
    }
    if (ofPrefix.first > 0) return;
    this.#byText.delete(ofPrefix.prefix.toString());
    this.#freePrefixes.push(number);
    this.#lastPrefix = null;
  }

  #read(row: number): Route<Carried> {
    const words = this.#rows[row >>> CHUNK_BITS];
    const at = (row & CHUNK_MASK) * ROW;
    const { path, internalAs, attributes, malformed } = this.#attributes.get(words[at + ATTRIBUTES]);
    const { file, dump, fromRib } = this.#places.get(words[at + PLACE]);
    return {
      session: this.#sessionById[this.#sessions[row >>> CHUNK_BITS][row & CHUNK_MASK]],
      prefix: this.#prefixes[words[at + PREFIX]].prefix,
      pathId: words[at + PATH_ID],
      path,
      pathText: formatPath(path),
      internalAs,
      attributes,
      malformed,
      at: this.#at(row),
      fromRib,
      dump,
      file,
      record: words[at + RECORD],
      offset: (words[at + HIGH] & 0xfff) * WORD + words[at + OFFSET],
      carried: this.#carried.get(row) ?? [],
    };
  }

  #at(row: number): EventTime {
    return (this.#word(row, HIGH) >>> 12) * WORD + this.#word(row, AT);
  }

  #word(row: number, column: number): number {
    return this.#rows[row >>> CHUNK_BITS][(row & CHUNK_MASK) * ROW + column];
  }

  #hash(row: number): number {
    const session = this.#sessions[row >>> CHUNK_BITS][row & CHUNK_MASK];
    return keyHash(session, this.#word(row, PREFIX), this.#word(row, PATH_ID));
  }
}

function keyHash(session: number, prefix: number, pathId: number): number {
  return endHash(mixHash(mixHash(mixHash(0, session), prefix), pathId));
}
