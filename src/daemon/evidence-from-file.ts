// Evidence whose bytes come from an MRT file in place of the database: one that `incidents evidence` wrote, or the archive's own. Records
// are told by their digests; where one that was kept is not there, a record of the file that none was kept of may stand in its place,
// so that what was changed in it can be named.

import { MrtType, TableDumpV2Subtype } from '../mrt/codes.js';
import { contextOf, type FoundVerdict } from '../pipeline/verdict-basis.js';
import { digestOf, type StoredEvidence } from '../registry/evidence.js';
import { type ByteSource } from '../sources/decompress.js';
import { type InputLoss, readMrtRecords } from '../sources/mrt-records.js';
import { routesOfRecord } from './evidence-routes.js';

/** A record of the file, with the PEER_INDEX_TABLE that holds there. */
interface FileRecord {
  readonly record: Uint8Array;
  readonly peerIndex: Uint8Array | null;
}

/** Records of the file that none was kept of, which may stand in for one: more are not looked at. */
const MOST_STRANGERS = 256;

export class EvidenceFromFile {
  readonly #byDigest = new Map<string, FileRecord[]>();
  readonly #strangers: FileRecord[] = [];

  /** Reads the file once, for all incidents whose records have these digests. */
  static async read(
    source: ByteSource,
    wanted: ReadonlySet<string>,
    onLoss: (loss: InputLoss) => void,
  ): Promise<EvidenceFromFile> {
    const file = new EvidenceFromFile();
    let peerIndex: Uint8Array | null = null;
    for await (const batch of readMrtRecords(source, { onLoss })) {
      for (const { bytes, type, subtype } of batch) {
        const isTable = type === MrtType.TABLE_DUMP_V2 && subtype === TableDumpV2Subtype.PEER_INDEX_TABLE;
        if (isTable) peerIndex = bytes.slice();
        else file.#take(bytes, type === MrtType.TABLE_DUMP_V2 ? peerIndex : null, wanted);
      }
    }
    return file;
  }

  #take(bytes: Uint8Array, peerIndex: Uint8Array | null, wanted: ReadonlySet<string>): void {
    const digest = hexOf(digestOf(bytes));
    if (wanted.has(digest)) {
      const there = this.#byDigest.get(digest) ?? [];
      this.#byDigest.set(digest, [...there, { record: bytes.slice(), peerIndex }]);
    } else if (this.#strangers.length < MOST_STRANGERS) {
      this.#strangers.push({ record: bytes.slice(), peerIndex });
    }
  }

  /** The evidence with the bytes of the file; null where it has none that fit. */
  evidence(stored: readonly StoredEvidence[]): readonly StoredEvidence[] {
    return stored.map((piece) => ({ ...piece, ...(this.#of(piece) ?? this.#standIn(piece) ?? NONE) }));
  }

  #of({ digest, peerIndexDigest }: StoredEvidence): FileRecord | undefined {
    const there = digest === null ? undefined : this.#byDigest.get(hexOf(digest));
    return there?.find(({ peerIndex }) => isDigest(peerIndex, peerIndexDigest)) ?? there?.[0];
  }

  /** Best one with a route of the peer to the prefix, else one with any of the peer. */
  #standIn({ evidence, basis }: StoredEvidence): FileRecord | undefined {
    if (basis === null) return undefined;
    const { collector, file, prefix, peerAddress } = evidence;
    const { policies } = contextOf(basis);
    const { identified } = JSON.parse(basis.verdict) as FoundVerdict;
    const fits = this.#strangers.map((one): number => {
      const routes = routesOfRecord({ ...one, collector, file, identified, policies });
      if (typeof routes === 'string') return 0;
      const ofPeer = routes.filter((route) => route.peerAddress === peerAddress);
      return ofPeer.some((route) => route.prefix.toString() === prefix) ? 2 : ofPeer.length > 0 ? 1 : 0;
    });
    const best = Math.max(0, ...fits);
    return best === 0 ? undefined : this.#strangers[fits.indexOf(best)];
  }
}

const NONE = { record: null, peerIndex: null };

function isDigest(bytes: Uint8Array | null, digest: Uint8Array | null): boolean {
  if (bytes === null || digest === null) return bytes === digest;
  return digestOf(bytes).equals(digest);
}

function hexOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex');
}
