// An incident as one SVG picture: what it is, the paths before and after, and the peers over time. Self-contained, the same bytes for the
// same incident, whatever its type: where no route carries it there is no graph, and where nothing was counted no curve.

import { type Incident } from '../incidents/incident.js';
import { asGraph } from './as-graph.js';
import { type Drawing, drawGraph, n } from './graph-drawing.js';
import { CHART_HEIGHT, drawPeerChart, shortTime } from './peer-chart.js';
import { PICTURE_STYLE } from './picture-style.js';
import { xmlText } from './xml-text.js';

const [MARGIN, INNER, HEAD] = [24, 912, 92];

export function incidentSvg(incident: Incident): string {
  const graph = incident.evidence.length === 0 ? noGraph() : drawGraph(asGraph(incident), INNER);
  const chart = drawPeerChart(incident, graph.width);
  const chartAt = MARGIN + HEAD + graph.height + 30;
  const width = n(graph.width + 2 * MARGIN);
  const height = n(chartAt + (chart === '' ? 0 : CHART_HEIGHT) + 8);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="group" aria-labelledby="t-${incident.id} d-${incident.id}">`,
    `<title id="t-${incident.id}">${xmlText(titleOf(incident))}</title>`,
    `<desc id="d-${incident.id}">${xmlText(describe(incident))}</desc>`,
    `<style>${PICTURE_STYLE}</style>`,
    `<rect class="bg" width="100%" height="100%"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...heading(incident),
    `</g>`,
    `<g transform="translate(${MARGIN} ${MARGIN + HEAD})">`,
    graph.svg,
    '</g>',
    ...(chart === '' ? [] : [`<g transform="translate(${MARGIN} ${n(chartAt)})">`, chart, '</g>']),
    '</svg>\n',
  ].join('\n');
}

/** `origin-hijack of 203.0.113.0/24`. */
export function titleOf({ type, prefix, registeredPrefix, offender }: Incident): string {
  if (prefix === '') return `${type}: ${offender}`;
  return `${type} of ${prefix}${prefix === registeredPrefix ? '' : ` (registered: ${registeredPrefix})`}`;
}

/** `Critical, resolved; offender AS64511; ...`. */
export function factsOf(incident: Incident): string {
  const { level, state, offender, connection, openedAt, resolvedAt } = incident;
  const end = resolvedAt === null ? 'goes on' : `until ${shortTime(resolvedAt)}`;
  const who = /^\d/.test(offender) ? `offender AS${offender.replace('/', ' by AS')}; ` : '';
  return `${level}, ${state}; ${who}${connection === '' ? '' : `connection ${connection}; `}since ${shortTime(openedAt)}, ${end}`;
}

function heading(incident: Incident): string[] {
  const { evidence, peersEver, evidenceOmitted } = incident;
  const peers = `${peersEver.length} peer ${peersEver.length === 1 ? 'AS' : 'ASes'} ever`;
  const shown = evidenceOmitted > 0 ? `, the first ${evidence.length} of them shown` : '';
  const withBefore = evidence.filter(({ before = null }) => before !== null).length;
  const line = (x: number, side: string, text: string): string =>
    `<path class="${side}" stroke-width="2.5" d="M${x} 70h34"/><text class="t s" x="${x + 40}" y="74">${text}</text>`;
  const legend = [
    line(0, 'before', `before (${withBefore} of ${evidence.length} peers had a route)`),
    line(300, 'after', 'the incident; thicker = more peers'),
    `<text class="t s" x="560" y="74">traffic goes from the peers, left, to the origin, right</text>`,
  ];
  return [
    `<text class="t h" x="0" y="16">${xmlText(titleOf(incident))}</text>`,
    `<text class="t" x="0" y="37">${xmlText(factsOf(incident))}</text>`,
    `<text class="t s" x="0" y="54">incident ${incident.id}; ${peers}${shown}</text>`,
    ...(evidence.length === 0 ? [] : legend),
  ];
}

/** The picture in words, for those who cannot see it. */
function describe(incident: Incident): string {
  const paths = incident.evidence.map(({ peerAs, collector, asPath, before }) => {
    const had = before === undefined || before === null ? 'no route before' : `before ${JSON.stringify(before)}`;
    return `AS${peerAs} at ${collector}: ${had}, then ${JSON.stringify(asPath)}.`;
  });
  return [`${factsOf(incident)}.`, ...paths].join(' ');
}

function noGraph(): Drawing {
  const svg =
    '<text class="t" x="0" y="14">No route of a peer carries this incident: there are no paths to draw.</text>';
  return { svg, width: INNER, height: 20 };
}
