// The story of the lab as its stager wrote it (test/lab/stage.sh), and what follows from it by the text of detection.md alone: the
// incidents that a replay of the dumps must show. No code of src/ takes part but the prefix type.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Prefix } from '../../src/ip/prefix.js';
import { parsePrefix } from '../../src/ip/prefix-text.js';
import { projectRoot } from './requires.js';
import { run } from './command-line.js';

/** One act: what was done at `at`, and when every collector had seen it. */
export interface Step {
  readonly at: string;
  readonly seen: string;
  readonly by: number;
  readonly act: 'announce' | 'withdraw' | 'path-change' | 'session-reset';
  readonly prefix: string | null;
  readonly path: readonly number[];
  /** What it is meant to be: an incident type, `allowed-more-specific`, or null for what is nothing. */
  readonly intent: string | null;
}

export interface Story {
  readonly began: string;
  readonly ended: string;
  readonly steps: readonly Step[];
}

/** What a replay must say of one staged wrong. */
export interface StagedIncident {
  readonly type: string;
  readonly prefix: string;
  readonly registeredPrefix: string;
  readonly offender: string;
  readonly level: string;
  readonly state: 'open' | 'resolved';
  readonly openings: number;
  /** The steps that first began it and that last ended it. */
  readonly first: Step;
  readonly last: Step;
}

/** The registered prefixes of fixtures/registry.example.yaml. */
export const registered = ['203.0.113.0/24', '2001:db8:40::/48', '198.51.100.0/24'];
/** Levels by the table of rules. The covering prefix is announced while the prefix below it is announced by its own. */
const LEVELS: Readonly<Record<string, string>> = {
  squatting: 'Critical',
  'origin-hijack': 'Critical',
  'subprefix-hijack': 'Critical',
  'forged-first-hop': 'Critical',
  'superprefix-hijack': 'Information',
  'unexpected-more-specific': 'Warning',
};
export const labRegistry = join(projectRoot, 'fixtures', 'registry.example.yaml');
export const collectors = ['route-views.lab-bird', 'route-views.lab-frr', 'route-views.lab-gobgp'];

/** Stages the story anew with real routers; takes two minutes. */
export async function stage(folder: string): Promise<void> {
  const { code, stderr } = await run(join(projectRoot, 'test', 'lab', 'stage.sh'), [folder], 240);
  if (code !== 0) throw new Error(`Cannot stage the lab: exit code ${code ?? 'none'}, ${stderr}`);
}

export function readStory(file: string): Story {
  const story: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isStory(story)) throw new Error(`Cannot read ${file}: it is no story`);
  return story;
}

function isStory(value: unknown): value is Story {
  return (
    typeof value === 'object' && value !== null && 'began' in value && 'steps' in value && Array.isArray(value.steps)
  );
}

/** The incidents that the story's intents amount to, ordered by type, then prefix. */
export function stagedIncidents(story: Story): StagedIncident[] {
  const byKey = new Map<string, Step[]>();
  for (const step of story.steps) {
    if (step.intent === null || step.intent === 'allowed-more-specific') continue;
    const key = `${step.intent} ${step.prefix!}`;
    byKey.set(key, [...(byKey.get(key) ?? []), step]);
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, steps]) => stagedIncident(steps));
}

function stagedIncident(steps: readonly Step[]): StagedIncident {
  const first = steps[0];
  const last = steps.at(-1)!;
  const prefix = parsePrefix(first.prefix!);
  return {
    type: String(first.intent),
    prefix: first.prefix!,
    registeredPrefix: registered.find((text) => isRelated(parsePrefix(text), prefix)) ?? 'none',
    offender: offenderOf(first),
    level: LEVELS[first.intent ?? ''] ?? 'none',
    state: last.act === 'withdraw' ? 'resolved' : 'open', // the story ends more than the 60 s of holdDown after its withdrawals
    openings: steps.filter(({ act }) => act === 'announce').length, // they are further apart than holdDown, nearer than reopenWithin
    first,
    last,
  };
}

function isRelated(a: Prefix, b: Prefix): boolean {
  return a.covers(b) || b.covers(a);
}

/** The origin; for a forged first hop the origin and the neighbour that is not one. */
function offenderOf({ intent, path }: Step): string {
  const origin = path.at(-1)!;
  return intent === 'forged-first-hop' ? `${origin}/${path.at(-2)!}` : String(origin);
}

/** True where `time` (RFC 3339, of a record, so in whole seconds) lies within the step. */
export function within(time: string | null, step: Step): boolean {
  return time !== null && time.slice(0, 19) >= step.at.slice(0, 19) && time.slice(0, 19) <= step.seen.slice(0, 19);
}
