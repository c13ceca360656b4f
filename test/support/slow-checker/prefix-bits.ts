// The slow checker's own prefix arithmetic: a prefix becomes the text of its bits, so that "covers" is "is a beginning of". Nothing is
// shared with src/ip; addresses are read by hand (RFC 4632, RFC 4291 section 2.2) with BigInt.

/** A prefix as `4:` or `6:` and its bits: 192.0.2.0/24 is `4:110000000000000000000010`. */
export type Bits = string;

/** The bits of a prefix's text, host bits cut off. */
export function bitsOf(text: string): Bits {
  const [address, length] = text.split('/');
  const isIpv6 = address.includes(':');
  const value = isIpv6 ? ipv6Value(address) : ipv4Value(address);
  const all = value.toString(2).padStart(isIpv6 ? 128 : 32, '0');
  return `${isIpv6 ? '6:' : '4:'}${all.slice(0, Number(length))}`;
}

function ipv4Value(text: string): bigint {
  return text.split('.').reduce((value, octet) => value * 256n + BigInt(octet), 0n);
}

function ipv6Value(text: string): bigint {
  const [head, tail = ''] = text.split('::');
  const first = groupsOf(head);
  const last = groupsOf(tail);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0n);
  return [...first, ...zeros, ...last].reduce((value, group) => value * 65536n + group, 0n);
}

function groupsOf(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const value = ipv4Value(group);
    return [value / 65536n, value % 65536n];
  });
}

/** The prefix length. */
export function lengthOf(bits: Bits): number {
  return bits.length - 2;
}

/** Whether `outer` is `inner` or covers it. */
export function contains(outer: Bits, inner: Bits): boolean {
  return inner.startsWith(outer);
}

/** Whether a covering route of this length counts as one at all: /8 and longer, in IPv6 /19 and longer. */
export function isLongEnough(bits: Bits): boolean {
  return lengthOf(bits) >= (bits.startsWith('4:') ? 8 : 19);
}

/** The text of bits; IPv6 as RFC 5952 by way of the URL standard's serialiser, which is the same. */
export function textOf(bits: string): string {
  const length = lengthOf(bits);
  if (bits.startsWith('4:')) {
    const all = bits.slice(2).padEnd(32, '0');
    return `${[0, 8, 16, 24].map((at) => parseInt(all.slice(at, at + 8), 2)).join('.')}/${length}`;
  }
  const all = bits.slice(2).padEnd(128, '0');
  const groups = Array.from({ length: 8 }, (_, index) =>
    parseInt(all.slice(16 * index, 16 * index + 16), 2).toString(16),
  );
  return `${new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)}/${length}`;
}
