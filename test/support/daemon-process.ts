// A real daemon in a process of its own, on a folder of its own: the built command where the tests run built, the sources where they
// run through tsx. Its log is read line by line; it is killed when the test ends, if it still lives.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { type TestContext } from 'node:test';
import { type Outcome } from './command-line.js';
import { projectRoot } from './requires.js';
import { temporaryFolder } from './registry-database.js';
import { until } from './until.js';

const built = join(projectRoot, 'dist', 'bin', 'main.js');
const fromSource = ['--import', import.meta.resolve('tsx'), join(projectRoot, 'src', 'cli', 'main.ts')];
const program = import.meta.url.includes('/dist/') && existsSync(built) ? [built] : fromSource;

/** A line of the log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };

export interface Spawned {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A peerwatch that runs on. */
export class PeerwatchProcess {
  readonly child: ChildProcess;
  readonly #log: LogLine[] = [];
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;

  constructor(context: Pick<TestContext, 'after'>, args: readonly string[], { cwd = projectRoot, env = {} }: Spawned) {
    this.child = spawn(process.execPath, [...program, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    createInterface({ input: this.child.stderr! }).on('line', (line) => {
      this.stderr += `${line}\n`;
      if (line.startsWith('{')) this.#log.push(JSON.parse(line) as LogLine);
    });
    this.ended = new Promise((resolve) => this.child.on('close', (code) => resolve(code)));
    context.after(async () => {
      this.child.kill('SIGKILL');
      await this.ended;
    });
  }

  get log(): readonly LogLine[] {
    return this.#log;
  }

  /** The first log line whose message matches, at or after the given number of lines. */
  logged(message: RegExp, from = 0): Promise<LogLine> {
    return until(`${message.source} is logged; it was:\n${this.stderr}`, () =>
      this.#log.slice(from).find(({ msg }) => message.test(msg)),
    );
  }

  /** Sends a signal and waits for the end. @returns the exit code; null where the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A folder with registry, configuration and spool, and what runs on it. */
export class Site {
  readonly folder: string;
  readonly database: string;
  readonly config: string;
  readonly spool: string;
  readonly #context: Pick<TestContext, 'after'>;

  constructor(context: Pick<TestContext, 'after'>) {
    this.#context = context;
    this.folder = temporaryFolder(context);
    this.database = join(this.folder, 'pw.db');
    this.config = join(this.folder, 'peerwatch.yaml');
    this.spool = join(this.folder, 'spool');
    mkdirSync(this.spool);
    this.configure('');
  }

  /** Writes the configuration: a free port, the spool, and `more`. */
  configure(more: string, spool = ''): void {
    const text = `http: { listen: '127.0.0.1:0' }\nsources: { spool: { directory: ${this.spool}${spool} } }\n${more}`;
    writeFileSync(this.config, text);
  }

  /** Runs a command to its end. */
  async run(...args: readonly string[]): Promise<Outcome> {
    const started = this.spawn(args);
    const code = await started.ended;
    return { code, stdout: started.stdout, stderr: started.stderr };
  }

  /** Runs a command that must succeed. @returns what it printed. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`peerwatch ${args.join(' ')} ended with ${code ?? 'a signal'}: ${stderr}`);
    return stdout;
  }

  /** A database with the example registry. */
  async withExample(): Promise<this> {
    await this.ok('init');
    await this.ok('apply', join(projectRoot, 'fixtures', 'registry.example.yaml'));
    return this;
  }

  /** A daemon that has said that it is ready. */
  async daemon(spawned: Spawned = {}): Promise<Daemon> {
    const started = this.spawn(['run', '--log-level', 'debug'], spawned);
    const ready = await Promise.race([started.logged(/^ready$/), started.ended]);
    if (ready === null || typeof ready === 'number') throw new Error(`the daemon ended: ${started.stderr}`);
    return new Daemon(started, String(ready['url']));
  }

  spawn(args: readonly string[], spawned: Spawned = {}): PeerwatchProcess {
    const own = ['--database', this.database, ...(args[0] === 'init' ? [] : ['--config', this.config])];
    return new PeerwatchProcess(this.#context, [...args, ...own], { cwd: this.folder, ...spawned });
  }

  /** Runs a command with no option but those given. */
  spawnPlain(args: readonly string[], spawned: Spawned = {}): PeerwatchProcess {
    return new PeerwatchProcess(this.#context, args, { cwd: this.folder, ...spawned });
  }

  /** Puts a shell script before all other programs. @returns the environment in which it is found. */
  program(name: string, script: string): Readonly<Record<string, string>> {
    const folder = join(this.folder, 'bin');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  }

  /** Puts a file into the spool as mirrors do: under another name, dated back to when it was published, and then renamed. */
  drop(name: string, bytes: Uint8Array): string {
    const path = join(this.spool, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(`${path}.part`, bytes);
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(`${path}.part`, hourAgo, hourAgo);
    renameSync(`${path}.part`, path);
    return path;
  }
}

/** A daemon that listens. */
export class Daemon {
  readonly process: PeerwatchProcess;
  readonly url: string;

  constructor(started: PeerwatchProcess, url: string) {
    this.process = started;
    this.url = url;
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${this.url}${path}`, { headers: { connection: 'close' } });
    return { status: response.status, text: await response.text() };
  }

  /** The value of a series of /metrics: `peerwatch_records_total{source="x",type="BGP4MP"}`; null where there is none. */
  async metric(series: string): Promise<number | null> {
    const { text } = await this.get('/metrics');
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? null : Number(line.slice(series.length + 1));
  }

  /** Waits until so many files were read. */
  async hasRead(files: number): Promise<void> {
    await until(`${files} files are read; the log is:\n${this.process.stderr}`, () => {
      return this.process.log.filter(({ msg }) => msg === 'file read').length >= files;
    });
  }

  stop(): Promise<number | null> {
    return this.process.end('SIGTERM');
  }
}
