// What systemd hears of a live daemon on its notification socket (sd_notify(3)): a real datagram socket (perl's, which every Debian
// has; Node has none) stands in for it. Whether systemd itself is content is told in test/lab/README.md.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { Site } from '../support/daemon-process.js';
import { requires } from '../support/requires.js';
import { hijackStory, joined } from '../support/spooled-story.js';
import { until } from '../support/until.js';

const skip = requires('perl', 'systemd-notify');

/** Prints each datagram on one line, its own lines joined by `|`. */
const RECEIVER = `
use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, sockaddr_un($ARGV[0])) or die; print "listening\\n";
while (defined recv($s, my $m, 4096, 0)) { $m =~ s/\\n/|/g; print "$m\\n" }
`;
const PERL = 'perl';

/** A socket, and the states told on it so far: READY, WATCHDOG, ... without their values. */
async function listen(context: TestContext, site: Site, watchdogMs: number | null) {
  const socket = join(site.folder, 'notify');
  const perl = spawn(PERL, ['-e', RECEIVER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => perl.kill());
  const lines: string[] = [];
  createInterface({ input: perl.stdout }).on('line', (line) => lines.push(line));
  await until('the socket is there', () => lines[0] === 'listening');
  const states = (): string[] =>
    lines.flatMap((line) => /(?:^|\|)(READY|WATCHDOG|RELOADING|STOPPING)=/.exec(line)?.[1] ?? []);
  const watchdog = watchdogMs === null ? {} : { WATCHDOG_USEC: String(watchdogMs * 1000) };
  return { lines, states, env: { NOTIFY_SOCKET: socket, ...watchdog } };
}

test(
  'run tells READY=1 when it listens and before it has read a file, RELOADING=1 around SIGHUP, STOPPING=1 at its end',
  { skip },
  async (context) => {
    const site = await new Site(context).withExample();
    const { lines, states, env } = await listen(context, site, null);
    site.drop('rrc00/updates', joined(...hijackStory()));
    const stuck = site.program('lbzip2', 'exec sleep 600');
    site.drop('rrc00/bview.bz2', new TextEncoder().encode('BZh91AY&SY')); // the RIB never gets unpacked: READY does not wait for it
    const daemon = await site.daemon({ env: { ...env, ...stuck } });
    await until('READY is told', () => states().includes('READY'));
    assert.ok(!daemon.process.log.some(({ msg }) => msg === 'file read'));
    assert.ok(lines.some((line) => line.includes('STATUS=watching 3 prefixes')));
    assert.ok(lines.some((line) => line.includes(`MAINPID=${daemon.process.child.pid ?? 0}`)));
    daemon.process.child.kill('SIGHUP');
    await until('READY is told again', () => states().filter((state) => state === 'READY').length === 2);
    daemon.process.child.kill('SIGTERM');
    await until('STOPPING is told', () => states().includes('STOPPING'));
    assert.deepEqual(states(), ['READY', 'RELOADING', 'READY', 'STOPPING']);
  },
);

test('run pings the watchdog while it is idle and while it works', { skip }, async (context) => {
  const site = await new Site(context).withExample();
  const { states, env } = await listen(context, site, 3000);
  const daemon = await site.daemon({ env });
  const pings = (): number => states().filter((state) => state === 'WATCHDOG').length;
  await until('it pings while its spool is empty', () => pings() >= 2);
  site.drop('rrc00/updates', joined(...hijackStory()));
  await daemon.hasRead(1);
  const before = pings();
  await until('it pings while the feed is silent', () => pings() >= before + 2);
  assert.equal((await daemon.get('/healthz')).status, 200);
  assert.equal(await daemon.stop(), 0);
});

test(
  'run pings the watchdog no more, and /healthz is 503, when input is pending and nothing moves',
  { skip },
  async (context) => {
    const site = await new Site(context).withExample();
    const { states, env } = await listen(context, site, 2000);
    const pings = (): number => states().filter((state) => state === 'WATCHDOG').length;
    const stuck = site.program('lbzip2', 'exec sleep 600'); // the decompressor hangs
    const daemon = await site.daemon({ env: { ...env, ...stuck } });
    await until('it pings', () => pings() >= 1);
    site.drop('rrc00/updates', joined(...hijackStory())); // another source that is well does not hide it
    await daemon.hasRead(1);
    site.drop('rrc01/updates.bz2', new TextEncoder().encode('BZh91AY&SY'));
    await until('/healthz says so', async () => {
      const { status, text } = await daemon.get('/healthz');
      return status === 503 && /turned \d+ ms ago \(rrc01\)/.test(text);
    });
    const last = pings();
    await until('it has been stuck for three times what systemd waits', async () => {
      const since = /turned (\d+) ms ago/.exec((await daemon.get('/healthz')).text)?.[1];
      return Number(since) > 3 * 2000;
    });
    assert.ok(pings() <= last + 1, `${pings() - last} pings since`); // one may have been on its way
  },
);
