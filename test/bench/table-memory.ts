// What the table of a pipeline takes (target P9), in a process of its own: `node --expose-gc table-memory.js ROUTES FURTHER`. 10 000 registered
// prefixes, 1 000 sessions; ROUTES stored, then each of them announced again otherwise, which must take nothing more, then FURTHER ones.
// Prints one JSON object: octets resident at each stage, and octets in use before and behind the further ones.

import process from 'node:process';
import { boundHeapGrowth } from '../../src/daemon/heap-growth.js';
import { defaultFigures } from '../../src/detection/figures.js';
import { PolicyTable } from '../../src/detection/policy.js';
import { SECOND } from '../../src/ip/event-time.js';
import { Engine } from '../../src/pipeline/engine.js';
import { announcements, tablePolicies } from './stored-table.js';

boundHeapGrowth(); // as the daemon does
const [routes, further] = process.argv.slice(2).map(Number);
const engine = new Engine(new PolicyTable(tablePolicies()), defaultFigures);

function apply(from: number, to: number, turn = 0): number {
  for (const event of announcements(from, to, turn)) {
    engine.advance(event.order);
    engine.apply(event);
    if (engine.routeChanges >= 10_000) engine.takeBatch(); // as a commit does
  }
  engine.advance((engine.watermark ?? 0) + 600 * SECOND); // what only waits for its time is told of
  engine.takeBatch();
  for (let i = 0; i < 3; i++) globalThis.gc!();
  return process.memoryUsage.rss();
}

/** Octets in use, whatever the allocators keep in hand. */
function inUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const empty = apply(0, 0);
const stored = apply(0, routes);
const again = apply(0, routes, 1);
const held = inUse();
const more = apply(routes, routes + further, 1);
const heldMore = inUse();
const peak = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ empty, stored, again, more, peak, held, heldMore }));
