// `why` through the built command, on MRT that the test writes: three peers have the example's prefix, two see a hijack from 07:00:10 to
// 07:00:38 and 07:00:40. What stood there at each time is read off the story by hand.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Site } from '../support/daemon-process.js';
import { hijackStory, HQ, joined } from '../support/spooled-story.js';

interface Line {
  readonly kind: string;
  readonly rule: string;
  readonly says: string;
  readonly peers: readonly number[];
  readonly asPath: readonly number[];
  readonly standing: string;
  readonly missing: readonly string[];
  readonly clauses: readonly string[];
}

const parse = (text: string): readonly Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

async function siteWithHijack(context: TestContext, config = ''): Promise<Site> {
  const site = await new Site(context).withExample();
  site.configure(config);
  writeFileSync(join(site.folder, 'updates'), joined(...hijackStory()));
  await site.ok('replay', join(site.folder, 'updates'));
  return site;
}

const pathsOf = (lines: readonly Line[]): readonly string[] =>
  lines.filter(({ kind }) => kind === 'route').map(({ asPath }) => asPath.join(' '));
const ruleOf = (lines: readonly Line[], name: string): readonly Line[] =>
  lines.filter(({ kind, rule }) => kind === 'rule' && rule === name);

test('why --at tells the routes and the verdict of each time from the log of route changes, and now those of the table', async (context) => {
  const site = await siteWithHijack(context);
  const at = async (time: string): Promise<readonly Line[]> =>
    parse(await site.ok('why', HQ, '--json', '--at', `2026-06-16T07:00:${time}Z`));
  const own = ['64500 64496', '64501 64500 64496', '64502 64500 64496'];
  assert.deepEqual(pathsOf(await at('05')), own);
  const one = await at('11');
  assert.deepEqual(pathsOf(one), ['64500 64496', '64501 64511', '64502 64500 64496']);
  assert.deepEqual(
    ruleOf(one, 'origin-hijack').map(({ says, peers }) => [says, peers]),
    [['matches', [64501]]],
  );
  const both = ruleOf(await at('12'), 'origin-hijack');
  assert.deepEqual(both[0].peers, [64501, 64502]);
  assert.match(both[0].clauses.join(), /origin AS64511 is not among the registered origins \(AS64496\)/);
  assert.deepEqual(pathsOf(await at('40')), own);
  const now = parse(await site.ok('why', HQ, '--json'));
  assert.deepEqual(pathsOf(now), own);
  assert.deepEqual(
    ruleOf(now, 'origin-hijack').map(({ says, clauses }) => [says, clauses]),
    [['no', ['origin AS64496 of AS64496']]],
  );
  assert.equal(now.filter(({ kind }) => kind === 'incident').length, 1);
  assert.match(now[0].missing.join('\n'), /3 of 3 sessions with routes had no RIB dump yet/);
});

test('why asks every rule in the order of the semantics, and says where it has no data to judge by', async (context) => {
  const site = await siteWithHijack(context);
  const lines = parse(await site.ok('why', HQ, '--json')).filter(({ kind }) => kind === 'rule');
  const inOrder =
    'squatting origin-hijack subprefix-hijack superprefix-hijack forged-first-hop blackhole-leak unexpected-more-specific rpki-invalid aspa-invalid route-leak forged-path bogon-path provider-bypass path-change visibility-loss outage flapping stuck-route registry-drift';
  assert.equal(lines.map(({ rule }) => rule).join(' '), inOrder);
  const blind = lines.filter(({ says }) => says === 'no data').map(({ rule }) => rule);
  assert.deepEqual(blind, ['rpki-invalid', 'aspa-invalid', 'route-leak']);
});

test('why tells prefixes apart that are registered, inside, covering and unrelated, for people too', async (context) => {
  const site = await siteWithHijack(context);
  const standing = async (prefix: string): Promise<string> =>
    parse(await site.ok('why', prefix, '--json')).find(({ kind }) => kind === 'why')!.standing;
  assert.equal(await standing(HQ), 'registered');
  assert.equal(await standing('203.0.113.7'), 'inside');
  assert.equal(await standing('203.0.112.0/20'), 'covering');
  assert.equal(await standing('198.18.0.0/24'), 'unrelated');
  const text = await site.ok('why', HQ, '--at', '2026-06-16T07:00:12Z');
  assert.match(text, /^203\.0\.113\.0\/24 is registered:\n/);
  assert.match(text, /origin-hijack +matches +Critical +64511 +2 of 2 /);
  assert.match(await site.ok('why', '198.18.0.0/24'), /nothing is kept of it, and nothing alerts/);
});

test('why --at says otherwise where a time lies outside retention, or no log is kept: exit 1', async (context) => {
  const site = await siteWithHijack(context, 'retention: { routeLog: 0 }\n');
  const none = await site.run('why', HQ, '--at', '2026-06-16T07:00:12Z');
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no log of route changes is kept \(retention\.routeLog\)/);
  site.configure('');
  await site.ok('replay', join(site.folder, 'updates'));
  const early = await site.run('why', HQ, '--at', '2026-06-16T07:00:12Z');
  assert.equal(early.code, 1);
  assert.match(early.stderr, /outside retention, the log of route changes reaches back to 2026-06-16T07:02:40/);
});
