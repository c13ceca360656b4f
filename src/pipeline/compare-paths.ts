// What the timeline tells of a session's old and new route to a prefix.

import { type EventTime } from '../ip/event-time.js';
import { classifyPathChange } from '../detection/path-change.js';
import { type PrefixTimeline } from './prefix-timeline.js';
import { type JudgedRoute, witnessOf } from './stored-route.js';

/** A path change, where both routes are legitimate. */
export function comparePaths(
  timeline: PrefixTimeline,
  [old, fresh]: readonly [JudgedRoute | undefined, JudgedRoute],
  at: EventTime,
): void {
  const policy = fresh.judgement.legitimate;
  const { route } = fresh;
  if (old?.judgement.legitimate !== policy || policy === null) return;
  const kind = classifyPathChange(
    { view: old.view, pathText: old.route.pathText, attributes: old.route.attributes },
    { view: fresh.view, pathText: route.pathText, attributes: route.attributes },
  );
  if (kind === null) return;
  const path = route.pathText;
  timeline.pathChanged(policy, route.prefix.toString(), { at, session: route.session.id, kind, path });
}

/** An allowed more-specific. */
export function noteMoreSpecific(timeline: PrefixTimeline, { route, judgement }: JudgedRoute, at: EventTime): void {
  const policy = judgement.registered;
  if (policy === null || route.prefix.length === policy.prefix.length) return;
  timeline.sawMoreSpecific(policy, route.prefix.toString(), at, witnessOf(route.session));
}
