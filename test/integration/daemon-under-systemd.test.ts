// The shipped unit under a real systemd, booted in namespaces of its own: what test/lab/systemd-service.sh checks. About two minutes,
// most of them for the Debian tree that it is booted from.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../support/command-line.js';
import { projectRoot, requires } from '../support/requires.js';

const built = existsSync(join(projectRoot, 'dist', 'bin', 'main.js')) ? false : 'needs the built command';

test(
  'peerwatch.service starts, reloads, is watched, restarted and stopped by systemd',
  { skip: requires('root', 'debootstrap') || built },
  async () => {
    const { code, stdout, stderr } = await run('bash', [join(projectRoot, 'test', 'lab', 'systemd-service.sh')], 600);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^ok: a daemon that hangs is restarted by the watchdog$/m);
    assert.match(stdout, /^the unit does under systemd what it says$/m);
  },
);
