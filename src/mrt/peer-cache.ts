// The session header of BGP4MP records, read once a session instead of once a record: a table from the header's bytes to its
// texts and to the contexts that the session's messages are decoded in. Bounded by construction: where all four slots that a header may
// stand in are taken, a newcomer evicts.
//
//   peer AS (2 or 4) | local AS (2 or 4) | interface index (2) | AFI (2) | peer address (4 or 16) | local address (4 or 16)

import { type AddressText } from '../bgp/address-text.js';
import { ADD_PATH_NLRI } from '../bgp/nlri.js';
import { type AttributeContext } from '../bgp/path-attributes.js';
import { type Afi, formatAddress, wordAt } from '../ip/address.js';
import { type Asn } from '../ip/asn.js';
import { DecodeError } from '../wire/decode-error.js';
import { type AddPathMemory, type SessionModes } from './add-path-memory.js';

const SLOTS = 2048;
const SLOT_SHIFT = 21;
const WAYS = 4;

/** The header of a session's records, and what decoding its messages depends on. */
export interface PeerHeader {
  /** The very bytes, and whether their AS numbers have four octets. */
  readonly bytes: Uint8Array;
  readonly asn4: boolean;
  /** Where in the cache it stands; -1 where it is not kept. */
  readonly slot: number;
  readonly peerAs: Asn;
  readonly localAs: Asn;
  readonly peerAddress: string;
  readonly localAddress: string;
  /** 0 in type 5, which has none. */
  readonly interfaceIndex: number;
  readonly modes: SessionModes;
  /** For record types that declare no path identifiers, and for those that do. */
  readonly plain: AttributeContext;
  readonly addPath: AttributeContext;
}

/** What the contexts of all sessions are made of. */
export interface PeerCacheOptions {
  readonly collector: string;
  readonly memory: AddPathMemory;
  readonly addresses: AddressText;
  readonly keepForm: boolean;
}

/** Looks up session headers. */
export class PeerCache {
  readonly #slots = new Array<PeerHeader | undefined>(SLOTS + WAYS - 1).fill(undefined);
  readonly #collector: string;
  readonly #memory: AddPathMemory;
  readonly #addresses: AddressText;
  readonly #keepForm: boolean;
  /** Where the header that was not found belongs. */
  #place = 0;

  constructor({ collector, memory, addresses, keepForm }: PeerCacheOptions) {
    this.#collector = collector;
    this.#keepForm = keepForm;
    this.#memory = memory;
    this.#addresses = addresses;
  }

  /**
   * The header at `start` of a record's bytes.
   *
   * @throws DecodeError `truncated` or `peer-afi`.
   */
  lookup(bytes: Uint8Array, start: number, asn4: boolean): PeerHeader {
    const addressField = start + (asn4 ? 12 : 8);
    if (addressField > bytes.length) throw truncated(start);
    const afi = (bytes[addressField - 2] << 8) | bytes[addressField - 1];
    if (afi !== 1 && afi !== 2)
      throw new DecodeError('peer-afi', `Cannot read a peer address of AFI ${afi}: 1 or 2 is known`, start);
    const end = addressField + (afi === 1 ? 8 : 32);
    if (end > bytes.length) throw truncated(start);
    const known = this.#find(bytes, start, end, asn4);
    return known ?? (this.#slots[this.#place] = this.#read(bytes.slice(start, end), asn4, afi));
  }

  /**
   * The header of type 5 at `start`: peer AS (2), peer address (4), local AS (2), local address (4).
   *
   * @throws DecodeError `truncated`.
   */
  lookupLegacy(bytes: Uint8Array, start: number): PeerHeader {
    const end = start + 12;
    if (end > bytes.length) throw truncated(start);
    const known = this.#find(bytes, start, end, false);
    if (known !== null) return known;
    const peerAs = asnAt(bytes, start, false);
    const localAs = asnAt(bytes, start + 6, false);
    const peerAddress = formatAddress(bytes, start + 2, 1);
    const localAddress = formatAddress(bytes, start + 8, 1);
    const ends = { peerAs, peerAddress, localAs, localAddress };
    return (this.#slots[this.#place] = this.#make(bytes.slice(start, end), false, ends, { slot: this.#place }));
  }

  /** A header that has no such bytes: Zebra's records without addresses. Not kept. */
  compose(ends: SessionEnds, asn4: boolean): PeerHeader {
    return this.#make(new Uint8Array(0), asn4, ends, { slot: -1 });
  }

  #find(bytes: Uint8Array, start: number, end: number, asn4: boolean): PeerHeader | null {
    const first = slotOf(bytes, start, end);
    for (let slot = first; slot < first + WAYS; slot++) {
      const known = this.#slots[slot];
      if (known?.asn4 === asn4 && equals(known.bytes, bytes, start, end)) return known;
      this.#place = slot;
      if (known === undefined) return null;
    }
    this.#place = first;
    return null;
  }

  #read(bytes: Uint8Array, asn4: boolean, afi: Afi): PeerHeader {
    const size = asn4 ? 4 : 2;
    const addresses = 2 * size + 4;
    const ends = {
      peerAs: asnAt(bytes, 0, asn4),
      localAs: asnAt(bytes, size, asn4),
      peerAddress: formatAddress(bytes, addresses, afi),
      localAddress: formatAddress(bytes, addresses + (afi === 1 ? 4 : 16), afi),
    };
    return this.#make(bytes, asn4, ends, { slot: this.#place, interfaceIndex: asnAt(bytes, 2 * size, false) });
  }

  #make(
    bytes: Uint8Array,
    asn4: boolean,
    ends: SessionEnds,
    { slot, interfaceIndex = 0 }: { slot: number; interfaceIndex?: number },
  ): PeerHeader {
    const { peerAs, peerAddress, localAs, localAddress } = ends;
    const modes = this.#memory.session({ collector: this.#collector, peerAs, peerAddress, localAddress });
    const external = peerAs !== localAs && peerAs !== 0 && localAs !== 0;
    const context = { asn4, form: 'update', addresses: this.#addresses, keepForm: this.#keepForm, external } as const;
    const addPath = { ...context, nlri: ADD_PATH_NLRI };
    return { bytes, asn4, slot, ...ends, interfaceIndex, modes, plain: { ...context, nlri: modes }, addPath };
  }
}

/** The two ends of a session. */
export interface SessionEnds {
  readonly peerAs: Asn;
  readonly peerAddress: string;
  readonly localAs: Asn;
  readonly localAddress: string;
}

/** Headers are whole words. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 4) hash = Math.imul(hash ^ (hash >>> 15) ^ wordAt(bytes, at), 0x9e3779b1);
  return Math.imul(hash, 0x9e3779b1) >>> SLOT_SHIFT;
}

function asnAt(bytes: Uint8Array, at: number, asn4: boolean): Asn {
  const high = (bytes[at] << 8) | bytes[at + 1];
  return asn4 ? high * 0x10000 + ((bytes[at + 2] << 8) | bytes[at + 3]) : high;
}

function equals(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i += 4) if (wordAt(known, i) !== wordAt(bytes, start + i)) return false;
  return true;
}

function truncated(offset: number): DecodeError {
  return new DecodeError('truncated', 'Cannot read the peer of the record: it ends inside the header', offset);
}
