// Runs the built tests: `npm test` for all, `npm test -- mrt rib` for the files whose path contains one of the words. Options
// (what starts with `-`) go on to Node's test runner: `npm test -- prefix --test-name-pattern=covers`.
// Every dist/test/**/*.test.js is named to the runner by its path, and only those whose TypeScript source is still there, so
// that a test that was removed does not run on from dist. The exit code is the runner's; its summary comes last.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));

/** The built test files, from the project's root, in order of path. */
function builtTests() {
  const folder = join(root, 'dist', 'test');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((path) => relative(root, join(folder, path)).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.test.js') && existsSync(join(root, sourceOf(path))))
    .sort();
}

/** `test/ip/asn.test.ts` of `dist/test/ip/asn.test.js`. */
function sourceOf(path) {
  return path.replace(/^dist\//, '').replace(/\.js$/, '.ts');
}

const files = builtTests().filter((path) => words.length === 0 || words.some((word) => sourceOf(path).includes(word)));
if (files.length === 0) {
  console.error(
    words.length === 0 ? 'no built tests: run `npm run build`' : `no test file has ${words.join(' or ')} in its path`,
  );
  process.exit(1);
}

// Two files at a time at most: integration tests start daemons and routers of their own.
const defaults = ['--enable-source-maps', '--test', '--test-reporter=spec', '--test-concurrency=2'];
const runner = spawn(process.execPath, [...defaults, ...options, ...files], {
  cwd: root,
  stdio: ['inherit', process.stdout.isTTY ? 'inherit' : 'pipe', 'inherit'],
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => runner.kill(signal));

// The spec reporter prints failures after its summary; in a log the summary is said once more below them.
let output = '';
runner.stdout?.setEncoding('utf8').on('data', (text) => {
  process.stdout.write(text);
  output = (output + text).slice(-1_000_000);
});
runner.on('close', (code, signal) => {
  if (code !== 0)
    console.log((output.match(/^ℹ (?:tests|suites|pass|fail|cancelled|skipped|todo) \d+$/gm) ?? []).join('\n'));
  process.exitCode = code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 15);
});
