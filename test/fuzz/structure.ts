// Where in a record the octets are that say what others mean: lengths, types, flags, counts. Found by walking the layouts of RFC 6396
// and RFC 4271 on their own terms, by no code of the parser, and as far as they go: what cannot be walked has no such places.

/** Indices of octets whose change moves or renames what follows. */
export function fieldsOf(record: Uint8Array): readonly number[] {
  const fields = [4, 5, 6, 7, 8, 9, 10, 11].filter((at) => at < record.length);
  const type = u16(record, 4);
  const subtype = u16(record, 6);
  if (type === 16 || type === 17) addMessage(record, type === 17 ? 16 : 12, subtype, fields);
  else if (type === 13) addRib(record, subtype, fields);
  else if (type === 5) addUpdate(record, 24, record.length, fields);
  else if (type === 12) addAttributes(record, subtype === 2 ? 56 : 32, record.length, fields);
  return fields.filter((at) => at < record.length);
}

function u16(bytes: Uint8Array, at: number): number {
  return at + 1 < bytes.length ? (bytes[at] << 8) | bytes[at + 1] : 0;
}

/** The session header, and the BGP header behind it. */
function addMessage(bytes: Uint8Array, body: number, subtype: number, fields: number[]): void {
  const asOctets = [1, 6, 8, 10, 0].includes(subtype) ? 2 : 4;
  const family = body + 2 * asOctets + 2;
  fields.push(family, family + 1);
  const message = family + 2 + (u16(bytes, family) === 2 ? 32 : 8);
  fields.push(message, message + 15, message + 16, message + 17, message + 18);
  const body2 = message + 19;
  if (bytes[message + 18] === 2) addUpdate(bytes, body2, bytes.length, fields);
  else for (let at = body2; at < Math.min(bytes.length, body2 + 60); at++) fields.push(at);
}

function addUpdate(bytes: Uint8Array, start: number, end: number, fields: number[]): void {
  fields.push(start, start + 1);
  const attributes = start + 2 + u16(bytes, start);
  addNlri(bytes, start + 2, attributes, fields);
  fields.push(attributes, attributes + 1);
  const nlri = attributes + 2 + u16(bytes, attributes);
  addAttributes(bytes, attributes + 2, Math.min(nlri, end), fields);
  addNlri(bytes, nlri, end, fields);
}

function addNlri(bytes: Uint8Array, start: number, end: number, fields: number[]): void {
  for (let at = start; at < Math.min(end, bytes.length); at += 1 + ((bytes[at] + 7) >>> 3)) fields.push(at);
}

/** Flags, type and length of each, the first octets of the value, and counts of AS_PATH segments. */
function addAttributes(bytes: Uint8Array, start: number, end: number, fields: number[]): void {
  let at = start;
  while (at + 3 <= Math.min(end, bytes.length)) {
    const long = (bytes[at] & 0x10) !== 0;
    const value = at + (long ? 4 : 3);
    fields.push(at, at + 1, at + 2, value, value + 1, value + 2, value + 3, value + 4);
    if (long) fields.push(at + 3);
    at = value + (long ? u16(bytes, at + 2) : bytes[at + 2]);
  }
}

function addRib(bytes: Uint8Array, subtype: number, fields: number[]): void {
  if (subtype === 1 || subtype === 7) {
    for (let at = 16; at < Math.min(bytes.length, 80); at++) fields.push(at);
    return;
  }
  const prefix = subtype === 6 || subtype === 12 ? 19 : 16;
  if (prefix === 19) fields.push(16, 17, 18);
  fields.push(prefix);
  let at = prefix + 1 + ((bytes[prefix] + 7) >>> 3);
  fields.push(at, at + 1);
  const count = u16(bytes, at);
  at += 2;
  const head = subtype >= 8 ? 10 : 6;
  for (let i = 0; i < count && at + head + 2 <= bytes.length; i++) {
    fields.push(at, at + 1, at + head, at + head + 1);
    const length = u16(bytes, at + head);
    addAttributes(bytes, at + head + 2, at + head + 2 + length, fields);
    at += head + 2 + length;
  }
}
