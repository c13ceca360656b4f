// Full feeds (detection.md section 3): sessions whose table is large enough that a missing route means something. Known once a complete
// RIB dump held the session; of peers that the operator names, once a dump or a table transfer has told their table.

import { type Session } from '../rib/session.js';
import { type DetectionFigures } from './figures.js';

/** What is asked of a session. */
export type FeedFacts = Pick<Session, 'peerAs' | 'tables' | 'bootstrapped' | 'upAt' | 'downAt'>;

export function isFullFeed(session: FeedFacts, afi: number, figures: DetectionFigures['fullFeed']): boolean {
  const { share, minRoutes4, minRoutes6, peers } = figures;
  if (peers.includes(session.peerAs)) return session.bootstrapped || session.upAt !== null || session.downAt !== null;
  const table = session.tables.find((one) => one.afi === afi);
  if (table === undefined || table.largest < (afi === 1 ? minRoutes4 : minRoutes6)) return false;
  return table.routes >= share * table.largest;
}
