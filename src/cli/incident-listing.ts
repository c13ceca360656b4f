// Incidents for people and machines: a table, NDJSON, or one in full.

import { formatEventTime } from '../ip/event-time.js';
import { formatJsonPath } from '../bgp/as-path.js';
import { incidentLine } from '../incidents/machine-output.js';
import { explainIncident } from '../incidents/explanation.js';
import { type Incident } from '../incidents/incident.js';
import { type StoredIncident } from '../registry/incidents.js';
import { type CommandArgs, counted, printListing, printText } from './command-line.js';

/** A table of incidents, or with `--json` one object a line. */
export function printIncidents(args: CommandArgs, incidents: readonly StoredIncident[]): void {
  if (args.json) {
    printText(incidents.map(({ incident, ack, muted }) => `${incidentLine(incident, { ack, muted })}\n`).join(''));
    return;
  }
  printListing(args, {
    head: ['id', 'level', 'state', 'type', 'connection', 'prefix', 'offender', 'opened', 'resolved', 'peers', 'marks'],
    rows: incidents.map(({ incident, ack, muted }) => [
      incident.id,
      incident.level,
      incident.state,
      incident.type,
      incident.connection || '-',
      incident.prefix || '-',
      offenderText(incident) || '-',
      shortTime(incident.openedAt),
      incident.resolvedAt === null ? '-' : `${shortTime(incident.resolvedAt)} (${incident.reason ?? ''})`,
      `${incident.peersNow} of ${incident.peersEver.length}`,
      [ack ? 'ack' : '', muted ? 'muted' : ''].filter((mark) => mark !== '').join(' '),
    ]),
    records: [],
  });
}

/** One incident in full. */
export function printIncident(args: CommandArgs, stored: StoredIncident): void {
  if (args.json) {
    printIncidents(args, [stored]);
    return;
  }
  const { incident, ack, muted } = stored;
  const facts: readonly (readonly [string, string])[] = [
    ['incident', `${incident.id}  ${incident.level}  ${incident.type}  ${incident.state}`],
    ['connection', incident.connection],
    ['registered', incident.registeredPrefix],
    ['announced', incident.prefix],
    ['covers', incident.covers.join(', ')],
    ['offender', offenderText(incident)],
    ['opened', `${formatEventTime(incident.openedAt)}, ${counted(incident.openings, 'opening')}`],
    ['notifiable', incident.notifiableAt === null ? 'not yet' : formatEventTime(incident.notifiableAt)],
    ['last seen', formatEventTime(incident.lastSeenAt)],
    [
      'resolved',
      incident.resolvedAt === null ? 'no' : `${formatEventTime(incident.resolvedAt)}, ${incident.reason ?? ''}`,
    ],
    [
      'peers',
      `${incident.peersNow} now, ${incident.peersEver.length} ever: ${incident.peersEver.map((asn) => `AS${asn}`).join(', ')}`,
    ],
    ['marks', [ack ? 'acknowledged' : '', muted ? 'muted' : ''].filter((mark) => mark !== '').join(', ') || 'none'],
    ['campaign', incident.campaign],
    ['fingerprint', incident.fingerprint],
  ];
  printText(
    facts
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name.padEnd(12)}${value}\n`)
      .join(''),
  );
  printText(`\n${explainIncident(incident)}\n\n`);
  printListing(args, {
    head: ['at', 'collector', 'peer AS', 'peer', 'path', 'file', 'record', 'offset'],
    rows: incident.evidence.map((one) => [
      formatEventTime(one.at),
      one.collector,
      `AS${one.peerAs}`,
      one.peerAddress,
      formatJsonPath(one.asPath),
      one.file,
      one.record,
      one.offset,
    ]),
    records: [],
  });
  if (incident.evidenceOmitted > 0)
    printText(`and ${counted(incident.evidenceOmitted, 'further peer AS', 'further peer ASes')}\n`);
}

/** `AS64511`, `AS64496 by AS64511`, or what is no AS as it stands; empty = nobody. */
function offenderText({ offender }: Incident): string {
  return /^\d/.test(offender) ? `AS${offender.replace('/', ' by AS')}` : offender;
}

function shortTime(time: number): string {
  return formatEventTime(time).replace(/\.000000Z$/, 'Z');
}
