// The log: pino, one line a fact, always to stderr. On a terminal and in the journal a line is text with `key=value` fields, elsewhere
// JSON. Where stderr is the journal's own stream (sd-daemon(3): JOURNAL_STREAM names its device and inode) each line starts with its
// syslog priority, `<4>`, and leaves the time to the journal. Classes that log declare the interface they need; pino fits them.

import { fstatSync } from 'node:fs';
import process from 'node:process';
import { type DestinationStream, type Level, type Logger, destination, pino, stdSerializers } from 'pino';

export type LogForm = 'json' | 'terminal' | 'journal' | 'text';

export interface LogOptions {
  readonly level: Level;
  readonly format: 'auto' | 'text' | 'json';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where whole lines go; the default is stderr, written at once, so that nothing is lost when the process ends. */
  readonly sink?: DestinationStream;
  /** What stderr is; the default asks the system. */
  readonly stderr?: StderrFacts;
}

export interface StderrFacts {
  readonly isTerminal: boolean;
  /** `device:inode`, as JOURNAL_STREAM writes it. */
  readonly stream: string;
}

/** The logger of the process. */
export function createLogger({ level, format, env, sink, stderr = stderrFacts() }: LogOptions): Logger {
  const out = sink ?? destination({ fd: 2, sync: true });
  const form = logForm(format, env['JOURNAL_STREAM'], stderr);
  const options = { level, base: null, serializers: { err: errorFields }, timestamp: isoTime };
  if (form === 'json') return pino({ ...options, formatters: { level: (label) => ({ level: label }) } }, out);
  const write = (line: string): void => {
    out.write(`${textLine(line, form)}\n`);
  };
  return pino(options, { write });
}

/** How lines look: as configured, else by what stderr is. */
export function logForm(format: 'auto' | 'text' | 'json', journal: string | undefined, stderr: StderrFacts): LogForm {
  if (format === 'json') return 'json';
  if (journal !== undefined && journal !== '' && journal === stderr.stream) return 'journal';
  if (stderr.isTerminal) return 'terminal';
  return format === 'text' ? 'text' : 'json';
}

function stderrFacts(): StderrFacts {
  const isTerminal = process.stderr.isTTY;
  try {
    const { dev, ino } = fstatSync(2, { bigint: true });
    return { isTerminal, stream: `${dev}:${ino}` };
  } catch {
    return { isTerminal, stream: '' }; // stderr is closed
  }
}

/** Errors as their message and code, with the stack only where nobody foresaw them: without a code. */
function errorFields(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { type, message, stack } = stdSerializers.err(value);
  return 'code' in value ? { type, message, code: value.code } : { type, message, stack };
}

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}

/** pino's numbers to syslog's (RFC 5424 section 6.2.1) and to words. */
const PRIORITIES: Readonly<Record<number, readonly [number, string]>> = {
  10: [7, 'TRACE'],
  20: [7, 'DEBUG'],
  30: [6, 'INFO'],
  40: [4, 'WARN'],
  50: [3, 'ERROR'],
  60: [2, 'FATAL'],
};

function textLine(json: string, form: LogForm): string {
  const { level, time, msg, ...fields } = parseLine(json);
  const [priority, word] = PRIORITIES[Number(level)] ?? [6, 'INFO'];
  const parts = [(typeof msg === 'string' ? msg : '').replaceAll(/[\r\n]+/g, ' '), ...pairs(fields, '')].filter(
    (part) => part !== '',
  );
  const said = parts.join(' ').replaceAll(CONTROL, '?');
  if (form === 'journal') return `<${priority}>${said}`;
  return `${String(time)} ${word.padEnd(5)} ${said}`;
}

// What a terminal or a journal must never get from a peer's text.
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;

function parseLine(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return isRecord(value) ? value : {};
}

/** `key=value`, nested keys dotted, texts quoted where they hold anything but a plain word. */
function pairs(fields: Record<string, unknown>, head: string): string[] {
  return Object.entries(fields).flatMap(([key, value]) =>
    isRecord(value) ? pairs(value, `${head}${key}.`) : [`${head}${key}=${fieldText(value)}`],
  );
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
