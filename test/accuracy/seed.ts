// One seed from end to end: makes the scenario, replays it through the built command as a user does, scores what came, and where asked
// proves that order, and kills that are resumed, change no byte of what is stored.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerwatchIn } from '../support/command-line.js';
import { proveDeterminism } from './determinism.js';
import { type Found, type Score, scoreOf } from './judge.js';
import { writeScenario } from './scenario.js';

export interface SeedOptions {
  readonly seed: number;
  /** Incident types that the program knows. */
  readonly known: readonly string[];
  /** Stories of this type alone. */
  readonly only: string | null;
  /** Keep the scenario below this folder. */
  readonly keep: string | null;
  /** Prove determinism too. */
  readonly thrice: boolean;
}

export interface SeedResult extends Score {
  readonly seed: number;
  /** Registered prefixes times months. */
  readonly prefixMonths: number;
  /** Stories of which nobody may be told, by name, and how often they were told. */
  readonly quiet: readonly string[];
  /** Which story each registered prefix belongs to. */
  readonly stories: Readonly<Record<string, string>>;
  /** SHA-256 of what three runs stored: one, if all is well; empty where not asked. */
  readonly digests: readonly string[];
}

/** Runs one seed. @throws where peerwatch ends otherwise than well. */
export async function runSeed({ seed, known, only, keep, thrice }: SeedOptions): Promise<SeedResult> {
  const folder = keep === null ? mkdtempSync(join(tmpdir(), 'peerwatch-accuracy-')) : join(keep, String(seed));
  if (keep !== null) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const scenario = writeScenario(folder, { seed, known: new Set(known), only });
    await command(folder, 'init');
    await command(folder, 'apply', 'registry.yaml');
    const printed = await command(folder, 'replay', '--json', '--dry-run', ...scenario.files);
    if (keep !== null) writeFileSync(join(folder, 'found.ndjson'), printed);
    const found = printed
      .split('\n')
      .filter((line) => line.startsWith('{"kind":"incident"'))
      .map((line) => JSON.parse(line) as Found);
    const { prefixMonths, quiet, stories } = scenario;
    const digests = thrice ? await proveDeterminism(folder, scenario, seed) : [];
    return { seed, prefixMonths, quiet, stories, digests, ...scoreOf(scenario.labels, found) };
  } finally {
    if (keep === null) rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs peerwatch in the folder, where its configuration and database are. @returns what it printed. */
export async function command(folder: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await peerwatchIn(folder, ...args);
  if (code !== 0) throw new Error(`Cannot go on: peerwatch ${args[0]} in ${folder} ended with ${code}: ${stderr}`);
  return stdout;
}
