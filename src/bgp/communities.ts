// Communities on the wire and as text: COMMUNITIES (RFC 1997), EXTENDED COMMUNITIES (RFC 4360, kept as 16 hex digits each) and
// LARGE_COMMUNITY (RFC 8092). Lengths are judged by path-attributes; here a remainder is left unread. No community has a meaning here.

/** A large community: global administrator and two local data parts. */
export type LargeCommunity = readonly [number, number, number];

/** RFC 7999 BLACKHOLE, 65535:666. */
export const BLACKHOLE_COMMUNITY = 0xffff029a;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The whole 4-octet communities from `start` to `end`, as unsigned 32-bit numbers. */
export function decodeCommunities(bytes: Uint8Array, start: number, end: number): readonly number[] {
  const list: number[] = [];
  for (let at = start; at + 4 <= end; at += 4) list.push(u32(bytes, at));
  return list;
}

/** The whole 12-octet large communities from `start` to `end`. */
export function decodeLargeCommunities(bytes: Uint8Array, start: number, end: number): readonly LargeCommunity[] {
  const list: LargeCommunity[] = [];
  for (let at = start; at + 12 <= end; at += 12) list.push([u32(bytes, at), u32(bytes, at + 4), u32(bytes, at + 8)]);
  return list;
}

/** The whole 8-octet extended communities from `start` to `end`, as 16 hex digits each. */
export function decodeExtendedCommunities(bytes: Uint8Array, start: number, end: number): readonly string[] {
  const list: string[] = [];
  for (let at = start; at + 8 <= end; at += 8) list.push(formatHex(bytes, at, at + 8));
  return list;
}

/** Lower-case hex digits of the bytes from `start` to `end`. */
export function formatHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  for (let at = start; at < end; at++) text += HEX[bytes[at]];
  return text;
}

/** The bytes of an even number of hex digits. */
export function parseHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** `65000:100`: the halves of a community, always numeric. */
export function formatCommunity(community: number): string {
  return `${community >>> 16}:${community & 0xffff}`;
}

/** `64496:1:2`: the canonical form of RFC 8092 section 5. */
export function formatLargeCommunity(community: LargeCommunity): string {
  return community.join(':');
}

function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
