// The table of accuracy: recall and precision of every type, beside what is wanted of it; what was told of that nobody may be told of, by
// cause; and whether three runs gave one digest.

import { type SeedResult } from './seed.js';

/** Least recall and precision, in percent. Exactly one incident an event is wanted of all types but the two that judge by likelihood. */
const WANTED: Readonly<Record<string, readonly [recall: number, precision: number]>> = {
  'route-leak': [95, 98],
  'forged-path': [95, 0],
};
const EVERYTHING = [100, 100] as const;
/** False forged-path incidents for 1 000 prefix-months. */
const FORGED_RATE = 1;

export interface Report {
  readonly lines: readonly string[];
  readonly good: boolean;
}

export function report(results: readonly SeedResult[]): Report {
  const lines: string[] = [];
  let good = true;
  const check = (line: string, isGood: boolean): void => {
    lines.push(isGood ? line : `${line}  MISSED`);
    good &&= isGood;
  };
  const row = (...cells: readonly (string | number)[]): string =>
    cells.map((cell, n) => (n === 0 ? String(cell).padEnd(24) : String(cell).padStart(9))).join(' ');
  lines.push(row('incident', 'events', 'found', 'false', 'recall', 'precision', 'wanted'));
  for (const { type, events, found, unasked } of byType(results)) {
    const [recall, precision] = [percent(found, events), percent(found, found + unasked)];
    const [least, leastPrecise] = WANTED[type] ?? EVERYTHING;
    const wanted = `${least}/${leastPrecise === 0 ? '-' : leastPrecise}`;
    check(
      row(type, events, found, unasked, recall.toFixed(1), precision.toFixed(1), wanted),
      recall >= least && precision >= leastPrecise,
    );
  }
  const causes = causesOf(results);
  check(`false incidents from what must never page: ${causes.reduce((sum, [, n]) => sum + n, 0)}`, causes.length === 0);
  for (const [cause, count] of causes) lines.push(`  ${count} ${cause}`);
  const wrong = results.flatMap((one) => one.wrong);
  check(`found, but with another time, end, level, opening or peer than made: ${wrong.length}`, wrong.length === 0);
  addForged(results, check);
  const thrice = results.filter(({ digests }) => digests.length > 0);
  const unequal = thrice.filter(({ digests }) => new Set(digests).size > 1);
  check(
    `in order, shuffled, killed and resumed: ${thrice.length} scenarios, ${unequal.length} of them with more than one SHA-256`,
    unequal.length === 0,
  );
  return { lines, good };
}

function addForged(results: readonly SeedResult[], check: (line: string, isGood: boolean) => void): void {
  const months = results.reduce((sum, one) => sum + one.prefixMonths, 0);
  const forged = results.flatMap(({ unasked }) => unasked.filter(({ type }) => type === 'forged-path')).length;
  const rate = (forged * 1000) / months;
  check(
    `forged-path, false for 1 000 prefix-months: ${rate.toFixed(2)} (${forged} in ${months}; synthetic), wanted <= ${FORGED_RATE}`,
    rate <= FORGED_RATE,
  );
}

function byType(results: readonly SeedResult[]) {
  const types = new Map<string, { type: string; events: number; found: number; unasked: number }>();
  const of = (type: string) => {
    let there = types.get(type);
    if (there === undefined) types.set(type, (there = { type, events: 0, found: 0, unasked: 0 }));
    return there;
  };
  for (const { right, missed, unasked } of results) {
    for (const [type, count] of Object.entries(right)) {
      of(type).events += count;
      of(type).found += count;
    }
    for (const { type } of missed) of(type).events++;
    for (const { type } of unasked) of(type).unasked++;
  }
  return [...types.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** False incidents of prefixes of quiet stories, by story and type; forged-path has a rate of its own. */
function causesOf(results: readonly SeedResult[]): [cause: string, count: number][] {
  const causes = new Map<string, number>();
  for (const { unasked, quiet, stories } of results)
    for (const { registeredPrefix, type } of unasked) {
      const story = stories[registeredPrefix];
      if (!quiet.includes(story) || type === 'forged-path') continue;
      const cause = `${type}: ${story}`;
      causes.set(cause, (causes.get(cause) ?? 0) + 1);
    }
  return [...causes].sort(([, a], [, b]) => b - a);
}

/** Every miss, false incident and difference of a seed, one a line. */
export function faultsOf({ missed, unasked, wrong, stories, digests }: SeedResult): string[] {
  return [
    ...missed.map(({ type, prefix, offender, story }) => `missed ${type} ${prefix} ${offender} (${story})`),
    ...unasked.map(
      ({ type, prefix, offender, registeredPrefix, openedAt }) =>
        `false ${type} ${prefix} ${offender} at ${openedAt} (${stories[registeredPrefix]})`,
    ),
    ...wrong.map((line) => `wrong ${line}`),
    ...(new Set(digests).size > 1 ? [`digests ${digests.join(' ')}`] : []),
  ];
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : (part * 100) / whole;
}
