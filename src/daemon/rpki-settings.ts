// `detection.rpki` of the configuration as a daemon uses it: files, caches, and how far they are believed. Durations are microseconds.

import { type ReferencePaths } from './reference-files.js';

export interface RtrCacheAddress {
  readonly host: string;
  readonly port: number;
}

export interface RpkiSettings extends ReferencePaths {
  readonly rpki: ReferencePaths['rpki'] & {
    /** The most preferred first. */
    readonly rtr: readonly RtrCacheAddress[];
    readonly maxAge: number;
    readonly collapse: CollapseSettings;
    readonly expiryNotice: number;
    readonly staleAfter: number;
  };
}

export interface CollapseSettings {
  readonly share: number;
  readonly minPayloads: number;
  readonly hold: number;
}

/** `192.0.2.1:323`, `[2001:db8::1]:323`. */
export function cacheName({ host, port }: RtrCacheAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
