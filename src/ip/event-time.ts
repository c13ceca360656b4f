// Event time: microseconds since the Unix epoch as a plain number (exact up to the year 2255), and its RFC 3339 text.
// It lives beside the address types since every folder that may import anything may import `ip`.

/** Microseconds since 1970-01-01T00:00:00Z. */
export type EventTime = number;

/** Microseconds in one second. */
export const SECOND = 1_000_000;

/** `2026-06-16T07:18:30.000000Z`: RFC 3339 in UTC, always six decimals. */
export function formatEventTime(time: EventTime): string {
  const seconds = Math.floor(time / SECOND);
  const micros = time - seconds * SECOND;
  return `${new Date(seconds * 1000).toISOString().slice(0, -5)}.${String(micros).padStart(6, '0')}Z`;
}

/**
 * Reads RFC 3339 text (`2026-06-16T07:18:30.123456Z`, date alone, or with an offset) or Unix seconds with up to six decimals.
 *
 * @returns microseconds, or null where the text is no time (a day that its month has not is none).
 */
export function parseEventTime(text: string): EventTime | null {
  const time = parseUnixSeconds(text) ?? parseRfc3339(text);
  return time !== null && Number.isSafeInteger(time) ? time : null;
}

function parseUnixSeconds(text: string): EventTime | null {
  const match = /^(\d{1,11})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) return null;
  const [, seconds, fraction] = match;
  return Number(seconds) * SECOND + parseMicros(fraction);
}

function parseRfc3339(text: string): EventTime | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?:(:\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
    text,
  );
  if (match === null) return null;
  const [, date = '', minutes = '00:00', seconds = ':00', fraction, zone = 'Z'] = match;
  const day = Date.parse(date);
  // Date.parse turns 30 February into 1 or 2 March.
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(date)) return null;
  const millis = Date.parse(`${date}T${minutes}${seconds}${zone.toUpperCase()}`);
  return Number.isNaN(millis) ? null : millis * 1000 + parseMicros(fraction);
}

/** Microseconds of the digits after the decimal point. */
function parseMicros(fraction = ''): number {
  return Number(fraction.padEnd(6, '0'));
}
