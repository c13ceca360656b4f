// A line of `dump --format json`, as far as the slow checker reads it.

import { type PathItem } from './as-paths.js';

export interface DumpLine {
  readonly type: string;
  readonly time: string;
  readonly collector: string;
  readonly peerAs: number;
  readonly peerAddress: string;
  readonly localAs?: number;
  readonly safi?: number;
  readonly prefix?: string;
  readonly pathId?: number;
  readonly asPath?: readonly PathItem[];
  readonly communities?: readonly string[];
  readonly onlyToCustomer?: number;
  readonly warnings?: readonly string[];
  readonly oldState?: number;
  readonly newState?: number;
  readonly record: number;
  readonly offset: number;
}

/** @throws Error where the text is no such line. */
export function parseLine(text: string): DumpLine {
  const value: unknown = JSON.parse(text);
  if (!isLine(value)) throw new Error(`Cannot read a line of dump: ${text}`);
  return value;
}

function isLine(value: unknown): value is DumpLine {
  return typeof value === 'object' && value !== null && 'type' in value && 'time' in value && 'record' in value;
}
