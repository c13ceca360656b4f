// One scenario: 30 days of a made Internet. RIB dumps, two weeks of quiet in which links are learnt, half a day full of stories that overlap
// in time, each on prefixes of its own, and days in which sessions are reset. Written with registry, data, configuration and labels.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ATTRIBUTE_STORIES } from './attribute-stories.js';
import { CONDITION_STORIES } from './condition-stories.js';
import { DAY, HOUR, MINUTE, SECOND } from './feed.js';
import { type Label } from './label.js';
import { expectPathChanges } from './path-changes.js';
import { ORIGIN_STORIES } from './origin-stories.js';
import { POLICY_STORIES } from './policy-stories.js';
import { QUIET_STORIES } from './quiet-stories.js';
import { registryText } from './registry-text.js';
import { Routing } from './routing.js';
import { after, Scene } from './scene.js';
import { COLLECTORS, exported } from './collectors.js';
import { announceRecord } from './records.js';
import { type Story } from './story.js';

/** Files that are given twice: under another name, or packed. */
const COPIES = 6;
/** Prefixes of others in the RIB dumps, so that sessions can be told full feeds. */
const BACKGROUND = 400;
const TELLING = 15 * DAY;
const RESETS = 18 * DAY;
const END = 30 * DAY;

const STORIES: readonly Story[] = [
  ...POLICY_STORIES,
  ...ORIGIN_STORIES,
  ...ATTRIBUTE_STORIES,
  ...CONDITION_STORIES,
  ...QUIET_STORIES,
];

/** What a scenario is tested by. */
export interface Scenario {
  /** The MRT files, oldest first for each collector; behind them copies of some. */
  readonly files: readonly string[];
  /** A file that comes when all is over: a hijack of long ago. */
  readonly late: string;
  readonly labels: readonly Label[];
  readonly prefixMonths: number;
  /** The stories of which nobody may be told. */
  readonly quiet: readonly string[];
  /** Which story each registered prefix belongs to. */
  readonly stories: Readonly<Record<string, string>>;
}

export interface ScenarioOptions {
  readonly seed: number;
  /** Incident types that the program knows: stories of others are not told. */
  readonly known: ReadonlySet<string>;
  /** Stories of this type alone. */
  readonly only: string | null;
}

/** Makes a scenario below `folder`, which must be there. */
export function writeScenario(folder: string, { seed, known, only }: ScenarioOptions): Scenario {
  const scene = new Scene(seed);
  const stories: Record<string, string> = {};
  background(scene);
  for (const { name, types, tell } of STORIES) {
    if (!types.every((type) => known.has(type)) || (only !== null && !types.includes(only))) continue;
    const before = scene.registered.length;
    tell(scene, after(TELLING) + scene.random.int(0, 12 * HOUR));
    for (const { prefix } of scene.registered.slice(before)) stories[prefix] = name;
  }
  resets(scene);
  const once = writeFeed(scene, folder);
  const files = [...once, ...copies(scene, once)];
  expectPathChanges(scene);
  writeRest(folder, scene);
  const labels = scene.labels.filter(({ type }) => known.has(type));
  writeFileSync(join(folder, 'labels.json'), JSON.stringify(labels, null, 1));
  const quiet = STORIES.filter(({ types }) => types.length === 0).map(({ name }) => name);
  const late = writeLate(scene, folder);
  return { files, late, labels, prefixMonths: scene.registered.length, quiet, stories };
}

/** RIB dumps at the beginning and before the stories, and a last word of every session. */
function writeFeed({ feed, sessions }: Scene, folder: string): readonly string[] {
  feed.dump(after(0));
  feed.dump(after(TELLING - DAY));
  for (const session of sessions) feed.add(session, after(END), { kind: 'keepalive' });
  return feed.write(folder);
}

/** Copies of some files, beside them. */
function copies({ random }: Scene, files: readonly string[]): readonly string[] {
  return random.sample(files, COPIES).map((file, n) => {
    const bytes = readFileSync(file);
    const copy = join(dirname(file), n % 2 === 0 ? `again-${basename(file)}` : `${basename(file)}.gz`);
    writeFileSync(copy, n % 2 === 0 ? bytes : gzipSync(bytes));
    return copy;
  });
}

/** Two sessions announce a registered prefix from a strange AS, two weeks before what was read last of them. */
function writeLate(scene: Scene, folder: string): string {
  const { prefix, owner } = scene.registered[0];
  const two = scene.sessions.filter(({ collector }) => collector === COLLECTORS[0]).slice(0, 2);
  const origin = scene.stranger(owner);
  const at = after(TELLING + DAY);
  const records = two.map((session) => announceRecord(session, at, prefix, { path: [session.peerAs, origin] }));
  const late = join(folder, 'late', COLLECTORS[0].name);
  mkdirSync(late, { recursive: true });
  writeFileSync(join(late, 'updates.late'), Buffer.concat(records));
  return join(late, 'updates.late');
}

/** Routes to prefixes of other edge networks: from the beginning, in the dumps alone. */
function background(scene: Scene): void {
  const { internet, random, sessions, feed } = scene;
  random.sample(internet.edge, BACKGROUND).forEach((asn, n) => {
    const routing = new Routing(internet, [{ asn }]);
    for (const session of sessions) {
      const chosen = exported(session, routing.of(session.peerAs));
      if (chosen === null) continue;
      feed.begin(session, `62.${n >> 8}.${n & 255}.0/24`, { path: chosen.path });
      if (n % 8 === 0) feed.begin(session, `2a0f:${n.toString(16)}::/32`, { path: chosen.path });
    }
  });
}

/** Each session loses and regains its table once: with state changes and End-of-RIB, without either, or with nothing said at all. */
function resets(scene: Scene): void {
  scene.random.shuffled(scene.sessions).forEach((session, n) => {
    const at = after(RESETS) + n * HOUR + scene.random.int(0, MINUTE);
    scene.feed.add(session, at, { kind: 'down' });
    scene.feed.add(session, at + scene.random.int(20 * SECOND, 20 * MINUTE), {
      kind: 'up',
      endOfRib: scene.random.chance(0.5),
    });
  });
}

function writeRest(folder: string, scene: Scene): void {
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const metadata = { buildtime: '2026-03-01T00:00:00Z' };
  const aspas = [...scene.aspas].map(([customer, providers]) => ({ customer_asid: customer, providers }));
  put('vrps.json', JSON.stringify({ metadata, roas: scene.vrps.map((vrp) => ({ ...vrp, ta: 'made' })) }));
  put('aspas.json', JSON.stringify({ metadata, aspas }));
  put('as-rel.txt', scene.internet.relationshipFile());
  put('registry.yaml', registryText(scene));
  put(
    'peerwatch.yaml',
    [
      'detection:',
      '  rpki: { files: [vrps.json, aspas.json] }',
      '  relationships: as-rel.txt',
      '  fullFeed: { minRoutes4: 200, minRoutes6: 20 }',
      '',
    ].join('\n'),
  );
}
