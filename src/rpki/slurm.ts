// Local exceptions to what the RPKI says (RFC 8416, SLURM version 1; version 2 adds ASPAs): filters take payloads out, assertions put
// payloads in, filters first. Router keys are passed over: nothing here verifies BGPsec.

import { type Asn, parseAsn } from '../ip/asn.js';
import { type Prefix } from '../ip/prefix.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { type Aspa } from './aspa-table.js';
import { isMaxLength, type Vrp } from './vrp-table.js';

interface PrefixFilter {
  readonly prefix: Prefix | null;
  readonly asn: Asn | null;
}

/** One SLURM file. */
export interface Slurm {
  readonly prefixFilters: readonly PrefixFilter[];
  readonly aspaFilters: readonly Asn[];
  readonly vrps: readonly Vrp[];
  readonly aspas: readonly Aspa[];
}

/** Thrown for text that is no SLURM file, with the place and the reason; RFC 8416 section 3.1: then none of it is used. */
export class SlurmSyntaxError extends Error {
  override readonly name = 'SlurmSyntaxError';
  readonly code = 'ERR_SLURM_SYNTAX';
}

/** @throws SlurmSyntaxError */
export function parseSlurm(text: string): Slurm {
  const root = objectOf(parseJson(text), 'the file');
  const version = root['slurmVersion'];
  if (version !== 1 && version !== 2) throw fault('slurmVersion', `is ${JSON.stringify(version)}; 1 and 2 are known`);
  const filters = objectOf(root['validationOutputFilters'], 'validationOutputFilters');
  const assertions = objectOf(root['locallyAddedAssertions'], 'locallyAddedAssertions');
  return {
    prefixFilters: listOf(filters, 'prefixFilters', prefixFilterOf),
    vrps: listOf(assertions, 'prefixAssertions', assertionOf),
    aspaFilters: version === 1 ? [] : listOf(filters, 'aspaFilters', (one, place) => asnOf(one['customerAsn'], place)),
    aspas: version === 1 ? [] : listOf(assertions, 'aspaAssertions', aspaOf),
  };
}

/** VRPs after the exceptions. */
export function* exceptVrps(vrps: Iterable<Vrp>, { prefixFilters, vrps: added }: Slurm): Generator<Vrp> {
  for (const vrp of vrps) if (!prefixFilters.some((filter) => isFiltered(vrp, filter))) yield vrp;
  yield* added;
}

/** ASPAs after the exceptions. */
export function* exceptAspas(aspas: Iterable<Aspa>, { aspaFilters, aspas: added }: Slurm): Generator<Aspa> {
  for (const aspa of aspas) if (!aspaFilters.includes(aspa.customer)) yield aspa;
  yield* added;
}

/** RFC 8416 section 3.3.1: the VRP's prefix is equal to the filter's or inside it, and its AS is the filter's, as far as it has them. */
function isFiltered(vrp: Vrp, { prefix, asn }: PrefixFilter): boolean {
  return (prefix === null || prefix.covers(vrp.prefix)) && (asn === null || asn === vrp.asn);
}

type Fields = Readonly<Record<string, unknown>>;

function prefixFilterOf(one: Fields, place: string): PrefixFilter {
  const prefix = one['prefix'] === undefined ? null : prefixOf(one['prefix'], place);
  const asn = one['asn'] === undefined ? null : asnOf(one['asn'], place);
  if (prefix === null && asn === null) throw fault(place, 'has neither prefix nor asn');
  return { prefix, asn };
}

function assertionOf(one: Fields, place: string): Vrp {
  const prefix = prefixOf(one['prefix'], place);
  const maxLength = one['maxPrefixLength'] ?? prefix.length;
  if (typeof maxLength !== 'number' || !isMaxLength(prefix, maxLength))
    throw fault(place, `maxPrefixLength of ${prefix.toString()} cannot be ${JSON.stringify(maxLength)}`);
  return { prefix, maxLength, asn: asnOf(one['asn'], place), trustAnchor: null, expires: null };
}

function aspaOf(one: Fields, place: string): Aspa {
  const { providerAsns } = one;
  if (!Array.isArray(providerAsns)) throw fault(place, 'has no list providerAsns');
  return { customer: asnOf(one['customerAsn'], place), providers: providerAsns.map((asn) => asnOf(asn, place)) };
}

function listOf<T>(parent: Fields, key: string, read: (one: Fields, place: string) => T): readonly T[] {
  const list = parent[key];
  if (!Array.isArray(list)) throw fault(key, 'is no list');
  return list.map((one, index) => read(objectOf(one, `${key}[${index}]`), `${key}[${index}]`));
}

function objectOf(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(place, 'is no object');
  return value as Fields;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw fault('the file', `is no JSON (${(error as Error).message})`);
  }
}

function prefixOf(value: unknown, place: string): Prefix {
  try {
    return parsePrefix(typeof value === 'string' ? value : '');
  } catch (error) {
    throw fault(place, (error as Error).message);
  }
}

function asnOf(value: unknown, place: string): Asn {
  const asn = typeof value === 'number' ? parseAsn(String(value)) : null;
  if (asn === null) throw fault(place, `${JSON.stringify(value)} is no AS number`);
  return asn;
}

function fault(place: string, reason: string): SlurmSyntaxError {
  return new SlurmSyntaxError(`Cannot read SLURM: ${place} ${reason}`);
}
