// The graph of ASes as SVG: boxes in layers, paths before as dashed lines, those of the incident as solid ones, thicker where more peers go.
// Every box and line has a title; boxes can be reached by keyboard.

import { type AsGraph, type GraphNode, type Side } from './as-graph.js';
import { type Layout, layeredLayout, type Place, type Route } from './layered-layout.js';
import { shortened, xmlText } from './xml-text.js';

export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

const [PLAIN_HEIGHT, MARKED_HEIGHT, GAP, CHARACTER, SIDES] = [26, 42, 12, 7.6, 18];
const MOST_CHARACTERS = 32;
const LINKS_WIDE = 70;
/** How far lines of before and after stand apart where both go the same way. */
const APART = 3;

/** @param atLeast the width that there is: links are drawn longer to fill it. */
export function drawGraph(graph: AsGraph, atLeast: number): Drawing {
  const heightOf = (key: string): number => boxHeight(graph.nodes.get(key)!) + GAP;
  const layout = layeredLayout(graph, heightOf);
  const widths = Array.from({ length: layout.layers }, (_, layer) => layerWidth(layer, graph, layout));
  const boxes = widths.reduce((sum, width) => sum + width, 0);
  const gaps = Math.max(1, layout.layers - 1);
  const gap = Math.max(LINKS_WIDE, Math.min(220, (atLeast - boxes) / gaps));
  const width = Math.max(atLeast, boxes + gap * (layout.layers - 1));
  const lefts: number[] = [];
  let x = 0;
  for (let layer = layout.layers - 1; layer >= 0; layer--) {
    lefts[layer] = x;
    x += widths[layer] + gap;
  }
  const columns = { lefts, widths, nodes: graph.nodes };
  const lines = (['before', 'after'] as const).flatMap((side) =>
    layout.routes.map((route) => drawRoute(route, side, columns)),
  );
  const nodes = [...graph.nodes.values()].map((node) => drawNode(node, layout.places.get(node.key)!, columns));
  return { svg: [...lines, ...nodes].filter((part) => part !== '').join('\n'), width, height: layout.height };
}

interface Columns {
  readonly lefts: readonly number[];
  readonly widths: readonly number[];
  readonly nodes: AsGraph['nodes'];
}

function boxHeight({ mark }: GraphNode): number {
  return mark === '' ? PLAIN_HEIGHT : MARKED_HEIGHT;
}

function layerWidth(layer: number, graph: AsGraph, { places }: Layout): number {
  const there = [...graph.nodes.values()].filter(({ key }) => places.get(key)!.layer === layer);
  return Math.max(40, ...there.map(boxWidth));
}

function boxWidth({ label, mark }: GraphNode): number {
  const characters = Math.max(shortened(label, MOST_CHARACTERS).length, mark.length * 0.9);
  return Math.round(characters * CHARACTER + SIDES);
}

function drawNode(node: GraphNode, { layer, y }: Place, { lefts, widths }: Columns): string {
  const [width, height] = [boxWidth(node), boxHeight(node)];
  const middle = lefts[layer] + widths[layer] / 2;
  const look = node.mark === 'offender' ? ' bad' : node.mark === '' ? '' : ' own';
  const radius = node.kind === 'peer' ? height / 2 : 4;
  const title = node.mark === '' ? node.title : `${node.title}, ${node.mark}`;
  const box = `<rect x="${n(middle - width / 2)}" y="${n(y - height / 2)}" width="${width}" height="${height}" rx="${radius}"/>`;
  const text = (at: number, words: string, small: string): string =>
    `<text class="t${small}" x="${n(middle)}" y="${n(at)}" text-anchor="middle">${xmlText(words)}</text>`;
  const label = text(node.mark === '' ? y + 4.5 : y - 3, shortened(node.label, MOST_CHARACTERS), '');
  const mark = node.mark === '' ? '' : text(y + 13, node.mark, ' s');
  return `<g class="n ${node.kind}${look}" role="img" tabindex="0" aria-label="${xmlText(title)}"><title>${xmlText(title)}</title>${box}${label}${mark}</g>`;
}

function drawRoute({ link, places }: Route, side: Side, { lefts, widths, nodes }: Columns): string {
  const peers = link[side];
  if (peers.length === 0) return '';
  const isShared = link.before.length > 0 && link.after.length > 0;
  const shift = isShared ? (side === 'before' ? -APART : APART) : 0;
  const isBack = places[places.length - 1].layer > places[0].layer;
  const points = places.flatMap(({ key, layer, y }, index) => {
    const [left, right] = [lefts[layer], lefts[layer] + widths[layer]];
    const node = nodes.get(key);
    if (node === undefined) return (isBack ? [right, left] : [left, right]).map((x) => [x, y + shift] as const);
    const half = ((index === 0) === isBack ? -1 : 1) * (boxWidth(node) / 2); // out of the one box's side, into the other's
    return [[(left + right) / 2 + half, y + shift] as const];
  });
  const curves = points.slice(1).map(([x, y], index) => {
    const [x0, y0] = points[index];
    if (Math.abs(y - y0) < 0.05) return `L${n(x)} ${n(y)}`;
    const half = (x0 + x) / 2;
    return `C${n(half)} ${n(y0)} ${n(half)} ${n(y)} ${n(x)} ${n(y)}`;
  });
  const [[x0, y0]] = points;
  const thick = n(Math.min(6, 1.5 + Math.log2(peers.length)));
  const title = `${side}: ${nameOf(link.from)} to ${nameOf(link.to)}, ${peers.length} of the peers: ${peers.join(', ')}`;
  return `<path class="${side}" stroke-width="${thick}" d="M${n(x0)} ${n(y0)}${curves.join('')}"><title>${xmlText(title)}</title></path>`;
}

function nameOf(key: string): string {
  if (key.startsWith('peer ')) return key;
  return key
    .split(' ')
    .map((hop) => (hop.startsWith('{') ? hop : `AS${hop}`))
    .join(' ');
}

/** One decimal. */
export function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
