// `peerwatch/mrt-parser`: the public face of the MRT parser, a library of its own without Node-only imports. It gives names only; the
// work is in the files beside it, and README.md there shows how it is used: `readElements` and `readRecords` over chunks, or by hand a
// `RecordFramer`, one `MrtDecoder` a file and `elementsOf`. A `DecodeError` from `decode` costs that record alone;
// bytes that belong to no record are the gaps of `takeGap`.

export { type AsPath, type PathSegment, SegmentType } from '../bgp/as-path.js';
export { type WireForm } from '../bgp/attribute-form.js';
export {
  type AddPathFamily,
  BgpRole,
  type Capability,
  CapabilityCode,
  type EmptyCapability,
  type ExtendedNextHopFamily,
  type LabelFamily,
  type OpaqueCapability,
  type PathsLimitFamily,
  type RestartFamily,
  type RouteFilterFamily,
} from '../bgp/capabilities.js';
export { AddressFamily, AttributeType, MessageType, Origin, RouteRefreshSubtype } from '../bgp/codes.js';
export { SubsequentFamily } from '../bgp/codes.js';
export { formatCommunity, formatLargeCommunity, type LargeCommunity } from '../bgp/communities.js';
export {
  encodeExtendedCommunity,
  type ExtendedCommunityParts,
  extendedCommunityParts,
  formatExtendedCommunity,
} from '../bgp/extended-communities.js';
export { type BgpMessage, type RouteRefresh } from '../bgp/message.js';
export { type MpReach, type MpUnreach } from '../bgp/mp-reach.js';
export { type Nlri } from '../bgp/nlri.js';
export {
  hardResetReason,
  type Notification,
  notificationName,
  shutdownCommunication,
  shutdownNotification,
} from '../bgp/notification.js';
export { type Open, type OtherParameter } from '../bgp/open.js';
export { type OptionalAttribute } from '../bgp/optional-attributes.js';
export { type Aggregator, type PathAttributes, type UnknownAttribute } from '../bgp/path-attributes.js';
export {
  type AsPathLimit,
  type BgpsecPath,
  type Domain,
  type DomainPath,
  type SecurePathSegment,
  type ServiceFunctionPath,
  type SignatureBlock,
} from '../bgp/path-segment-attributes.js';
export { type Tlv } from '../bgp/tlv.js';
export {
  type Aigp,
  aigpMetric,
  type AigpTlv,
  type BgpLs,
  type Bier,
  type Ipv6CommunityParts,
  ipv6CommunityParts,
  type Ipv6ExtendedCommunities,
  type NextHopCharacteristics,
  type OtherTlv,
  type PrefixSid,
  type PrefixSidTlv,
} from '../bgp/tlv-attributes.js';
export {
  type BfdDiscriminator,
  type Connector,
  mplsLabel,
  type PeDistinguisherLabels,
  type PmsiTunnel,
  type TrafficEngineering,
  type Tunnel,
  type TunnelEncapsulation,
} from '../bgp/tunnel-attributes.js';
export {
  ATTRIBUTE_NAMES,
  type AttributeSet,
  encodeTypedAttribute,
  type NumberedAttribute,
  type OtherAttribute,
  type TypedAttribute,
  typedAttributes,
} from '../bgp/typed-attributes.js';
export { type Update } from '../bgp/update.js';
export { isTreatAsWithdraw, type WarningCode, type WarningEffect, WARNINGS } from '../bgp/warnings.js';
export { type EventTime, formatEventTime, parseEventTime } from '../ip/event-time.js';
export { type Asn } from '../ip/asn.js';
export { type Afi, parseAddress } from '../ip/address.js';
export { Prefix } from '../ip/prefix.js';
export { DecodeError } from '../wire/decode-error.js';
export {
  AddPathMemory,
  type AddPathMemoryOptions,
  type FamilyMode,
  type SessionKey,
  type SessionMode,
  type SessionModes,
} from './add-path-memory.js';
export { Bgp4mpSubtype, FsmState, MrtType, TableDumpSubtype, TableDumpV2Subtype } from './codes.js';
export {
  type GeoPeer,
  type GeoPeerTableRecord,
  type IndexedPeer,
  type MessageRecord,
  type MrtRecord,
  type PeerIndex,
  type PeerIndexRecord,
  type RecordHead,
  type RibEntry,
  type RibRecord,
  type SkippedRecord,
  type SkipReason,
  type StateChangeRecord,
  type TableDumpEntry,
  type TableDumpRecord,
} from './decoded-record.js';
export {
  type AnnounceElement,
  type EndOfRibElement,
  type KeepaliveElement,
  type MrtElement,
  type NotificationElement,
  type OpenElement,
  type RefreshElement,
  type RibElement,
  type StateElement,
  type WithdrawElement,
} from './element.js';
export { type ElementFilter, elementFilter, type FilterOptions, type PrefixRelation } from './element-filter.js';
export { elementsOf } from './elements.js';
export {
  type Chunks,
  readElements,
  type ReadElementsOptions,
  type ReadLoss,
  type ReadOptions,
  readRecords,
  type RecordVisitor,
  scanRecords,
} from './read-records.js';
export { MrtDecoder, type MrtDecoderOptions } from './record.js';
export {
  type FramerEnd,
  type FramingGap,
  type GapReason,
  type RawRecord,
  RecordFramer,
  type RecordTest,
} from './record-framer.js';
export { encodeMrtRecord } from './record-encoder.js';
export {
  type Bgp4mpMessage,
  type Bgp4mpStateChange,
  encodeBgp4mpMessage,
  encodeGeoPeerTable,
  encodeLegacyMessage,
  encodeLegacyStateChange,
  encodePeerIndexTable,
  encodeRib,
  encodeStateChange,
  encodeTableDump,
  encodeTableDumpEntries,
  type GeoPeerTable,
  type RibEntryToWrite,
  type RibToWrite,
  type TableDumpEntryToWrite,
  type TableDumpHeader,
} from './writer.js';
