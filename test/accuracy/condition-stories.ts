// Stories of what no single route shows: prefixes that vanish from many sessions or all, that flap, that are handed off by somebody else,
// routes that stay behind, registries that do not say what is (detection.md section 3, the lower rows of the table).

import { HOUR, MINUTE, SECOND, START } from './feed.js';
import { of } from './origin-stories.js';
import { bypassLife, condition, flapLife, lossLife, once, outageLife } from './condition-labels.js';
import { makeHome, type Story } from './story.js';
import { type Change, type Scene } from './scene.js';

const visibilityLoss: Story = {
  name: 'half of the full feeds lose the prefix for 20 minutes',
  types: ['visibility-loss'],
  tell(scene, at) {
    const home = makeHome(scene);
    const { prefix } = home.registered;
    const usual = scene.current(prefix);
    const full = scene.random.shuffled([...usual.keys()].filter((session) => session.full));
    const gone = new Set(full.slice(0, full.length / 2));
    const lost = scene.send(prefix, at, new Map([...usual].filter(([session]) => !gone.has(session))));
    const back = scene.send(prefix, at + 20 * MINUTE, usual);
    scene.labels.push({ ...condition(home, 'visibility-loss', 'Error'), ...lossLife(lost, back, full.length) });
  },
};

const outage: Story = {
  name: 'everybody loses the prefix for 4 minutes',
  types: ['outage'],
  tell(scene, at) {
    const home = makeHome(scene);
    const isFull = ({ session }: Change): boolean => session.full;
    const gone = scene.change(home.registered.prefix, at, []).filter(isFull);
    const back = scene.change(home.registered.prefix, at + 4 * MINUTE, home.legitimate).filter(isFull);
    scene.labels.push({ ...condition(home, 'outage', 'Critical'), ...outageLife(gone, back) });
  },
};

const flapping: Story = {
  name: 'three sessions withdraw the prefix nine times, 40 s apart',
  types: ['flapping'],
  tell(scene, at) {
    const home = makeHome(scene);
    const { prefix } = home.registered;
    const three = scene.random.sample([...scene.current(prefix)], 3);
    const withdrawals = Array.from({ length: 9 }, (_, turn) => at + turn * 40 * SECOND);
    for (const [session, { path }] of three)
      for (const when of withdrawals) {
        scene.feed.add(session, when, { kind: 'route', prefix, claim: null });
        scene.feed.add(session, when + 20 * SECOND, { kind: 'route', prefix, claim: { path } });
      }
    // 1000 each, 0.970 of it left after 40 s: 6 400 at the seventh, which is over 6 000.
    const sessions = three.map(([session]) => session);
    scene.labels.push({ ...condition(home, 'flapping', 'Warning'), ...flapLife(sessions, withdrawals, 7) });
  },
};

const providerBypass: Story = {
  name: 'another transit network hands the prefix off',
  types: ['provider-bypass', 'path-change'],
  tell(scene, at) {
    const home = makeHome(scene);
    const { asn } = home.owner;
    const [other, customer] = drawTransit(scene, home.owner.providers);
    // Another registered prefix shows the links of that network from the beginning: nothing about them is new.
    const seen = home.block('60.0/24');
    scene.register({ prefix: seen, owner: home.owner, origins: [customer] });
    scene.begin(seen, [{ asn: customer, to: [other] }]);
    const { prefix } = home.registered;
    const taken = scene.change(prefix, at, [{ asn: other, tail: [asn] }]);
    const left = scene.change(prefix, at + 40 * MINUTE, home.legitimate);
    const kind = { ...condition(home, 'provider-bypass', 'Error'), offender: String(other) };
    scene.labels.push({ ...kind, ...bypassLife(taken, left) });
  },
};

const planned: Story = {
  name: 'the owner gives up one of its providers, and takes it again',
  types: ['path-change'],
  tell(scene, at) {
    const home = makeHome(scene);
    const { asn, providers } = home.owner;
    scene.change(home.registered.prefix, at, [{ asn, to: [providers[0]] }]);
    scene.change(home.registered.prefix, at + 4 * HOUR, home.legitimate);
  },
};

const stuckRoute: Story = {
  name: 'one session keeps a route that all others lost',
  types: ['subprefix-hijack'],
  tell(scene, at) {
    const home = makeHome(scene);
    const prefix = home.block('21.0/24');
    const attacker = scene.stranger(home.owner);
    const came = scene.change(prefix, at, [{ asn: attacker }]);
    const all = scene.current(prefix);
    // Of a collector with states: where UPDATEs alone are recorded, the next RIB dump is waited for.
    const [keeper] = scene.random.shuffled([...all.keys()].filter(({ collector }) => collector.states));
    const left = scene.send(prefix, at + 20 * MINUTE, new Map([[keeper, all.get(keeper)!]]));
    const [last] = scene.change(prefix, at + 4 * HOUR, []);
    const crossing = left.map((one) => one.at).sort((a, b) => a - b)[Math.ceil(came.length * 0.9) - 1];
    scene.labels.push({
      ...of(home, 'subprefix-hijack'),
      prefix,
      offender: String(attacker),
      level: 'Critical',
      openedAt: Math.min(...came.map((one) => one.at)),
      resolvedAt: crossing,
      reason: 'residual',
      openings: 1,
      peers: came.map(({ session }) => session.peerAs).sort((a, b) => a - b),
    });
    const kind = { ...condition(home, 'stuck-route', 'Warning'), prefix };
    scene.labels.push({ ...kind, ...once(crossing, last.at, [keeper.peerAs]) });
  },
};

const registryDrift: Story = {
  name: 'a ROA authorises another AS than the registered one',
  types: ['rpki-invalid'],
  tell(scene) {
    const home = makeHome(scene, { roa: null });
    const { prefix } = home.registered;
    scene.vrps.push({ asn: scene.stranger(home.owner), prefix, maxLength: 22 });
    scene.labels.push({
      ...of(home, 'rpki-invalid'),
      offender: `${home.owner.asn} origin`,
      level: 'Warning',
      openedAt: START,
      resolvedAt: null,
      reason: null,
      openings: 1,
      peers: [...scene.current(prefix).keys()].map(({ peerAs }) => peerAs).sort((a, b) => a - b),
    });
    scene.labels.push({ ...condition(home, 'registry-drift', 'Warning'), ...once(START, null, null) });
  },
};

/** A transit network that is no provider of the owner, and a customer that announces something to it alone. */
function drawTransit(scene: Scene, providers: readonly number[]): readonly [other: number, customer: number] {
  const { internet, random } = scene;
  for (;;) {
    const other = random.pick(internet.transit);
    const peers = new Set([...internet.peersOf(other), ...internet.providersOf(other), ...providers]);
    const customers = internet.neighborsOf(other).filter((asn) => !peers.has(asn) && !internet.isSibling(asn));
    if (!providers.includes(other) && customers.length > 0) return [other, random.pick(customers)];
  }
}

export const CONDITION_STORIES: readonly Story[] = [
  visibilityLoss,
  outage,
  flapping,
  providerBypass,
  planned,
  stuckRoute,
  registryDrift,
];
