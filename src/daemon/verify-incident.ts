// Whether an incident's evidence still says what the incident says: every record's verdict derived again, and the level and clauses of the
// whole held against the record that gave them. Nothing is read but the evidence; what the registry and the data are today is told.

import { isCondition } from '../incidents/conditions.js';
import { type Incident } from '../incidents/incident.js';
import { type PolicyTable } from '../detection/policy.js';
import { policiesOfText, policiesText, referenceOfText } from '../pipeline/verdict-basis.js';
import { type StoredEvidence } from '../registry/evidence.js';
import { basisAmong, type DerivedVerdict, deriveVerdict } from './derived-verdict.js';
import { missingOf } from './evidence-file.js';

/** `same`: what could be derived is what the incident says; `nothing`: no record is there to derive it from. */
export type VerifyOutcome = 'same' | 'differs' | 'nothing';

export interface Verification {
  readonly id: string;
  readonly type: string;
  readonly outcome: VerifyOutcome;
  /** Records that were derived, of so many pieces of evidence. */
  readonly records: number;
  readonly evidence: number;
  readonly differences: readonly string[];
  readonly notes: readonly string[];
  readonly peers: readonly { readonly peerAs: number; readonly collector: string; readonly same: boolean | null }[];
}

/** What is registered and used today, for telling, and where the bytes are from. */
export interface Surroundings {
  readonly policies: PolicyTable;
  /** Of the reference data that the stored state was computed under; empty = none. */
  readonly reference: string;
  /** The file that the bytes come from; null = the database's own. */
  readonly file: string | null;
}

export function verifyIncident(
  incident: Incident,
  stored: readonly StoredEvidence[],
  today: Surroundings,
): Verification {
  const derived = stored.flatMap((piece) => {
    const { record } = piece;
    return record === null ? [] : [deriveVerdict(incident, { ...piece, record })];
  });
  const differences = derived.flatMap((one) => one.differences);
  const whole = wholeDiffers(incident, derived);
  const absent = today.file === null ? [] : absentFrom(today.file, stored);
  const all = [...differences, ...absent, ...whole.differences];
  const notes = [
    ...derived.flatMap((one) => one.notes),
    ...whole.notes,
    ...(today.file === null ? missingOf(incident, stored) : []).map((text) => `not verified: ${text}`),
    ...changedSince(stored, today),
  ];
  return {
    id: incident.id,
    type: incident.type,
    outcome: all.length > 0 ? 'differs' : derived.length === 0 ? 'nothing' : 'same',
    records: derived.length,
    evidence: incident.evidence.length,
    differences: all,
    notes,
    peers: incident.evidence.map(({ peerAs, collector }, position) => {
      const one = derived.find((each) => each.position === position);
      return { peerAs, collector, same: one === undefined ? null : one.differences.length === 0 };
    }),
  };
}

/** The records that a file should hold, and does not. */
function absentFrom(file: string, stored: readonly StoredEvidence[]): readonly string[] {
  const absent = stored.filter(({ record }) => record === null);
  return absent.map(
    ({ evidence }) =>
      `AS${evidence.peerAs} (${evidence.peerAddress}) at ${evidence.collector}: ${file} does not hold its record`,
  );
}

/** Level and clauses of the whole, as the record that gave them has them. */
function wholeDiffers(
  incident: Incident,
  derived: readonly DerivedVerdict[],
): { readonly differences: readonly string[]; readonly notes: readonly string[] } {
  const { verdictFrom = null, level, clauses } = incident;
  if (derived.length === 0) return { differences: [], notes: [] };
  if (verdictFrom === null) {
    if (isCondition(incident)) return { differences: [], notes: [] }; // told of with every record
    const why = 'level and clauses as they stand were set by other routes or data than its records: not verified';
    return { differences: [], notes: [why] };
  }
  const finding = derived.find(({ position }) => position === verdictFrom)?.finding ?? null;
  if (finding === null) return { differences: [], notes: [] }; // told of already: missing, or different
  const [is, was] = [finding.clauses.join('; '), clauses.join('; ')];
  const differences = [
    ...(finding.level === level ? [] : [`level of the incident: derived ${finding.level}, stored ${level}`]),
    ...(is === was ? [] : [`clauses of the incident: derived "${is}", stored "${was}"`]),
  ];
  return { differences, notes: [] };
}

/** What was registered otherwise, or which other data was used, when the last of the evidence came. */
function changedSince(stored: readonly StoredEvidence[], today: Surroundings): readonly string[] {
  const basis = basisAmong(stored);
  if (basis === null) return [];
  const registry = policiesOfText(basis.policies).flatMap((then) => {
    const prefix = then.prefix.toString();
    const now = today.policies.get(prefix);
    if (now === undefined) return [`the registry has changed since: ${prefix} is registered no more`];
    const isSame = policiesText([now]) === policiesText([then]);
    return isSame ? [] : [`the registry has changed since: ${prefix} is registered otherwise now`];
  });
  const { version } = referenceOfText(basis.reference);
  const shown = (text: string): string => (text === '' ? 'none' : text);
  const data = `VRP and relationship data have changed since: ${shown(version)} then, ${shown(today.reference)} now`;
  return [...registry, ...(version === today.reference ? [] : [data])];
}
