// The verdict on one kept record, derived again: its route read from the bytes, judged by the code of today under the policies, figures
// and reference data of then, and held against what the incident says. Differences are sentences.

import { createHash } from 'node:crypto';
import { formatJsonPath, pathToJson } from '../bgp/as-path.js';
import { type Finding } from '../detection/finding.js';
import { isCondition } from '../incidents/conditions.js';
import { type Evidence, type Incident, VERDICT_EVIDENCE } from '../incidents/incident.js';
import { parsePrefix } from '../ip/prefix-text.js';
import { judgeStored, routeOf } from '../pipeline/stored-route.js';
import { contextOf, type FoundVerdict, type VerdictBasis } from '../pipeline/verdict-basis.js';
import { type StoredEvidence } from '../registry/evidence.js';
import { type AnnounceEvent, type RibEntryEvent } from '../rib/route-event.js';
import { SessionTable } from '../rib/session.js';
import { routesOfRecord } from './evidence-routes.js';

/** What a record came to. */
export interface DerivedVerdict {
  readonly position: number;
  readonly evidence: Evidence;
  /** The finding that is the incident's; null = there is none, or it cannot be derived. */
  readonly finding: Finding | null;
  readonly differences: readonly string[];
  readonly notes: readonly string[];
}

/** @param piece evidence whose record is there. */
export function deriveVerdict(
  incident: Incident,
  piece: StoredEvidence & { readonly record: Uint8Array },
): DerivedVerdict {
  const { position, record, peerIndex, basis } = piece;
  const evidence = position === VERDICT_EVIDENCE ? piece.evidence : incident.evidence[position];
  const changed = [
    ...bytesDiffer('record', record, piece.digest),
    ...(peerIndex === null ? [] : bytesDiffer('PEER_INDEX_TABLE', peerIndex, piece.peerIndexDigest)),
  ];
  const done = (differences: readonly string[], notes: readonly string[] = [], finding: Finding | null = null) => ({
    position,
    evidence,
    finding,
    differences: [...changed, ...differences].map((text) => `${witness(evidence)}: ${text}`),
    notes: notes.map((text) => `${witness(evidence)}: ${text}`),
  });
  if (basis === null) {
    const why = isCondition(incident)
      ? `the verdict ${incident.type} rests on more than one route`
      : 'what the verdict rested on was not kept';
    return done([], [`${why}: its bytes alone were checked`]);
  }
  const { policies, context } = contextOf(basis);
  const found = JSON.parse(basis.verdict) as FoundVerdict;
  const { collector, file } = evidence;
  const routes = routesOfRecord({ record, peerIndex, collector, file, identified: found.identified, policies });
  if (typeof routes === 'string') return done([`the record cannot be read: ${routes}`]);
  const event = routeOfEvidence(routes, evidence, found.pathId);
  if (event === undefined) return done([`the record holds no route of it to ${evidence.prefix}${listed(routes)}`]);
  const differences = pathDiffers(event, evidence);
  if (isCondition(incident))
    return done(differences, [
      `the verdict ${incident.type} rests on more than one route: path and peer alone were checked`,
    ]);
  const session = new SessionTable().resolve(evidence, event.at);
  session.bootstrapped = true; // where it was not, no links are kept
  const { judgement } = judgeStored(routeOf(event, session, event.kind === 'rib' ? '' : null), policies, context);
  const finding = judgement.findings.find((one) => isOf(one, incident)) ?? null;
  const notes =
    finding === null || finding.ruleVersion === found.ruleVersion
      ? []
      : [`the rule was version ${found.ruleVersion} then and is version ${finding.ruleVersion} now`];
  return done([...differences, ...verdictDiffers(judgement.findings, finding, incident, found)], notes, finding);
}

/** `AS64501 (192.0.2.1) at rrc00` */
function witness({ peerAs, peerAddress, collector }: Evidence): string {
  return `AS${peerAs} (${peerAddress}) at ${collector}`;
}

function bytesDiffer(what: string, bytes: Uint8Array, kept: Uint8Array | null): string[] {
  const digest = createHash('sha256').update(bytes).digest();
  if (kept === null || digest.equals(kept)) return [];
  const [is, was] = [digest, Buffer.from(kept)].map((one) => one.toString('hex').slice(0, 16));
  return [`the bytes of the ${what} are not those that came: SHA-256 ${is}..., then ${was}...`];
}

/** The event that the evidence is; the peer AS of a record may stand for the session's (0, AS_TRANS). */
function routeOfEvidence(
  routes: readonly (AnnounceEvent | RibEntryEvent)[],
  evidence: Evidence,
  pathId: number,
): AnnounceEvent | RibEntryEvent | undefined {
  const sessions = new SessionTable();
  sessions.resolve(evidence, evidence.at);
  const prefix = parsePrefix(evidence.prefix);
  return routes.find(
    (event) => event.pathId === pathId && event.prefix.equals(prefix) && sessions.find(event) !== undefined,
  );
}

const MOST_LISTED = 3;

function listed(routes: readonly (AnnounceEvent | RibEntryEvent)[]): string {
  if (routes.length === 0) return ', nor of anybody to what was registered';
  const texts = routes.slice(0, MOST_LISTED).map((route) => {
    const id = route.pathId === 0 ? '' : ` (path id ${route.pathId})`;
    return `${route.prefix.toString()}${id} of AS${route.peerAs} (${route.peerAddress})`;
  });
  return `; it holds ${texts.join(', ')}${routes.length > MOST_LISTED ? ' and more' : ''}`;
}

function pathDiffers(event: AnnounceEvent | RibEntryEvent, { asPath }: Evidence): string[] {
  const [is, was] = [formatJsonPath(pathToJson(event.path)), formatJsonPath(asPath)];
  return is === was ? [] : [`the path is ${is}, the evidence says ${was}`];
}

function isOf({ type, connection }: Finding, incident: Incident): boolean {
  return type === incident.type && connection === incident.connection;
}

function verdictDiffers(
  all: readonly Finding[],
  finding: Finding | null,
  incident: Incident,
  found: FoundVerdict,
): string[] {
  if (finding === null) {
    const says = all.length === 0 ? 'nothing' : all.map(({ type, offender }) => `${type} by ${offender}`).join(', ');
    return [`the rules say ${says}, the incident is ${incident.type} by ${incident.offender}`];
  }
  const origin = ({ origin: asn }: Finding['observed']): string => (asn === null ? 'none' : `AS${asn}`);
  const pairs: readonly (readonly [what: string, is: string, was: string])[] = [
    ['announced prefix', finding.prefix.toString(), incident.prefix],
    ['registered prefix', finding.registeredPrefix.toString(), incident.registeredPrefix],
    ['offender', finding.offender, incident.offender],
    ['origin', origin(finding.observed), origin(found.observed)],
    ['level', finding.level, found.level],
    ['clauses', finding.clauses.join('; '), found.clauses.join('; ')],
    ['also matched', finding.alsoMatched.join(', ') || 'nothing', found.alsoMatched.join(', ') || 'nothing'],
  ];
  return pairs.flatMap(([what, is, was]) => (is === was ? [] : [`${what}: now ${is}; then ${was}`]));
}

/** The basis of any of the evidence: what was registered, and which data was used. */
export function basisAmong(stored: readonly StoredEvidence[]): VerdictBasis | null {
  return stored.findLast(({ basis }) => basis !== null)?.basis ?? null;
}
