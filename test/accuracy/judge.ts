// Scores what was found against the labels: an incident is a label's by type, registered prefix, prefix and offender, one for one.
// What belongs to no label is false; what is found but not as constructed (times, end, level, openings, peers) is wrong.

import { type Label } from './label.js';

/** An incident as `replay --json` prints it, as far as it is looked at. */
export interface Found {
  readonly kind: string;
  readonly type: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
  readonly offender: string;
  readonly level: string;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
  readonly reason: string | null;
  readonly openings: number;
  readonly peers: { readonly asns: readonly number[] };
}

export interface Score {
  /** By type: labels that were found once, and those that were not; and incidents that no label asked for. */
  readonly right: Readonly<Record<string, number>>;
  readonly missed: readonly Label[];
  readonly unasked: readonly Found[];
  /** What was found, but otherwise than it was made. */
  readonly wrong: readonly string[];
}

export function scoreOf(labels: readonly Label[], found: readonly Found[]): Score {
  const left = [...found].sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1));
  const right: Record<string, number> = {};
  const [missed, wrong]: [Label[], string[]] = [[], []];
  for (const label of [...labels].sort((a, b) => a.openedAt - b.openedAt)) {
    const at = left.findIndex((one) => isOf(one, label));
    if (at === -1) {
      missed.push(label);
      continue;
    }
    const [one] = left.splice(at, 1);
    right[label.type] = (right[label.type] ?? 0) + 1;
    wrong.push(...differences(label, one));
  }
  return { right, missed, unasked: left, wrong };
}

function isOf(found: Found, label: Label): boolean {
  return nameOf(found) === nameOf(label);
}

function nameOf({ type, registeredPrefix, prefix, offender }: Label | Found): string {
  return `${type} ${registeredPrefix} ${prefix} ${offender}`;
}

function differences(label: Label, found: Found): string[] {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['level', label.level, found.level],
    ['openedAt', timeText(label.openedAt), found.openedAt],
    ['resolvedAt', label.resolvedAt === null ? null : timeText(label.resolvedAt), found.resolvedAt],
    ['reason', label.reason, found.reason],
    ['openings', label.openings, found.openings],
    ...(label.peers === null ? [] : [['peers', label.peers.join(' '), found.peers.asns.join(' ')] as const]),
  ];
  return pairs
    .filter(([, expected, actual]) => expected !== actual)
    .map(([what, expected, actual]) => `${nameOf(label)}: ${what} ${String(actual)}, not ${String(expected)}`);
}

/** Event time as the product prints it: 6 decimals and Z. */
function timeText(at: number): string {
  const micros = String(at % 1_000_000).padStart(6, '0');
  return `${new Date(at / 1000).toISOString().slice(0, 19)}.${micros}Z`;
}
