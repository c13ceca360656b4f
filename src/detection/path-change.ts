// What changed between a session's old and new route: class origin > neighbour > transit > prepend > attributes (detection.md
// section 3, path-change). Pure comparison; buckets and thresholds are elsewhere.

import { type RouteView } from './route-view.js';

export const PATH_CHANGE_CLASSES = ['origin', 'neighbour', 'transit', 'prepend', 'attributes'] as const;
export type PathChangeClass = (typeof PATH_CHANGE_CLASSES)[number];

/** One side of a comparison: the rule's view, the raw path's text, and the digest of the other attributes. */
export interface ComparedRoute {
  readonly view: RouteView;
  readonly pathText: string;
  readonly attributes: string;
}

/** The class of the change, the gravest first; null where nothing changed. */
export function classifyPathChange(old: ComparedRoute, fresh: ComparedRoute): PathChangeClass | null {
  if (old.pathText === fresh.pathText) return old.attributes === fresh.attributes ? null : 'attributes';
  const oldHops = old.view.hops.map(String);
  const newHops = fresh.view.hops.map(String);
  if (oldHops.at(-1) !== newHops.at(-1)) return 'origin';
  if (oldHops.at(-2) !== newHops.at(-2)) return 'neighbour';
  return oldHops.join(' ') === newHops.join(' ') ? 'prepend' : 'transit';
}
