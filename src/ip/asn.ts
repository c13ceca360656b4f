// AS numbers: the four-octet space of RFC 6793, written asplain (RFC 5396), and the numbers that have a meaning of their own.

/** A four-octet AS number, 0 to 4294967295. */
export type Asn = number;

/** AS_TRANS (RFC 6793): stands for a four-octet AS in a two-octet field; left in a path it is unknown, not a network. */
export const AS_TRANS: Asn = 23456;

const MAX_ASN = 0xffffffff;

/**
 * Reads an AS number from text: `64496`, `AS64496`, or asdot `1.10` (RFC 5396).
 *
 * @returns the number, or null where the text is none.
 */
export function parseAsn(text: string): Asn | null {
  const match = /^(?:AS)?(\d{1,10})(?:\.(\d{1,5}))?$/i.exec(text.trim());
  if (match === null) return null;
  const [, head, tail = ''] = match;
  const first = Number(head);
  if (tail === '') return first <= MAX_ASN ? first : null;
  const second = Number(tail);
  return first <= 0xffff && second <= 0xffff ? first * 0x10000 + second : null;
}

/** True for RFC 5398 documentation AS numbers: 64496-64511 and 65536-65551. */
export function isDocumentationAsn(asn: Asn): boolean {
  return (asn >= 64496 && asn <= 64511) || (asn >= 65536 && asn <= 65551);
}

/** True for RFC 6996 private-use AS numbers: 64512-65534 and 4200000000-4294967294. */
export function isPrivateAsn(asn: Asn): boolean {
  return (asn >= 64512 && asn <= 65534) || (asn >= 4200000000 && asn <= 4294967294);
}
