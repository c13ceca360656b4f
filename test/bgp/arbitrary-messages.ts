// Arbitrary OPENs with every capability, NOTIFICATIONs, ROUTE-REFRESHes and KEEPALIVEs for property tests, as the decoders give them.

import fc from 'fast-check';
import { type Capability, OPAQUE_CAPABILITIES } from '../../src/bgp/capabilities.js';
import { type BgpMessage } from '../../src/bgp/message.js';
import { ipv4Text, PLAIN_OBJECT } from './wire-bytes.js';

const u8 = fc.nat({ max: 255 });
const u16 = fc.nat({ max: 0xffff });
const word = fc.nat({ max: 0xffffffff });
const bytes = fc.uint8Array({ maxLength: 20 });
const family = { afi: u16, safi: u8 };

function families<T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.array(fc.record({ ...family, ...fields }, PLAIN_OBJECT), { maxLength: 3 });
}

function capability(code: number, name: string, fields: Record<string, fc.Arbitrary<unknown>> = {}) {
  return fc.record({ code: fc.constant(code), name: fc.constant(name), ...fields }, PLAIN_OBJECT);
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
/** In front of a text it would be taken for its length. */
const version = fc.stringMatching(/^[A-Z][a-z0-9. ]{0,20}$/);

/** Every capability with a layout, every one that is known by name, and an unknown one. */
const anyCapability = fc.oneof(
  capability(1, 'multiprotocol', family),
  capability(2, 'route-refresh'),
  capability(3, 'outbound-route-filtering', {
    families: families({ filters: fc.array(fc.record({ type: u8, mode: u8 }, PLAIN_OBJECT), { maxLength: 3 }) }),
  }),
  capability(5, 'extended-next-hop', {
    families: fc.array(fc.record({ afi: u16, safi: u16, nextHopAfi: u16 }, PLAIN_OBJECT), { maxLength: 3 }),
  }),
  capability(6, 'extended-message'),
  capability(7, 'bgpsec', { versionAndDirection: u8, afi: u16 }),
  capability(8, 'multiple-labels', { families: families({ labels: u8 }) }),
  capability(9, 'role', { role: u8 }),
  capability(64, 'graceful-restart', {
    ...{ flags: fc.nat({ max: 15 }), restartTime: fc.nat({ max: 4095 }), families: families({ flags: u8 }) },
  }),
  capability(69, 'add-path', { families: families({ mode: u8 }) }),
  capability(70, 'enhanced-route-refresh'),
  capability(71, 'long-lived-graceful-restart', {
    families: families({ flags: u8, staleTime: fc.nat({ max: 0xffffff }) }),
  }),
  capability(73, 'fqdn', { host: text, domain: text }),
  capability(74, 'bfd-strict-mode'),
  capability(75, 'software-version', { version }),
  capability(75, 'software-version', { version, lengthOctet: fc.constant(true) }),
  capability(76, 'paths-limit', { families: families({ limit: u16 }) }),
  capability(77, 'link-local-next-hop'),
  ...Object.entries(OPAQUE_CAPABILITIES).map(([code, name]) => capability(Number(code), name, { bytes })),
  capability(239, 'unknown', { bytes }),
) as fc.Arbitrary<Capability>;

const fourOctetAs = capability(65, 'four-octet-as', { asn: word }) as fc.Arbitrary<
  Extract<Capability, { name: 'four-octet-as' }>
>;

const open = fc
  .record({
    fields: fc.record({ version: u8, twoOctetAs: u16, holdTime: u16, bgpId: ipv4Text }, PLAIN_OBJECT),
    four: fc.option(fourOctetAs),
    others: fc.array(anyCapability, { maxLength: 8 }),
    authentication: fc.option(bytes),
  })
  .map(({ fields, four, others, authentication }): BgpMessage => {
    const capabilities = four === null ? others : [four, ...others];
    const value = { ...fields, asn: four?.asn ?? fields.twoOctetAs, capabilities };
    const parameter = authentication === null ? {} : { otherParameters: [{ type: 1, bytes: authentication }] };
    return { kind: 'open', open: { ...value, ...parameter } };
  });

const notification = fc
  .record({ code: u8, subcode: u8, data: fc.uint8Array({ maxLength: 300 }) }, PLAIN_OBJECT)
  .map((value): BgpMessage => ({ kind: 'notification', notification: value }));

const refresh = fc
  .record({ ...family, subtype: u8 }, PLAIN_OBJECT)
  .chain((value) => fc.constantFrom(value, { ...value, filters: Uint8Array.of(1, 64, 0, 0) }))
  .map((value): BgpMessage => ({ kind: 'refresh', refresh: value }));

/** Messages that type 5 has subtypes for, save UPDATE. */
export const legacyMessages: fc.Arbitrary<BgpMessage> = fc.oneof(
  fc.constant<BgpMessage>({ kind: 'keepalive' }),
  notification,
  open,
);

/** All of them. */
export const sessionMessages: fc.Arbitrary<BgpMessage> = fc.oneof(legacyMessages, refresh);
