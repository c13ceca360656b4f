// Whole programs measured as a user runs them: wall time, CPU time of the process and its children, peak memory. Best of several runs,
// since other work on the machine only ever adds. Needs bash, whose `time` sees the children that a program waited for.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run, or the best of several. */
export interface Run {
  readonly seconds: number;
  /** User and system time, children included. */
  readonly cpuSeconds: number;
  /** Of the program itself. */
  readonly peakKilobytes: number;
}

/** Runs a command once, its output thrown away. */
function once(program: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1';
    const child = spawn('bash', ['-c', script, 'bench', program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let peakKilobytes = 0;
    let times = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (times += text));
    const look = setInterval(() => {
      for (const pid of childrenOf(child.pid)) peakKilobytes = Math.max(peakKilobytes, peakOf(pid));
    }, 20);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      const [seconds, user, system] = times.trim().split(' ').map(Number);
      if (code === 0) resolve({ seconds, cpuSeconds: user + system, peakKilobytes });
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}`));
    });
  });
}

/** The best of `runs` runs: its times, and the highest memory of any. */
export async function best(runs: number, program: string, args: readonly string[]): Promise<Run> {
  const all: Run[] = [];
  for (let i = 0; i < runs; i++) all.push(await once(program, args));
  const fastest = all.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  return { ...fastest, peakKilobytes: Math.max(...all.map(({ peakKilobytes: peak }) => peak)) };
}

function childrenOf(pid: number | undefined): readonly number[] {
  return readProc(`/proc/${pid ?? 0}/task/${pid ?? 0}/children`)
    .split(' ')
    .filter((text) => text !== '')
    .map(Number);
}

function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0);
}

/** Empty where the process has gone. */
function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
