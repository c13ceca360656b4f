// Tells from its first bytes that an input is no MRT file, so that it can be said what it is instead of how its "records" fail. An MRT
// record begins with a time, a type and a length (RFC 6396 section 2); types are registered up to 64, and one above 255, or a length that
// no record has, is somebody else's format. Nothing is refused here: a file may be damaged at its beginning only.

import { MAX_RECORD_LENGTH, MRT_HEADER_LENGTH } from '../mrt/record-framer.js';

const HIGHEST_TYPE = 255;

const FORMATS: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ['a pcap capture', [0xd4, 0xc3, 0xb2, 0xa1]],
  ['a pcap capture', [0xa1, 0xb2, 0xc3, 0xd4]],
  ['a pcap capture', [0x4d, 0x3c, 0xb2, 0xa1]],
  ['a pcapng capture', [0x0a, 0x0d, 0x0d, 0x0a]],
  ['an ELF program', [0x7f, 0x45, 0x4c, 0x46]],
  ['an SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46]],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
];

/** How many of the first bytes `foreignFormat` wants to see. */
export const HEAD_LENGTH = 16;

/** Why input that begins with `head` is no MRT file, for people; null where it may be one. */
export function foreignFormat(head: Uint8Array): string | null {
  if (head.length === 0 || mayBeRecord(head)) return null;
  const hex = Array.from(head.subarray(0, HEAD_LENGTH), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const known = FORMATS.find(([, magic]) => magic.every((byte, index) => head[index] === byte));
  return `it is no MRT file${known === undefined ? textKind(head) : ` but ${known[0]}`}: its first bytes are ${hex}`;
}

/** True for a type that may be one of MRT's. */
export function isMrtType(type: number): boolean {
  return type <= HIGHEST_TYPE;
}

/** A beginning that is too short to tell is taken for a record that is cut short, unless it is text. */
function mayBeRecord(head: Uint8Array): boolean {
  if (head.length < MRT_HEADER_LENGTH) return !isText(head);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  return isMrtType(view.getUint16(4)) && view.getUint32(8) <= MAX_RECORD_LENGTH;
}

function textKind(head: Uint8Array): string {
  if (!isText(head)) return '';
  const text = new TextDecoder().decode(head).trimStart().toLowerCase();
  if (text.startsWith('<!doctype') || text.startsWith('<html') || text.startsWith('<?xml'))
    return ' but an HTML or XML page';
  return /^[[{]/.test(text) ? ' but JSON or other text' : ' but text';
}

/** UTF-8 without control characters; the last character may be cut. */
function isText(head: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return false;
  }
  return head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
