// BMP sessions (RFC 7854) out of pcap captures, as far as tests want them: the BGP messages that they carry. One TCP stream a capture,
// by sequence number; Ethernet, IPv4 or IPv6 without options. No code of the parser.
//
//   version 3 (1) | length (4) | type (1) | per-peer header (42) | Route Monitoring: BGP message
//                                                                | Peer Up: addresses and ports (20), two OPENs
//                                                                | Peer Down: reason (1), and for 1 and 3 a NOTIFICATION

/** A BGP message of a monitored router. */
export interface CapturedMessage {
  readonly bytes: Uint8Array;
  /** False where AS_PATH has two-octet AS numbers (flag A of the per-peer header). */
  readonly asn4: boolean;
}

const ETHERNET = 14;
const [PER_PEER, UPDATE_AT, OPENS_AT, REASON_AT] = [6, 48, 68, 48];

/** All BGP messages of a capture, in order. */
export function capturedMessages(pcap: Uint8Array): readonly CapturedMessage[] {
  const stream = tcpStream(pcap);
  const messages: CapturedMessage[] = [];
  for (let at = 0; at < stream.length;) {
    if (stream[at] !== 3) throw new Error(`no BMP message at ${at} of the stream`);
    const bmp = stream.subarray(at, at + viewOf(stream).getUint32(at + 1));
    const asn4 = (bmp[PER_PEER + 1] & 0x20) === 0;
    for (const bytes of bgpMessages(bmp.subarray(bgpAt(bmp)))) messages.push({ bytes, asn4 });
    at += bmp.length;
  }
  return messages;
}

function bgpAt(bmp: Uint8Array): number {
  if (bmp[5] === 0) return UPDATE_AT;
  if (bmp[5] === 3) return OPENS_AT;
  return bmp[5] === 2 && (bmp[REASON_AT] === 1 || bmp[REASON_AT] === 3) ? REASON_AT + 1 : bmp.length;
}

/** Behind the OPENs of a Peer Up may come TLVs: what has no marker is no message. */
function* bgpMessages(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at + 19 <= bytes.length && bytes.subarray(at, at + 16).every((octet) => octet === 255);) {
    const length = viewOf(bytes).getUint16(at + 16);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function tcpStream(pcap: Uint8Array): Uint8Array {
  const segments = new Map<number, Uint8Array>();
  const view = viewOf(pcap);
  for (let at = 24; at < pcap.length;) {
    const frame = pcap.subarray(at + 16, at + 16 + view.getUint32(at + 8, true));
    const ip = frame.subarray(ETHERNET);
    const isIpv4 = ip[0] >> 4 === 4;
    const tcp = isIpv4 ? ip.subarray(20, viewOf(ip).getUint16(2)) : ip.subarray(40, 40 + viewOf(ip).getUint16(4));
    const payload = tcp.subarray((tcp[12] >> 4) * 4);
    if (payload.length > 0) segments.set(viewOf(tcp).getUint32(4), payload);
    at += 16 + frame.length;
  }
  return new Uint8Array(Buffer.concat([...segments].sort(([a], [b]) => a - b).map(([, payload]) => payload)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
