// Lists of type, length and value, as most optional attributes hold them: to values and back. The widths of the two fields are the
// caller's, and whether a length counts its head. What a type means is not known here.

import { type ByteWriter } from '../wire/byte-writer.js';

/** A type, a length and a value that is not decoded further; `value` is an own copy. */
export interface Tlv {
  readonly type: number;
  readonly value: Uint8Array;
}

/** Octets of the type and of the length field. */
export interface TlvForm {
  readonly type: 1 | 2;
  readonly length: 1 | 2;
  /** The length counts type and length too (AIGP). */
  readonly inclusive?: true;
}

/** The widths that attributes use. */
export const TLV_1_1: TlvForm = { type: 1, length: 1 };
export const TLV_1_2: TlvForm = { type: 1, length: 2 };
export const TLV_2_2: TlvForm = { type: 2, length: 2 };
export const TLV_1_2_INCLUSIVE: TlvForm = { type: 1, length: 2, inclusive: true };

/** Reads from `start` to the end of `bytes`; null where a TLV overruns or is shorter than its own head. */
export function readTlvs(bytes: Uint8Array, start: number, form: TlvForm): Tlv[] | null {
  const head = form.type + form.length;
  const list: Tlv[] = [];
  for (let at = start; at < bytes.length;) {
    if (at + head > bytes.length) return null;
    const type = form.type === 1 ? bytes[at] : u16(bytes, at);
    const length = form.length === 1 ? bytes[at + form.type] : u16(bytes, at + form.type);
    const end = at + (form.inclusive === true ? length : head + length);
    if (end < at + head || end > bytes.length) return null;
    list.push({ type, value: bytes.slice(at + head, end) });
    at = end;
  }
  return list;
}

/** Writes what `readTlvs` read. A type or a length that does not fit its field is a RangeError. */
export function writeTlvs(writer: ByteWriter, list: readonly Tlv[], form: TlvForm): void {
  for (const { type, value } of list) {
    const length = form.inclusive === true ? value.length + form.type + form.length : value.length;
    if (form.type === 1) writer.u8(type);
    else writer.u16(type);
    if (form.length === 1) writer.u8(length);
    else writer.u16(length);
    writer.bytes(value);
  }
}

/** The two octets at `at`, big-endian. */
export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/** The three octets at `at`, big-endian. */
export function u24(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
}
