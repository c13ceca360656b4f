// Stories of one prefix of which nobody may be told (detection.md section 6): what is registered, what was there before, what changes
// nothing, and one session that makes noise. Path changes that many peers share are told of as such: they are no false alarm.

import { DAY, HOUR, MINUTE, SECOND } from './feed.js';
import { type Session } from './collectors.js';
import { condition, driftLives } from './condition-labels.js';
import { type Chosen, linkKey } from './routing.js';
import { type Scene } from './scene.js';
import { besiege, type Home, makeHome, type Story } from './story.js';

const legitimateMoas: Story = {
  name: 'two registered origins, the second at times',
  types: [],
  tell(scene, at) {
    const home = makeHome(scene, { roa: null });
    const other = scene.stranger(home.owner);
    Object.assign(home.registered, { origins: [home.owner.asn, other] });
    const both = [...home.legitimate, { asn: other }];
    const { prefix } = home.registered;
    besiege(scene, { prefix, usual: home.legitimate, attack: both, at });
  },
};

const beacon: Story = {
  name: 'an allowed more-specific comes and goes every two hours',
  types: [],
  tell(scene, at) {
    const home = makeHome(scene, { roa: 24 });
    const { asn } = home.owner;
    Object.assign(home.registered, { moreSpecifics: { minLength: 24, maxLength: 24, origins: [asn] } });
    const prefix = home.block('22.0/24');
    for (let turn = 0; turn < 4; turn++) {
      scene.change(prefix, at + turn * 4 * HOUR, home.legitimate);
      scene.change(prefix, at + (turn * 4 + 2) * HOUR, []);
    }
  },
};

const aggregator: Story = {
  name: "the owner's provider announces a cover",
  types: [],
  tell(scene, at) {
    const home = makeHome(scene);
    const attack = [{ asn: home.owner.providers[0] }];
    besiege(scene, { prefix: home.block('16.0/20'), usual: [], attack, at });
  },
};

const oldCover: Story = {
  name: 'a cover that was there when all began changes its ways',
  types: [],
  tell(scene, at) {
    const home = makeHome(scene);
    const prefix = home.block('0.0/16');
    const asn = scene.stranger(home.owner);
    scene.begin(prefix, [{ asn }]);
    const holders = scene.current(prefix).size;
    const changes = besiege(scene, { prefix, usual: [{ asn }], attack: [], at });
    // No hijack; but the registry does not know of it.
    for (const life of driftLives(changes, holders))
      scene.labels.push({ ...condition(home, 'registry-drift', 'Warning'), ...life });
  },
};

const repeats: Story = {
  name: 'sessions say again what they said',
  types: [],
  tell(scene, at) {
    const { prefix } = makeHome(scene).registered;
    for (const [session, { path }] of scene.current(prefix))
      for (let n = 0; n < 3; n++)
        scene.feed.add(session, scene.moment(session, at + n * 20 * MINUTE), {
          kind: 'route',
          prefix,
          claim: { path },
        });
  },
};

const noisySession: Story = {
  name: 'one session withdraws and announces without end',
  types: [],
  tell(scene, at) {
    const { prefix } = makeHome(scene).registered;
    const [session, { path }] = scene.random.pick([...scene.current(prefix)]);
    for (let n = 0; n < 40; n++) {
      scene.feed.add(session, at + n * 40 * SECOND, { kind: 'route', prefix, claim: null });
      scene.feed.add(session, at + (n * 40 + 20) * SECOND, { kind: 'route', prefix, claim: { path } });
    }
  },
};

const defaultRoute: Story = {
  name: 'a default route and a /7 come and go',
  types: [],
  tell(scene, at) {
    makeHome(scene, { origins: [], announced: false, roa: null });
    const asn = scene.random.pick(scene.internet.transit);
    for (const prefix of ['0.0.0.0/0', '44.0.0.0/7', '2a00::/12'])
      besiege(scene, { prefix, usual: [], attack: [{ asn }], at });
  },
};

const linkFailure: Story = {
  name: 'links on the way fail, at two times',
  types: [],
  tell(scene, at) {
    const home = makeHome(scene);
    const { prefix } = home.registered;
    const usual = scene.current(prefix);
    // Before a change of paths has settled, and when it had.
    for (const [from, length] of [
      [at + DAY, 40 * MINUTE],
      [at + 7 * DAY, 90 * MINUTE],
    ]) {
      scene.send(prefix, from, withoutLink(scene, home));
      scene.send(prefix, from + length, usual);
    }
  },
};

/** What the sessions have when a link between two networks fails that a path to the prefix takes, and nobody loses it. */
function withoutLink(scene: Scene, { legitimate, registered }: Home): ReadonlyMap<Session, Chosen> {
  const { internet, random } = scene;
  const usual = scene.current(registered.prefix);
  const paths = [...usual.values()].filter(({ path }) => path.length > 2);
  for (;;) {
    const { path } = random.pick(paths);
    const n = random.int(0, path.length - 3); // never the owner's own link
    const down = new Set([linkKey(internet.index(path[n]), internet.index(path[n + 1]))]);
    const without = scene.preview(legitimate, down);
    if (without.size === usual.size) return without;
  }
}

const prepending: Story = {
  name: 'the owner puts itself on the path three times, for some hours',
  types: [],
  tell(scene, at) {
    const home = makeHome(scene);
    const { prefix } = home.registered;
    const usual = scene.current(prefix);
    const { asn } = home.owner;
    const longer = [...usual].map(([session, one]) => [session, { ...one, path: [...one.path, asn, asn] }] as const);
    scene.send(prefix, at, new Map(longer));
    scene.send(prefix, at + 3 * HOUR, usual);
  },
};

const wildClock: Story = {
  name: 'a record of a session says that it is hours later',
  types: [],
  tell(scene, at) {
    const { prefix } = makeHome(scene).registered;
    const [session, { path }] = scene.random.pick([...scene.current(prefix)]);
    const from = at + (DAY / 2 - (at % (DAY / 2))); // the first record of no file
    scene.feed.add(session, from + SECOND, { kind: 'route', prefix, claim: { path } });
    scene.feed.add(session, from + 2 * SECOND, { kind: 'wild', prefix, stamp: from + scene.random.int(2, 30) * HOUR });
    scene.feed.add(session, from + 3 * SECOND, { kind: 'route', prefix, claim: { path } });
  },
};

export const QUIET_STORIES: readonly Story[] = [
  legitimateMoas,
  beacon,
  aggregator,
  oldCover,
  repeats,
  noisySession,
  defaultRoute,
  linkFailure,
  prepending,
  wildClock,
];
