// One VRP of a JSON file straight from the text: flat objects of plain strings and whole numbers, which is what validators write. Ten
// times as fast as JSON.parse and the general readers, which take everything else and say what is wrong.

import { type Asn, parseAsn } from '../ip/asn.js';
import { Prefix } from '../ip/prefix.js';
import { parsePrefix, PrefixSyntaxError } from '../ip/prefix-text.js';
import { isMaxLength, type Vrp } from './vrp-table.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const COLON = 0x3a;
const BRACE = 0x7d;
/** There are five trust anchors, and a few in test beds. */
const MOST_ANCHORS = 64;

/** Reads objects of one text after the other. */
export class VrpJson {
  /** Behind the object that was read last. */
  end = 0;
  #text = '';
  #at = 0;
  /** Where the string that was read last stands. */
  #from = 0;
  #to = 0;
  /** The number that was read last; -1 = it was a string. */
  #number = -1;
  /** Names that came before: one string each, and not one a VRP. */
  readonly #anchors: string[] = [];

  /**
   * Reads the object whose `{` stands at `at`.
   *
   * @returns null where it is anything but a sound VRP in the plain form, or goes on behind the text.
   */
  read(text: string, at: number): Vrp | null {
    this.#text = text;
    this.#at = at + 1;
    let [prefix, asn, maxLength, expires]: [Prefix | null, Asn | null, number, number | null] = [null, null, -1, null];
    let trustAnchor: string | null = null;
    for (;;) {
      if (!this.#key()) return null;
      const [key, keyEnd] = [this.#from, this.#to];
      if (!this.#value()) return null;
      if (this.#isName(key, keyEnd, 'prefix')) prefix = prefixOf(this.#string());
      else if (this.#isName(key, keyEnd, 'asn'))
        asn = this.#number >= 0 ? asnWithin(this.#number) : parseAsn(this.#string());
      else if (this.#isName(key, keyEnd, 'maxLength')) {
        if (this.#number < 0) return null;
        maxLength = this.#number;
      } else if (this.#isName(key, keyEnd, 'ta')) {
        if (this.#number >= 0) return null;
        trustAnchor = this.#anchor();
      } else if (this.#isName(key, keyEnd, 'expires')) {
        if (this.#number < 0 || this.#number > 0xffffffff) return null;
        expires = this.#number;
      }
      const next = this.#mark();
      if (next === BRACE) break;
      if (next !== COMMA) return null;
    }
    if (prefix === null || asn === null) return null;
    if (maxLength < 0) maxLength = prefix.length;
    if (!isMaxLength(prefix, maxLength)) return null;
    this.end = this.#at;
    return { prefix, maxLength, asn, trustAnchor, expires };
  }

  /** The next character that is no white space, which is stepped over; NaN at the end. */
  #mark(): number {
    let code = this.#text.charCodeAt(this.#at++);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = this.#text.charCodeAt(this.#at++);
    return code;
  }

  /** The next key and its colon. */
  #key(): boolean {
    return this.#mark() === QUOTE && this.#quoted() && this.#mark() === COLON;
  }

  #isName(from: number, to: number, name: string): boolean {
    return to - from === name.length && this.#text.startsWith(name, from);
  }

  /** The string that was read last; empty where it was a number. */
  #string(): string {
    return this.#number >= 0 ? '' : this.#text.slice(this.#from, this.#to);
  }

  #anchor(): string | null {
    const known = this.#anchors.find((name) => this.#isName(this.#from, this.#to, name));
    if (known !== undefined) return known;
    const name = this.#string();
    if (name === 'N/A') return null;
    if (this.#anchors.length < MOST_ANCHORS) this.#anchors.push(name);
    return name;
  }

  /** The rest of a string, the quote before it is passed. False where it is cut off or holds an escape. */
  #quoted(): boolean {
    const from = this.#at;
    for (let at = from; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x5c || code < 0x20) return false;
      if (code !== QUOTE) continue;
      this.#from = from;
      this.#to = at;
      this.#at = at + 1;
      return true;
    }
    return false;
  }

  /** A plain string or a whole number without sign. */
  #value(): boolean {
    const first = this.#mark();
    this.#number = -1;
    if (first === QUOTE) return this.#quoted();
    if (!isDigit(first)) return false;
    let number = first - ZERO;
    const from = this.#at;
    for (; isDigit(this.#text.charCodeAt(this.#at)); this.#at++)
      number = number * 10 + this.#text.charCodeAt(this.#at) - ZERO;
    const behind = this.#text.charCodeAt(this.#at);
    if (Number.isNaN(behind) || behind === DOT || (behind | 0x20) === 0x65) return false; // a fraction, an exponent
    if (first === ZERO && this.#at > from) return false; // JSON has no leading zeros
    this.#number = number;
    return Number.isSafeInteger(number);
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39;
}

function asnWithin(number: number): Asn | null {
  return number <= 0xffffffff ? number : null;
}

function prefixOf(text: string): Prefix | null {
  const slash = text.length - (text.charCodeAt(text.length - 2) === SLASH ? 2 : 3);
  const length = decimal(text, slash + 1, text.length);
  const word = text.charCodeAt(slash) === SLASH ? quad(text, slash) : -1;
  if (word >= 0 && length >= 0 && length <= 32) {
    const prefix = Prefix.ipv4(word, length);
    return prefix.w0 === word ? prefix : null;
  }
  try {
    return parsePrefix(text);
  } catch (error) {
    if (error instanceof PrefixSyntaxError) return null;
    throw error;
  }
}

/** One to three digits without a leading zero; -1 where it is anything else. */
function decimal(text: string, from: number, to: number): number {
  if (to - from < 1 || to - from > 3 || (to - from > 1 && text.charCodeAt(from) === ZERO)) return -1;
  let number = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return -1;
    number = number * 10 + code - ZERO;
  }
  return number;
}

/** The word of a dotted quad that ends at `end`; -1 where it is none. */
function quad(text: string, end: number): number {
  let [word, from, octets] = [0, 0, 0];
  for (let at = 0; at <= end; at++) {
    if (at < end && text.charCodeAt(at) !== DOT) continue;
    const octet = decimal(text, from, at);
    if (octet < 0 || octet > 255) return -1;
    word = word * 256 + octet;
    octets++;
    from = at + 1;
  }
  return octets === 4 ? word : -1;
}
