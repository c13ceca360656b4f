// Makes reference data of its parts: the payloads of files and caches related to what is registered, under the local exceptions, and AS
// relationships. No I/O and no clock: the same parts give the same data, its version included, in whatever order they come.

import { type PolicyTable } from '../detection/policy.js';
import { type ReferenceData } from '../detection/reference-data.js';
import { type AsRelationships } from '../relations/as-relationships.js';
import { type Aspa, AspaTable } from '../rpki/aspa-table.js';
import { exceptAspas, exceptVrps, type Slurm } from '../rpki/slurm.js';
import { type VrpRows } from '../rpki/vrp-rows.js';
import { type Vrp, VrpTable } from '../rpki/vrp-table.js';

/** What one file or cache says, whole. Never changed: what is said later is another value. */
export interface NamedPayloads {
  /** Names it in `ReferenceData.version`: equal where what it says is. */
  readonly version: string;
  readonly vrps: VrpRows;
  readonly aspas: readonly Aspa[];
  /** How many there are, by kind and trust anchor, for telling a collapse: `all VRPs`, `ASPAs`, `VRPs of ripe`. */
  readonly counts: ReadonlyMap<string, number>;
  /** When it was made, seconds since the epoch, where it says so. */
  readonly generated: number | null;
}

/** What is used beside payloads. */
export interface ReferenceParts {
  readonly slurms: readonly { readonly version: string; readonly slurm: Slurm }[];
  readonly relationships: { readonly version: string; readonly relationships: AsRelationships } | null;
}

export function payloadCounts(
  vrps: number,
  aspas: number,
  byTrustAnchor: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const counts = new Map([
    ['all VRPs', vrps],
    ['ASPAs', aspas],
  ]);
  for (const [anchor, count] of byTrustAnchor) if (anchor !== '') counts.set(`VRPs of ${anchor}`, count);
  return counts;
}

/**
 * @param now seconds since the epoch: what expired by then is left out. Absent = nothing is.
 */
export function assembleReference(
  { slurms, relationships }: ReferenceParts,
  payloads: Iterable<NamedPayloads>,
  policies: PolicyTable,
  now = -Infinity,
): ReferenceData {
  const all = joined(slurms.map(({ slurm }) => slurm));
  const sets = [...payloads];
  let expired = 0;
  const isCurrent = ({ expires }: Vrp): boolean => {
    if (expires === null || expires > now) return true;
    expired++;
    return false;
  };
  const wanted = sets.flatMap(({ vrps }) => [...vrps.related((prefix) => policies.isRelated(prefix))]);
  const current = wanted.filter(isCurrent);
  const vrps = sets.length === 0 && all.vrps.length === 0 ? null : [...exceptVrps(current, all)];
  const aspas = [
    ...exceptAspas(
      sets.flatMap((set) => set.aspas),
      all,
    ),
  ];
  const versions = [...sets, ...slurms, ...(relationships === null ? [] : [relationships])].map(
    ({ version }) => version,
  );
  return {
    vrps: vrps === null ? null : new VrpTable(vrps.filter(({ prefix }) => policies.isRelated(prefix))),
    aspas: aspas.length === 0 ? null : new AspaTable(aspas),
    relationships: relationships?.relationships ?? null,
    version: [...versions.sort(), ...(expired === 0 ? [] : [`without ${expired} expired VRPs`])].join(', '),
  };
}

/** Several files of local exceptions as one: all filters, then all assertions. */
function joined(slurms: readonly Slurm[]): Slurm {
  return {
    prefixFilters: slurms.flatMap(({ prefixFilters }) => prefixFilters),
    aspaFilters: slurms.flatMap(({ aspaFilters }) => aspaFilters),
    vrps: slurms.flatMap(({ vrps }) => vrps),
    aspas: slurms.flatMap(({ aspas }) => aspas),
  };
}
