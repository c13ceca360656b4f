// NLRI blocks: lists of prefixes, plain (RFC 4271 section 4.3, RFC 4760 section 5) or with path identifiers (RFC 7911 section 3).
//
//   +-----------------------------+
//   | Path Identifier (4 octets)  |  ADD-PATH only
//   | Length (1 octet, in bits)   |
//   | Prefix (ceil(Length/8))     |
//   +-----------------------------+
//
// Which of the two a block is read as is decided in one place, by the `NlriModePolicy` of the context. Host bits are masked. Other
// families than IPv4 and IPv6, unicast and multicast, are not decoded here.

import { Prefix } from '../ip/prefix.js';
import { type Afi } from '../ip/address.js';
import { type ByteWriter } from '../wire/byte-writer.js';
import { DecodeError } from '../wire/decode-error.js';
import { type WarningList } from './warnings.js';

/** One prefix of a block, with its path identifier where the block has them. */
export interface Nlri {
  readonly prefix: Prefix;
  readonly pathId?: number;
}

/** How a block is read. `undecided` and `default-twice` blocks are not read at all and yield a warning of that name. */
export type NlriMode = 'plain' | 'add-path' | 'add-path-found' | 'undecided' | 'default-twice';

/** Decides how a non-empty block (`bytes` from `start` to `end`) is read; asked once a block, in the order of the message. */
export interface NlriModePolicy {
  modeOf(bytes: Uint8Array, start: number, end: number, family: number): NlriMode;
}

/** Every block has no path identifiers. */
export const PLAIN_NLRI: NlriModePolicy = { modeOf: () => 'plain' };

/** Every block has path identifiers: the ADDPATH subtypes of RFC 8050. */
export const ADD_PATH_NLRI: NlriModePolicy = { modeOf: () => 'add-path' };

/** The list that an empty block gives. */
export const NO_NLRI: readonly Nlri[] = Object.freeze([]);

/**
 * Reads the block from `start` to `end`.
 *
 * @throws DecodeError `nlri-length` or `nlri-truncated`: the field cannot be framed (RFC 7606 section 5.3).
 */
export function decodeNlri(bytes: Uint8Array, start: number, end: number, block: NlriBlock): readonly Nlri[] {
  if (start === end) return NO_NLRI;
  const { afi, safi, policy, warnings } = block;
  const mode = policy.modeOf(bytes, start, end, afi * 256 + safi);
  switch (mode) {
    case 'plain':
      return readBlock(bytes, start, end, { afi, addPath: false, warnings });
    case 'add-path':
      return readBlock(bytes, start, end, { afi, addPath: true, warnings });
    case 'add-path-found':
      warnings.add('add-path-undeclared');
      return readBlock(bytes, start, end, { afi, addPath: true, warnings });
    case 'undecided':
    case 'default-twice':
      warnings.add(mode === 'undecided' ? 'nlri-undecided' : 'nlri-default-twice');
      return NO_NLRI;
  }
}

/** What a block is: its family, who decides how it is read, and where its defects go. */
export interface NlriBlock {
  readonly afi: Afi;
  readonly safi: number;
  readonly policy: NlriModePolicy;
  readonly warnings: WarningList;
}

interface ReadOptions {
  readonly afi: Afi;
  readonly addPath: boolean;
  readonly warnings: WarningList;
}

function readBlock(bytes: Uint8Array, start: number, end: number, options: ReadOptions): readonly Nlri[] {
  const { afi, addPath, warnings } = options;
  const bits = afi === 1 ? 32 : 128;
  const list: Nlri[] = [];
  let at = start;
  while (at < end) {
    let pathId = 0;
    if (addPath) {
      if (end - at < 5)
        throw new DecodeError('nlri-truncated', `Cannot read a path identifier: ${end - at} bytes left`, at);
      pathId = ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
      at += 4;
    }
    const length = bytes[at];
    const octets = (length + 7) >>> 3;
    if (length > bits)
      throw new DecodeError('nlri-length', `Cannot read a prefix of ${length} bits: at most ${bits}`, at);
    at += 1;
    if (octets > end - at) {
      throw new DecodeError('nlri-truncated', `Cannot read a prefix of ${octets} octets: ${end - at} left`, at);
    }
    if ((length & 7) !== 0 && (bytes[at + octets - 1] & (0xff >>> (length & 7))) !== 0) warnings.add('nlri-host-bits');
    const prefix = Prefix.fromNlri(bytes, at, length, afi);
    list.push(addPath ? { prefix, pathId } : { prefix });
    at += octets;
  }
  return list;
}

/**
 * Writes a block; path identifiers are written where `addPath` says so (0 where a prefix has none), and those that a prefix has
 * although its record type declares none.
 */
export function encodeNlri(writer: ByteWriter, list: readonly Nlri[], addPath: boolean): void {
  for (const { prefix, pathId } of list) {
    if (addPath || pathId !== undefined) writer.u32(pathId ?? 0);
    encodePrefix(writer, prefix);
  }
}

/** Writes one prefix as its length and its significant octets. */
export function encodePrefix(writer: ByteWriter, prefix: Prefix): void {
  writer.u8(prefix.length);
  const words = [prefix.w0, prefix.w1, prefix.w2, prefix.w3];
  for (let i = 0; i < (prefix.length + 7) >>> 3; i++) writer.u8((words[i >>> 2] >>> (24 - 8 * (i & 3))) & 255);
}
