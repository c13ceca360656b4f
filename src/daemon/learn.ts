// What files show of the prefixes that some ASes originate: origins, the ASes next to them, who saw it. Two passes, so that memory is
// bounded by what these ASes originate and not by the table: the first finds their prefixes, the second who else originates these.
// Withdrawals take nothing back: what was announced once was seen. Routes that RFC 7606 withdraws, AS_SET origins and SAFIs other than 1
// are passed over.

import { isTreatAsWithdraw } from '../bgp/warnings.js';
import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { Prefix } from '../ip/prefix.js';
import { type RouteView, viewRoute } from '../detection/route-view.js';
import { type AnnounceElement, type RibElement } from '../mrt/element.js';
import { elementsOf } from '../mrt/elements.js';
import { MrtDecoder } from '../mrt/record.js';
import { type RawRecord } from '../mrt/record-framer.js';
import { collectorName } from '../sources/collector-name.js';
import { type InputFile } from '../sources/input-files.js';
import { type InputLoss, readMrtRecords } from '../sources/mrt-records.js';
import { DecodeError } from '../wire/decode-error.js';

/** Who saw something: peer ASes, and sessions as `collector address AS`. */
export class Seen {
  readonly peers: Set<Asn>;
  readonly sessions: Set<string>;

  constructor(peers: Iterable<Asn> = [], sessions: Iterable<string> = []) {
    this.peers = new Set(peers);
    this.sessions = new Set(sessions);
  }
}

/** A prefix that one of the ASes originates. */
export interface LearntPrefix {
  readonly prefix: Prefix;
  /** By origin: those asked for and others. */
  readonly origins: Map<Asn, LearntOrigin>;
}

export interface LearntOrigin {
  readonly seen: Seen;
  /** The ASes next to the origin in the collapsed path. */
  readonly neighbors: Map<Asn, Seen>;
}

export interface Learnt {
  /** In prefix order. */
  readonly prefixes: readonly LearntPrefix[];
  /** Times of the first and the last record that had one of them; null = none had. */
  readonly from: EventTime | null;
  readonly to: EventTime | null;
}

export interface LearnOptions {
  readonly inputs: readonly InputFile[];
  readonly asns: readonly Asn[];
  /** Told of what was not interpreted, once. */
  readonly onDamage: (input: string, damage: string) => void;
}

/** Reads the inputs twice. */
export async function learn({ inputs, asns, onDamage }: LearnOptions): Promise<Learnt> {
  const found = new Map<string, LearntPrefix>();
  let [from, to] = [Infinity, -Infinity];
  for (const input of inputs) {
    await eachRoute(input, onDamage, (element, view) => {
      if (view.origin.kind !== 'as' || !asns.includes(view.origin.asn)) return;
      found.set(element.prefix.toString(), { prefix: element.prefix, origins: new Map() });
      from = Math.min(from, element.time);
      to = Math.max(to, element.time);
    });
  }
  for (const input of found.size === 0 ? [] : inputs) {
    const collector = collectorName(input.location);
    await eachRoute(
      input,
      () => undefined,
      (element, view) => {
        const learnt = view.origin.kind === 'as' ? found.get(element.prefix.toString()) : undefined;
        if (learnt !== undefined)
          note(learnt, view, element.peerAs, `${collector} ${element.peerAddress} ${element.peerAs}`);
      },
    );
  }
  const prefixes = [...found.values()].sort((a, b) => Prefix.compare(a.prefix, b.prefix));
  return { prefixes, from: prefixes.length === 0 ? null : from, to: prefixes.length === 0 ? null : to };
}

function note({ origins }: LearntPrefix, { origin, neighbor }: RouteView, peerAs: Asn, session: string): void {
  if (origin.kind !== 'as') return;
  const there = origins.get(origin.asn) ?? { seen: new Seen(), neighbors: new Map<Asn, Seen>() };
  origins.set(origin.asn, there);
  const both = [there.seen];
  if (neighbor !== null) {
    const next = there.neighbors.get(neighbor) ?? new Seen();
    there.neighbors.set(neighbor, next);
    both.push(next);
  }
  for (const seen of both) {
    seen.peers.add(peerAs);
    seen.sessions.add(session);
  }
}

type Route = AnnounceElement | RibElement;

/** Every announced route and RIB entry of an input. */
async function eachRoute(
  input: InputFile,
  onDamage: LearnOptions['onDamage'],
  visit: (element: Route, view: RouteView) => void,
): Promise<void> {
  const decoder = new MrtDecoder({ collector: collectorName(input.location) });
  const onLoss = ({ kind, offset, reason }: InputLoss): void =>
    onDamage(input.name, `${kind} at offset ${offset}: ${reason}`);
  for await (const batch of readMrtRecords(input, { onLoss }))
    for (const raw of batch)
      for (const element of routesOf(raw, decoder, input, onDamage)) visit(element, viewOf(element));
}

function viewOf({ prefix, attributes }: Route): RouteView {
  return viewRoute(prefix, attributes.asPath ?? [], null);
}

function routesOf(
  raw: RawRecord,
  decoder: MrtDecoder,
  input: InputFile,
  onDamage: LearnOptions['onDamage'],
): readonly Route[] {
  try {
    return elementsOf(decoder.decode(raw)).filter(
      (one): one is Route =>
        (one.type === 'announce' || one.type === 'rib') && one.safi === 1 && !isTreatAsWithdraw(one.warnings ?? []),
    );
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    onDamage(input.name, `record ${raw.index} at offset ${raw.offset + error.offset}: ${error.message}`);
    return [];
  }
}
