// The data that rules rest on beside the registry: what the RPKI says of origins and providers, and how ASes stand to each other. One
// value, made by whoever reads the files and replaced whole: a change of any part is another value, under which every route is judged anew.

import { type AsRelationships } from '../relations/as-relationships.js';
import { type AspaTable } from '../rpki/aspa-table.js';
import { type VrpTable } from '../rpki/vrp-table.js';

export interface ReferenceData {
  /** The VRPs related to registered prefixes; null = no file of them. */
  readonly vrps: VrpTable | null;
  readonly aspas: AspaTable | null;
  readonly relationships: AsRelationships | null;
  /** Names the data by digest and age, for explanations; equal where the data is. Empty = there is none at all. */
  readonly version: string;
}

export const noReferenceData: ReferenceData = { vrps: null, aspas: null, relationships: null, version: '' };
