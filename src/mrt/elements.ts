// Elements of a decoded record, in the order in which bgpdump prints them: withdrawn routes, MP_UNREACH, announced routes, MP_REACH.
// A prefix that one UPDATE both withdraws and announces yields both. Peer index tables and skipped records yield none.

import { type Nlri } from '../bgp/nlri.js';
import { type Update } from '../bgp/update.js';
import { type WarningCode } from '../bgp/warnings.js';
import { type Asn } from '../ip/asn.js';
import { type MessageRecord, type MrtRecord, type RibEntry, type RibRecord } from './decoded-record.js';
import { type StateChangeRecord, type TableDumpEntry, type TableDumpRecord } from './decoded-record.js';
import { type AnnounceElement, type MrtElement, type RibElement } from './element.js';
import { type StateElement, type WithdrawElement } from './element.js';

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
    case 'geo-peer-table':
    case 'skipped':
      return [];
  }
}

interface Head {
  time: number;
  peerAs: Asn;
  peerAddress: string;
  localAs: Asn;
  localAddress: string;
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
    case 'refresh': {
      const { afi, safi, subtype } = message.refresh;
      return [{ type: 'refresh', ...head, afi, safi, subtype }];
    }
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

// Elements are made by literals that name every field: spreading a head into each costs ten times as much.

function withdrawElement(head: Head, safi: number, { prefix, pathId }: Nlri): WithdrawElement {
  const element: Mutable<WithdrawElement> = {
    type: 'withdraw',
    time: head.time,
    peerAs: head.peerAs,
    peerAddress: head.peerAddress,
    localAs: head.localAs,
    localAddress: head.localAddress,
    record: head.record,
    offset: head.offset,
    mrtType: head.mrtType,
    mrtSubtype: head.mrtSubtype,
    afi: prefix.afi,
    safi,
    prefix,
  };
  if (pathId !== undefined) element.pathId = pathId;
  if (head.warnings !== undefined) element.warnings = head.warnings;
  return element;
}

interface Route {
  readonly attributes: Update['attributes'];
  readonly nextHop: string | undefined;
}

function announceElement(head: Head, safi: number, { prefix, pathId }: Nlri, route: Route): AnnounceElement {
  const element: Mutable<AnnounceElement> = {
    type: 'announce',
    time: head.time,
    peerAs: head.peerAs,
    peerAddress: head.peerAddress,
    localAs: head.localAs,
    localAddress: head.localAddress,
    record: head.record,
    offset: head.offset,
    mrtType: head.mrtType,
    mrtSubtype: head.mrtSubtype,
    afi: prefix.afi,
    safi,
    prefix,
    attributes: route.attributes,
  };
  if (route.nextHop !== undefined) element.nextHop = route.nextHop;
  if (pathId !== undefined) element.pathId = pathId;
  if (head.warnings !== undefined) element.warnings = head.warnings;
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
  const head = {
    type: 'state',
    time,
    peerAs,
    peerAddress,
    record: index,
    offset,
    mrtType: type,
    mrtSubtype: subtype,
  } as const;
  const element: Mutable<StateElement> = { ...head, oldState, newState };
  if (localAs !== undefined) element.localAs = localAs;
  if (localAddress !== undefined) element.localAddress = localAddress;
  if (warnings.length > 0) element.warnings = warnings;
  return element;
}

function tableDumpElements(record: TableDumpRecord): MrtElement[] {
  const elements: MrtElement[] = [];
  for (const entry of record.entries) {
    elements.push(
      ribElement(record, entry, {
        safi: 1,
        prefix: entry.prefix,
        peerAs: entry.peerAs,
        peerAddress: entry.peerAddress,
      }),
    );
  }
  return elements;
}

function ribElements(record: RibRecord): MrtElement[] {
  const { safi, prefix } = record;
  const elements: MrtElement[] = [];
  for (const entry of record.entries) {
    const { asn, address } = entry.peer;
    const element = ribElement(record, entry, { safi, prefix, peerAs: asn, peerAddress: address });
    if (entry.pathId !== undefined) element.pathId = entry.pathId;
    elements.push(element);
  }
  return elements;
}

type RibSource = Pick<RibElement, 'safi' | 'prefix' | 'peerAs' | 'peerAddress'>;

function ribElement(
  record: RibRecord | TableDumpRecord,
  entry: RibEntry | TableDumpEntry,
  source: RibSource,
): Mutable<RibElement> {
  const element: Mutable<RibElement> = {
    type: 'rib',
    time: record.time,
    peerAs: source.peerAs,
    peerAddress: source.peerAddress,
    record: record.index,
    offset: record.offset,
    mrtType: record.type,
    mrtSubtype: record.subtype,
    afi: source.prefix.afi,
    safi: source.safi,
    prefix: source.prefix,
    attributes: entry.attributes,
    originatedTime: entry.originatedTime,
  };
  if (entry.nextHop !== undefined) element.nextHop = entry.nextHop;
  if (entry.warnings.length > 0) element.warnings = entry.warnings;
  return element;
}
