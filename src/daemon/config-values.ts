// The kinds of values in peerwatch.yaml, each once: how it is written, checked and described in the JSON schema, and what it becomes.
// A duration is `60s`, `90m`, `14d` or a number of seconds, and becomes microseconds; a size is `2GiB` or a number of bytes.
// Every value has a default, and an `errorMessage` that says what belongs there (editors show it too).

import Type from 'typebox';

const UNITS = { ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 } as const;
const SIZES = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
} as const;

/** Microseconds as the shortest duration text: 60000000 is `60s`, 5400000000 is `90m`, 1209600000000 is `14d`. */
export function durationText(micros: number): string {
  const units = [
    ['d', UNITS.d],
    ['h', UNITS.h],
    ['m', UNITS.m],
    ['s', UNITS.s],
  ] as const;
  for (const [unit, size] of units) {
    const count = micros / size;
    if (Number.isInteger(count) && count >= (unit === 's' ? 0 : 2)) return `${count}${unit}`;
  }
  return `${micros / UNITS.ms}ms`;
}

/** Microseconds of a duration that matched the schema. */
export function parseDuration(value: number | string): number {
  if (typeof value === 'number') return Math.round(value * UNITS.s);
  const match = /^([\d.]+)(ms|s|m|h|d)$/.exec(value);
  return match === null ? NaN : Math.round(Number(match[1]) * UNITS[unitOf(match[2], UNITS)]);
}

/** Bytes of a size that matched the schema. */
export function parseSize(value: number | string): number {
  if (typeof value === 'number') return value;
  const match = /^([\d.]+) ?([A-Za-z]+)$/.exec(value);
  return match === null ? NaN : Math.round(Number(match[1]) * SIZES[unitOf(match[2], SIZES)]);
}

function unitOf<K extends string>(text: string | undefined, table: Readonly<Record<K, number>>): K {
  for (const unit in table) if (unit === text) return unit;
  throw new Error(`Cannot read a value: unknown unit ${text ?? ''}`);
}

/** A part of the file: a mapping that knows all its keys. */
export function section<P extends Type.TProperties>(description: string, properties: P): Type.TObject<P> {
  return Type.Object(properties, {
    description,
    default: {},
    additionalProperties: false,
    errorMessage: 'must be a mapping of keys',
  });
}

/** A duration of at least 0; with `positive`, more than 0. `micros` is the default. */
export function duration(micros: number, description: string, { positive = false } = {}) {
  const schema = Type.Unsafe<number | string>({
    type: ['string', 'number'],
    pattern: `^${positive ? '(?=[0-9.]*[1-9])' : ''}[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$`,
    ...(positive ? { exclusiveMinimum: 0 } : { minimum: 0 }),
    default: durationText(micros),
    description,
    errorMessage: `must be a duration${positive ? ' above 0' : ''}: 60s, 90m, 24h, 14d, or a number of seconds`,
  });
  return Type.Codec(schema)
    .Decode(parseDuration)
    .Encode((value) => durationText(value));
}

/** A size in bytes. `text` is the default. */
export function size(text: string, description: string) {
  const schema = Type.Unsafe<number | string>({
    type: ['string', 'integer'],
    pattern: '^[0-9]+(\\.[0-9]+)? ?(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)$',
    minimum: 0,
    default: text,
    description,
    errorMessage: 'must be a size: 2GiB, 500MB, or a number of bytes',
  });
  return Type.Codec(schema)
    .Decode(parseSize)
    .Encode((value) => value);
}

/** A whole number. */
export function count(value: number, description: string, { minimum = 0, maximum = 2 ** 32 - 1 } = {}) {
  return Type.Integer({
    minimum,
    maximum,
    default: value,
    description,
    errorMessage: `must be a whole number from ${minimum} to ${maximum}`,
  });
}

/** A share of a whole, 0 to 1. */
export function share(value: number, description: string) {
  return Type.Number({
    minimum: 0,
    maximum: 1,
    default: value,
    description,
    errorMessage: 'must be a share from 0 to 1',
  });
}

/** One of a few words. */
export function choice<const T extends readonly string[]>(words: T, value: T[number], description: string) {
  return Type.Unsafe<T[number]>({
    type: 'string',
    enum: words,
    default: value,
    description,
    errorMessage: `must be one of ${words.join(', ')}`,
  });
}

/** Text that may be left out (null). */
export function optionalText(description: string, what: string) {
  return Type.Unsafe<string | null>({
    type: ['string', 'null'],
    minLength: 1,
    default: null,
    description,
    errorMessage: `must be ${what}`,
  });
}

/** Text with a default. */
export function text(value: string, description: string, what: string) {
  return Type.String({ minLength: 1, default: value, description, errorMessage: `must be ${what}` });
}

/** Yes or no. */
export function flag(value: boolean, description: string) {
  return Type.Boolean({ default: value, description, errorMessage: 'must be true or false' });
}

/** A list of texts. */
export function texts(description: string, what: string, value: readonly string[] = []) {
  return Type.Array(Type.String({ minLength: 1, errorMessage: `must be ${what}` }), {
    default: value,
    description,
    errorMessage: `must be a list: ${what} each`,
  });
}

/** A list of mappings, empty by default. */
export function sections<P extends Type.TProperties>(description: string, what: string, properties: P) {
  const one = Type.Object(properties, { additionalProperties: false, errorMessage: `must be ${what}` });
  return Type.Array(one, { default: [], description, errorMessage: `must be a list: ${what} each` });
}

/** A list of AS numbers, empty by default. */
export function asns(description: string) {
  const one = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, errorMessage: 'must be an AS number such as 64496' });
  return Type.Array(one, { default: [], description, errorMessage: 'must be a list of AS numbers' });
}
