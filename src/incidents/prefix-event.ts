// Prefix events: the types of Azure Peering Service's timeline and our two, with their levels (peering-service.md, "Prefix events"),
// and the order in which events of one instant stand.

import { type EventTime } from '../ip/event-time.js';
import { type Level } from '../detection/finding.js';

/** Every event type with its levels; PrefixMoreSpecificEvent is Critical from a foreign origin, else Information. */
export const PREFIX_EVENT_LEVELS = {
  PrefixAnnouncementEvent: ['Information'],
  PrefixWithdrawalEvent: ['Warning'],
  PrefixBackupRouteAnnouncementEvent: ['Information'],
  PrefixBackupRouteWithdrawalEvent: ['Warning'],
  PrefixActivePath: ['Information'],
  PrefixBackupPath: ['Information'],
  PrefixOriginAsChangeEvent: ['Critical'],
  PrefixBackupRouteOriginAsChangeEvent: ['Error'],
  PrefixMoreSpecificEvent: ['Critical', 'Information'],
  PathChangeEvent: ['Information'],
} as const satisfies Record<string, readonly Level[]>;
export type PrefixEventType = keyof typeof PREFIX_EVENT_LEVELS;

/** One fact in a prefix's timeline. */
export interface PrefixEvent {
  readonly at: EventTime;
  readonly type: PrefixEventType;
  readonly level: Level;
  readonly connection: string;
  readonly registeredPrefix: string;
  readonly prefix: string;
  readonly summary: string;
  readonly description: string;
}

/** Time, then registeredPrefix, type, prefix and description, each by code unit. */
export function comparePrefixEvents(a: PrefixEvent, b: PrefixEvent): number {
  return (
    a.at - b.at ||
    compareText(a.registeredPrefix, b.registeredPrefix) ||
    compareText(a.type, b.type) ||
    compareText(a.prefix, b.prefix) ||
    compareText(a.summary, b.summary) ||
    compareText(a.description, b.description)
  );
}

/** Code unit order, the order of JavaScript's `<` and of SQLite's BINARY collation for ASCII. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
