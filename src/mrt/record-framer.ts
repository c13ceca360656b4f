// Chunks to raw MRT records (RFC 6396 sections 2 and 3): lengths only, nothing is decoded here.
//
//   timestamp (4) | type (2) | subtype (2) | length (4) | [microseconds (4), _ET types, counted in length] | message
//
// Records inside a chunk are borrowed from it; only what straddles two chunks is copied. A length is held against a ceiling before
// anything is allocated. Where framing is lost the rest of the input is one gap, reported by `end`; finding the next record behind
// damage (`#lose`) is where resynchronisation belongs.

/** Octets of the common header. */
export const MRT_HEADER_LENGTH = 12;

/** The longest record that is believed, header excluded. */
export const MAX_RECORD_LENGTH = 16 * 1024 * 1024;

/** A record as framed. */
export interface RawRecord {
  /** 0-based number of the record in its file. */
  readonly index: number;
  /** Offset of its header in the unpacked bytes. */
  readonly offset: number;
  /** Microseconds since the epoch, those of the _ET types included. */
  readonly time: number;
  readonly type: number;
  readonly subtype: number;
  /** The whole record, header included. BORROWED: valid until the next `push`. */
  readonly bytes: Uint8Array;
  /** Index in `bytes` of what follows the header and, in _ET types, the microseconds. */
  readonly bodyStart: number;
}

/** What was left when the input ended. */
export interface FramerEnd {
  /** Whole records framed. */
  readonly records: number;
  /** Bytes not framed: a last record cut short, or all that follows an impossible length. 0 where the file ends on a record. */
  readonly truncated: number;
  /** Offset of the first of them; the file's length where there are none. */
  readonly offset: number;
  readonly reason: 'complete' | 'truncated' | 'impossible-length';
}

const EMPTY = new Uint8Array(0);
const BGP4MP_ET = 17;
const ISIS_ET = 33;
const OSPFV3_ET = 49;

/**
 * Frames records from arbitrary chunks: `push` one, then call `next` until it gives null, and so on; at the end of the input `end`.
 * It keeps at most one partial record, of at most 16 MiB.
 */
export class RecordFramer {
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  #carry: Uint8Array = EMPTY;
  #carried = 0;
  #offset = 0;
  #index = 0;
  #lost = false;
  #lostBytes = 0;

  /** Hands over the next bytes of the input. They must not change until the next `push`. */
  push(chunk: Uint8Array): void {
    if (this.#lost) {
      this.#lostBytes += chunk.length;
      return;
    }
    const unread = this.#chunk.length - this.#at;
    this.#chunk = unread === 0 ? chunk : concatenate(this.#chunk.subarray(this.#at), chunk);
    this.#at = 0;
  }

  /** The next whole record, or null where more bytes are needed. */
  next(): RawRecord | null {
    if (this.#lost) return null;
    if (this.#carried > 0) return this.#nextCarried();
    const chunk = this.#chunk;
    const at = this.#at;
    const left = chunk.length - at;
    if (left < MRT_HEADER_LENGTH) return this.#keep(left);
    const total = MRT_HEADER_LENGTH + lengthAt(chunk, at);
    if (total > MRT_HEADER_LENGTH + MAX_RECORD_LENGTH) return this.#lose();
    if (left < total) return this.#keep(left);
    this.#at = at + total;
    return this.#record(chunk.subarray(at, at + total));
  }

  /** Says what was left over. The framer is of no use afterwards. */
  end(): FramerEnd {
    const unread = this.#carried + (this.#chunk.length - this.#at);
    const reason = this.#lost ? 'impossible-length' : unread > 0 ? 'truncated' : 'complete';
    const truncated = this.#lost ? this.#lostBytes : unread;
    return { records: this.#index, truncated, offset: this.#offset, reason };
  }

  /** A record whose first bytes came with an earlier chunk: its header is completed first, then the rest. */
  #nextCarried(): RawRecord | null {
    if (!this.#fill(MRT_HEADER_LENGTH)) return null;
    const total = MRT_HEADER_LENGTH + lengthAt(this.#carry, 0);
    if (total > MRT_HEADER_LENGTH + MAX_RECORD_LENGTH) return this.#lose();
    if (!this.#fill(total)) return null;
    const record = this.#carry.subarray(0, total);
    this.#carried = 0;
    this.#carry = EMPTY; // borrowed by the record now: the end of this chunk must not overwrite it
    return this.#record(record);
  }

  /** Moves bytes of the chunk behind the carried ones until there are `wanted`; false where the chunk runs out. */
  #fill(wanted: number): boolean {
    const count = Math.min(wanted - this.#carried, this.#chunk.length - this.#at);
    if (count > 0) this.#keep(count);
    return this.#carried >= wanted;
  }

  /** Copies the next `count` bytes of the chunk to the carried ones. */
  #keep(count: number): null {
    const wanted = this.#carried + count;
    if (wanted > this.#carry.length) {
      const larger = new Uint8Array(Math.max(wanted, this.#carry.length * 2, 4096));
      larger.set(this.#carry.subarray(0, this.#carried));
      this.#carry = larger;
    }
    this.#carry.set(this.#chunk.subarray(this.#at, this.#at + count), this.#carried);
    this.#carried = wanted;
    this.#at += count;
    return null;
  }

  #lose(): null {
    this.#lost = true;
    this.#lostBytes = this.#carried + this.#chunk.length - this.#at;
    this.#chunk = EMPTY;
    this.#carry = EMPTY;
    this.#at = this.#carried = 0;
    return null;
  }

  #record(bytes: Uint8Array): RawRecord {
    const offset = this.#offset;
    this.#offset += bytes.length;
    return frameRecord(bytes, this.#index++, offset);
  }
}

/** The header fields of one whole record. */
export function frameRecord(bytes: Uint8Array, index: number, offset: number): RawRecord {
  const type = (bytes[4] << 8) | bytes[5];
  const subtype = (bytes[6] << 8) | bytes[7];
  const extended =
    (type === BGP4MP_ET || type === ISIS_ET || type === OSPFV3_ET) && bytes.length >= MRT_HEADER_LENGTH + 4;
  const micros = extended ? Math.min(word(bytes, MRT_HEADER_LENGTH), 999_999) : 0;
  const bodyStart = extended ? MRT_HEADER_LENGTH + 4 : MRT_HEADER_LENGTH;
  return { index, offset, time: word(bytes, 0) * 1_000_000 + micros, type, subtype, bytes, bodyStart };
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return word(bytes, at + 8);
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
