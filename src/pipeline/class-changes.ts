// What a change of a route changes for the registered prefixes that it serves.

import { type Judgement, type RouteClass } from '../detection/judge.js';
import { type PrefixPolicy } from '../detection/policy.js';

/** What a route was and is to one registered prefix; null = nothing. */
export interface ClassChange {
  readonly policy: PrefixPolicy;
  readonly from: RouteClass | null;
  readonly to: RouteClass | null;
}

const NONE: Judgement['classes'] = [];

/** One for every prefix that the old route or the new one serves, also where both do alike. */
export function* classChanges(before = NONE, after = NONE): IterableIterator<ClassChange> {
  if (before.length === 0 && after.length === 0) return;
  for (const policy of new Set([...before, ...after].map((one) => one.policy))) {
    const from = before.find((one) => one.policy === policy)?.routeClass ?? null;
    const to = after.find((one) => one.policy === policy)?.routeClass ?? null;
    yield { policy, from, to };
  }
}
