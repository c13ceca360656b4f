// Times on the command line: one form of them, one message, and a range that holds something.

import { type EventTime, parseEventTime } from '../ip/event-time.js';
import { CliError, ExitCode } from './exit-code.js';

/** @throws CliError where the text is no time. */
export function readTime(text: string): EventTime {
  const time = parseEventTime(text);
  if (time === null) {
    throw new CliError(ExitCode.usage, `"${text}" is no time; write 2024-01-01T08:00:00Z, 2024-01-01 or Unix seconds`);
  }
  return time;
}

/**
 * The two ends of a range, absent where they are not given.
 *
 * @throws CliError where one is no time, or the beginning is later than the end.
 */
export function readRange({ from, to }: { readonly from: string | undefined; readonly to: string | undefined }): {
  readonly from?: EventTime;
  readonly to?: EventTime;
} {
  const range = { ...(from !== undefined && { from: readTime(from) }), ...(to !== undefined && { to: readTime(to) }) };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    const what = `--from ${from ?? ''} is later than --to ${to ?? ''}`;
    throw new CliError(ExitCode.usage, `${what}: nothing lies between them; swap the two`);
  }
  return range;
}
