// The rules of registration. V1 to V14 are the reference product's (peering-service.md): V1, V2, V12 and V13 are judged when a row
// is registered, and one that fails keeps the whole change out; V3 wants routing-registry data and is a warning without; the rest
// want sessions of the provider and are not-evaluated, never passed. Rules without a number are about names and ranges.
// V1 itself (the text of a prefix) is judged where text is read.

import { type Asn, AS_TRANS, isDocumentationAsn } from '../ip/asn.js';
import { Prefix } from '../ip/prefix.js';
import { countryName } from './countries.js';
import { type PlacedPrefix, placedPrefixes } from './diff.js';
import {
  type Connection,
  type NeighborMap,
  type Provider,
  type RegisteredPrefix,
  type Registry,
} from './registry-model.js';
import { unroutableReason } from './special-purpose-prefixes.js';

export type RuleId =
  'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6' | 'V7' | 'V8' | 'V9' | 'V10' | 'V11' | 'V12' | 'V13' | 'V14';

/** A rule that a part of the registry breaks. */
export interface Fault {
  /** Null for rules about names and ranges, which have no number. */
  readonly rule: RuleId | null;
  /** The provider, connection or prefix object that breaks it: the key to its place in a file. */
  readonly subject: object;
  /** A sentence that names the subject; without the rule's number. */
  readonly message: string;
}

/** The message with its rule: `V12: ...`. */
export function formatFault({ rule, message }: Fault): string {
  return rule === null ? message : `${rule}: ${message}`;
}

const PREFIX_NAME = /^[A-Za-z0-9_.-]{1,63}$/;
const TITLE = /^[^\p{Cc}\p{Cf}]{1,100}$/u;

/** Numbers that stand for no network: RFC 7607, AS_TRANS, RFC 7300. */
const RESERVED_ASNS: ReadonlySet<Asn> = new Set([0, AS_TRANS, 65535, 4294967295]);

/**
 * Every rule that `next` breaks, in the order of the registry.
 *
 * @param current what is registered already: where two rows clash, the fault is the new one's.
 */
export function findFaults(next: Registry, current: Registry | null = null): readonly Fault[] {
  const providers = new Map(next.providers.map((provider) => [provider.name, provider]));
  const known = new Set(current === null ? [] : placedPrefixes(current).map(({ entry }) => entry));
  return [
    ...repeatedNames('provider', next.providers),
    ...repeatedNames('connection', next.connections),
    ...next.providers.flatMap((provider) => providerFaults(provider, next.allowDocumentation)),
    ...next.connections.flatMap((connection) => connectionFaults(connection, providers, next.allowDocumentation)),
    ...findOverlaps(placedPrefixes(next), known),
  ];
}

function providerFaults(provider: Provider, allowDocumentation: boolean): readonly Fault[] {
  const where = `provider "${provider.name}"`;
  return [
    ...titleFaults(provider, where, provider.name, ...provider.metros),
    ...asnFaults(provider, where, provider.asns, allowDocumentation),
  ];
}

function connectionFaults(
  connection: Connection,
  providers: ReadonlyMap<string, Provider>,
  allowDocumentation: boolean,
): readonly Fault[] {
  const where = `connection "${connection.name}"`;
  const { country, state } = connection;
  const faults = [
    ...titleFaults(connection, where, connection.name, ...(state === null ? [] : [state])),
    ...providerRule(connection, providers),
    ...asnFaults(connection, where, connection.asns, allowDocumentation),
    ...repeatedNames('prefix', connection.prefixes),
  ];
  if (country !== null && countryName(country) === null) {
    const message = `${where}: country "${country}" is no ISO 3166-1 code of two letters`;
    faults.push({ rule: null, subject: connection, message });
  }
  return [...faults, ...connection.prefixes.flatMap((entry) => prefixFaults(entry, connection, allowDocumentation))];
}

/** V13, and the provider's presence in the metros that the connection names. */
function providerRule(connection: Connection, providers: ReadonlyMap<string, Provider>): readonly Fault[] {
  const where = `connection "${connection.name}"`;
  const provider = providers.get(connection.provider);
  if (provider === undefined) {
    const detail = connection.provider === '' ? 'none is named' : `"${connection.provider}"`;
    return [{ rule: 'V13', subject: connection, message: `provider not found: ${detail} (${where})` }];
  }
  if (provider.metros.length === 0) return [];
  return [connection.primary, connection.backup]
    .filter((metro) => metro !== null)
    .filter((metro) => !provider.metros.includes(metro))
    .map((metro) => ({
      rule: 'V13' as const,
      subject: connection,
      message: `provider "${provider.name}" not found in ${metro} (${where}); it is in ${provider.metros.join(', ')}`,
    }));
}

function prefixFaults(entry: RegisteredPrefix, connection: Connection, allowDocumentation: boolean): readonly Fault[] {
  const where = `prefix ${entry.prefix.toString()} of connection "${connection.name}"`;
  const faults = (messages: readonly string[], rule: RuleId | null): readonly Fault[] =>
    messages.map((message) => ({ rule, subject: entry, message }));
  const ownRanges = rangeProblems(entry).map((problem) => `${where}: ${problem}`);
  if (!PREFIX_NAME.test(entry.name)) {
    ownRanges.push(`${where}: the name "${entry.name}" is not of 1 to 63 characters A-Z a-z 0-9 _ . -`);
  }
  if (entry.origins === null && connection.asns.length === 0) {
    ownRanges.push(`${where}: it has no origins, and its connection no asns to take them from`);
  }
  const unroutable = unroutableReason(entry.prefix);
  const isAllowed = unroutable === null || (unroutable.isDocumentation && allowDocumentation);
  const hint = unroutable?.isDocumentation === true ? '; options: { allowDocumentation: true } allows it' : '';
  return [
    ...faults(isAllowed ? [] : [`${where} is not publicly routable: ${unroutable.text}${hint}`], 'V2'),
    ...asnFaults(entry, where, asnsOf(entry), allowDocumentation),
    ...faults(ownRanges, null),
  ];
}

function rangeProblems({ prefix, moreSpecifics, visibility }: RegisteredPrefix): string[] {
  const problems: string[] = [];
  const bits = prefix.afi === 1 ? 32 : 128;
  if (moreSpecifics !== null) {
    const { minLength, maxLength } = moreSpecifics;
    if (minLength < prefix.length || maxLength > bits || minLength > maxLength) {
      problems.push(
        `moreSpecifics wants ${prefix.length} <= minLength <= maxLength <= ${bits}, not ${minLength} to ${maxLength}`,
      );
    }
  }
  if (visibility !== null) {
    if (!(visibility.min > 0 && visibility.min <= 1)) problems.push(`visibility.min is above 0 and at most 1`);
    if (!(visibility.for > 0)) problems.push('visibility.for is longer than 0 s');
  }
  return problems;
}

function asnsOf({ origins, neighbors, moreSpecifics, aggregators }: RegisteredPrefix): readonly Asn[] {
  const inMap = (map: NeighborMap): readonly Asn[] => [...map].flatMap(([origin, asns]) => [origin, ...asns]);
  const nested = moreSpecifics === null ? [] : [...(moreSpecifics.origins ?? []), ...inMap(moreSpecifics.neighbors)];
  return [...(origins ?? []), ...inMap(neighbors), ...nested, ...(aggregators ?? [])];
}

/** The AS side of V2: numbers that no network on the public Internet has. Private-use numbers are the operator's own business. */
function asnFaults(
  subject: object,
  where: string,
  asns: readonly Asn[],
  allowDocumentation: boolean,
): readonly Fault[] {
  return [...new Set(asns)].flatMap((asn): readonly Fault[] => {
    if (RESERVED_ASNS.has(asn)) {
      return [{ rule: 'V2', subject, message: `${where}: AS ${asn} is reserved and stands for no network` }];
    }
    if (!isDocumentationAsn(asn) || allowDocumentation) return [];
    const hint = 'options: { allowDocumentation: true } allows it';
    return [{ rule: 'V2', subject, message: `${where}: AS ${asn} is for documentation (RFC 5398); ${hint}` }];
  });
}

function titleFaults(subject: object, where: string, ...titles: readonly string[]): Fault[] {
  return titles
    .filter((title) => !TITLE.test(title) || title !== title.trim())
    .map((title) => ({
      rule: null,
      subject,
      message: `${where}: "${title}" is not of 1 to 100 printable characters without spaces around them`,
    }));
}

function repeatedNames(kind: string, items: readonly { readonly name: string }[]): readonly Fault[] {
  const seen = new Set<string>();
  return items.flatMap((item): readonly Fault[] => {
    if (!seen.has(item.name)) {
      seen.add(item.name);
      return [];
    }
    return [{ rule: null, subject: item, message: `there are two of the ${kind} name "${item.name}"` }];
  });
}

/** V12. In prefix order the prefixes that cover the next one are a stack, so that only true overlaps are looked at. */
function findOverlaps(placed: readonly PlacedPrefix[], known: ReadonlySet<object>): readonly Fault[] {
  const position = new Map(placed.map(({ entry }, index) => [entry, index]));
  const rank = ({ entry }: PlacedPrefix): number => (known.has(entry) ? -1 : position.get(entry)!);
  const faults: { readonly rank: number; readonly fault: Fault }[] = [];
  const covering: PlacedPrefix[] = [];
  for (const item of placed.toSorted((a, b) => Prefix.compare(a.entry.prefix, b.entry.prefix))) {
    while (covering.length > 0 && !covering.at(-1)!.entry.prefix.covers(item.entry.prefix)) covering.pop();
    for (const other of covering) {
      const [earlier, later] = rank(other) <= rank(item) ? [other, item] : [item, other];
      const message = overlapMessage(earlier, later);
      if (message !== null) faults.push({ rank: rank(later), fault: { rule: 'V12', subject: later.entry, message } });
    }
    covering.push(item);
  }
  return faults.sort((a, b) => a.rank - b.rank).map(({ fault }) => fault);
}

function overlapMessage(existing: PlacedPrefix, added: PlacedPrefix): string | null {
  const text = `${added.entry.prefix.toString()} (connection "${added.connection}")`;
  if (existing.connection === added.connection) {
    if (!existing.entry.prefix.equals(added.entry.prefix)) return null;
    return `overlaps with an existing prefix: ${text} is registered in this connection already, as "${existing.entry.name}"`;
  }
  const other = `${existing.entry.prefix.toString()} of connection "${existing.connection}"`;
  return `overlaps with an existing prefix: ${text} and ${other}`;
}
