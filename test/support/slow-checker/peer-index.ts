// The two things of a file that the slow checker needs and `dump --format json` does not print: which peers the PEER_INDEX_TABLEs of a
// RIB dump name (RFC 6396 section 4.3.1), and the family of an End-of-RIB (RFC 4724). Reads gzip and plain files whose records have
// true lengths; else nothing.

import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

/** A peer of the index. */
export interface IndexPeer {
  readonly address: string;
  readonly asn: number;
}

const HEADER = 12;

/** The unpacked bytes; null for bzip2. */
async function unpacked(path: string): Promise<Buffer | null> {
  const packed = await readFile(path);
  if (packed.subarray(0, 3).toString('latin1') === 'BZh') return null;
  return packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed;
}

/** The family of the End-of-RIB whose record begins at each offset: an UPDATE of 23 octets, or one empty MP_UNREACH_NLRI. */
export async function endOfRibFamilies(path: string, offsets: readonly number[]): Promise<Map<number, '4' | '6'>> {
  const bytes = offsets.length === 0 ? null : await unpacked(path);
  const families = new Map<number, '4' | '6'>();
  for (const offset of bytes === null ? [] : offsets) {
    const end = offset + HEADER + bytes!.readUInt32BE(offset + 8);
    const isShort = bytes!.readUInt16BE(end - 7) === 23 && bytes!.readUInt32BE(end - 4) === 0;
    families.set(offset, isShort || bytes!.readUInt16BE(end - 3) === 1 ? '4' : '6');
  }
  return families;
}

/** Every peer index of a file and the number of its record; empty where the file begins with another record type. */
export async function peerIndexes(path: string): Promise<{ record: number; peers: IndexPeer[] }[]> {
  const bytes = await unpacked(path);
  if (bytes === null || bytes.readUInt16BE(4) !== 13) return [];
  const found: { record: number; peers: IndexPeer[] }[] = [];
  let record = 0;
  for (let at = 0; at + HEADER <= bytes.length; at += HEADER + bytes.readUInt32BE(at + 8)) {
    if (bytes.readUInt16BE(at + 4) === 13 && bytes.readUInt16BE(at + 6) === 1)
      found.push({ record, peers: peersOf(bytes, at + HEADER) });
    record++;
  }
  return found;
}

function peersOf(bytes: Buffer, start: number): IndexPeer[] {
  let at = start + 4;
  at += 2 + bytes.readUInt16BE(at);
  const count = bytes.readUInt16BE(at);
  at += 2;
  return Array.from({ length: count }, () => {
    const type = bytes[at];
    at += 5;
    const address = type & 1 ? ipv6Text(bytes, at) : [...bytes.subarray(at, at + 4)].join('.');
    at += type & 1 ? 16 : 4;
    const asn = type & 2 ? bytes.readUInt32BE(at) : bytes.readUInt16BE(at);
    at += type & 2 ? 4 : 2;
    return { address, asn };
  });
}

/** RFC 5952 by way of the URL standard's serialiser, which is the same. */
function ipv6Text(bytes: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(at + 2 * index).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
