// Backtest: the same files replayed twice in memory, under the rules of today and under changed ones, and how the incidents differ. The
// replay is that of `replay --dry-run`. Incidents are paired by fingerprint (type, registered prefix, prefix, offender), in the order in
// which they opened.

import { type DetectionFigures } from '../detection/figures.js';
import { type PrefixPolicy } from '../detection/policy.js';
import { type ReferenceData } from '../detection/reference-data.js';
import { type Incident } from '../incidents/incident.js';
import { compareText } from '../incidents/prefix-event.js';
import { nothingStored, Pipeline } from '../pipeline/pipeline.js';
import { type InputFile } from '../sources/input-files.js';
import { createStats, sourceStats } from '../telemetry/stats.js';
import { replayFiles } from './replay.js';

/** What judges. */
export interface Rules {
  readonly policies: readonly PrefixPolicy[];
  readonly figures: DetectionFigures;
  readonly reference: ReferenceData;
}

export interface BacktestInputs {
  readonly inputs: readonly InputFile[];
  readonly collector: string | undefined;
  readonly onDamage: (input: string, damage: string) => void;
}

/** Every incident that a replay of the inputs touches, ordered by openedAt, then id. */
export async function incidentsUnder(
  rules: Rules,
  { inputs, collector, onDamage }: BacktestInputs,
): Promise<Incident[]> {
  const touched = new Map<string, Incident>();
  const stats = createStats();
  const pipeline = new Pipeline({
    store: nothingStored,
    generation: 1,
    ...rules,
    onCommit: ({ incidents }) => incidents.forEach(({ incident }) => touched.set(incident.id, incident)),
  });
  await replayFiles({
    inputs,
    ...(collector !== undefined && { collector }),
    pipeline,
    figures: rules.figures,
    known: () => null,
    counters: (name) => sourceStats(stats, name),
    onEvents: () => undefined,
    onDamage,
    onDuplicate: () => undefined,
  });
  return [...touched.values()].sort((a, b) => a.openedAt - b.openedAt || compareText(a.id, b.id));
}

/** What is different of an incident. `notifiable`: when it could be told; `end`: when or why it was over. */
export type Difference = 'added' | 'removed' | 'earlier' | 'later' | 'level' | 'notifiable' | 'end';

export interface IncidentChange {
  /** Never empty; `added` and `removed` stand alone. */
  readonly differences: readonly Difference[];
  readonly before: Incident | null;
  readonly after: Incident | null;
}

/** What differs, ordered by when the incident opened first, then by fingerprint. */
export function compareIncidents(before: readonly Incident[], after: readonly Incident[]): readonly IncidentChange[] {
  const later = new Map<string, Incident[]>();
  for (const incident of after) {
    const there = later.get(incident.fingerprint);
    if (there === undefined) later.set(incident.fingerprint, [incident]);
    else there.push(incident);
  }
  const changes: IncidentChange[] = before.map((old) => {
    const twin = later.get(old.fingerprint)?.shift() ?? null;
    return { differences: twin === null ? ['removed'] : differencesOf(old, twin), before: old, after: twin };
  });
  for (const added of [...later.values()].flat()) changes.push({ differences: ['added'], before: null, after: added });
  return changes.filter(({ differences }) => differences.length > 0).sort(byOpening);
}

function differencesOf(old: Incident, twin: Incident): readonly Difference[] {
  const facts: readonly (readonly [boolean, Difference])[] = [
    [twin.openedAt < old.openedAt, 'earlier'],
    [twin.openedAt > old.openedAt, 'later'],
    [twin.level !== old.level, 'level'],
    [twin.notifiableAt !== old.notifiableAt, 'notifiable'],
    [twin.resolvedAt !== old.resolvedAt || twin.reason !== old.reason, 'end'],
  ];
  return facts.flatMap(([holds, difference]) => (holds ? [difference] : []));
}

function byOpening(a: IncidentChange, b: IncidentChange): number {
  const [one, other] = [a, b].map(({ before, after }) => (before ?? after)!);
  return one.openedAt - other.openedAt || compareText(one.fingerprint, other.fingerprint);
}
