// Debian's promtool reads what `/metrics` prints: metadata, names, units and types as Prometheus wants them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { Metrics } from '../../src/telemetry/metrics.js';
import { createStats, observe, sourceStats } from '../../src/telemetry/stats.js';
import { requires } from '../support/requires.js';

test('Metrics passes promtool check metrics without a complaint', { skip: requires('promtool') }, async () => {
  const stats = createStats();
  for (const name of ['rrc00', 'route-views2', 'odd "name"\\ with\nline']) sourceStats(stats, name).up = true;
  stats.watchedPrefixes.set('203.0.113.0/24', 3);
  stats.watchedSessions.set('rrc00|192.0.2.1|64500', true);
  observe(stats.batch, 0.02);
  const input = await new Metrics({ stats, version: '0.1.0' }).text();
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.equal(stderr + stdout, '');
  assert.equal(status, 0);
});
