// Stories of false origins and false first hops: what the registry alone tells (detection.md section 3, the first rows of the table).

import { type Chosen } from './routing.js';
import { type Scene } from './scene.js';
import { believed, besiege, type Home, makeHome, originOf, type Story } from './story.js';

const originHijack: Story = {
  name: 'a stranger announces the prefix',
  types: ['origin-hijack'],
  tell(scene, at) {
    const v6 = scene.random.chance(0.3);
    const home = makeHome(scene, v6 ? { tail: '40::/48' } : {});
    const authorised = scene.random.chance(0.2);
    const attacker = drawBeliever(scene, home);
    const { prefix } = home.registered;
    // The owner has a ROA then too: without one the stranger's alone would make the owner's own route invalid.
    if (authorised)
      for (const asn of [attacker, home.owner.asn])
        scene.vrps.push({ asn, prefix, maxLength: Number(prefix.split('/')[1]) });
    const attack = [...home.legitimate, { asn: attacker }];
    const changes = besiege(scene, { prefix, usual: home.legitimate, attack, at });
    scene.expect(
      {
        ...of(home, 'origin-hijack'),
        offender: String(attacker),
        level: authorised ? 'Warning' : 'Critical',
      },
      changes,
      (chosen) => originOf(chosen) === attacker,
    );
  },
};

const squatting: Story = {
  name: 'a prefix that is not to be announced is announced, or a part of it',
  types: ['squatting'],
  tell(scene, at) {
    const home = makeHome(scene, { origins: [], announced: false, roa: null });
    const attacker = scene.stranger(home.owner);
    const prefix = scene.random.chance(0.5) ? home.registered.prefix : home.block('21.0/24');
    const changes = besiege(scene, { prefix, usual: [], attack: [{ asn: attacker }], at });
    scene.expect(
      { ...of(home, 'squatting'), prefix, offender: String(attacker), level: 'Critical' },
      changes,
      () => true,
    );
  },
};

const subprefixHijack: Story = {
  name: 'a stranger announces a part of the prefix',
  types: ['subprefix-hijack'],
  tell(scene, at) {
    const v6 = scene.random.chance(0.3);
    const allowed = v6 ? { minLength: 50, maxLength: 56 } : { minLength: 23, maxLength: 24 };
    const home = makeHome(scene, v6 ? { tail: '40::/48' } : {});
    if (scene.random.chance(0.3))
      Object.assign(home.registered, { moreSpecifics: { ...allowed, origins: [home.owner.asn] } });
    const prefix = home.block(v6 ? '40:8000::/49' : scene.random.pick(['22.0/23', '21.0/24', '23.128/25']));
    const attacker = scene.stranger(home.owner);
    const changes = besiege(scene, { prefix, usual: [], attack: [{ asn: attacker }], at });
    scene.expect(
      { ...of(home, 'subprefix-hijack'), prefix, offender: String(attacker), level: 'Critical' },
      changes,
      () => true,
    );
  },
};

const superprefixHijack: Story = {
  name: 'a stranger announces a cover of the prefix',
  types: ['superprefix-hijack'],
  tell(scene, at) {
    const isUnused = scene.random.chance(0.4);
    const home = makeHome(scene, isUnused ? { origins: [], announced: false, roa: null } : {});
    const prefix = home.block(scene.random.pick(['0.0/16', '16.0/20', '16.0/21']));
    const attacker = scene.stranger(home.owner);
    const changes = besiege(scene, { prefix, usual: [], attack: [{ asn: attacker }], at });
    scene.expect(
      {
        ...of(home, 'superprefix-hijack'),
        prefix,
        offender: String(attacker),
        level: isUnused ? 'Error' : 'Information',
      },
      changes,
      () => true,
    );
  },
};

const forgedFirstHop: Story = {
  name: 'a stranger claims to be next to the owner',
  types: ['forged-first-hop'],
  tell(scene, at) {
    const owned = makeHome(scene);
    const { asn, providers } = owned.owner;
    Object.assign(owned.registered, { neighbors: { [asn]: providers } });
    const attacker = drawBeliever(scene, owned, [asn]);
    const attack = [...owned.legitimate, { asn: attacker, tail: [asn] }];
    const changes = besiege(scene, { prefix: owned.registered.prefix, usual: owned.legitimate, attack, at });
    scene.expect(
      { ...of(owned, 'forged-first-hop'), offender: `${asn}/${attacker}`, level: 'Critical' },
      changes,
      ({ path }) => path.at(-2) === attacker,
    );
  },
};

const unexpectedMoreSpecific: Story = {
  name: 'the owner announces a part that is not registered',
  types: ['unexpected-more-specific'],
  tell(scene, at) {
    const home = makeHome(scene);
    if (scene.random.chance(0.5))
      Object.assign(home.registered, {
        moreSpecifics: { minLength: 23, maxLength: 23, origins: [home.owner.asn] },
      });
    const prefix = home.block(scene.random.pick(['21.0/24', '22.0/25']));
    const changes = besiege(scene, { prefix, usual: [], attack: home.legitimate, at });
    scene.expect(
      { ...of(home, 'unexpected-more-specific'), prefix, offender: String(home.owner.asn), level: 'Warning' },
      changes,
      () => true,
    );
  },
};

/** The parts of a label that an incident of the registered prefix itself has. */
export function of({ registered }: Home, type: string) {
  return { type, registeredPrefix: registered.prefix, prefix: registered.prefix, story: type };
}

/** A stranger whom two peers or more believe, when he announces the prefix with that tail. */
function drawBeliever(scene: Scene, { owner, legitimate }: Home, tail: readonly number[] = []): number {
  return believed(
    scene,
    () => scene.stranger(owner),
    (asn) => [...legitimate, { asn, tail }],
    ({ path }: Chosen, asn) => path.includes(asn),
  );
}

export const ORIGIN_STORIES: readonly Story[] = [
  squatting,
  originHijack,
  subprefixHijack,
  superprefixHijack,
  forgedFirstHop,
  unexpectedMoreSpecific,
];
