// Judging some stored routes anew, when what was known of their paths changed: they carry what they do wrong now, and let go of the rest.

import { type EventTime } from '../ip/event-time.js';
import { type Incident } from '../incidents/incident.js';
import { type Lifecycle } from '../incidents/lifecycle.js';
import { type AdjRibIn } from '../rib/adj-rib-in.js';
import { byAge, evidenceOf, type JudgedRoute, type StoredRoute } from './stored-route.js';

interface Parts {
  readonly routes: AdjRibIn<Incident>;
  readonly lifecycle: Lifecycle;
  readonly judge: (route: StoredRoute) => JudgedRoute;
  /** Told of every route, as judged before and now. */
  readonly changed: (old: JudgedRoute, fresh: JudgedRoute, at: EventTime) => void;
}

/** @param before the routes, as judged until now. */
export function judgeAnew(
  { routes, lifecycle, judge, changed }: Parts,
  before: readonly JudgedRoute[],
  at: EventTime,
): void {
  for (const old of [...before].sort((a, b) => byAge(a.route, b.route))) {
    const { route } = old;
    const fresh = judge(route);
    const carried = fresh.judgement.findings.map((finding) => {
      const { incident, evidenceAt } = lifecycle.carry(finding, route.session, evidenceOf(route, at));
      if (evidenceAt !== null) incident.verdictFrom = null; // a stored route has no record any more
      return incident;
    });
    routes.put({ ...route, carried });
    for (const incident of route.carried) lifecycle.lose(incident, route.session, at);
    changed(old, fresh, at);
  }
}
