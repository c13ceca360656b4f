// What a month costs: per connection, the distinct /24s that its registered IPv4 prefixes touch plus the distinct /48s that its
// IPv6 prefixes touch, times one rate. A prefix counts that was registered at any instant of the month, removed since or not.
// Amounts are integers in minor units of a currency that the operator knows. No discounts, no proration.

import { type EventTime } from '../ip/event-time.js';
import { Prefix } from '../ip/prefix.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type Database } from './database.js';

/** A calendar month in UTC: from `start` up to, not including, `end`. */
export interface BillingMonth {
  /** `2026-06`. */
  readonly text: string;
  readonly start: EventTime;
  readonly end: EventTime;
}

/** One connection's line. */
export interface BillLine {
  readonly connection: string;
  /** Distinct /24s. */
  readonly ipv4Units: number;
  /** Distinct /48s. */
  readonly ipv6Units: number;
  /** (ipv4Units + ipv6Units) x rate, minor units. */
  readonly amount: number;
}

/** The length of a billing unit, per family. */
const UNIT_LENGTH = { 1: 24, 2: 48 } as const;

/** 15.00: the rate per unit and month, minor units, where none is given. */
export const DEFAULT_RATE = 1500;

/** Reads `2026-06`; null for other text. */
export function parseMonth(text: string): BillingMonth | null {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  if (match === null) return null;
  const [year, month] = [Number(match[1]), Number(match[2]) - 1];
  return { text, start: Date.UTC(year, month) * 1000, end: Date.UTC(year, month + 1) * 1000 };
}

/** The month, `2026-06`, that `now` lies in. */
export function monthOf(now: EventTime): string {
  return new Date(Math.floor(now / 1000)).toISOString().slice(0, 7);
}

/** Reads `15`, `15.5` or `15.00` as minor units, exactly; null for other text. */
export function parseAmount(text: string): number | null {
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return null;
  const [, whole, cents = ''] = match;
  return Number(whole) * 100 + Number(cents.padEnd(2, '0'));
}

/** `15.00` of 1500. */
export function formatAmount(minor: number): string {
  return `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
}

/** The lines of a month, in the order of connection names; `rate` in minor units. */
export function bill(db: Database, month: BillingMonth, rate = DEFAULT_RATE): readonly BillLine[] {
  const rows = db
    .prepare<{ start: number; end: number }, { connection: string; prefix: string }>(
      `SELECT DISTINCT connection, prefix FROM registration_periods
       WHERE registered_at < @end AND (removed_at IS NULL OR removed_at > @start OR registered_at >= @start)
       ORDER BY connection`,
    )
    .all({ start: month.start, end: month.end });
  const prefixes = new Map<string, Prefix[]>();
  for (const { connection, prefix } of rows) {
    const list = prefixes.get(connection) ?? [];
    list.push(parsePrefix(prefix));
    prefixes.set(connection, list);
  }
  return [...prefixes].map(([connection, list]) => billLine(connection, list, rate));
}

/** One connection's line for the prefixes it had in the month. */
export function billLine(connection: string, prefixes: readonly Prefix[], rate = DEFAULT_RATE): BillLine {
  const ipv4Units = countUnits(prefixes.filter(({ afi }) => afi === 1));
  const ipv6Units = countUnits(prefixes.filter(({ afi }) => afi === 2));
  return { connection, ipv4Units, ipv6Units, amount: exact((ipv4Units + ipv6Units) * rate) };
}

/** The sum of all lines, minor units. */
export function billTotal(lines: readonly BillLine[]): number {
  return exact(lines.reduce((sum, { amount }) => sum + amount, 0));
}

/** Distinct units that prefixes of one family touch: what lies inside another prefix is not counted again. */
function countUnits(prefixes: readonly Prefix[]): number {
  let units = 0;
  const counted: Prefix[] = [];
  for (const prefix of prefixes.map(toUnits).sort((a, b) => Prefix.compare(a, b))) {
    if (counted.at(-1)?.covers(prefix) === true) continue; // in prefix order only the last one counted can cover
    units += 2 ** (UNIT_LENGTH[prefix.afi] - prefix.length);
    counted.push(prefix);
  }
  return units;
}

/** The prefix, or the whole unit that a longer one lies in. */
function toUnits(prefix: Prefix): Prefix {
  const length = Math.min(prefix.length, UNIT_LENGTH[prefix.afi]);
  return prefix.afi === 1
    ? Prefix.ipv4(prefix.w0, length)
    : Prefix.ipv6([prefix.w0, prefix.w1, prefix.w2, prefix.w3], length);
}

function exact(amount: number): number {
  if (Number.isSafeInteger(amount)) return amount;
  throw new RangeError('Cannot bill: the amount is larger than whole numbers can be exact');
}
