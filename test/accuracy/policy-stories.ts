// Stories of what other data tells: origins and lengths without a ROA (RFC 6811), providers that are not attested (ASPA), and leaks by the
// relationships of the ASes on the path (RFC 7908 types 1 to 4).

import { contradictedHop } from './aspa.js';
import { of } from './origin-stories.js';
import { type Announcement, type Chosen, Routing } from './routing.js';
import { type Scene } from './scene.js';
import { believed, besiege, type Home, makeHome, type Story } from './story.js';

const rpkiLength: Story = {
  name: 'an allowed more-specific is longer than its ROA',
  types: ['rpki-invalid'],
  tell(scene, at) {
    const home = makeHome(scene, { roa: 22 });
    const { asn } = home.owner;
    Object.assign(home.registered, { moreSpecifics: { minLength: 23, maxLength: 24, origins: [asn] } });
    const prefix = home.block('21.0/24');
    const changes = besiege(scene, { prefix, usual: [], attack: home.legitimate, at });
    scene.expect(
      { ...of(home, 'rpki-invalid'), prefix, offender: `${asn} length`, level: 'Warning' },
      changes,
      () => true,
    );
  },
};

const rpkiOrigin: Story = {
  name: 'an allowed more-specific of another origin without a ROA',
  types: ['rpki-invalid'],
  tell(scene, at) {
    const home = makeHome(scene, { roa: 24 });
    const other = scene.stranger(home.owner);
    Object.assign(home.registered, { moreSpecifics: { minLength: 23, maxLength: 24, origins: [other] } });
    const prefix = home.block('22.0/23');
    const changes = besiege(scene, { prefix, usual: [], attack: [{ asn: other }], at });
    scene.expect(
      { ...of(home, 'rpki-invalid'), prefix, offender: `${other} origin`, level: 'Warning' },
      changes,
      () => true,
    );
  },
};

/** A leak: who, and the announcement that it amounts to. */
interface Leak {
  readonly leaker: number;
  readonly announcement: Announcement;
}

const routeLeak: Story = {
  name: 'an AS gives providers and peers what it has from a provider or peer',
  types: ['route-leak'],
  tell(scene, at) {
    const home = makeHome(scene);
    const { leaker, announcement } = drawLeak(scene, home, (chosen, { leaker: asn }) => passes(scene, chosen, asn));
    leak(scene, home, { leaker, announcement, at });
  },
};

const aspaInvalid: Story = {
  name: 'an AS leaks, and those around it attest their providers',
  types: ['aspa-invalid', 'route-leak'],
  tell(scene, at) {
    const home = makeHome(scene);
    const top = new Set(scene.internet.tier1);
    const { leaker, announcement } = drawLeak(scene, home, (chosen, { leaker: asn }) => {
      const giver = chosen.path[chosen.path.indexOf(asn) + 1];
      return passes(scene, chosen, asn) && !top.has(giver) && scene.internet.providersOf(asn).includes(giver);
    });
    for (const asn of [announcement.tail![0], ...scene.internet.providersOf(leaker), ...scene.internet.peersOf(leaker)])
      if (!top.has(asn)) scene.aspas.set(asn, scene.internet.providersOf(asn));
    leak(scene, home, { leaker, announcement, at });
  },
};

/** The leak comes and goes. Where ASPAs contradict a path of it that is the verdict; what they do not reach is a leak by the relationships. */
function leak(scene: Scene, home: Home, { leaker, announcement, at }: Leak & { readonly at: number }): void {
  const attack = [...home.legitimate, announcement];
  const changes = besiege(scene, { prefix: home.registered.prefix, usual: home.legitimate, attack, at });
  const hopOf = ({ path }: Chosen): string | null => contradictedHop(path, scene.aspas);
  const hops = new Set(changes.flatMap(({ after }) => (after === null ? [] : (hopOf(after) ?? []))));
  for (const hop of hops)
    scene.expect(
      { ...of(home, 'aspa-invalid'), offender: hop, level: 'Error' },
      changes,
      (chosen) => hopOf(chosen) === hop,
    );
  scene.expect(
    { ...of(home, 'route-leak'), offender: String(leaker), level: 'Error' },
    changes,
    (chosen) => passes(scene, chosen, leaker) && hopOf(chosen) === null,
  );
}

/** True where the path goes from the AS to a provider or peer of it, which had no business to have it. */
function passes(scene: Scene, { path, announcement }: Chosen, leaker: number): boolean {
  const at = path.indexOf(leaker);
  if (announcement === 0 || at < 1) return false;
  const { internet } = scene;
  return [...internet.providersOf(leaker), ...internet.peersOf(leaker)].includes(path[at - 1]);
}

/** An AS with a route of a provider or peer, which it gives to all its neighbours. */
function drawLeak(scene: Scene, home: Home, is: (chosen: Chosen, leak: Leak) => boolean): Leak {
  const { internet, random } = scene;
  const routing = new Routing(internet, home.legitimate);
  const able = [...internet.edge, ...internet.transit].filter(
    (asn) => internet.providersOf(asn).length + internet.peersOf(asn).length > 1 && !internet.isSibling(asn),
  );
  const draw = (): Leak => {
    const leaker = random.pick(able);
    const path = routing.of(leaker)?.path ?? [leaker];
    const [, giver] = path;
    const isLeak = [...internet.providersOf(leaker), ...internet.peersOf(leaker)].includes(giver);
    return { leaker, announcement: { asn: leaker, tail: isLeak ? path.slice(1) : [], ...(!isLeak && { to: [] }) } };
  };
  return believed(
    scene,
    draw,
    ({ announcement }) => [...home.legitimate, ...(announcement.tail!.length > 0 ? [announcement] : [])],
    is,
  );
}

export const POLICY_STORIES: readonly Story[] = [aspaInvalid, rpkiLength, rpkiOrigin, routeLeak];
