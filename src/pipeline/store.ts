// What the pipeline asks of whoever keeps its state: everything at the start, and every batch's changes in one transaction. The
// registry implements it on SQLite; `--dry-run` on nothing. All of it is plain data.

import { type AsPath } from '../bgp/as-path.js';
import { type Asn } from '../ip/asn.js';
import { type EventTime } from '../ip/event-time.js';
import { type LinkStanding } from '../detection/link-view.js';
import { type Evidence, type Incident } from '../incidents/incident.js';
import { type PathBucket, type PathHour } from '../incidents/path-bucket.js';
import { type PrefixEvent } from '../incidents/prefix-event.js';
import { type PrefixCondition, type PrefixState } from '../incidents/prefix-state.js';
import { type Session } from '../rib/session.js';
import { type RouteLogBatch } from './route-log.js';
import { type RemovedRoute } from '../rib/adj-rib-in.js';
import { type RawEvidence, type RouteMarks } from '../rib/route-event.js';
import { type VerdictBasis } from './verdict-basis.js';

/** A stored route as plain data. */
export interface RouteRow {
  readonly session: number;
  readonly prefix: string;
  readonly pathId: number;
  readonly at: EventTime;
  readonly fromRib: boolean;
  readonly path: AsPath;
  readonly internalAs: Asn | null;
  readonly attributes: string;
  readonly malformed: boolean;
  readonly marks?: RouteMarks | undefined;
  readonly dump: string | null;
  readonly file: string;
  readonly record: number;
  readonly offset: number;
  /** Ids of the incidents it carries. */
  readonly incidents: readonly string[];
}

export type RouteKey = RemovedRoute;

/** The reference data that the state was computed under, to be told and compared; null = no file of it. */
export interface ReferenceSummary {
  readonly version: string;
  /** VRPs related to registered prefixes. */
  readonly vrps: number | null;
  /** Customers that have ASPAs. */
  readonly aspas: number | null;
  /** Links between ASes. */
  readonly relationships: number | null;
}

/** A route withdrawn lately. */
export interface WithdrawnRow extends RouteKey {
  readonly at: EventTime;
}

/** Everything remembered of one registered prefix. */
export interface PrefixRecord {
  readonly state: PrefixState;
  readonly buckets: PathBucket[];
  hour: PathHour | null;
  /** Allowed more-specifics already told of. */
  readonly seen: string[];
}

/** A covering route that a RIB bootstrap held: no incident, ever. */
export interface BaselineCover {
  readonly prefix: string;
  readonly origin: Asn;
}

/** A RIB dump that has begun and not ended. */
export interface OpenDump {
  readonly id: string;
  readonly collector: string;
  readonly beganAt: EventTime;
  /** Sessions that are in its peer index or have had an entry. */
  readonly sessions: number[];
}

/** Plain data that a monitor keeps under a key of its own; null = gone. */
export interface MonitorRow {
  readonly monitor: string;
  readonly key: string;
  readonly data: unknown;
}

/** A link between two ASes, the lower first, as the history of links has it. */
export interface LinkRow {
  readonly low: Asn;
  readonly high: Asn;
  readonly firstAt: EventTime;
  /** To the day. */
  readonly lastAt: EventTime;
  readonly standing: LinkStanding;
}

/** How far the history of links is learnt. */
export interface LinkProgress {
  /** The first link's time; null = none was seen. */
  readonly since: EventTime | null;
  readonly learnFor: EventTime;
  /** It spans that: links are judged. */
  readonly judging: boolean;
}

/** What changed of the history of links. */
export interface LinkBatch {
  readonly rows: readonly LinkRow[];
  readonly removed: readonly (readonly [low: Asn, high: Asn])[];
  /** Null = as before. */
  readonly progress: LinkProgress | null;
}

/** All state of a pipeline. */
export interface PipelineSnapshot {
  /** Generation of the registry that the state was computed under; null = none yet. */
  readonly generation: number | null;
  /** Null = none was used. */
  readonly reference: ReferenceSummary | null;
  readonly watermark: EventTime | null;
  readonly sessions: readonly Session[];
  /** Read as they are walked: walk them before the first commit. */
  readonly routes: Iterable<RouteRow>;
  readonly withdrawn: readonly WithdrawnRow[];
  readonly prefixes: readonly PrefixRecord[];
  readonly baseline: readonly BaselineCover[];
  /** Incidents still needed in memory, oldest first. */
  readonly incidents: readonly Incident[];
  readonly dumps: readonly OpenDump[];
  readonly monitors: readonly MonitorRow[];
  readonly links: readonly LinkRow[];
  /** Null = none was learnt yet. */
  readonly linkProgress: LinkProgress | null;
}

/** The raw record behind one piece of evidence, and what the verdict on it rested on. A later one in its place replaces it. */
export interface EvidenceBytes {
  readonly incident: string;
  readonly position: number;
  readonly evidence: Evidence;
  readonly bytes: RawEvidence;
  /** Null = of a condition, which no single route explains. */
  readonly basis: VerdictBasis | null;
}

/** How far one input has been applied. */
export interface FileProgress {
  readonly collector: string;
  /** See sources/file-identity. */
  readonly identity: string;
  readonly name: string;
  readonly firstTime: EventTime | null;
  readonly lastTime: EventTime | null;
  /** Records and unpacked bytes read and wholly applied. */
  readonly records: number;
  readonly offset: number;
  /** In a merged replay: the merge key of the last event applied, whatever its file. */
  readonly frontier: string | null;
  readonly complete: boolean;
  /** Size of the file as stored when it was complete; null where that is not known. */
  readonly storedBytes: number | null;
  /** What was lost of it, in words; null = nothing. */
  readonly damage: string | null;
}

/** What one batch changed. */
export interface Batch {
  readonly generation: number;
  /** Null = as before. */
  readonly reference: ReferenceSummary | null;
  readonly watermark: EventTime | null;
  readonly sessions: readonly Session[];
  /** Made as they are walked, from the table as it is at the commit. */
  readonly routes: Iterable<RouteRow>;
  /** Gone, but where `routes` has them anew. */
  readonly removedRoutes: readonly RouteKey[];
  readonly withdrawn: readonly WithdrawnRow[];
  /** Withdrawals older than this may be forgotten. */
  readonly forgetWithdrawnBefore: EventTime | null;
  readonly prefixes: readonly { readonly record: PrefixRecord; readonly condition: PrefixCondition }[];
  readonly removedPrefixes: readonly string[];
  readonly baseline: readonly BaselineCover[];
  /** Incidents that changed; `active` = still needed in memory. */
  readonly incidents: readonly { readonly incident: Incident; readonly active: boolean }[];
  /** Ids of incidents that are needed in memory no more. */
  readonly forgottenIncidents: readonly string[];
  readonly evidence: readonly EvidenceBytes[];
  readonly events: readonly PrefixEvent[];
  readonly dumps: readonly OpenDump[] | null;
  /** Rows that changed; those without data are gone. */
  readonly monitors: readonly MonitorRow[];
  readonly links: LinkBatch;
  /** Null = no log is kept. */
  readonly routeLog: RouteLogBatch | null;
  readonly files: readonly FileProgress[];
}

/** Keeps the pipeline's state. */
export interface Store {
  load(): PipelineSnapshot;
  /** Writes a batch in one transaction: all of it, or nothing. */
  commit(batch: Batch): void;
}
