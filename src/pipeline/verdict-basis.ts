// What a verdict on one route rested on beside its record: the policies, the part of the reference data that bears on it, the figures, and
// which covered prefixes had a route of their own. Kept as text beside the evidence, so that the verdict can be derived from it again
// when registry and data are others. Policies and data are texts of their own, since most evidence of an incident shares them.

import { type DetectionFigures } from '../detection/figures.js';
import { type Finding } from '../detection/finding.js';
import { type JudgeContext } from '../detection/judge.js';
import { type LinkSlice, sliceLinks, sliceToView } from '../detection/link-view.js';
import { PolicyTable, type PrefixPolicy } from '../detection/policy.js';
import { type ReferenceSlice, sliceReference, sliceToData } from '../detection/reference-slice.js';
import { type RouteView } from '../detection/route-view.js';
import { Prefix } from '../ip/prefix.js';

/** What a rule said of one route when it was evidence, and what cannot be read from the record alone. */
export interface FoundVerdict {
  readonly level: Finding['level'];
  readonly ruleVersion: number;
  readonly clauses: readonly string[];
  readonly alsoMatched: readonly string[];
  readonly observed: Finding['observed'];
  /** The path identifier, and the families that were read with identifiers though the record's type declares none. */
  readonly pathId: number;
  readonly identified: readonly number[];
  readonly covering: DetectionFigures['covering'];
  /** Those of the policies' prefixes that a legitimate origin announced. */
  readonly announced: readonly string[];
  /** What was known of the links of its path; absent = links were not judged. */
  readonly links?: LinkSlice;
}

/** The texts: JSON, equal where what they say is. */
export interface VerdictBasis {
  readonly verdict: string;
  readonly policies: string;
  readonly reference: string;
}

/** What was judged, under what, and how its record was read. */
export interface JudgedEvidence {
  readonly view: RouteView;
  readonly finding: Finding;
  readonly pathId: number;
  readonly identified: readonly number[];
}

export function basisOf(judged: JudgedEvidence, table: PolicyTable, context: JudgeContext): VerdictBasis {
  const { view, finding, pathId, identified } = judged;
  const { level, ruleVersion, clauses, alsoMatched, observed } = finding;
  const policies = bearingOn(view, finding, table);
  const covered = finding.covers.length === 0 ? [] : policies;
  const announced = covered.filter((policy) => context.isAnnounced(policy)).map(({ prefix }) => prefix.toString());
  const covering = context.figures;
  const found: FoundVerdict = {
    level,
    ruleVersion,
    clauses,
    alsoMatched,
    observed,
    pathId,
    identified,
    covering,
    announced,
    ...(context.links !== null && { links: sliceLinks(view.hops, context.links) }),
  };
  return {
    verdict: JSON.stringify(found),
    policies: policiesText(policies),
    reference: toText(sliceReference(view, context.reference)),
  };
}

/** The policies that the route is judged under: of a cover those of the finding's connection. */
function bearingOn(view: RouteView, { connection }: Finding, table: PolicyTable): readonly PrefixPolicy[] {
  const judging = table.judging(view.prefix);
  return judging === undefined
    ? table.coveredBy(view.prefix).filter((policy) => policy.connection === connection)
    : [judging];
}

/** Policies as text; without their row numbers, which another registration of the same changes. */
export function policiesText(policies: readonly PrefixPolicy[]): string {
  return toText(policies.map((policy) => ({ ...policy, id: 0 })));
}

export function policiesOfText(text: string): readonly PrefixPolicy[] {
  return fromText(text) as readonly PrefixPolicy[];
}

export function referenceOfText(text: string): ReferenceSlice {
  return fromText(text) as ReferenceSlice;
}

/** The texts as what a route is judged under. */
export function contextOf(basis: VerdictBasis): { readonly policies: PolicyTable; readonly context: JudgeContext } {
  const { announced, covering, links } = JSON.parse(basis.verdict) as FoundVerdict;
  return {
    policies: new PolicyTable(policiesOfText(basis.policies)),
    context: {
      links: links === undefined ? null : sliceToView(links),
      reference: sliceToData(referenceOfText(basis.reference)),
      figures: covering,
      isBaseline: () => false, // a route of the baseline makes no incident
      isAnnounced: ({ prefix }) => announced.includes(prefix.toString()),
    },
  };
}

/** JSON in which prefixes and maps are `{"$prefix": text}` and `{"$map": [[key, value]]}`. */
function toText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => {
    if (one instanceof Prefix) return { $prefix: one.toString() };
    return one instanceof Map ? { $map: [...(one as Map<unknown, unknown>)] } : one;
  });
}

function fromText(text: string): unknown {
  return JSON.parse(text, (_, one: unknown) => {
    if (typeof one !== 'object' || one === null) return one;
    if ('$prefix' in one) return Prefix.of(one.$prefix as string);
    return '$map' in one ? new Map(one.$map as [unknown, unknown][]) : one;
  });
}
