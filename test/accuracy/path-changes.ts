// Which path changes many peers share, worked out from what the sessions were seen to do (detection.md section 3, path-change): a side effect
// of many stories, and right to be told. The pivot is the new path's first AS, from the origin, that the old one has not there.

import { contradictedHop } from './aspa.js';
import { MINUTE } from './feed.js';
import { type Registered, type Scene } from './scene.js';

const WINDOW = 5 * MINUTE;
const LEAST = 3;
/** A path that is kept for so long is the usual one. */
const SETTLED = 60 * MINUTE;

interface Turn {
  readonly at: number;
  readonly peerAs: number;
  readonly pivot: number;
}

/** Labels them. Those of one pivot that follow one another within an hour are one. */
export function expectPathChanges(scene: Scene): void {
  for (const registered of scene.registered) {
    const { prefix } = registered;
    const turns = turnsOf(scene, registered);
    for (const pivot of new Set(turns.map((turn) => turn.pivot))) {
      const list = turns.filter((turn) => turn.pivot === pivot);
      let told = -Infinity;
      for (const [n, { at }] of list.entries()) {
        const near = new Set(
          list
            .slice(0, n + 1)
            .filter((one) => one.at > at - WINDOW)
            .map(({ peerAs }) => peerAs),
        );
        // A tenth of 30 peers is 3: never more than the least.
        if (near.size < LEAST) continue;
        if (at > told + 60 * MINUTE)
          scene.expectLoosely(
            { type: 'path-change', registeredPrefix: prefix, prefix, story: 'path-change' },
            at,
            String(pivot),
          );
        told = at;
      }
    }
  }
}

function turnsOf(scene: Scene, registered: Registered): Turn[] {
  const last = new Map<unknown, readonly number[]>();
  /** What a session had before it turned: whoever is soon back on that has returned, which is no change of its own. */
  const left = new Map<unknown, { readonly path: string; readonly at: number }>();
  const turns: Turn[] = [];
  for (const { at, session, prefix, claim, cause } of scene.feed.seen) {
    if (prefix !== registered.prefix) continue;
    const before = last.get(session);
    if (claim === null) last.delete(session);
    else last.set(session, claim.path);
    if (before === undefined || claim === null || cause !== 'update') continue;
    if (isAccused(scene, registered, before) || isAccused(scene, registered, claim.path)) continue;
    const pivot = pivotOf(before, claim.path);
    const was = left.get(session);
    const isReturn = was?.path === claim.path.join() && at - was.at < SETTLED;
    left.set(session, { path: before.join(), at });
    if (isReturn) continue;
    if (pivot !== undefined) turns.push({ at, peerAs: session.peerAs, pivot });
  }
  return turns;
}

function pivotOf(before: readonly number[], after: readonly number[]): number | undefined {
  for (let back = 1; back <= Math.max(before.length, after.length); back++)
    if (before.at(-back) !== after.at(-back)) return after.at(-back) ?? before.at(-back);
  return undefined;
}

/** True where a route to the registered prefix itself has a verdict of another rule. */
function isAccused(scene: Scene, { origins, neighbors, prefix }: Registered, path: readonly number[]): boolean {
  const origin = path.at(-1)!;
  if (!origins.includes(origin)) return true;
  if (path.length > 1 && neighbors?.[origin]?.includes(path.at(-2)!) === false) return true;
  const roas = scene.vrps.filter((vrp) => vrp.prefix === prefix);
  if (roas.length > 0 && !roas.some(({ asn }) => asn === origin)) return true;
  if (new Set(path).size < path.length || path.some((asn) => isSpecial(asn))) return true;
  return contradictedHop(path, scene.aspas) !== null || hasValley(scene, path) || hasMadeUpLink(scene, path);
}

/** True where two ASes that are no neighbours stand next to each other, beyond the origin's own link. */
function hasMadeUpLink({ internet }: Scene, path: readonly number[]): boolean {
  return path.some((asn, n) => n > 0 && n < path.length - 1 && !internet.neighborsOf(asn).includes(path[n - 1]));
}

/** RFC 5398, RFC 6996 and what IANA reserves among them; the made Internet uses none of these numbers. */
function isSpecial(asn: number): boolean {
  return (asn >= 64_496 && asn <= 131_071) || asn >= 4_200_000_000;
}

/** True where an AS gave a provider or peer what it had from a provider or peer. */
function hasValley(scene: Scene, path: readonly number[]): boolean {
  const { internet } = scene;
  const isAbove = (asn: number, other: number): boolean =>
    internet.providersOf(asn).includes(other) || internet.peersOf(asn).includes(other);
  return path.some((asn, n) => n > 0 && n < path.length - 1 && isAbove(asn, path[n - 1]) && isAbove(asn, path[n + 1]));
}
