// OPEN (RFC 4271 section 4.2) with its optional parameters (RFC 5492), also in the extended form (RFC 9072).
//
//   version (1) | my AS (2) | hold time (2) | BGP identifier (4) | parameters length (1) | parameters
//
// Parameters other than capabilities are kept as bytes. Whether a session may be set up is not judged here.

import { formatIpv4 } from '../ip/address.js';
import { type Asn } from '../ip/asn.js';
import { ByteReader } from '../wire/byte-reader.js';
import { ByteWriter } from '../wire/byte-writer.js';
import { writeAddress } from './address-writer.js';
import { type Capability } from './capabilities.js';
import { decodeCapability, encodeCapability } from './capability-codec.js';
import { type WarningList } from './warnings.js';

const CAPABILITIES_PARAMETER = 2;
const EXTENDED_LENGTH = 255;

/** An OPEN as received. */
export interface Open {
  readonly version: number;
  /** The four-octet AS of its capability where there is one, else the two-octet field. */
  readonly asn: Asn;
  /** The two-octet field: 23456 where the AS does not fit. */
  readonly twoOctetAs: Asn;
  /** Seconds; 0 = no keepalives. */
  readonly holdTime: number;
  /** BGP Identifier, as an IPv4 address. */
  readonly bgpId: string;
  readonly capabilities: readonly Capability[];
  /** Numbers of capabilities in each Capabilities parameter, where one does not hold exactly one. */
  readonly grouping?: readonly number[];
  /** True where the parameters have two-octet lengths (RFC 9072). */
  readonly extended?: true;
  /** Optional parameters that are no capabilities. */
  readonly otherParameters?: readonly OtherParameter[];
}

/** An optional parameter that holds no capabilities (type 1 was authentication). */
export interface OtherParameter {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Its 0-based place among all parameters; absent where it stands behind all that hold capabilities. */
  readonly position?: number;
}

/** @throws DecodeError where a length contradicts its parent. */
export function decodeOpen(bytes: Uint8Array, start: number, end: number, warnings: WarningList): Open {
  const reader = new ByteReader(bytes, start, end);
  const version = reader.u8();
  const twoOctetAs = reader.u16();
  const holdTime = reader.u16();
  const bgpId = formatIpv4(reader.u32());
  let length = reader.u8();
  // RFC 9072 section 2: the type octet of 255 decides, the length in front is ignored (but never 0)
  const extended = length !== 0 && reader.remaining >= 3 && bytes[reader.offset] === EXTENDED_LENGTH;
  if (extended) {
    reader.skip(1);
    length = reader.u16();
  }
  const parameters = reader.sub(length);
  if (reader.remaining > 0) warnings.add('trailing-bytes');
  const { capabilities, grouping, otherParameters } = readParameters(parameters, extended, warnings);
  const asn = capabilities.find((capability) => capability.name === 'four-octet-as')?.asn ?? twoOctetAs;
  const open: { -readonly [K in keyof Open]: Open[K] } = { version, asn, twoOctetAs, holdTime, bgpId, capabilities };
  if (grouping.some((count) => count !== 1)) open.grouping = grouping;
  if (extended) open.extended = true;
  if (otherParameters.length > 0) open.otherParameters = otherParameters;
  return open;
}

/** Each parameter: type (1) | length (1, or 2 in the extended form) | value. */
function readParameters(parameters: ByteReader, extended: boolean, warnings: WarningList) {
  const capabilities: Capability[] = [];
  const grouping: number[] = [];
  const others: { type: number; bytes: Uint8Array; position: number }[] = [];
  for (let position = 0; parameters.remaining > 0; position++) {
    const type = parameters.u8();
    const value = parameters.sub(extended ? parameters.u16() : parameters.u8());
    if (type === CAPABILITIES_PARAMETER) {
      const before = capabilities.length;
      readCapabilities(value, capabilities, warnings);
      grouping.push(capabilities.length - before);
    } else others.push({ type, bytes: value.copy(value.remaining), position });
  }
  const otherParameters = others.map(({ position, ...other }, index): OtherParameter =>
    position >= grouping.length + index ? other : { ...other, position },
  );
  return { capabilities, grouping, otherParameters };
}

function readCapabilities(value: ByteReader, capabilities: Capability[], warnings: WarningList): void {
  while (value.remaining > 0) {
    const code = value.u8();
    const field = value.sub(value.u8());
    const { offset, remaining } = field;
    let capability = decodeCapability(code, field);
    if (capability === null) {
      warnings.add('capability-malformed');
      capability = { code, name: 'unknown', bytes: value.bytes.slice(offset, offset + remaining) };
    }
    capabilities.push(capability);
  }
}

/**
 * Writes the body of an OPEN: a Capabilities parameter for each capability, or as `grouping` says, and the other parameters in their
 * places or behind. Parameters of more than 254 octets in all, or one of more than 255, take the extended form of RFC 9072.
 */
export function encodeOpen(writer: ByteWriter, open: Open): void {
  writer.u8(open.version).u16(open.twoOctetAs).u16(open.holdTime);
  writeAddress(writer, open.bgpId);
  const parameters: OtherParameter[] = capabilityParameters(open);
  for (const other of open.otherParameters ?? []) parameters.splice(other.position ?? parameters.length, 0, other);
  const length = parameters.reduce((sum, { bytes }) => sum + 2 + bytes.length, 0);
  const extended = open.extended ?? (length > 254 || parameters.some(({ bytes }) => bytes.length > 255));
  if (extended) writer.u8(EXTENDED_LENGTH).u8(EXTENDED_LENGTH);
  writer.sized(extended ? 2 : 1, () => {
    for (const { type, bytes } of parameters) writer.u8(type).sized(extended ? 2 : 1, () => writer.bytes(bytes));
  });
}

function capabilityParameters({ capabilities, grouping }: Open): { type: number; bytes: Uint8Array }[] {
  const counts = grouping ?? capabilities.map(() => 1);
  let next = 0;
  return counts.map((count) => {
    const value = new ByteWriter();
    for (const capability of capabilities.slice(next, next + count)) encodeCapability(value, capability);
    next += count;
    return { type: CAPABILITIES_PARAMETER, bytes: value.finish() };
  });
}
