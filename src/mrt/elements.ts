// Elements of a decoded record, in the order in which bgpdump prints them: withdrawn routes, MP_UNREACH, announced routes, MP_REACH.
// A prefix that one UPDATE both withdraws and announces yields both. Peer index tables and skipped records yield none.

import { type Nlri } from '../bgp/nlri.js';
import { type Update } from '../bgp/update.js';
import { type WarningCode } from '../bgp/warnings.js';
import { type Afi } from '../ip/address.js';
import { type Asn } from '../ip/asn.js';
import { type MessageRecord, type MrtRecord, type RibRecord, type StateChangeRecord } from './decoded-record.js';
import { type TableDumpRecord } from './decoded-record.js';
import { type AnnounceElement, type MrtElement, type RibElement, type WithdrawElement } from './element.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** All elements of one record. */
export function elementsOf(record: MrtRecord): MrtElement[] {
  switch (record.kind) {
    case 'message':
      return messageElements(record);
    case 'state-change':
      return [stateElement(record)];
    case 'table-dump':
      return tableDumpElements(record);
    case 'rib':
      return ribElements(record);
    case 'peer-index':
    case 'skipped':
      return [];
  }
}

interface Head {
  time: number;
  peerAs: Asn;
  peerAddress: string;
  localAs?: Asn;
  localAddress?: string;
  warnings?: readonly WarningCode[];
  record: number;
  offset: number;
  mrtType: number;
  mrtSubtype: number;
}

/** The sender is the peer; in the LOCAL subtypes it is the collector itself, and its peer the local end. */
function messageHead(record: MessageRecord): Head {
  const { time, index, offset, type, subtype, warnings, local } = record;
  const head: Head = {
    time,
    peerAs: local ? record.localAs : record.peerAs,
    peerAddress: local ? record.localAddress : record.peerAddress,
    localAs: local ? record.peerAs : record.localAs,
    localAddress: local ? record.peerAddress : record.localAddress,
    record: index,
    offset,
    mrtType: type,
    mrtSubtype: subtype,
  };
  if (warnings.length > 0) head.warnings = warnings;
  return head;
}

function messageElements(record: MessageRecord): MrtElement[] {
  const { message } = record;
  const head = messageHead(record);
  switch (message.kind) {
    case 'update':
      return updateElements(head, message.update);
    case 'open': {
      const { asn, holdTime, capabilities } = message.open;
      return [{ type: 'open', ...head, asn, holdTime, capabilities }];
    }
    case 'notification': {
      const { code, subcode, data } = message.notification;
      return [{ type: 'notification', ...head, code, subcode, data }];
    }
    case 'keepalive':
      return [{ type: 'keepalive', ...head }];
    case 'refresh':
      return [{ type: 'refresh', ...head, afi: message.refresh.afi, safi: message.refresh.safi }];
    case 'unknown':
      return [];
  }
}

function updateElements(head: Head, update: Update): MrtElement[] {
  const { withdrawn, mpUnreach, announced, mpReach, attributes, endOfRib } = update;
  if (endOfRib !== null) return [{ type: 'eor', ...head, afi: endOfRib.afi, safi: endOfRib.safi }];
  const elements: MrtElement[] = [];
  for (const nlri of withdrawn) elements.push(withdrawElement(head, 1, nlri));
  if (mpUnreach !== null) for (const nlri of mpUnreach.nlri) elements.push(withdrawElement(head, mpUnreach.safi, nlri));
  for (const nlri of announced)
    elements.push(announceElement(head, 1, nlri, { attributes, nextHop: attributes.nextHop }));
  if (mpReach !== null) {
    const route = { attributes, nextHop: mpReach.nextHop };
    for (const nlri of mpReach.nlri) elements.push(announceElement(head, mpReach.safi, nlri, route));
  }
  return elements;
}

function withdrawElement(head: Head, safi: number, { prefix, pathId }: Nlri): WithdrawElement {
  const element: Mutable<WithdrawElement> = { type: 'withdraw', ...head, afi: prefix.afi, safi, prefix };
  if (pathId !== undefined) element.pathId = pathId;
  return element;
}

interface Route {
  readonly attributes: Update['attributes'];
  readonly nextHop: string | undefined;
}

function announceElement(head: Head, safi: number, { prefix, pathId }: Nlri, route: Route): AnnounceElement {
  const { attributes, nextHop } = route;
  const element: Mutable<AnnounceElement> = { type: 'announce', ...head, afi: prefix.afi, safi, prefix, attributes };
  if (pathId !== undefined) element.pathId = pathId;
  if (nextHop !== undefined) element.nextHop = nextHop;
  return element;
}

function stateElement(record: StateChangeRecord): MrtElement {
  const {
    time,
    index,
    offset,
    type,
    subtype,
    warnings,
    peerAs,
    peerAddress,
    localAs,
    localAddress,
    oldState,
    newState,
  } = record;
  const head: Head = { time, peerAs, peerAddress, record: index, offset, mrtType: type, mrtSubtype: subtype };
  if (localAs !== undefined) head.localAs = localAs;
  if (localAddress !== undefined) head.localAddress = localAddress;
  if (warnings.length > 0) head.warnings = warnings;
  return { type: 'state', ...head, oldState, newState };
}

interface RibRoute extends Route {
  readonly peerAs: Asn;
  readonly peerAddress: string;
  readonly originatedTime: number;
  readonly pathId: number | undefined;
  readonly warnings: readonly WarningCode[];
}

function ribElement(record: RibRecord | TableDumpRecord, safi: number, { prefix }: Nlri, route: RibRoute): RibElement {
  const { time, index, offset, type, subtype } = record;
  const { peerAs, peerAddress, attributes, originatedTime, pathId, nextHop, warnings } = route;
  const afi: Afi = prefix.afi;
  const head = {
    type: 'rib',
    time,
    peerAs,
    peerAddress,
    record: index,
    offset,
    mrtType: type,
    mrtSubtype: subtype,
  } as const;
  const element: Mutable<RibElement> = { ...head, afi, safi, prefix, attributes, originatedTime };
  if (pathId !== undefined) element.pathId = pathId;
  if (nextHop !== undefined) element.nextHop = nextHop;
  if (warnings.length > 0) element.warnings = warnings;
  return element;
}

function tableDumpElements(record: TableDumpRecord): MrtElement[] {
  return record.entries.map((entry) => {
    const { nextHop } = entry;
    return ribElement(record, 1, entry, { ...entry, nextHop, pathId: undefined });
  });
}

function ribElements(record: RibRecord): MrtElement[] {
  return record.entries.map((entry) => {
    const { peer, nextHop, pathId } = entry;
    return ribElement(record, record.safi, record, {
      ...entry,
      nextHop,
      pathId,
      peerAs: peer.asn,
      peerAddress: peer.address,
    });
  });
}
