// What a line of the log looks like on a terminal, in the journal and in a file.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createLogger, logForm, type LogOptions } from '../../src/daemon/log.js';
import { projectRoot } from '../support/requires.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

function lines(options: Partial<LogOptions>, say: (log: ReturnType<typeof createLogger>) => void): string[] {
  const written: string[] = [];
  const sink = { write: (line: string): unknown => written.push(line) };
  const stderr = { isTerminal: false, stream: '8:15' };
  say(createLogger({ level: 'info', format: 'auto', env: {}, sink, stderr, ...options }));
  for (const line of written) assert.ok(line.endsWith('\n') && !line.slice(0, -1).includes('\n'), 'one line a fact');
  return written.map((line) => line.slice(0, -1));
}

const journal: Partial<LogOptions> = { env: { JOURNAL_STREAM: '8:15' } };

test('createLogger writes JSON where stderr is no terminal and no journal', () => {
  const [line] = lines({}, (log) => log.info({ source: 'rrc00', records: 5 }, 'file read'));
  const { time, ...rest }: Record<string, unknown> = JSON.parse(line) as Record<string, unknown>;
  assert.deepEqual(rest, { level: 'info', source: 'rrc00', records: 5, msg: 'file read' });
  assert.match(String(time), /^\d{4}-/);
});

test('createLogger writes the syslog priority of each level in front of each line for the journal', () => {
  const written = lines({ ...journal, level: 'trace' }, (log) => {
    log.fatal('a');
    log.error('b');
    log.warn('c');
    log.info('d');
    log.debug('e');
    log.trace('f');
  });
  assert.deepEqual(written, ['<2>a', '<3>b', '<4>c', '<6>d', '<7>e', '<7>f']);
});

test('createLogger writes fields as key=value after the message', () => {
  const [line] = lines(journal, (log) =>
    log.warn({ source: 'rrc00', why: 'two words', n: 3, peers: [1, 2], at: { file: 'a.gz' }, none: null }, 'gap'),
  );
  assert.equal(line, '<4>gap source=rrc00 why="two words" n=3 peers=[1,2] at.file=a.gz none=null');
});

test('createLogger writes time and level in words on a terminal', () => {
  const [line] = lines({ stderr: { isTerminal: true, stream: '' } }, (log) => log.warn({ a: 1 }, 'careful'));
  assert.match(line, TIME);
  assert.equal(line.replace(TIME, ''), 'WARN  careful a=1');
});

test('createLogger keeps one line and no control characters, whatever a peer sends', () => {
  const [line] = lines(journal, (log) => log.info({ text: 'a\nb\u001b[31m' }, 'first\r\n<0>second\u0007'));
  assert.equal(line, '<6>first <0>second? text="a\\nb\\u001b[31m"');
});

test('createLogger says message and code of a known error, and adds the stack of an unknown one', () => {
  const known = Object.assign(new Error('cannot'), { code: 'ERR_X' });
  const [first, second] = lines(journal, (log) => {
    log.error({ err: known }, 'failed');
    log.error({ err: new Error('bug') }, 'failed');
  });
  assert.equal(first, '<3>failed err.type=Error err.message=cannot err.code=ERR_X');
  assert.match(second, /err\.message=bug err\.stack="Error: bug\\n {4}at /);
});

test('createLogger leaves out what is below its level', () => {
  assert.deepEqual(
    lines({ ...journal, level: 'warn' }, (log) => log.info('quiet')),
    [],
  );
});

test('logForm takes the journal only where stderr is that very stream', () => {
  const file = { isTerminal: false, stream: '8:15' };
  assert.equal(logForm('auto', '8:15', file), 'journal');
  assert.equal(logForm('text', '8:15', file), 'journal');
  assert.equal(logForm('json', '8:15', file), 'json');
  assert.equal(logForm('auto', '8:16', file), 'json'); // inherited, but stderr goes elsewhere
  assert.equal(logForm('auto', undefined, file), 'json');
  assert.equal(logForm('text', undefined, file), 'text');
  assert.equal(logForm('auto', undefined, { isTerminal: true, stream: '' }), 'terminal');
});

test('createLogger tells the journal by its own stderr, and writes all before the process ends', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'peerwatch-log-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const fd = openSync(join(dir, 'stderr'), 'w');
  const { dev, ino } = fstatSync(fd);
  const module = JSON.stringify(new URL('../../src/daemon/log.js', import.meta.url).href);
  const program = `import { createLogger } from ${module};
    const log = createLogger({ level: 'info', format: 'auto', env: process.env });
    for (let i = 0; i < 2000; i++) log.info({ i }, 'x');
    process.exit(0);`;
  const tsx = import.meta.url.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const { status } = spawnSync(process.execPath, [...tsx, '--input-type=module', '-e', program], {
    cwd: projectRoot,
    env: { ...process.env, JOURNAL_STREAM: `${dev}:${ino}` },
    stdio: ['ignore', 'inherit', fd],
  });
  closeSync(fd);
  assert.equal(status, 0);
  const written = readFileSync(join(dir, 'stderr'), 'utf8').trimEnd().split('\n');
  assert.equal(written.length, 2000);
  assert.deepEqual([written[0], written[1999]], ['<6>x i=0', '<6>x i=1999']);
});
