// `replay` of files that were read before: a download that broke off and is there whole now, a file that has grown, a damaged one that
// is given again. Times and places are by hand from the records written here.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { SegmentType } from '../../src/bgp/as-path.js';
import { encodePeerIndexTable, encodeRib } from '../../src/mrt/writer.js';
import { type Outcome } from '../support/command-line.js';
import { Site } from '../support/daemon-process.js';
import { announce, FOREIGN, joined, keepalive, OWN, withdraw } from '../support/spooled-story.js';

/** A KEEPALIVE record is 12 + 20 + 19 octets: so many of them are more than the first MiB, which identifies a file. */
const PADDING = 24_000;

/** An own route, more than a MiB of KEEPALIVEs, and behind them a hijack of 30 s on one session. */
const head = joined(announce(0, 1, [64500, OWN]), ...Array.from({ length: PADDING }, () => keepalive(5, 1)));
const tail = joined(announce(10, 1, [FOREIGN]), withdraw(40, 1), keepalive(200, 1));

interface Listed {
  readonly type: string;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
  readonly evidence: readonly { readonly file: string; readonly record: number; readonly offset: number }[];
}

async function replayed(site: Site, name: string, bytes: Uint8Array, ...options: string[]): Promise<Outcome> {
  const file = join(site.folder, name);
  writeFileSync(file, bytes);
  return await site.run('replay', '--json', ...options, file);
}

async function listed(site: Site): Promise<readonly Listed[]> {
  const lines = (await site.ok('incidents', 'list', '--json')).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Listed);
}

// The identity of a file is that of its first MiB: a copy cut short behind that was taken for the whole, and the rest was never read.
test('replay reads the rest of a file of which a copy that broke off was read before', async (context) => {
  const site = await new Site(context).withExample();
  const broken = await replayed(site, 'broken.gz', gzipSync(joined(head, tail.subarray(0, 20))));
  assert.equal(broken.code, 3);
  assert.match(broken.stderr, /truncated at offset \d+ to \d+, 20 bytes/);
  assert.deepEqual(await listed(site), []);

  const whole = await replayed(site, 'whole.gz', gzipSync(joined(head, tail)), '--fail-on-incident');
  assert.match(whole.stderr, /whole\.gz goes on behind what was read of it \(as broken\.gz\)/);
  assert.equal(whole.code, 4);
  // The session's own route is of the provider next to the origin: active, until the foreign one replaces it.
  assert.deepEqual(whole.stdout.match(/Prefix\w+Event/g), ['PrefixOriginAsChangeEvent', 'PrefixWithdrawalEvent']);
  const [incident, ...others] = await listed(site);
  assert.deepEqual(others, []);
  assert.equal(incident.type, 'origin-hijack');
  assert.equal(incident.openedAt, '2026-06-16T07:00:10.000000Z');
  assert.equal(incident.resolvedAt, '2026-06-16T07:00:40.000000Z');
  assert.deepEqual(
    incident.evidence.map(({ file, record, offset }) => ({ file, record, offset })),
    [{ file: 'whole.gz', record: 1 + PADDING, offset: head.length }],
  );

  const again = await replayed(site, 'whole.mrt', joined(head, tail));
  assert.equal(again.code, 0, 'the whole is not damaged, though its first copy was');
  assert.match(again.stderr, /whole\.mrt was read before/);
});

test('replay reads a RIB dump anew of which a copy that broke off was read before', async (context) => {
  const site = await new Site(context).withExample();
  const time = 1_781_593_200_000_000;
  const peer = { type: 0, bgpId: '192.0.2.201', address: '192.0.2.201', asn: 64501 };
  const table = (sequence: number, prefix: string): Uint8Array => {
    const asPath = [{ type: SegmentType.AS_SEQUENCE, asns: [64501, 64500, OWN] }];
    const attributes = { origin: 0, asPath, nextHop: peer.address };
    const entries = [{ peerIndex: 0, originatedTime: time, attributes }];
    return encodeRib({ time, sequence, safi: 1, prefix: parsePrefix(prefix), entries });
  };
  const others = Array.from({ length: 20_000 }, (_, i) => table(i, `10.${i >> 8}.${i & 255}.0/24`));
  const index = encodePeerIndexTable({ time, collectorBgpId: '192.0.2.254', viewName: '', peers: [peer] });
  const begin = joined(index, ...others);
  assert.ok(begin.length > 1 << 20);
  const end = table(20_000, '203.0.113.0/24');
  assert.equal((await replayed(site, 'bview.broken', joined(begin, end.subarray(0, 20)))).code, 3);
  assert.equal(await site.ok('routes', '203.0.113.0/24', '--json'), '');
  assert.equal((await replayed(site, 'bview', joined(begin, end))).code, 0);
  const route = JSON.parse(await site.ok('routes', '203.0.113.0/24', '--json')) as { readonly asPath: unknown };
  assert.deepEqual(route.asPath, [64501, 64500, OWN]);
});

// Its damage was told by the run that read it, which may have been killed: the run that ended said exit 0.
test('replay exits 3 where a damaged file was read before, and tells the damage again', async (context) => {
  const site = await new Site(context).withExample();
  const bytes = joined(announce(0, 1, [64500, OWN]), keepalive(5, 1).subarray(0, 30));
  for (const said of [
    /30 bytes: the last record is cut short/,
    /was read before[^]*30 bytes: the last record is cut short/,
  ]) {
    const { code, stderr } = await replayed(site, 'updates', bytes);
    assert.equal(code, 3);
    assert.match(stderr, said);
  }
});
