// A graph in layers, peers left, origins right (Sugiyama, Tagawa, Toda 1981, in small): every node as far left of the origins as its longest
// way to one, links that would run in a circle left out of that; long links go through places of their own in the layers between; the
// order in a layer by the mean of the neighbours; heights by least squares under that order. No randomness: equal graphs, equal pictures.

import { type AsGraph } from './as-graph.js';

/** A node, or where a long link passes a layer. Layer 0 is the rightmost; `y` is its middle. */
export interface Place {
  readonly key: string;
  readonly layer: number;
  readonly height: number;
  y: number;
}

/** A link by the places it goes through, from left to right, or back. */
export interface Route {
  readonly link: AsGraph['links'][number];
  readonly places: readonly Place[];
}

export interface Layout {
  readonly layers: number;
  readonly places: ReadonlyMap<string, Place>;
  readonly routes: readonly Route[];
  /** From 0. */
  readonly height: number;
}

const SWEEPS = 24;
const PASSING = 12;

/** @param heightOf what a node takes in its layer, the gap included. */
export function layeredLayout(graph: AsGraph, heightOf: (key: string) => number): Layout {
  const layerOf = layersOf(graph);
  const layers = Math.max(0, ...layerOf.values()) + 1;
  const byLayer: Place[][] = Array.from({ length: layers }, () => []);
  const places = new Map<string, Place>();
  const put = (key: string, layer: number, height: number): Place => {
    const place: Place = { key, layer, height, y: 0 };
    byLayer[layer].push(place);
    return place;
  };
  for (const key of graph.nodes.keys()) places.set(key, put(key, layerOf.get(key)!, heightOf(key)));
  const routes = graph.links.map((link): Route => {
    const [from, to] = [places.get(link.from)!, places.get(link.to)!];
    const step = Math.sign(to.layer - from.layer);
    const between: Place[] = [];
    for (let layer = from.layer + step; step !== 0 && layer !== to.layer; layer += step)
      between.push(put(`${link.from}|${link.to}|${layer}`, layer, PASSING));
    return { link, places: [from, ...between, to] };
  });
  arrange(byLayer, neighboursOf(routes));
  const all = byLayer.flat();
  const top = Math.min(...all.map(({ y, height }) => y - height / 2));
  for (const place of all) place.y -= top;
  return { layers, places, routes, height: Math.max(0, ...all.map(({ y, height }) => y + height / 2)) };
}

/** The longest way to a node without a link onward; peers all in the leftmost layer. */
function layersOf({ nodes, links }: AsGraph): ReadonlyMap<string, number> {
  const next = new Map<string, string[]>();
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    seen.add(from);
    return (next.get(from) ?? []).some((one) => !seen.has(one) && reaches(one, to, seen));
  };
  for (const { from, to } of links) if (!reaches(to, from)) next.set(from, [...(next.get(from) ?? []), to]);
  const layers = new Map<string, number>();
  const layerOf = (key: string): number => {
    const known = layers.get(key);
    if (known !== undefined) return known;
    const layer = Math.max(-1, ...(next.get(key) ?? []).map(layerOf)) + 1;
    layers.set(key, layer);
    return layer;
  };
  for (const key of nodes.keys()) layerOf(key);
  const peers = [...nodes.values()].filter(({ kind }) => kind === 'peer').map(({ key }) => key);
  const most = Math.max(0, ...peers.map(layerOf));
  for (const key of peers) layers.set(key, most);
  return layers;
}

function neighboursOf(routes: readonly Route[]): ReadonlyMap<Place, readonly Place[]> {
  const neighbours = new Map<Place, Place[]>();
  const join = (a: Place, b: Place) => neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
  for (const { places } of routes) {
    places.slice(1).forEach((to, index) => {
      join(places[index], to);
      join(to, places[index]);
    });
  }
  return neighbours;
}

/** Orders each layer by its neighbours to one side and then the other, and last sets heights with both. */
function arrange(byLayer: readonly Place[][], neighbours: ReadonlyMap<Place, readonly Place[]>): void {
  for (const layer of byLayer)
    spread(
      layer,
      layer.map((_, index) => index * PASSING),
    );
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isRightward = sweep % 2 === 0;
    for (const layer of isRightward ? byLayer.toReversed() : byLayer) {
      const wanted = new Map(
        layer.map((place) => {
          const seen = (neighbours.get(place) ?? []).filter((one) =>
            isRightward ? one.layer > place.layer : one.layer < place.layer,
          );
          return [place, mean(seen, place.y)];
        }),
      );
      layer.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
      spread(
        layer,
        layer.map((place) => wanted.get(place)!),
      );
    }
  }
  for (let pass = 0; pass < SWEEPS; pass++)
    for (const layer of byLayer)
      spread(
        layer,
        layer.map((place) => mean(neighbours.get(place) ?? [], place.y)),
      );
}

function mean(places: readonly Place[], otherwise: number): number {
  return places.length === 0 ? otherwise : places.reduce((sum, { y }) => sum + y, 0) / places.length;
}

/** Heights as near to what is wanted as order and distances allow: isotonic regression, by pooling neighbours that are out of order. */
function spread(layer: readonly Place[], wanted: readonly number[]): void {
  let offset = 0;
  const offsets = layer.map(({ height }, index) => {
    if (index > 0) offset += (layer[index - 1].height + height) / 2;
    return offset;
  });
  const pools: { sum: number; count: number }[] = [];
  wanted.forEach((y, index) => {
    let pool = { sum: y - offsets[index], count: 1 };
    for (
      let last = pools.at(-1);
      last !== undefined && last.sum / last.count > pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  });
  let index = 0;
  for (const { sum, count } of pools)
    for (let i = 0; i < count; i++, index++) layer[index].y = sum / count + offsets[index];
}
