// An incident as one HTML file: the picture, what matched, and the paths as a table. It loads nothing and runs nothing; the policy in its
// head forbids it to. For reading on a screen, light or dark, and for printing.

import { type Incident, type JsonPath } from '../incidents/incident.js';
import { factsOf, incidentSvg, titleOf } from './incident-svg.js';
import { shortTime } from './peer-chart.js';
import { xmlText } from './xml-text.js';

const STYLE = `
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:66rem;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.4rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:1.8rem}figure{margin:1rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:.85rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #d0d7de}
td{overflow-wrap:anywhere}code{font-family:ui-monospace,monospace}
@media screen and (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}}
@media print{body{margin:0;max-width:none;font-size:11pt}tr,figure{break-inside:avoid}}
`.trim();

/** @param explanation the incident in sentences. */
export function incidentHtml(incident: Incident, explanation: string): string {
  const { clauses, evidence, evidenceOmitted } = incident;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${xmlText(titleOf(incident))}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${xmlText(titleOf(incident))}</h1><p>${xmlText(factsOf(incident))}. Incident <code>${xmlText(incident.id)}</code>.</p>`,
    `<figure>${incidentSvg(incident)}<figcaption>Paths before and after, and the peers over time. Times are UTC.</figcaption></figure>`,
    `<h2>What matched</h2><ul>${clauses.map((clause) => `<li>${xmlText(clause)}</li>`).join('')}</ul>`,
    `<p>${xmlText(explanation)}</p>`,
    ...(evidence.length === 0 ? [] : [evidenceTable(evidence)]),
    ...(evidenceOmitted === 0 ? [] : [`<p>Further peer ASes, not listed: ${evidenceOmitted}.</p>`]),
    '</main></body></html>\n',
  ].join('\n');
}

function evidenceTable(evidence: Incident['evidence']): string {
  const head = ['At', 'Collector', 'Peer', 'Path before', 'Path of the incident', 'Record'];
  const rows = evidence.map(({ at, collector, peerAs, peerAddress, before, asPath, file, record }) => [
    shortTime(at),
    collector,
    `AS${peerAs} (${peerAddress})`,
    before === undefined || before === null ? 'none' : pathText(before),
    pathText(asPath),
    `${file}, ${record}`,
  ]);
  return [
    '<h2>Evidence</h2><table><thead><tr>',
    ...head.map((text) => `<th scope="col">${text}</th>`),
    '</tr></thead><tbody>',
    ...rows.map((cells) => `<tr>${cells.map((cell) => `<td>${xmlText(cell)}</td>`).join('')}</tr>`),
    '</tbody></table>',
  ].join('\n');
}

function pathText(path: JsonPath): string {
  const text = (item: unknown): string =>
    Array.isArray(item) ? `{${item.join(',')}}` : typeof item === 'number' ? String(item) : JSON.stringify(item);
  return path.map(text).join(' ');
}
