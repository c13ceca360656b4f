// Which sessions show what is not registered (detection/unregistered) now. Counts of the stored routes, never stored themselves: routes and
// policies say them.

import { type Asn } from '../ip/asn.js';
import { type Unregistered, unregisteredBy, unregisteredKey } from '../detection/unregistered.js';
import { type Session } from '../rib/session.js';
import { type MonitorContext } from './route-monitor.js';
import { type JudgedRoute } from './stored-route.js';

interface Shown {
  readonly what: Unregistered;
  /** Routes by session. */
  readonly routes: Map<Session, number>;
}

export class UnregisteredPeers {
  readonly #context: MonitorContext;
  readonly #shown = new Map<string, Shown>();
  /** What a cover of an origin shows: there may be thousands of prefixes inside. */
  readonly #covers = new Map<string, readonly Unregistered[]>();

  constructor(context: MonitorContext) {
    this.#context = context;
  }

  /** Under other policies everything is counted anew. */
  clear(): void {
    this.#shown.clear();
    this.#covers.clear();
  }

  get all(): Iterable<Unregistered> {
    return [...this.#shown.values()].map(({ what }) => what);
  }

  add(judged: JudgedRoute): readonly Unregistered[] {
    const shown = this.by(judged);
    for (const what of shown) {
      const key = unregisteredKey(what);
      const { routes } = this.#shown.get(key) ?? this.#begin(key, what);
      routes.set(judged.route.session, (routes.get(judged.route.session) ?? 0) + 1);
    }
    return shown;
  }

  remove(judged: JudgedRoute): readonly Unregistered[] {
    const shown = this.by(judged);
    for (const what of shown) {
      const key = unregisteredKey(what);
      const routes = this.#shown.get(key)?.routes;
      const left = (routes?.get(judged.route.session) ?? 0) - 1;
      if (left > 0) routes!.set(judged.route.session, left);
      else routes?.delete(judged.route.session);
      if (routes?.size === 0) this.#shown.delete(key);
    }
    return shown;
  }

  /** The peer ASes that show it now, ascending. */
  peers(key: string): readonly Asn[] {
    const peers = new Set([...(this.#shown.get(key)?.routes.keys() ?? [])].map(({ peerAs }) => peerAs));
    return [...peers].sort((a, b) => a - b);
  }

  /** True where as many show it as make a suspected incident an open one. */
  isShown(key: string): boolean {
    const { ownCollectors, notifyPeersOwn, notifyPeers } = this.#context.figures.lifecycle;
    const sessions = [...(this.#shown.get(key)?.routes.keys() ?? [])];
    const isOwn = sessions.some(({ collector }) => ownCollectors.includes(collector));
    return this.peers(key).length >= (isOwn ? notifyPeersOwn : notifyPeers);
  }

  #begin(key: string, what: Unregistered): Shown {
    const shown = { what, routes: new Map<Session, number>() };
    this.#shown.set(key, shown);
    return shown;
  }

  /** What a route shows. */
  by({ route, view, judgement }: JudgedRoute): readonly Unregistered[] {
    if (route.malformed) return [];
    const policies = this.#context.policies();
    const around = { policies, figures: this.#context.figures.covering };
    if (policies.judging(view.prefix) !== undefined) return unregisteredBy(view, judgement.findings, around);
    const { origin } = view;
    if (origin.kind !== 'as') return unregisteredBy(view, judgement.findings, around);
    const key = `${view.prefix.toString()} ${origin.asn}`;
    let cover = this.#covers.get(key);
    if (cover === undefined) this.#covers.set(key, (cover = unregisteredBy(view, judgement.findings, around)));
    return cover;
  }
}
