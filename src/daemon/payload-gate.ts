// Keeps a collapse of the RPKI from being believed at once. When a validator loses a trust anchor, or comes up half, what vanishes was not
// revoked: routes that were valid would be unknown, or invalid by what is left. So where at least `share` of the VRPs of a trust anchor, of
// all VRPs or of all ASPAs are gone from one state of a source to the next, the state before stays in force, until the source recovers,
// `hold` is over, or somebody says so. Reads no clock.

import { type NamedPayloads } from './reference-assembly.js';
import { type CollapseSettings } from './rpki-settings.js';

export interface Collapse {
  /** `all VRPs`, `VRPs of ripe`, `ASPAs`. */
  readonly what: string;
  readonly before: number;
  readonly after: number;
}

interface Source {
  accepted: NamedPayloads;
  /** Since when, milliseconds, and what is gone; null = the source is believed. */
  held: { readonly since: number; readonly collapses: readonly Collapse[] } | null;
}

export interface Passed {
  readonly payloads: NamedPayloads;
  /** Null where the source is believed. */
  readonly held: { readonly since: number; readonly until: number; readonly collapses: readonly Collapse[] } | null;
  /** What was held back and is believed from now on; empty otherwise. */
  readonly believed: readonly Collapse[];
}

export interface GateContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly settings: CollapseSettings;
  /** An operator said that the data are to be taken as they are. */
  readonly trust: boolean;
}

export class PayloadGate {
  readonly #sources = new Map<string, Source>();

  /** What was in force before a restart. */
  restore(source: string, accepted: NamedPayloads, heldSince: number | null): void {
    this.#sources.set(source, { accepted, held: heldSince === null ? null : { since: heldSince, collapses: [] } });
  }

  /** @returns which state of the source is to be used. */
  pass(source: string, offered: NamedPayloads, { now, settings, trust }: GateContext): Passed {
    const before = this.#sources.get(source);
    const isRestored = before?.held?.collapses.length === 0;
    if (isRestored && before.accepted.version === offered.version && !trust)
      return { payloads: before.accepted, held: null, believed: [] }; // it has not spoken since the restart
    const collapses = before === undefined ? [] : collapsesOf(before.accepted.counts, offered.counts, settings);
    if (collapses.length > 0 && !trust) {
      const since = before!.held?.since ?? now;
      const until = since + settings.hold / 1000;
      if (now < until) {
        before!.held = { since, collapses };
        return { payloads: before!.accepted, held: { since, until, collapses }, believed: [] };
      }
    }
    this.#sources.set(source, { accepted: offered, held: null });
    return { payloads: offered, held: null, believed: collapses };
  }

  /** Forgets sources that are configured no more. */
  keep(sources: ReadonlySet<string>): void {
    for (const source of this.#sources.keys()) if (!sources.has(source)) this.#sources.delete(source);
  }
}

/** What fell by at least the share, of at least `minPayloads`. */
export function collapsesOf(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  { share, minPayloads }: CollapseSettings,
): readonly Collapse[] {
  return [...before].flatMap(([what, count]) => {
    const left = after.get(what) ?? 0;
    return count >= minPayloads && count - left >= count * share && left < count
      ? [{ what, before: count, after: left }]
      : [];
  });
}

/** `VRPs of ripe fell from 40000 to 3`. */
export function formatCollapses(collapses: readonly Collapse[]): string {
  return collapses.map(({ what, before, after }) => `${what} fell from ${before} to ${after}`).join(', ');
}
