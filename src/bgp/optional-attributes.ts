// Which layout an optional attribute has: the dispatch over `tunnel-attributes`, `path-segment-attributes` and `tlv-attributes` by type,
// both ways. ATTR_SET, whose content is attributes again, is `typed-attributes`'s work.

import { type ByteWriter } from '../wire/byte-writer.js';
import { type WarningCode } from './warnings.js';
import * as segments from './path-segment-attributes.js';
import * as tlvs from './tlv-attributes.js';
import * as tunnels from './tunnel-attributes.js';

/** An attribute whose value does not depend on the session; `name` tells which record it is. */
export type OptionalAttribute =
  | segments.AsPathLimit
  | segments.BgpsecPath
  | segments.DomainPath
  | segments.ServiceFunctionPath
  | tlvs.Aigp
  | tlvs.BgpLs
  | tlvs.Bier
  | tlvs.Ipv6ExtendedCommunities
  | tlvs.NextHopCharacteristics
  | tlvs.PrefixSid
  | tunnels.BfdDiscriminator
  | tunnels.Connector
  | tunnels.PeDistinguisherLabels
  | tunnels.PmsiTunnel
  | tunnels.TrafficEngineering
  | tunnels.TunnelEncapsulation;

/** Types and their decoders. */
const DECODERS: Readonly<Record<number, ((bytes: Uint8Array) => OptionalAttribute | null) | undefined>> = {
  20: tunnels.decodeConnector,
  21: segments.decodeAsPathLimit,
  22: tunnels.decodePmsiTunnel,
  23: tunnels.decodeTunnelEncapsulation,
  24: tunnels.decodeTrafficEngineering,
  25: tlvs.decodeIpv6ExtendedCommunities,
  26: tlvs.decodeAigp,
  27: tunnels.decodePeDistinguisherLabels,
  29: tlvs.decodeBgpLs,
  33: segments.decodeBgpsecPath,
  36: segments.decodeDomainPath,
  37: segments.decodeServiceFunctionPath,
  38: tunnels.decodeBfdDiscriminator,
  39: tlvs.decodeNextHopCharacteristics,
  40: tlvs.decodePrefixSid,
  41: tlvs.decodeBier,
};

/** Null where the type is not laid out here, or the value contradicts its layout. `bytes` is the value and nothing else. */
export function decodeOptionalAttribute(type: number, bytes: Uint8Array): OptionalAttribute | null {
  return DECODERS[type]?.(bytes) ?? null;
}

/** What the RFC of an attribute asks for where its value is malformed. */
const MALFORMED: Readonly<Record<number, WarningCode | undefined>> = {
  22: 'optional-attribute-malformed', // RFC 6514 section 5
  23: 'optional-attribute-malformed', // RFC 9012 section 13
  24: 'traffic-engineering-malformed',
  25: 'ipv6-extended-communities-length',
  26: 'optional-attribute-discarded', // RFC 7311 section 3
  29: 'optional-attribute-discarded', // RFC 9552 section 8.2.2
  36: 'optional-attribute-malformed',
  37: 'optional-attribute-malformed', // RFC 9015 section 3.2.1
  38: 'optional-attribute-discarded', // RFC 9026 section 3.1.6
  39: 'optional-attribute-discarded',
  40: 'optional-attribute-discarded', // RFC 8669 section 6
  41: 'optional-attribute-discarded', // RFC 9793 section 3
};

/** The warning for a value from `start` to `end` that does not decode; null where it does, or nothing is asked for. */
export function optionalAttributeDefect(
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): WarningCode | null {
  const code = MALFORMED[type];
  if (code === undefined) return null;
  return decodeOptionalAttribute(type, bytes.subarray(start, end)) === null ? code : null;
}

/** Writes the value and gives the attribute's type. A number that does not fit its field is a RangeError. */
export function encodeOptionalAttribute(writer: ByteWriter, attribute: OptionalAttribute): number {
  switch (attribute.name) {
    case 'connector':
      tunnels.encodeConnector(writer, attribute);
      return 20;
    case 'as-pathlimit':
      segments.encodeAsPathLimit(writer, attribute);
      return 21;
    case 'pmsi-tunnel':
      tunnels.encodePmsiTunnel(writer, attribute);
      return 22;
    case 'tunnel-encapsulation':
      tunnels.encodeTunnelEncapsulation(writer, attribute);
      return 23;
    case 'traffic-engineering':
      tunnels.encodeTrafficEngineering(writer, attribute);
      return 24;
    case 'ipv6-extended-communities':
      tlvs.encodeIpv6ExtendedCommunities(writer, attribute);
      return 25;
    case 'aigp':
      tlvs.encodeAigp(writer, attribute);
      return 26;
    case 'pe-distinguisher-labels':
      tunnels.encodePeDistinguisherLabels(writer, attribute);
      return 27;
    case 'bgp-ls':
      tlvs.encodeWideTlvs(writer, attribute);
      return 29;
    case 'bgpsec-path':
      segments.encodeBgpsecPath(writer, attribute);
      return 33;
    case 'd-path':
      segments.encodeDomainPath(writer, attribute);
      return 36;
    case 'sfp':
      segments.encodeServiceFunctionPath(writer, attribute);
      return 37;
    case 'bfd-discriminator':
      tunnels.encodeBfdDiscriminator(writer, attribute);
      return 38;
    case 'next-hop-characteristics':
      tlvs.encodeNextHopCharacteristics(writer, attribute);
      return 39;
    case 'prefix-sid':
      tlvs.encodePrefixSid(writer, attribute);
      return 40;
    case 'bier':
      tlvs.encodeWideTlvs(writer, attribute);
      return 41;
  }
}
