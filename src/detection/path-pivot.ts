// Where a path changed (detection.md section 3, path-change): the pivot is the AS at the first difference, counted from the origin,
// between a session's old and its new path. It is the new path's AS there: who carries the traffic now. Pure.

import { type AsPath, SegmentType } from '../bgp/as-path.js';
import { AS_TRANS, type Asn } from '../ip/asn.js';
import { type RouteView } from './route-view.js';

/**
 * The pivot of a change of path; null where the paths differ in nothing but attributes or confederation segments, or the AS there is
 * unknown (AS_TRANS). Where the new path has ended before the difference, the old path's AS stands for it; where only repetitions
 * differ, the AS that is repeated more or less often; of an AS_SET the lowest member.
 */
export function pivotOf(old: PivotRoute, fresh: PivotRoute): Asn | null {
  const pivot = differingHop(old.view.hops, fresh.view.hops) ?? differingRun(old, fresh);
  const asn = typeof pivot === 'object' ? Math.min(...pivot) : (pivot ?? null);
  return asn === AS_TRANS ? null : asn;
}

/** One side of a change: the rule's view and the raw path. */
export interface PivotRoute {
  readonly view: RouteView;
  readonly path: AsPath;
}

type Hop = RouteView['hops'][number];

/** The first hop from the end at which two paths differ, of the new one if it has any there. */
function differingHop(old: readonly Hop[], fresh: readonly Hop[]): Hop | undefined {
  const longest = Math.max(old.length, fresh.length);
  for (let back = 1; back <= longest; back++) {
    const [a, b] = [old.at(-back), fresh.at(-back)];
    if (String(a) !== String(b)) return b ?? a;
  }
  return undefined;
}

/** Of two paths with the same hops the first from the end that is repeated more or less often. */
function differingRun(old: PivotRoute, fresh: PivotRoute): Hop | undefined {
  const [before, after] = [runsOf(old.path), runsOf(fresh.path)];
  const at = after.findLastIndex((length, index) => length !== before[index]);
  return fresh.view.hops[at]; // -1 where none is
}

/** How often each hop of the collapsed path stands in the raw one. */
function runsOf(path: AsPath): readonly number[] {
  const runs: number[] = [];
  let last: Hop | undefined;
  for (const { type, asns } of path) {
    if (type !== SegmentType.AS_SEQUENCE && type !== SegmentType.AS_SET) continue;
    const hops: readonly Hop[] = type === SegmentType.AS_SEQUENCE ? asns : asns.length > 0 ? [asns] : [];
    for (const hop of hops) {
      if (hop === last) runs[runs.length - 1]++;
      else runs.push(1);
      last = hop;
    }
  }
  return runs;
}
