// A daemon started on a database, as a user starts one: when it is ready, when its table is restored, what it takes, how fast and long
// /metrics is.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

export interface DaemonFigures {
  /** From the start of the process to READY, and to the whole table. */
  readonly readySeconds: number;
  readonly restoredSeconds: number;
  readonly routes: number;
  /** Resident, once the table is whole, and the most until then. */
  readonly megabytes: number;
  readonly peakMegabytes: number;
  /** The fastest of ten scrapes, and the series it has. */
  readonly scrapeMilliseconds: number;
  readonly series: number;
}

/** Starts `program run` on `database`, looks, and stops it. */
export async function startDaemon(program: string, database: string, folder: string): Promise<DaemonFigures> {
  const config = join(folder, 'daemon.yaml');
  const spool = join(folder, 'spool');
  mkdirSync(spool, { recursive: true });
  writeFileSync(config, `http: { listen: '127.0.0.1:0' }\nsources: { spool: { directory: ${spool} } }\n`);
  const began = performance.now();
  const args = [program, 'run', '--database', database, '--config', config, '--log-level', 'info'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    let [url, readySeconds, restoredSeconds, routes] = ['', 0, 0, 0];
    let said = '';
    for await (const line of createInterface({ input: child.stderr })) {
      said += `${line}\n`;
      if (!line.startsWith('{')) continue;
      const { msg, url: at, routes: count } = JSON.parse(line) as { msg: string; url?: string; routes?: number };
      const seconds = (performance.now() - began) / 1000;
      if (msg === 'ready') [url, readySeconds] = [at ?? '', seconds];
      if (msg !== 'the table is restored') continue;
      [restoredSeconds, routes] = [seconds, count ?? 0];
      break;
    }
    if (restoredSeconds === 0) throw new Error(`the daemon ended: ${said}`);
    const scrapes = await scrape(`${url}/metrics`);
    const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
    const megabytes = (key: string): number => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
    const figures = { megabytes: megabytes('VmRSS'), peakMegabytes: megabytes('VmHWM'), ...scrapes };
    return { readySeconds, restoredSeconds, routes, ...figures };
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

async function scrape(url: string): Promise<{ scrapeMilliseconds: number; series: number }> {
  let [scrapeMilliseconds, series] = [Infinity, 0];
  for (let i = 0; i < 10; i++) {
    const began = performance.now();
    const text = await (await fetch(url)).text();
    scrapeMilliseconds = Math.min(scrapeMilliseconds, performance.now() - began);
    series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  }
  return { scrapeMilliseconds, series };
}
