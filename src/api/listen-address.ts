// `http.listen`: an address and port as text, and whether it can be reached from elsewhere. `127.0.0.1:9599`, `[::1]:9599`,
// `localhost:9599`, `0.0.0.0:9599`, or `:9599` for every address of both families. Port 0 lets the system choose.

import { BlockList, isIP } from 'node:net';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** @returns the address, or null where the text is none. Host names other than localhost are refused: they may resolve anywhere. */
export function parseListen(text: string): ListenAddress | null {
  const match: readonly (string | undefined)[] | null = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text.trim());
  const [, bracketed, plain = '', digits] = match ?? [];
  const port = Number(digits);
  if (match === null || port > 65_535) return null;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : null;
  if (plain === '' || plain === '*') return { host: '::', port };
  return plain === 'localhost' || isIP(plain) === 4 ? { host: plain, port } : null;
}

/** `127.0.0.1:9599`, `[::1]:9599`. */
export function formatListen({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True where only this machine can connect: 127.0.0.0/8, ::1, localhost. */
export function isLoopback(host: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  return host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'));
}
