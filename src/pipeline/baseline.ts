// Covering routes that a session's RIB bootstrap held: the state of the world when watching began, no incident (detection.md
// section 3, superprefix-hijack). Bounded by what related routes there are; never forgotten, since `why` shows it.

import { type Asn } from '../ip/asn.js';
import { type Prefix } from '../ip/prefix.js';
import { type BaselineCover } from './store.js';

export class Baseline {
  readonly #covers = new Set<string>();

  load(covers: Iterable<BaselineCover>): void {
    for (const { prefix, origin } of covers) this.#covers.add(`${prefix} ${origin}`);
  }

  readonly has = (prefix: Prefix, origin: Asn): boolean => this.#covers.has(`${prefix.toString()} ${origin}`);

  /** @returns what was added, or null where it was known. */
  add(prefix: Prefix, origin: Asn): BaselineCover | null {
    if (this.has(prefix, origin)) return null;
    this.#covers.add(`${prefix.toString()} ${origin}`);
    return { prefix: prefix.toString(), origin };
  }
}
