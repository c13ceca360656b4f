// What stories share: a customer's prefix in a block of its own, and an attack upon it that comes, goes, and at times comes back.

import { HOUR, MINUTE } from './feed.js';
import { type Announcement, type Chosen } from './routing.js';
import { type Change, type Owner, type Registered, type Scene } from './scene.js';

/** Something that happens to one prefix, beginning at or soon after `at`, with what must be found of it. */
export interface Story {
  readonly name: string;
  /** Incident types that it expects; it is told where the program knows them all. Empty = nothing may be found. */
  readonly types: readonly string[];
  readonly tell: (scene: Scene, at: number) => void;
}

/** A registered prefix of its own block, announced by its owner from the beginning. */
export interface Home {
  readonly owner: Owner;
  readonly registered: Registered;
  readonly legitimate: readonly Announcement[];
  readonly block: (tail: string) => string;
}

export type HomeOptions = Partial<Omit<Registered, 'prefix' | 'owner'>> & {
  /** Place in the block; `20.0/22` where absent. */
  readonly tail?: string;
  /** Authorise the owner by a ROA of this length; null = none. Drawn where absent. */
  readonly roa?: number | null;
  readonly announced?: boolean;
  readonly origins?: readonly number[];
};

/** Registers a prefix, 45.n.20.0/22 unless told otherwise, and lets its owner announce it to all its providers. */
export function makeHome(scene: Scene, options: HomeOptions = {}): Home {
  const { tail = '20.0/22', announced = true, roa, ...policy } = options;
  const owner = scene.random.pick(scene.owners);
  const block = scene.block(tail.includes(':') ? 6 : 4);
  const prefix = block(tail);
  const registered = scene.register({ origins: [owner.asn], ...policy, prefix, owner });
  const length = roa === undefined && scene.random.chance(0.7) ? Number(tail.split('/')[1]) : (roa ?? null);
  if (length !== null) scene.vrps.push({ asn: owner.asn, prefix, maxLength: length });
  const legitimate = [{ asn: owner.asn }];
  if (announced) scene.begin(prefix, legitimate);
  return { owner, registered, legitimate, block };
}

/** The stretches of an attack: once, or back too soon to be a new incident, or back much later. */
export function stretches(scene: Scene, at: number): readonly (readonly [from: number, to: number])[] {
  const length = (): number => scene.random.int(3 * MINUTE, 50 * MINUTE);
  const first = [at, at + length()] as const;
  if (scene.random.chance(0.6)) return [first];
  const gap = scene.random.chance(0.5) ? scene.random.int(3 * MINUTE, 8 * MINUTE) : scene.random.int(20 * MINUTE, HOUR);
  const again = first[1] + gap;
  return [first, [again, again + length()]];
}

/** `usual` announces the prefix; from `at` on in stretches `attack` instead. @returns every change of the sessions. */
export function besiege(scene: Scene, { prefix, usual, attack, at }: Siege): readonly Change[] {
  return stretches(scene, at).flatMap(([from, to]) => [
    ...scene.change(prefix, from, attack),
    ...scene.change(prefix, to, usual),
  ]);
}

export interface Siege {
  readonly prefix: string;
  readonly usual: readonly Announcement[];
  readonly attack: readonly Announcement[];
  readonly at: number;
}

/** Draws attackers until one is believed by two peer ASes or more. */
export function believed<T>(
  scene: Scene,
  draw: () => T,
  announcements: (attacker: T) => readonly Announcement[],
  is: (chosen: Chosen, attacker: T) => boolean,
): T {
  for (let tries = 0; tries < 500; tries++) {
    const attacker = draw();
    const chosen = [...scene.preview(announcements(attacker)).values()];
    if (chosen.filter((one) => is(one, attacker)).length >= 2) return attacker;
  }
  throw new Error('Cannot tell the story: no attacker is believed by two peers');
}

/** The last AS of a path. */
export function originOf({ path }: Chosen): number {
  return path.at(-1)!;
}
