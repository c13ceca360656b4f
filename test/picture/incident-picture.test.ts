// Pictures of incidents: what is in them, that nothing of anybody's can break out of them, and that a real renderer takes them.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { type Incident } from '../../src/incidents/incident.js';
import { asGraph, hopsOf } from '../../src/picture/as-graph.js';
import { incidentHtml } from '../../src/picture/incident-html.js';
import { incidentSvg } from '../../src/picture/incident-svg.js';
import { layeredLayout } from '../../src/picture/layered-layout.js';
import { run } from '../support/command-line.js';
import { at, policy, Stage, Story } from '../support/event-builder.js';
import { requires } from '../support/requires.js';

const R = '203.0.113.0/24';

/** A hijack that two peers of three take, one of them behind the other. */
function hijack(): Incident {
  const story = new Story()
    .announce(0, 1, R, '65001 64500 64496')
    .announce(1, 2, R, '65002 65001 64500 64496')
    .announce(10, 1, R, '65001 64510 64511')
    .announce(12, 2, R, '65002 65001 64510 64511')
    .announce(14, 3, R, '65003 64511')
    .withdraw(20, 3, R);
  return new Stage([policy(R)]).play(story, 21).incident;
}

suite('incident picture', () => {
  test('an incident keeps the routes that its evidence replaced, and how many peers carried it when', () => {
    const { evidence, peerCounts } = hijack();
    assert.deepEqual(
      evidence.map(({ before }) => before),
      [[65001, 64500, 64496], [65002, 65001, 64500, 64496], null],
    );
    assert.deepEqual(peerCounts, [
      [at(10), 1],
      [at(12), 2],
      [at(14), 3],
      [at(20), 2],
    ]);
  });

  test('hopsOf merges prepending, leaves confederations out and keeps a set as one hop', () => {
    assert.deepEqual(hopsOf([1, 1, { sequence: [5] }, 2, [7, 8]]), ['1', '2', '{7,8}']);
  });

  test('asGraph has every AS once, marks offender and registered origin, and folds a long stretch', () => {
    const incident = hijack();
    const long = [65001, 1, 2, 3, 4, 5, 64511];
    const [first, ...others] = incident.evidence;
    const { nodes, links } = asGraph({ ...incident, evidence: [{ ...first, asPath: long }, ...others] });
    const marks = [...nodes.values()].filter(({ mark }) => mark !== '').map(({ label, mark }) => `${label} ${mark}`);
    assert.deepEqual(marks.sort(), ['AS64496 registered origin', 'AS64511 offender']);
    assert.equal(nodes.get('1 2 3 4 5')?.label, '5 ASes');
    const shared = links.find(({ from, to }) => from === '65001' && to === '64500');
    assert.deepEqual(shared?.before, ['AS65001 at rrc00', 'AS65002 at rrc00']);
  });

  test('layeredLayout keeps boxes of a layer apart and peers on one side, also where paths run in a circle', () => {
    const incident = hijack();
    const paths = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? [i + 1, 7001, 7002, 9] : [i + 1, 7002, 7001, 9]));
    const evidence = paths.map((asPath, i) => ({ ...incident.evidence[0], peerAs: i + 1, asPath, before: null }));
    const graph = asGraph({ ...incident, evidence });
    const { places, layers } = layeredLayout(graph, () => 40);
    const all = [...places.values()];
    assert.ok(all.filter(({ key }) => key.startsWith('peer ')).every(({ layer }) => layer === layers - 1));
    for (const a of all)
      for (const b of all) assert.ok(a === b || a.layer !== b.layer || Math.abs(a.y - b.y) > 39.9, `${a.key} ${b.key}`);
  });

  test('pictures escape what comes from the network, and what XML has no character for', () => {
    const incident = hijack();
    const [first] = incident.evidence;
    const nasty = `<script>"'&\u0000\u001b`;
    const evil = {
      ...incident,
      connection: nasty,
      clauses: [nasty],
      evidence: [{ ...first, collector: nasty, file: nasty }],
    };
    for (const text of [incidentSvg(evil), incidentHtml(evil, nasty)]) {
      assert.doesNotMatch(text, /<script|\u0000|\u001b/);
      assert.match(text, /&lt;script&gt;&quot;&#39;&amp;\ufffd\ufffd/);
    }
    assert.doesNotMatch(incidentHtml(incident, ''), /<script|href=|src=/);
  });

  test('pictures of incidents without evidence, and of those stored before counts were kept, are drawn', () => {
    const bare: Incident = { ...hijack(), evidence: [], offender: '-' };
    delete bare.peerCounts;
    assert.match(incidentSvg(bare), /No route of a peer carries this incident/);
    assert.doesNotMatch(incidentSvg(bare), /offender AS/);
  });

  test('a renderer draws the picture', { skip: requires('rsvg-convert') }, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'peerwatch-picture-'));
    context.after(() => rmSync(folder, { recursive: true }));
    const svg = join(folder, 'a.svg');
    writeFileSync(svg, incidentSvg(hijack()));
    assert.deepEqual(await run('rsvg-convert', [svg, '-o', join(folder, 'a.png')]), {
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});
