// What systemd would read: the real systemd-notify, and a real datagram socket (perl's, which every Debian has; Node has none).

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { SdNotify } from '../../src/daemon/sd-notify.js';
import { requires } from '../support/requires.js';

/** Prints each datagram on one line, its own lines joined by `|`, descriptors (barriers) closed at once. */
const RECEIVER = `
use Socket; $| = 1;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, sockaddr_un($ARGV[0])) or die; print "listening\\n";
while (defined recv($s, my $m, 4096, 0)) { $m =~ s/\\n/|/g; print "$m\\n" }
`;

const PERL = 'perl'; // of every Debian, so no dependency to name

interface Receiver {
  readonly env: Record<string, string | undefined>;
  /** The datagrams up to STOPPING=1, without barriers. */
  readonly messages: () => Promise<string[]>;
}

async function receiver(t: TestContext): Promise<Receiver> {
  const dir = mkdtempSync(join(tmpdir(), 'peerwatch-notify-'));
  const socket = join(dir, 'notify');
  const perl = spawn(PERL, ['-e', RECEIVER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => {
    perl.kill();
    rmSync(dir, { recursive: true });
  });
  const reader = createInterface({ input: perl.stdout })[Symbol.asyncIterator]();
  assert.deepEqual(await reader.next(), { value: 'listening', done: false });
  const messages = async (): Promise<string[]> => {
    const all: string[] = [];
    while (!(all.at(-1) ?? '').includes('STOPPING=1')) all.push(String((await reader.next()).value));
    return all.filter((message) => message !== 'BARRIER=1');
  };
  return { env: { ...process.env, NOTIFY_SOCKET: socket }, messages };
}

function silent(): { warn: () => void; count: number } {
  const logger = { count: 0, warn: () => void (logger.count += 1) };
  return logger;
}

const skip = requires('perl', 'systemd-notify');

test(
  'SdNotify sends ready, status, watchdog, reloading and stopping in order, with its own pid',
  { skip },
  async (t) => {
    const { env, messages } = await receiver(t);
    const logger = silent();
    const notify = new SdNotify({ env, logger });
    notify.ready('12 prefixes\nin 3 connections');
    notify.watchdog();
    notify.reloading();
    notify.ready('reloaded');
    notify.stopping('SIGTERM');
    await notify.close();
    const pid = `MAINPID=${process.pid}`;
    const got = (await messages()).map((message) =>
      message.replace(/MONOTONIC_USEC=\d+/, 'MONOTONIC_USEC=n').split('|'),
    );
    assert.deepEqual(
      got.map((words) => words.filter((word) => word !== pid && word !== '').sort()),
      [
        ['READY=1', 'STATUS=12 prefixes in 3 connections'],
        ['WATCHDOG=1'],
        ['MONOTONIC_USEC=n', 'RELOADING=1'],
        ['READY=1', 'STATUS=reloaded'],
        ['STATUS=SIGTERM', 'STOPPING=1'],
      ],
    );
    assert.ok(got.every((words) => words.includes(pid)));
    assert.equal(logger.count, 0);
  },
);

test('SdNotify replaces status texts and pings that still wait by newer ones', { skip }, async (t) => {
  const { env, messages } = await receiver(t);
  const notify = new SdNotify({ env, logger: silent() });
  for (let i = 0; i < 100; i++) {
    notify.status(`${i} files`);
    notify.watchdog();
  }
  notify.stopping('done');
  await notify.close();
  const words = (await messages())
    .flatMap((message) => message.split('|'))
    .filter((word) => /^(STATUS|WATCHDOG)/.test(word));
  assert.deepEqual(words, ['STATUS=0 files', 'WATCHDOG=1', 'STATUS=99 files', 'STATUS=done']);
});

test('SdNotify without NOTIFY_SOCKET does nothing at all', async () => {
  const logger = silent();
  const notify = new SdNotify({ env: { WATCHDOG_USEC: '60000000' }, logger, program: '/nonexistent' });
  notify.ready('x');
  notify.watchdog();
  await notify.close();
  assert.equal(logger.count, 0);
  assert.equal(notify.watchdogIntervalMs, null);
});

test('SdNotify logs the first failure only, and never throws', async () => {
  const logger = silent();
  const notify = new SdNotify({
    env: { NOTIFY_SOCKET: '/nonexistent' },
    logger,
    program: '/nonexistent/systemd-notify',
  });
  notify.ready('x');
  await notify.close();
  notify.watchdog();
  notify.stopping('y');
  await notify.close();
  assert.equal(logger.count, 1);
  assert.ok(!existsSync('/nonexistent'));
});

test('SdNotify pings at half the time that systemd waits, if it watches this very process', () => {
  const interval = (env: Record<string, string>): number | null =>
    new SdNotify({ env: { NOTIFY_SOCKET: '/x', ...env }, logger: silent() }).watchdogIntervalMs;
  assert.equal(interval({ WATCHDOG_USEC: '60000000' }), 30_000);
  assert.equal(interval({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: String(process.pid) }), 30_000);
  assert.equal(interval({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '1' }), null);
  assert.equal(interval({ WATCHDOG_USEC: '0' }), null);
  assert.equal(interval({ WATCHDOG_USEC: 'soon' }), null);
  assert.equal(interval({}), null);
});
