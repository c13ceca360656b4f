// The paths by which a registered prefix is held now, of one class.

import { type PrefixPolicy } from '../detection/policy.js';
import { type Incident } from '../incidents/incident.js';
import { type AdjRibIn } from '../rib/adj-rib-in.js';
import { type JudgedRoute, type StoredRoute } from './stored-route.js';

export function* heldPaths(
  routes: AdjRibIn<Incident>,
  judge: (route: StoredRoute) => JudgedRoute,
  policy: PrefixPolicy,
  routeClass: 'active' | 'backup',
) {
  for (const route of routes.at(policy.prefix)) {
    if (judge(route).judgement.classes.some((one) => one.policy === policy && one.routeClass === routeClass)) {
      yield { peerAs: route.session.peerAs, pathText: route.pathText };
    }
  }
}
