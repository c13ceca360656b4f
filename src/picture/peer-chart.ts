// The number of peer ASes that carried the incident's route, over event time, as SVG: a step curve from shortly before the first to the
// last that is known, with the instants at which it became open and ended.

import { type Incident } from '../incidents/incident.js';
import { type PeerCount } from '../incidents/peer-counts.js';
import { type EventTime, formatEventTime, SECOND } from '../ip/event-time.js';
import { n } from './graph-drawing.js';
import { xmlText } from './xml-text.js';

export const CHART_HEIGHT = 180;
/** Steps beyond which changes are merged (incidents/peer-counts). */
const MAX_STEPS = 256;
const [LEFT, TOP, BOTTOM, RIGHT] = [34, 46, 144, 12];

/** The curve; empty where nothing is known of it. */
export function drawPeerChart(incident: Incident, width: number): string {
  const counts = incident.peerCounts ?? [];
  if (counts.length === 0) return '';
  const from = counts[0][0];
  const last = Math.max(incident.lastSeenAt, incident.resolvedAt ?? 0, counts.at(-1)![0]);
  const span = Math.max(last - from, SECOND);
  const [begin, end] = [from - span * 0.04, from + span * 1.04];
  const most = Math.max(1, ...counts.map(([, peers]) => peers));
  const x = (at: EventTime): number => LEFT + ((at - begin) / (end - begin)) * (width - LEFT - RIGHT);
  const y = (peers: number): number => BOTTOM - (peers / most) * (BOTTOM - TOP);
  const curve = stepsOf(counts, x, y, x(end));
  const merged = counts.length >= MAX_STEPS ? '; changes that came close together are drawn as one' : '';
  const title = `Peer ASes over time: at most ${most}, ${counts.at(-1)![1]} at the end${merged}`;
  const moments = momentsOf(incident).map(([at, name], index) => moment(x(at), name, index));
  return [
    `<g role="img" aria-label="${xmlText(title)}"><title>${xmlText(title)}</title>`,
    `<text class="t" x="0" y="14">Peer ASes that carried it${xmlText(merged)}</text>`,
    `<path class="axis" d="M${LEFT} ${TOP}V${BOTTOM}H${n(width - RIGHT)}"/>`,
    ...[...new Set([0, Math.ceil(most / 2), most])].map(
      (peers) => `<text class="t s" x="${LEFT - 6}" y="${n(y(peers) + 4)}" text-anchor="end">${peers}</text>`,
    ),
    `<path class="area" d="${curve}V${BOTTOM}Z"/><path class="curve" d="${curve}"/>`,
    ...moments,
    `<text class="t s" x="${n(x(from))}" y="${BOTTOM + 16}">${shortTime(from)}</text>`,
    `<text class="t s" x="${n(width - RIGHT)}" y="${BOTTOM + 16}" text-anchor="end">${shortTime(last)}</text>`,
    '</g>',
  ].join('\n');
}

function stepsOf(
  counts: readonly PeerCount[],
  x: (at: EventTime) => number,
  y: (peers: number) => number,
  end: number,
): string {
  const steps = counts.map(([at, peers]) => `H${n(x(at))}V${n(y(peers))}`);
  return `M${LEFT} ${BOTTOM}${steps.join('')}H${n(end)}`;
}

function momentsOf({ notifiableAt, resolvedAt, reason }: Incident): readonly (readonly [EventTime, string])[] {
  return [
    ...(notifiableAt === null ? [] : [[notifiableAt, 'open'] as const]),
    ...(resolvedAt === null ? [] : [[resolvedAt, `resolved (${reason ?? ''})`] as const]),
  ];
}

/** Names stand in two rows, so that two of one time do not cover each other. */
function moment(x: number, name: string, row: number): string {
  const anchor = row === 0 ? 'start' : 'end';
  const at = row === 0 ? x + 4 : x - 4;
  return (
    `<path class="when" d="M${n(x)} ${TOP - 6}V${BOTTOM}"/>` +
    `<text class="t s" x="${n(at)}" y="${TOP - 8 - row * 12}" text-anchor="${anchor}">${xmlText(name)}</text>`
  );
}

/** `2026-06-16 07:00:10Z`, with the fraction where there is one. */
export function shortTime(time: EventTime): string {
  return formatEventTime(time)
    .replace('T', ' ')
    .replace(/\.?0*Z$/, (zeros) => (zeros.startsWith('.') ? 'Z' : zeros));
}
