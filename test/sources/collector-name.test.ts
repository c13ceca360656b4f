import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectorName } from '../../src/sources/collector-name.js';

const cases: readonly (readonly [why: string, location: string, collector: string])[] = [
  ['the base name', '/data/rrc06.updates.20150401.gz', 'rrc06'],
  ['the last match in the base name', '/data/rrc00-copy-of-rrc01.updates.gz', 'rrc01'],
  ['the base name before the folders', '/data/rrc00/rrc01.updates.gz', 'rrc01'],
  ['the nearest folder', '/data/rrc00/rrc03/2010.02/updates.20100227.1600.gz', 'rrc03'],
  ['case is ignored', '/data/RRC23/updates.gz', 'rrc23'],
  ['route-views with a number', '/data/route-views2.updates.bz2', 'route-views2'],
  ['route-views with a name', '/data/route-views.sydney/updates.20220601.0415.bz2', 'route-views.sydney'],
  ['a name with digits and a dash', '/data/route-views.sg-ix2/updates.bz2', 'route-views.sg-ix2'],
  ['route-views alone', '/data/route-views/updates.bz2', 'route-views'],
  ['a date is no name', '/data/route-views.20220601.bz2', 'route-views'],
  ['updates is no name', '/data/route-views.updates.20220601.bz2', 'route-views'],
  ['rib is no name', '/data/route-views.rib.20220601.bz2', 'route-views'],
  ['bview is no name', '/data/Route-Views.BVIEW', 'route-views'],
  ['bgpdata is no name', '/data/route-views.bgpdata', 'route-views'],
  ['a name that only begins like one stays', '/data/route-views.ribs', 'route-views.ribs'],
  ['updates after a name', '/data/route-views.linx-updates.bz2', 'route-views.linx'],
  ['a name before updates', '/data/route-views.linx.updates.bz2', 'route-views.linx'],
  ['three digits are no rrc', '/data/rrc001.gz', 'default'],
  ['one digit is no rrc', '/data/rrc1.gz', 'default'],
  ['a letter before', '/data/xrrc01.gz', 'default'],
  ['a letter after', '/data/rrc01a.gz', 'default'],
  ['an underscore is no letter', '/data/a_rrc01_b.gz', 'rrc01'],
  ['route-views and a letter', '/data/route-viewsx.gz', 'default'],
  ['a URL of RIS', 'https://data.ris.ripe.net/rrc00/2024.01/updates.20240101.0000.gz', 'rrc00'],
  [
    'a URL of Route Views',
    'https://archive.routeviews.org/route-views.amsix/bgpdata/2024.01/UPDATES/updates.bz2',
    'route-views.amsix',
  ],
  ['standard input', '-', 'default'],
  ['nothing tells', '/var/lib/spool/updates.gz', 'default'],
];

for (const [why, location, collector] of cases) {
  test(`collectorName takes ${collector} from ${location}: ${why}`, () => {
    assert.equal(collectorName(location), collector);
  });
}
