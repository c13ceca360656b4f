// What `--version` says, wherever the package is installed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../support/requires.js';

// yargs looks for package.json above the nearest node_modules: of an installed peerwatch it told the version of the project around it.
test('peerwatch --version is its own, not that of the project that it is installed in', () => {
  const folder = mkdtempSync(join(tmpdir(), 'peerwatch-version-'));
  try {
    const installed = join(folder, 'node_modules', 'peerwatch');
    mkdirSync(join(installed, 'dist'), { recursive: true });
    cpSync(join(projectRoot, 'dist', 'bin'), join(installed, 'dist', 'bin'), { recursive: true });
    cpSync(join(projectRoot, 'package.json'), join(installed, 'package.json'));
    symlinkSync(join(projectRoot, 'node_modules'), join(installed, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "name": "around", "version": "9.9.9" }');
    const said = execFileSync(process.execPath, [join(installed, 'dist', 'bin', 'main.js'), '--version'], {
      encoding: 'utf8',
    });
    const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
    assert.equal(said, `${version}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
