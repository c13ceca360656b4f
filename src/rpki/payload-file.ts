// Files of validated payloads: the JSON of rpki-client, routinator, stayrtr and BGPalerter, and the CSV of rpki-client and routinator,
// told by content. Text comes in pieces. An entry that cannot be read costs itself.

import { type Asn, parseAsn } from '../ip/asn.js';
import { type Prefix } from '../ip/prefix.js';
import { parsePrefix, PrefixSyntaxError } from '../ip/prefix-text.js';
import { type Aspa } from './aspa-table.js';
import { type JsonPart, JsonParts } from './json-parts.js';
import { VrpJson } from './vrp-json.js';
import { TooManyVrpsError, VrpRows } from './vrp-rows.js';
import { isMaxLength, type Vrp } from './vrp-table.js';

/** An entry that could not be read. */
export interface PayloadFault {
  /** `line 3`, `roas[17]`, `the end`. */
  readonly place: string;
  readonly reason: string;
}

/** What a file held. */
export interface Payloads {
  readonly vrps: VrpRows;
  readonly aspas: readonly Aspa[];
  /** All VRPs by trust anchor, `""` where the file names none: a collapse of one shows here. */
  readonly byTrustAnchor: ReadonlyMap<string, number>;
  /** When the file was made, in seconds since the epoch, where it says so. */
  readonly generated: number | null;
  /** Why the file as a whole says less than whoever wrote it meant, or is none of the forms; null = it does not. */
  readonly unusable: string | null;
  /** The first of them, and how many there were. */
  readonly faults: readonly PayloadFault[];
  readonly faultCount: number;
}

const MOST_FAULTS = 20;
const CUT_SHORT = 'the JSON is cut short';
const NO_FORM = 'it is neither JSON nor CSV with the columns "ASN" and "IP Prefix"';

/** Keys under which the JSON forms have their lists; null: BGPalerter's array at the top. */
const VRP_KEYS: ReadonlySet<string | null> = new Set(['roas', null]);
const ASPA_KEY = 'aspas';
const OLD_ASPA_KEY = 'provider_authorizations';

/** Thrown within, told as a fault. */
class EntryError extends Error {}

/** Reads one file: `push` its text, then `finish`. */
export class PayloadReader {
  readonly #vrps = new VrpRows();
  readonly #aspas: Aspa[] = [];
  readonly #byTrustAnchor = new Map<string, number>();
  readonly #faults: PayloadFault[] = [];
  readonly #vrpJson = new VrpJson();
  readonly #json = new JsonParts(
    (part) => this.#part(part),
    (key, text, at) => this.#plainVrp(key, text, at),
  );
  #tooMany: string | null = null;
  #faultCount = 0;
  #generated: number | null = null;
  #form: 'json' | 'csv' | null = null;
  #line = '';
  #lineNumber = 0;
  #columns: Columns | null = null;

  push(text: string): void {
    this.#form ??= formOf(text);
    if (this.#form === 'json') this.#json.push(text);
    else if (this.#form === 'csv') this.#pushLines(text);
  }

  finish(): Payloads {
    if (this.#form === 'csv' && this.#line.trim() !== '') this.#pushLines('\n');
    if (this.#form === 'json' && !this.#json.isComplete) this.#fault('the end', CUT_SHORT);
    return {
      vrps: this.#vrps,
      aspas: this.#aspas,
      byTrustAnchor: this.#byTrustAnchor,
      generated: this.#generated,
      unusable: this.#unusable,
      faults: this.#faults,
      faultCount: this.#faultCount,
    };
  }

  get #unusable(): string | null {
    if (this.#tooMany !== null) return this.#tooMany;
    switch (this.#form) {
      case null:
        return 'it is empty';
      case 'json':
        return this.#json.isComplete ? null : CUT_SHORT;
      case 'csv':
        return this.#columns === null ? NO_FORM : null;
    }
  }

  #fault(place: string, reason: string): void {
    this.#faultCount++;
    if (this.#faults.length < MOST_FAULTS) this.#faults.push({ place, reason });
  }

  #try(place: string, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof EntryError || error instanceof PrefixSyntaxError || error instanceof SyntaxError))
        throw error;
      this.#fault(place, error.message);
    }
  }

  #part({ key, index, text }: JsonPart): void {
    const place = `${key ?? ''}${index === null ? '' : `[${index}]`}`;
    this.#try(place, () => {
      const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
      if (index !== null && VRP_KEYS.has(key)) this.#keep(vrpOf(value));
      else if (index !== null && key === ASPA_KEY) this.#aspas.push(aspaOf(value));
      else if (key === 'metadata') this.#generated = generatedOf(value);
      else if (key === OLD_ASPA_KEY)
        throw new EntryError('ASPAs by address family are of an old draft and are not read');
    });
  }

  /** The usual VRP, read where it stands. @returns the index behind it; -1 where it is not one. */
  #plainVrp(key: string | null, text: string, at: number): number {
    const vrp = VRP_KEYS.has(key) ? this.#vrpJson.read(text, at) : null;
    if (vrp === null) return -1;
    this.#keep(vrp);
    return this.#vrpJson.end;
  }

  #keep(vrp: Vrp): void {
    if (this.#tooMany !== null) return;
    const anchor = vrp.trustAnchor ?? '';
    this.#byTrustAnchor.set(anchor, (this.#byTrustAnchor.get(anchor) ?? 0) + 1);
    try {
      this.#vrps.add(vrp);
    } catch (error) {
      if (!(error instanceof TooManyVrpsError)) throw error;
      this.#tooMany = error.message;
    }
  }

  #pushLines(text: string): void {
    const lines = (this.#line + text).split('\n');
    this.#line = lines.pop()!;
    for (const line of lines) this.#readLine(line.replace(/\r$/, ''));
  }

  #readLine(line: string): void {
    this.#lineNumber++;
    if (line.trim() === '' || line.startsWith('#')) return;
    const fields = line.split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
    this.#try(`line ${this.#lineNumber}`, () => {
      if (this.#columns === null) this.#columns = columnsOf(fields);
      else this.#keep(vrpOfFields(fields, this.#columns));
    });
  }
}

function formOf(text: string): 'json' | 'csv' | null {
  const first = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .charAt(0);
  if (first === '') return null;
  return first === '{' || first === '[' ? 'json' : 'csv';
}

function vrpOf(value: Readonly<Record<string, unknown>>): Vrp {
  const prefix = parsePrefix(typeof value['prefix'] === 'string' ? value['prefix'] : '');
  const { ta, expires } = value;
  return {
    prefix,
    maxLength: maxLengthOf(value['maxLength'] ?? prefix.length, prefix),
    asn: asnOf(value['asn']),
    trustAnchor: typeof ta === 'string' && ta !== 'N/A' ? ta : null,
    expires: typeof expires === 'number' && expires >= 0 ? Math.floor(expires) : null,
  };
}

/** rpki-client says `customer_asid` and numbers, routinator `customer` and `AS64500`. */
function aspaOf(value: Readonly<Record<string, unknown>>): Aspa {
  const { providers } = value;
  if (!Array.isArray(providers)) throw new EntryError('it has no list of providers');
  return { customer: asnOf(value['customer_asid'] ?? value['customer']), providers: providers.map(asnOf) };
}

/** rpki-client: `buildtime`; routinator: `generated`, seconds. */
function generatedOf({ buildtime, generated, generatedTime }: Readonly<Record<string, unknown>>): number | null {
  if (typeof generated === 'number') return generated;
  const text = [buildtime, generatedTime].find((one) => typeof one === 'string');
  const time = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(time) ? null : Math.floor(time / 1000);
}

function asnOf(value: unknown): Asn {
  const asn = typeof value === 'number' || typeof value === 'string' ? parseAsn(String(value)) : null;
  if (asn === null) throw new EntryError(`${JSON.stringify(value)} is no AS number`);
  return asn;
}

function maxLengthOf(value: unknown, prefix: Prefix): number {
  const length = Number(value);
  if (!isMaxLength(prefix, length))
    throw new EntryError(`the maximum length of ${prefix.toString()} cannot be ${JSON.stringify(value)}`);
  return length;
}

/** Where the CSV has what; -1 = nowhere. */
interface Columns {
  readonly asn: number;
  readonly prefix: number;
  readonly maxLength: number;
  readonly trustAnchor: number;
  readonly expires: number;
}

function columnsOf(fields: readonly string[]): Columns {
  const names = fields.map((field) => field.toLowerCase());
  const columns = {
    asn: names.indexOf('asn'),
    prefix: names.indexOf('ip prefix'),
    maxLength: names.indexOf('max length'),
    trustAnchor: names.indexOf('trust anchor'),
    expires: names.indexOf('expires'),
  };
  if (columns.asn < 0 || columns.prefix < 0) throw new EntryError(NO_FORM);
  return columns;
}

function vrpOfFields(fields: readonly string[], columns: Columns): Vrp {
  const prefix = parsePrefix(fields[columns.prefix] ?? '');
  const max = fields[columns.maxLength] ?? '';
  const expires = Number(fields[columns.expires] ?? NaN);
  const anchor = fields[columns.trustAnchor] ?? '';
  return {
    prefix,
    maxLength: maxLengthOf(max === '' ? prefix.length : max, prefix),
    asn: asnOf(fields[columns.asn]),
    trustAnchor: anchor === '' || anchor === 'N/A' ? null : anchor,
    expires: Number.isNaN(expires) || expires < 0 ? null : Math.floor(expires),
  };
}
