// The part of the reference data that can bear on one route, as plain data: kept with evidence, so that the verdict can be derived again when
// the data has long been replaced. The same tables made of it give the same verdicts of that route.

import { type Asn } from '../ip/asn.js';
import { AsRelationships, type RelationshipSlice } from '../relations/as-relationships.js';
import { type Aspa, AspaTable } from '../rpki/aspa-table.js';
import { type Vrp, VrpTable } from '../rpki/vrp-table.js';
import { type ReferenceData } from './reference-data.js';
import { type RouteView } from './route-view.js';

export interface ReferenceSlice {
  /** The VRPs that cover the route. */
  readonly vrps: readonly Vrp[] | null;
  /** The attestations of the ASes on its path. */
  readonly aspas: readonly Aspa[] | null;
  readonly relationships: RelationshipSlice | null;
  readonly version: string;
}

export function sliceReference({ prefix, hops }: RouteView, data: ReferenceData): ReferenceSlice {
  const { vrps, aspas, relationships, version } = data;
  const asns = [...new Set(hops.flat() as readonly Asn[])];
  const attested = (customer: Asn): Aspa[] => {
    const providers = aspas?.providersOf(customer) ?? null;
    return providers === null ? [] : [{ customer, providers }];
  };
  return {
    vrps: vrps === null ? null : vrps.validate(prefix, null).covering,
    aspas: aspas === null ? null : asns.flatMap(attested),
    relationships: relationships?.among(asns) ?? null,
    version,
  };
}

export function sliceToData({ vrps, aspas, relationships, version }: ReferenceSlice): ReferenceData {
  return {
    vrps: vrps === null ? null : new VrpTable(vrps),
    aspas: aspas === null ? null : new AspaTable(aspas),
    relationships: relationships === null ? null : new AsRelationships(relationships.links, relationships.top),
    version,
  };
}
