// Stories of single routes that show what is wrong with them by path or community: bogon numbers, loops, poisoning (RFC 7607, RFC 5398,
// RFC 6996), and black holes that got out (RFC 7999).

import { DAY } from './feed.js';
import { of } from './origin-stories.js';
import { type Announcement } from './routing.js';
import { believed, besiege, type Home, makeHome, stretches, type Story } from './story.js';
import { type Change, type Scene } from './scene.js';

const BLACKHOLE = 0xffff_029a; // 65535:666
/** While links are learnt: later the bogon's own links, which nobody has seen, are forged-path, and that stands first. */
const LEARNING = -10 * DAY;
/** Private use (RFC 6996), documentation (RFC 5398), reserved. */
const BOGONS = [64_512, 65_000, 64_500, 65_540, 4_200_000_100, 70_000];

const bogonPath: Story = {
  name: 'an edge network leaves a number on the path that nobody can have',
  types: ['bogon-path'],
  tell(scene, at) {
    const home = makeHome(scene);
    const { asn, providers } = home.owner;
    const bogon = scene.random.pick(BOGONS);
    const attack = [{ asn: providers[0], tail: [bogon, asn] }, ...home.legitimate];
    const changes = besiege(scene, {
      prefix: home.registered.prefix,
      usual: home.legitimate,
      attack,
      at: at + LEARNING,
    });
    scene.expect({ ...of(home, 'bogon-path'), offender: String(bogon), level: 'Information' }, changes, ({ path }) =>
      path.includes(bogon),
    );
  },
};

const poisoning: Story = {
  name: 'the owner poisons a path against an AS',
  types: ['bogon-path'],
  tell(scene, at) {
    const home = makeHome(scene);
    const { asn } = home.owner;
    const avoided = scene.stranger(home.owner, scene.internet.transit);
    const attack = [{ asn, tail: [avoided, asn] }];
    const changes = besiege(scene, { prefix: home.registered.prefix, usual: home.legitimate, attack, at });
    // Read from the collector on, the owner is the first AS that stands at two places.
    scene.expect(
      { ...of(home, 'bogon-path'), offender: String(asn), level: 'Warning' },
      changes,
      ({ path }) => path.includes(avoided) && path.indexOf(asn) < path.length - 1,
    );
  },
};

const blackholeLeak: Story = {
  name: "the owner's black hole gets beyond its providers",
  types: ['blackhole-leak'],
  tell(scene, at) {
    const home = makeHome(scene);
    const { asn, providers } = home.owner;
    const peers = new Set(scene.sessions.map(({ peerAs }) => peerAs));
    if (providers.some((provider) => peers.has(provider))) return; // a neighbour that shows it is the milder case
    const changes = blackHole(scene, home, at, home.legitimate);
    scene.expect(
      { ...of(home, 'blackhole-leak'), prefix: hostOf(home), offender: String(asn), level: 'Error' },
      changes,
      () => true,
    );
  },
};

const foreignBlackhole: Story = {
  name: 'a stranger announces a black hole inside the prefix',
  types: ['subprefix-hijack'],
  tell(scene, at) {
    const home = makeHome(scene);
    const attacker = scene.stranger(home.owner);
    const changes = blackHole(scene, home, at, [{ asn: attacker }]);
    // subprefix-hijack stands before blackhole-leak in the table, so it is the one verdict.
    scene.expect(
      { ...of(home, 'subprefix-hijack'), prefix: hostOf(home), offender: String(attacker), level: 'Critical' },
      changes,
      () => true,
    );
  },
};

function hostOf({ block }: Home): string {
  return block('21.7/32');
}

function blackHole(scene: Scene, home: Home, at: number, attack: readonly Announcement[]): Change[] {
  const prefix = hostOf(home);
  return stretches(scene, at).flatMap(([from, to]) => [
    ...scene.change(prefix, from, attack, { communities: [BLACKHOLE] }),
    ...scene.change(prefix, to, []),
  ]);
}

const forgedPath: Story = {
  name: "a stranger claims to be next to the owner's provider",
  types: ['forged-path'],
  tell(scene, at) {
    const home = makeHome(scene);
    const { asn, providers } = home.owner;
    Object.assign(home.registered, { neighbors: { [asn]: providers } });
    const near = new Set(providers.flatMap((one) => scene.internet.neighborsOf(one)));
    const tail = [providers[0], asn];
    const attacker = believed(
      scene,
      () =>
        scene.stranger(
          home.owner,
          scene.internet.edge.filter((one) => !near.has(one)),
        ),
      (one) => [...home.legitimate, { asn: one, tail }],
      ({ path }, one) => path.includes(one),
    );
    const changes = besiege(scene, {
      prefix: home.registered.prefix,
      usual: home.legitimate,
      attack: [...home.legitimate, { asn: attacker, tail }],
      at,
    });
    scene.expect(
      { ...of(home, 'forged-path'), offender: `${attacker}/${providers[0]}`, level: 'Warning' },
      changes,
      ({ path }) => path.includes(attacker),
    );
  },
};

export const ATTRIBUTE_STORIES: readonly Story[] = [bogonPath, poisoning, blackholeLeak, foreignBlackhole, forgedPath];
