// ASPA verification of a path, the downstream procedure (draft-ietf-sidrops-aspa-verification section 6), written for the scenarios alone:
// a path is Invalid where the way up from its origin and the way up from its other end, as far as attested customers allow, do not meet.

/** `customer/provider` of the contradicted hop nearest to the origin, where the path (origin last) is Invalid; else null. */
export function contradictedHop(path: readonly number[], aspas: ReadonlyMap<number, readonly number[]>): string | null {
  const asns = path.filter((asn, i) => asn !== path[i - 1]).reverse();
  const refuses = (customer: number, provider: number): boolean => aspas.get(customer)?.includes(provider) === false;
  // up: how many ASes the way up may hold at most; down: the same from the other end.
  let up = 1;
  while (up < asns.length && !refuses(asns[up - 1], asns[up])) up++;
  let down = 1;
  while (down < asns.length && !refuses(asns[asns.length - down], asns[asns.length - down - 1])) down++;
  return up + down < asns.length ? `${asns[up - 1]}/${asns[up]}` : null;
}
