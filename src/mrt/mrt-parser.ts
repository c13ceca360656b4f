// `peerwatch/mrt-parser`: the public face of the MRT parser, a library of its own without Node-only imports. It gives names only; the
// work is in the files beside it, and README.md there shows how it is used: `readElements` and `readRecords` over chunks, or by hand a
// `RecordFramer`, one `MrtDecoder` a file and `elementsOf`. A `DecodeError` from `decode` costs that record alone;
// bytes that belong to no record are the gaps of `takeGap`.

export { type AsPath, type PathSegment, SegmentType } from '../bgp/as-path.js';
export { BgpRole, type Capability, CapabilityCode } from '../bgp/capabilities.js';
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
export { type Nlri } from '../bgp/nlri.js';
export {
  hardResetReason,
  type Notification,
  notificationName,
  shutdownCommunication,
  shutdownNotification,
} from '../bgp/notification.js';
export { type Open } from '../bgp/open.js';
export { type OptionalAttribute } from '../bgp/optional-attributes.js';
export { type Aggregator, type PathAttributes, type UnknownAttribute } from '../bgp/path-attributes.js';
export { type Tlv } from '../bgp/tlv.js';
export { aigpMetric, type Ipv6CommunityParts, ipv6CommunityParts } from '../bgp/tlv-attributes.js';
export { mplsLabel } from '../bgp/tunnel-attributes.js';
export {
  ATTRIBUTE_NAMES,
  encodeTypedAttribute,
  type NumberedAttribute,
  type TypedAttribute,
  typedAttributes,
} from '../bgp/typed-attributes.js';
export { type Update } from '../bgp/update.js';
export { isTreatAsWithdraw, type WarningCode, WARNINGS } from '../bgp/warnings.js';
export { type EventTime, formatEventTime, parseEventTime } from '../ip/event-time.js';
export { type Asn } from '../ip/asn.js';
export { type Afi, parseAddress } from '../ip/address.js';
export { Prefix } from '../ip/prefix.js';
export { DecodeError } from '../wire/decode-error.js';
export { AddPathMemory, type SessionMode } from './add-path-memory.js';
export { Bgp4mpSubtype, FsmState, MrtType, TableDumpSubtype, TableDumpV2Subtype } from './codes.js';
export { type IndexedPeer, type MrtRecord, type PeerIndex, type RibEntry, type SkipReason } from './decoded-record.js';
export { type MrtElement } from './element.js';
export { elementFilter, type FilterOptions, type PrefixRelation } from './element-filter.js';
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
export { type FramerEnd, type FramingGap, type GapReason, type RawRecord, RecordFramer } from './record-framer.js';
export { encodeMrtRecord } from './record-encoder.js';
export {
  encodeBgp4mpMessage,
  encodeGeoPeerTable,
  encodeLegacyMessage,
  encodeLegacyStateChange,
  encodePeerIndexTable,
  encodeRib,
  encodeStateChange,
  encodeTableDump,
  encodeTableDumpEntries,
} from './writer.js';
