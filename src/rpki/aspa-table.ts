// Validated ASPA payloads and the verification of AS paths with them (draft-ietf-sidrops-aspa-verification, the downstream procedure,
// without the check of the first AS: a collector is no neighbour). ASPAs of one customer are one: their providers are joined.

import { type Hop } from '../bgp/as-path.js';
import { AS_TRANS, type Asn } from '../ip/asn.js';

/** A validated ASPA payload: who a customer AS says its providers are; AS 0 alone = it has none. */
export interface Aspa {
  readonly customer: Asn;
  readonly providers: readonly Asn[];
}

/** Whether an AS is a provider of another: attested, contradicted, or nothing is attested. */
export type HopAuthorization = 'provider' | 'not-provider' | 'no-attestation';

/** A hop that an ASPA contradicts: `customer` does not have `provider` among its providers. */
export interface ContradictedHop {
  readonly customer: Asn;
  readonly provider: Asn;
}

export interface PathVerdict {
  readonly validity: 'valid' | 'invalid' | 'unknown';
  /** Of an invalid path without sets: the contradicted hop nearest to the origin, on the way up. */
  readonly hop: ContradictedHop | null;
}

const VALID: PathVerdict = { validity: 'valid', hop: null };
const UNKNOWN: PathVerdict = { validity: 'unknown', hop: null };
const SHAPELESS: PathVerdict = { validity: 'invalid', hop: null };

/** Providers by customer. Immutable: a changed set is a new table. */
export class AspaTable {
  readonly #providers = new Map<Asn, ReadonlySet<Asn>>();

  constructor(aspas: Iterable<Aspa> = []) {
    for (const { customer, providers } of aspas)
      this.#providers.set(customer, new Set([...(this.#providers.get(customer) ?? []), ...providers]));
  }

  /** Customers that attest anything. */
  get size(): number {
    return this.#providers.size;
  }

  /** What a customer attests; null = nothing. */
  providersOf(customer: Asn): readonly Asn[] | null {
    const providers = this.#providers.get(customer);
    return providers === undefined ? null : [...providers];
  }

  authorization(customer: Asn, provider: Asn): HopAuthorization {
    const providers = this.#providers.get(customer);
    if (providers === undefined || customer === AS_TRANS || provider === AS_TRANS) return 'no-attestation';
    return providers.has(provider) ? 'provider' : 'not-provider';
  }

  /**
   * Verifies a path that came from a provider or over a collector: it may go up, over at most one link between two peers, and down.
   *
   * @param hops the collapsed path, nearest AS first, origin last. A set, or nothing at all, is invalid.
   */
  verifyDownstream(hops: readonly Hop[]): PathVerdict {
    if (hops.length === 0 || hops.some((hop) => typeof hop !== 'number')) return SHAPELESS;
    const path = (hops as readonly Asn[]).toReversed(); // origin first
    const up = this.#ramp(path);
    const down = this.#ramp(path.toReversed());
    if (up.most + down.most < path.length)
      return { validity: 'invalid', hop: { customer: path[up.most - 1], provider: path[up.most] } };
    return up.least + down.least < path.length ? UNKNOWN : VALID;
  }

  /** How many ASes from the first on may, and surely do, each have the next for its provider. */
  #ramp(path: readonly Asn[]): { readonly most: number; readonly least: number } {
    let [least, at] = [0, 1];
    for (; at < path.length; at++) {
      const answer = this.authorization(path[at - 1], path[at]);
      if (answer !== 'provider' && least === 0) least = at;
      if (answer === 'not-provider') break;
    }
    return { most: at, least: least === 0 ? at : least };
  }
}
