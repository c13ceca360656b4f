// The history of links between ASes, learnt from the routes that the engine sees: when each was seen first and last, and how it stands. Both
// directions of a link are one. What stands how is decided when a link is first seen, and by what link-monitor says later; never by the clock.

import { type Asn } from '../ip/asn.js';
import { type EventTime, SECOND } from '../ip/event-time.js';
import { type LinkStanding, type LinkSurroundings, type LinkView } from '../detection/link-view.js';
import { type LinkBatch, type LinkProgress, type LinkRow } from './store.js';

/** `lastAt` moves by steps of this, so that a busy link is not written with every batch. */
const STEP: EventTime = 86_400 * SECOND;

/** A link, the lower AS first. */
type Link = { -readonly [K in keyof LinkRow]: LinkRow[K] };

export class LinkHistory implements LinkView {
  readonly minDistance: number;
  /** Every link stands under both of its ends. */
  readonly #ends = new Map<Asn, Map<Asn, Link>>();
  #size = 0;
  #progress: LinkProgress;
  #progressChanged = false;
  #changed = new Set<Link>();
  #removed = new Map<string, readonly [low: Asn, high: Asn]>();

  constructor({ minDistance, learnFor }: { readonly minDistance: number; readonly learnFor: EventTime }) {
    this.minDistance = minDistance;
    this.#progress = { since: null, learnFor, judging: false };
  }

  load(rows: Iterable<LinkRow>, progress: LinkProgress | null): void {
    for (const row of rows) this.#put({ ...row });
    if (progress !== null) this.#progress = { ...progress, learnFor: this.#progress.learnFor };
  }

  /** Links held. */
  get size(): number {
    return this.#size;
  }

  get progress(): LinkProgress {
    return this.#progress;
  }

  get all(): Iterable<LinkRow> {
    return this.#links();
  }

  readonly standing = (a: Asn, b: Asn): LinkStanding =>
    this.#progress.judging ? (this.#find(a, b)?.standing ?? 'new') : 'known';

  readonly around = (a: Asn, b: Asn): LinkSurroundings => {
    const [ofA, ofB] = [this.#knownBeside(a, b), this.#knownBeside(b, a)];
    const established = ofA.size > 0 && ofB.size > 0;
    return { established, shared: [...ofA].some((asn) => ofB.has(asn)) };
  };

  /** The link as it is held; undefined where it is not. */
  find(a: Asn, b: Asn): LinkRow | undefined {
    return this.#find(a, b);
  }

  /** A link is seen: a new one stands as `standing`. @returns it where it is new. */
  see(a: Asn, b: Asn, at: EventTime, standing: LinkStanding): LinkRow | null {
    const there = this.#find(a, b);
    if (there !== undefined) {
      if (at >= there.lastAt + STEP) this.#change(there, { lastAt: at });
      return null;
    }
    if (this.#progress.since === null) this.#advance({ since: at });
    const link = { low: Math.min(a, b), high: Math.max(a, b), firstAt: at, lastAt: at, standing };
    this.#put(link);
    this.#removed.delete(keyOf(link));
    this.#changed.add(link);
    return link;
  }

  setStanding(a: Asn, b: Asn, standing: LinkStanding): void {
    const link = this.#find(a, b);
    if (link !== undefined) this.#change(link, { standing });
  }

  forget(a: Asn, b: Asn): void {
    const link = this.#find(a, b);
    if (link === undefined) return;
    this.#ends.get(a)!.delete(b);
    this.#ends.get(b)!.delete(a);
    for (const asn of [a, b]) if (this.#ends.get(asn)!.size === 0) this.#ends.delete(asn);
    this.#size--;
    this.#changed.delete(link);
    this.#removed.set(keyOf(link), [link.low, link.high]);
  }

  /** The history has been learnt: from now on links are judged. */
  learnt(): void {
    this.#advance({ judging: true });
  }

  /** What changed since the last call. */
  takeChanged(): LinkBatch {
    const rows = [...this.#changed].map((link) => ({ ...link }));
    const removed = [...this.#removed.values()];
    const progress = this.#progressChanged ? this.#progress : null;
    if (rows.length > 0) this.#changed = new Set();
    if (removed.length > 0) this.#removed = new Map();
    this.#progressChanged = false;
    return { rows, removed, progress };
  }

  *#links(): Generator<Link> {
    for (const [asn, others] of this.#ends) for (const link of others.values()) if (link.low === asn) yield link;
  }

  #find(a: Asn, b: Asn): Link | undefined {
    return this.#ends.get(a)?.get(b);
  }

  #put(link: Link): void {
    this.#size++;
    for (const [asn, other] of [
      [link.low, link.high],
      [link.high, link.low],
    ] as const) {
      const others = this.#ends.get(asn);
      if (others === undefined) this.#ends.set(asn, new Map([[other, link]]));
      else others.set(other, link);
    }
  }

  #change(link: Link, parts: Partial<Link>): void {
    Object.assign(link, parts);
    this.#changed.add(link);
  }

  #advance(parts: Partial<LinkProgress>): void {
    this.#progress = { ...this.#progress, ...parts };
    this.#progressChanged = true;
  }

  #knownBeside(asn: Asn, other: Asn): Set<Asn> {
    const found = new Set<Asn>();
    for (const [one, { standing }] of this.#ends.get(asn) ?? [])
      if (standing !== 'new' && one !== other) found.add(one);
    return found;
  }
}

function keyOf({ low, high }: LinkRow): string {
  return `${low} ${high}`;
}
