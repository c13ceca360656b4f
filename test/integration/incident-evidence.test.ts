// Evidence out of the built command and back: bytes as they came, verdicts derived again, tampering noticed.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { SegmentType } from '../../src/bgp/as-path.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { encodeBgp4mpMessage, encodePeerIndexTable, encodeRib } from '../../src/mrt/writer.js';
import { run } from '../support/command-line.js';
import { Site } from '../support/daemon-process.js';
import { requires } from '../support/requires.js';
import { announce, FOREIGN, HQ, hijackStory, joined, keepalive, OWN } from '../support/spooled-story.js';

const TIME = 1_781_593_200_000_000; // 2026-06-16T07:00:00Z

async function replayed(context: TestContext, ...files: readonly (readonly [name: string, bytes: Uint8Array])[]) {
  const site = await new Site(context).withExample();
  for (const [name, bytes] of files) writeFileSync(join(site.folder, name), bytes);
  await site.ok('replay', ...files.map(([name]) => name));
  const [line] = (await site.ok('incidents', 'list', '--json')).split('\n');
  return { site, id: (JSON.parse(line) as { id: string }).id, path: (name: string) => join(site.folder, name) };
}

function table(peers: readonly number[], collectorBgpId: string): Uint8Array {
  const indexed = peers.map((asn) => ({ type: 2, bgpId: '192.0.2.1', address: `192.0.2.${asn - 64300}`, asn }));
  return encodePeerIndexTable({ time: TIME, collectorBgpId, viewName: '', peers: indexed });
}

/** One RIB record of HQ, of every peer of the table. */
function rib(peers: readonly number[], origin: number): Uint8Array {
  const entries = peers.map((asn, peerIndex) => ({
    peerIndex,
    originatedTime: TIME,
    attributes: { origin: 0, asPath: [{ type: SegmentType.AS_SEQUENCE, asns: [asn, origin] }], nextHop: '192.0.2.1' },
  }));
  return encodeRib({ time: TIME, sequence: 0, safi: 1, prefix: parsePrefix(HQ), entries });
}

/** A message in a record that declares no path identifiers, though its NLRI have them. */
function undeclared(seconds: number, pathId: number, prefix: string, asns: readonly number[]): Uint8Array {
  const announced = [{ prefix: parsePrefix(prefix), pathId }];
  const attributes = {
    origin: 0,
    asPath: [{ type: SegmentType.AS_SEQUENCE, asns: [64501, ...asns] }],
    nextHop: '192.0.2.201',
  };
  const update = { withdrawn: [], announced, mpReach: null, mpUnreach: null, attributes, endOfRib: null, warnings: [] };
  const session = { peerAs: 64501, peerAddress: '192.0.2.201', localAs: 64508, localAddress: '192.0.2.254' };
  return encodeBgp4mpMessage({ ...session, time: TIME + seconds * 1e6, message: { kind: 'update', update } });
}

suite('incidents evidence and verify', () => {
  test('incidents evidence writes the very records, overwrites nothing unasked, and verify takes them', async (context) => {
    const story = hijackStory();
    const { site, id, path } = await replayed(context, ['updates', joined(...story)]);
    await site.ok('incidents', 'evidence', id, '--mrt', path('e.mrt'));
    assert.deepEqual(new Uint8Array(readFileSync(path('e.mrt'))), joined(story[3], story[4]));
    const again = await site.run('incidents', 'evidence', id, '--mrt', path('e.mrt'));
    assert.equal(again.code, 2);
    assert.match(again.stderr, /e\.mrt: it is there already; --force replaces it/);
    await site.ok('incidents', 'evidence', id, '--mrt', path('e.mrt'), '--force');
    assert.match(await site.ok('incidents', 'verify', id), /the same \(2 records, 2 pieces of evidence\)/);
    assert.match(await site.ok('incidents', 'verify', id, '--mrt', path('e.mrt')), /the same/);
    assert.match(await site.ok('incidents', 'verify', id, '--mrt', path('updates')), /the same/);
  });

  test('incidents verify notices any changed byte of the file, and names what it changes', async (context) => {
    const { site, id, path } = await replayed(context, ['updates', joined(...hijackStory())]);
    await site.ok('incidents', 'evidence', id, '--mrt', path('e.mrt'));
    const bytes = readFileSync(path('e.mrt'));
    for (const place of [3, 30, bytes.length - 1, bytes.lastIndexOf(Buffer.from('0000fbff', 'hex')) + 3]) {
      const tampered = Buffer.from(bytes);
      tampered[place] ^= 1;
      writeFileSync(path('t.mrt'), tampered);
      const { code, stdout } = await site.run('incidents', 'verify', id, '--mrt', path('t.mrt'));
      assert.equal(code, 1, `byte ${place}`);
      assert.match(stdout, /DIFFERS/);
      if (tampered.includes(Buffer.from('0000fbfe', 'hex'))) assert.match(stdout, /offender: now 64510; then 64511/);
    }
  });

  test('incidents verify holds to the registry of then, and says that it is another now', async (context) => {
    const { site, id } = await replayed(context, ['updates', joined(...hijackStory())]);
    await site.ok('prefix', 'remove', HQ, '--connection', 'seattle-hq');
    await site.ok('prefix', 'add', HQ, '--connection', 'seattle-hq', '--origin', String(FOREIGN));
    const printed = await site.ok('incidents', 'verify', id);
    assert.match(printed, /the same/);
    assert.match(printed, /note: the registry has changed since: 203\.0\.113\.0\/24 is registered otherwise now/);
  });

  test(
    'incidents evidence puts before RIB records of two collectors the table that belongs to each',
    { skip: requires('bgpdump') },
    async (context) => {
      const [a, b] = [[64501, 64502], [64503]];
      const [first, second] = [
        [table(a, '192.0.2.10'), rib(a, FOREIGN)],
        [table(b, '192.0.2.11'), rib(b, FOREIGN)],
      ] as const;
      const { site, id, path } = await replayed(
        context,
        ['rrc00.rib', joined(...first)],
        ['rrc01.rib', joined(...second)],
      );
      await site.ok('incidents', 'evidence', id, '--mrt', path('e.mrt'));
      assert.deepEqual(
        new Uint8Array(readFileSync(path('e.mrt'))),
        joined(...first, ...second),
        'one record of two peers stands once',
      );
      const { stdout } = await run('bgpdump', ['-m', path('e.mrt')]);
      const peers = stdout
        .trim()
        .split('\n')
        .map((line) => line.split('|').slice(3, 7).join(' '));
      assert.deepEqual(peers, [
        `192.0.2.201 64501 ${HQ} 64501 64511`,
        `192.0.2.202 64502 ${HQ} 64502 64511`,
        `192.0.2.203 64503 ${HQ} 64503 64511`,
      ]);
      assert.match(await site.ok('incidents', 'verify', id, '--mrt', path('e.mrt')), /the same \(3 records/);
    },
  );

  test('evidence with undeclared path identifiers is read as it was when its session had shown them before', async (context) => {
    // 00000001 18 ... holds several default routes as plain NLRI: the session sends identifiers. 07020020 18 cb 00 71 is HQ with an
    // identifier, and as plain NLRI 2.0.0.0/7, 0.0.0.0/0 and 24.203.0.113/32: what the session sent before decides.
    const updates = joined(
      undeclared(0, 1, '192.0.2.0/24', [OWN]),
      undeclared(5, 0x07020020, HQ, [FOREIGN]),
      keepalive(60),
    );
    const { site, id } = await replayed(context, ['updates', updates]);
    assert.match(await site.ok('incidents', 'verify', id), /origin-hijack +the same \(1 record/);
  });

  test('incidents show writes a picture, the same bytes each time, as SVG and as a page', async (context) => {
    const { site, id, path } = await replayed(context, [
      'updates',
      joined(announce(0, 1, [64500, OWN]), ...hijackStory()),
    ]);
    await site.ok('incidents', 'show', id, '--svg', path('a.svg'), '--html', path('a.html'));
    const svg = readFileSync(path('a.svg'), 'utf8');
    assert.equal(await site.ok('incidents', 'show', id, '--svg', '-'), svg);
    assert.match(svg, /before \(2 of 2 peers had a route\)/);
    assert.ok(readFileSync(path('a.html'), 'utf8').includes(svg.slice(0, 40)));
  });
});
