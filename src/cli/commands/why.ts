// `why PREFIX`: explains why it alerted, or why it did not, now or at a time: what every session says, what every rule makes of it, in the
// order in which rules are asked, what incidents and events there were, and what is missing for more.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { formatPath, pathToJson } from '../../bgp/as-path.js';
import { formatEventTime } from '../../ip/event-time.js';
import { parsePrefix } from '../../ip/prefix-text.js';
import { inquire, type Inquiry, OutsideRetentionError } from '../../daemon/inquiry.js';
import { answerRules, originValidity, type RuleAnswer } from '../../daemon/rule-answers.js';
import { list } from '../../detection/policy-finding.js';
import { explainIncident } from '../../incidents/explanation.js';
import { eventLine } from '../../incidents/machine-output.js';
import { type JudgedRoute } from '../../pipeline/stored-route.js';
import { loadPolicies } from '../../registry/policies.js';
import { type CommandArgs, counted, printListing, printRecord, printText } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { configuration } from '../global-options.js';
import { printIncidents } from '../incident-listing.js';
import { referenceOf } from '../reference-data.js';
import { readTime } from '../time-args.js';
import { withDatabase } from '../with-database.js';
import { prefixText } from './incidents.js';

interface WhyArgs extends CommandArgs {
  readonly prefix: string;
  readonly at: string | undefined;
}

export const whyCommand: CommandModule<CommandArgs, WhyArgs> = {
  command: 'why <prefix>',
  describe: 'Explains why a prefix alerted, or why it did not: routes, rules, evidence, what is missing',
  builder: (yargs) =>
    yargs
      .positional('prefix', { type: 'string', demandOption: true, describe: 'a prefix or an address' })
      .option('at', {
        type: 'string',
        describe: 'as it was then, from the log of route changes; default: as it is now',
      })
      .example('$0 why 203.0.113.0/24', '')
      .example('$0 why 203.0.113.0/24 --at 2026-06-16T07:18:30Z', 'at a time within retention.routeLog')
      .epilogue(
        'Rules are those of today, under the registry and configuration of today. Incidents and events are those of an hour before and after --at, or of the last day. Exit 1 where --at lies before all that the log of route changes tells.',
      ),
  handler: why,
};

async function why(args: ArgumentsCamelCase<WhyArgs>): Promise<void> {
  const prefix = parsePrefix(prefixText(args.prefix));
  const at = args.at === undefined ? null : readTime(args.at);
  const { detection: figures } = configuration(args.config, { readsData: true });
  await withDatabase(args.database, { readonly: true }, async (db) => {
    const policies = loadPolicies(db);
    const reference = await referenceOf(figures, policies);
    try {
      print(args, inquire(db, { prefix, at, policies, figures, reference }));
    } catch (error) {
      if (!(error instanceof OutsideRetentionError)) throw error;
      throw new CliError(ExitCode.failed, error.message, { cause: error });
    }
  });
}

function print(args: CommandArgs, inquiry: Inquiry): void {
  const answers = answerRules(inquiry);
  if (args.json) printHead(inquiry);
  else printText(`${headline(inquiry)}\n`);
  if (inquiry.routes.length > 0) printRoutes(args, inquiry);
  if (inquiry.standing !== 'unrelated') printAnswers(args, answers);
  printAround(args, inquiry);
  if (!args.json && inquiry.missing.length > 0)
    printText(`\nMissing:\n${inquiry.missing.map((one) => `- ${one}\n`).join('')}`);
}

const STANDINGS = {
  registered: 'is registered',
  inside: 'lies inside what is registered',
  covering: 'covers what is registered',
  unrelated: 'is not registered',
} as const;

function headline({ prefix, standing, policies, at, routes, watermark }: Inquiry): string {
  const when = at ?? watermark;
  const sessions = new Set(routes.map(({ route }) => route.session.id)).size;
  const peers = new Set(routes.map(({ route }) => route.session.peerAs)).size;
  const lines = policies.map(({ policy, state, observability }) => {
    const { connection, name, origins, moreSpecifics } = policy;
    const more =
      moreSpecifics === null ? 'none allowed' : `/${moreSpecifics.minLength} to /${moreSpecifics.maxLength} allowed`;
    return `  ${policy.prefix.toString()} ${name} of ${connection}: origins ${list(origins)}; more-specifics ${more}; state ${state}${observability?.observable === false ? ', unobservable' : ''}`;
  });
  const routed = `${counted(routes.length, 'route')} of ${counted(sessions, 'session')}, ${counted(peers, 'peer AS', 'peer ASes')}`;
  return [
    `${prefix.toString()} ${STANDINGS[standing]}${lines.length > 0 ? ':' : ''}`,
    ...lines,
    `${at === null ? 'Now' : 'Then'}${when === null ? '' : ` (${formatEventTime(when)})`}: ${routed}`,
  ].join('\n');
}

function printHead(inquiry: Inquiry): void {
  const { prefix, at, standing, policies, logSince, watermark, missing, figures, reference } = inquiry;
  printRecord({
    kind: 'why',
    prefix: prefix.toString(),
    at: timeOrNull(at),
    standing,
    registered: policies.map(({ policy, state, observability }) => ({
      connection: policy.connection,
      name: policy.name,
      prefix: policy.prefix.toString(),
      origins: policy.origins,
      state,
      fullFeeds: observability?.fullFeeds ?? null,
      observable: observability?.observable ?? null,
    })),
    watermark: timeOrNull(watermark),
    logSince: timeOrNull(logSince),
    notifyPeers: figures.lifecycle.notifyPeers,
    reference: reference.version,
    missing,
  });
}

function printRoutes(args: CommandArgs, inquiry: Inquiry): void {
  if (!args.json) printText('\n');
  const verdict = ({ judgement }: JudgedRoute): string => judgement.findings.map(({ type }) => type).join(', ');
  const classOf = ({ judgement }: JudgedRoute): string | null =>
    judgement.classes[0]?.routeClass ?? (judgement.legitimate === null ? null : 'more-specific');
  printListing(args, {
    head: ['prefix', 'collector', 'peer AS', 'peer', 'path', 'last said', 'class', 'ROV', 'verdict'],
    rows: inquiry.routes.map((one) => [
      one.route.prefix.toString(),
      one.route.session.collector,
      `AS${one.route.session.peerAs}`,
      one.route.session.peerAddress,
      formatPath(one.route.path),
      `${formatEventTime(one.route.at)}${one.route.fromRib ? ' (RIB)' : ''}`,
      classOf(one) ?? '-',
      originValidity(one, inquiry) ?? '-',
      verdict(one) || '-',
    ]),
    records: inquiry.routes.map((one) => ({
      kind: 'route',
      prefix: one.route.prefix.toString(),
      pathId: one.route.pathId,
      collector: one.route.session.collector,
      peerAs: one.route.session.peerAs,
      peerAddress: one.route.session.peerAddress,
      asPath: pathToJson(one.route.path),
      at: formatEventTime(one.route.at),
      fromRib: one.route.fromRib,
      class: classOf(one),
      rov: originValidity(one, inquiry),
      malformed: one.route.malformed,
      verdicts: one.judgement.findings.map(({ type }) => type),
    })),
  });
}

function printAnswers(args: CommandArgs, answers: readonly RuleAnswer[]): void {
  if (!args.json) printText('\n');
  printListing(args, {
    head: ['rule', 'says', 'level', 'offender', 'peer ASes', 'because'],
    rows: answers.map(({ rule, says, level, offender, peers, needed, clauses }) => [
      rule,
      says,
      level ?? '-',
      offender ?? '-',
      says === 'matches' || says === 'also' ? `${peers.length} of ${needed}` : '-',
      clauses.join('; '),
    ]),
    records: answers.map((answer) => ({ kind: 'rule', ...answer })),
  });
}

function printAround(args: CommandArgs, { incidents, events }: Inquiry): void {
  if (incidents.length > 0) {
    if (!args.json) printText('\n');
    printIncidents(args, incidents);
    if (!args.json) printText(`\n${incidents.map(({ incident }) => `${explainIncident(incident)}\n`).join('')}`);
  }
  if (args.json) printText(events.map((event) => `${eventLine(event)}\n`).join(''));
  else if (events.length > 0) {
    printText('\n');
    printListing(args, {
      head: ['at', 'level', 'type', 'prefix', 'summary'],
      rows: events.map(({ at, level, type, prefix, summary }) => [formatEventTime(at), level, type, prefix, summary]),
      records: [],
    });
  }
}

function timeOrNull(time: number | null): string | null {
  return time === null ? null : formatEventTime(time);
}
