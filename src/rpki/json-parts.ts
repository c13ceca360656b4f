// The parts of a JSON document as its text comes in pieces, so that a file of a million VRPs is never one value in memory: each object
// that is an element of an array at the top, or of an array under a key at the top, and each object under such a key. It finds where
// they begin and end; what they hold is for JSON.parse.

/** One object of the document. */
export interface JsonPart {
  /** The key at the top under which it stands; null in an array at the top. */
  readonly key: string | null;
  /** 0-based number in its array; null where it is no element. */
  readonly index: number | null;
  readonly text: string;
}

/**
 * Looks at an element whose `{` stands at `at` of the text, before its end is known.
 *
 * @returns the index behind it where that was all that is to be known of it, else -1: then it comes as a part.
 */
export type ElementReader = (key: string | null, text: string, at: number) => number;

/** Characters that say anything of the structure. */
const STRUCTURE = /["\\[\]{}:,]/g;

/** Splits one document. */
export class JsonParts {
  readonly #onPart: (part: JsonPart) => void;
  readonly #onElement: ElementReader;
  #pending = '';
  /** Open brackets, as the characters that close them. */
  readonly #open: string[] = [];
  #inString = false;
  #escaped = false;
  /** Where in `#pending` the part or the string in hand begins. */
  #partAt = -1;
  #stringAt = -1;
  #lastString = '';
  #key: string | null = null;
  #index = 0;

  constructor(onPart: (part: JsonPart) => void, onElement: ElementReader = () => -1) {
    this.#onPart = onPart;
    this.#onElement = onElement;
  }

  /** True where every bracket that was opened is closed. */
  get isComplete(): boolean {
    return this.#open.length === 0 && !this.#inString;
  }

  /** Takes the next piece of the text. */
  push(text: string): void {
    const from = this.#pending.length;
    this.#pending += text;
    STRUCTURE.lastIndex = from;
    if (this.#escaped && text.length > 0) {
      this.#escaped = false;
      STRUCTURE.lastIndex = from + 1;
    }
    for (let match = STRUCTURE.exec(this.#pending); match !== null; match = STRUCTURE.exec(this.#pending))
      this.#take(match[0], match.index);
    const kept = Math.min(...[this.#partAt, this.#stringAt].filter((at) => at >= 0), this.#pending.length);
    this.#pending = this.#pending.slice(kept);
    if (this.#partAt >= 0) this.#partAt -= kept;
    if (this.#stringAt >= 0) this.#stringAt -= kept;
  }

  #take(character: string, at: number): void {
    if (this.#inString) this.#takeInString(character, at);
    else if (character === '"') {
      this.#inString = true;
      if (this.#partAt < 0) this.#stringAt = at + 1;
    } else if (character === '{' || character === '[') this.#enter(character, at);
    else if (character === '}' || character === ']') this.#leave(at);
    else if (character === ':' && this.#open.length === 1) this.#key = this.#lastString;
  }

  #takeInString(character: string, at: number): void {
    if (character === '\\') {
      if (at + 1 === this.#pending.length) this.#escaped = true;
      STRUCTURE.lastIndex = at + 2;
    } else if (character === '"') {
      this.#inString = false;
      if (this.#stringAt >= 0) this.#lastString = this.#pending.slice(this.#stringAt, at);
      this.#stringAt = -1;
    }
  }

  #enter(character: string, at: number): void {
    if (character === '{' && this.#partAt < 0 && this.#isPartHere) {
      if (this.#open.at(-1) === ']' && this.#passElement(at)) return;
      this.#partAt = at;
    }
    if (character === '[' && this.#partAt < 0) this.#index = 0;
    this.#open.push(character === '{' ? '}' : ']');
  }

  /** Passes the element at `at` and those right behind it, as far as nothing more is to be known of them. @returns false where it is none. */
  #passElement(at: number): boolean {
    const key = this.#open[0] === ']' ? null : this.#key;
    let end = this.#onElement(key, this.#pending, at);
    if (end < 0) return false;
    for (let next = end; next >= 0;) {
      end = next;
      this.#index++;
      const brace = braceBehindComma(this.#pending, end);
      next = brace < 0 ? -1 : this.#onElement(key, this.#pending, brace);
    }
    STRUCTURE.lastIndex = end;
    return true;
  }

  /** An element of `[`, or of `{ key: [`; or the value of `{ key:`. */
  get #isPartHere(): boolean {
    const [top, inner] = this.#open;
    if (this.#open.length === 1) return true;
    return this.#open.length === 2 && top === '}' && inner === ']';
  }

  #leave(at: number): void {
    this.#open.pop();
    const depth = this.#open.length;
    if (this.#partAt < 0 || depth > 2 || !this.#isPartHere) return;
    const isElement = this.#open.at(-1) === ']';
    const text = this.#pending.slice(this.#partAt, at + 1);
    this.#partAt = -1;
    this.#onPart({ key: this.#open[0] === ']' ? null : this.#key, index: isElement ? this.#index++ : null, text });
  }
}

/** Where the `{` of the next element stands, if only a comma and white space are before it; else -1. */
function braceBehindComma(text: string, from: number): number {
  if (text.charCodeAt(from) !== 0x2c) return -1;
  let at = from + 1;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === 0x7b ? at : -1;
}
