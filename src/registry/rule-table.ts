// The verdict of every rule V1 to V14 on a registered prefix, for `connection validate`, and the one validation state that follows
// from them (prefixValidationState of the reference product).

import { type Connection, type RegisteredPrefix, type Registry } from './registry-model.js';
import { type Fault, findFaults, type RuleId } from './validation.js';

export type RuleVerdict = 'passed' | 'failed' | 'warning' | 'not-evaluated';

/** One row of the table. */
export interface RuleResult {
  readonly rule: RuleId;
  readonly title: string;
  readonly verdict: RuleVerdict;
  /** Why, where the verdict is not `passed`. */
  readonly detail: string;
}

/** All rows of one prefix, and what they come to. */
export interface PrefixValidation {
  readonly connection: string;
  readonly entry: RegisteredPrefix;
  readonly state: 'Failed' | 'Warning' | 'Verified';
  readonly results: readonly RuleResult[];
}

const NO_SESSIONS = "no session is marked as the provider's";

/** `pending`: why a rule cannot be judged from the registry alone; null where it can. */
const RULES: readonly { readonly rule: RuleId; readonly title: string; readonly pending: string | null }[] = [
  { rule: 'V1', title: 'valid prefix', pending: null },
  { rule: 'V2', title: 'publicly routable', pending: null },
  { rule: 'V3', title: 'origin AS known to a routing registry', pending: 'no IRR or RPKI data is loaded' },
  { rule: 'V4', title: 'key equals the one from registration', pending: 'the provider has given no key' },
  { rule: 'V5', title: 'two sessions in the primary location', pending: NO_SESSIONS },
  { rule: 'V6', title: 'a session in the backup location', pending: NO_SESSIONS },
  { rule: 'V7', title: 'received on all sessions', pending: NO_SESSIONS },
  { rule: 'V8', title: 'carries the service community', pending: NO_SESSIONS },
  { rule: 'V9', title: 'AS path length', pending: NO_SESSIONS },
  { rule: 'V10', title: 'no private ASN in the path', pending: NO_SESSIONS },
  { rule: 'V11', title: 'no prepending', pending: NO_SESSIONS },
  { rule: 'V12', title: 'no overlap with another connection', pending: null },
  { rule: 'V13', title: 'provider known', pending: null },
  { rule: 'V14', title: 'backup route exists', pending: NO_SESSIONS },
];

/** The table of each prefix of `connections`, which are the registry's, in their order. */
export function validateConnections(
  registry: Registry,
  connections: readonly Connection[] = registry.connections,
): readonly PrefixValidation[] {
  const bySubject = new Map<object, Fault[]>();
  for (const fault of findFaults(registry)) {
    const faults = bySubject.get(fault.subject) ?? [];
    faults.push(fault);
    bySubject.set(fault.subject, faults);
  }
  return connections.flatMap((connection) =>
    connection.prefixes.map((entry) => {
      const own = [...(bySubject.get(connection) ?? []), ...(bySubject.get(entry) ?? [])];
      const results = RULES.map((row) => resultOf(row, own));
      return { connection: connection.name, entry, state: stateOf(results), results };
    }),
  );
}

function resultOf({ rule, title, pending }: (typeof RULES)[number], faults: readonly Fault[]): RuleResult {
  if (pending !== null) {
    return { rule, title, verdict: rule === 'V3' ? 'warning' : 'not-evaluated', detail: pending };
  }
  const broken = faults.filter((fault) => fault.rule === rule).map(({ message }) => message);
  return { rule, title, verdict: broken.length === 0 ? 'passed' : 'failed', detail: broken.join('; ') };
}

function stateOf(results: readonly RuleResult[]): PrefixValidation['state'] {
  if (results.some(({ verdict }) => verdict === 'failed')) return 'Failed';
  return results.some(({ verdict }) => verdict === 'warning') ? 'Warning' : 'Verified';
}
