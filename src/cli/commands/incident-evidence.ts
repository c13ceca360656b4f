// `incidents evidence` and `incidents verify`: the very records behind an incident, and the verdict derived again from them alone.

import process from 'node:process';
import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { evidenceFile } from '../../daemon/evidence-file.js';
import { EvidenceFromFile } from '../../daemon/evidence-from-file.js';
import { type Verification, verifyIncident } from '../../daemon/verify-incident.js';
import { PolicyTable } from '../../detection/policy.js';
import { type Incident } from '../../incidents/incident.js';
import { type Database } from '../../registry/database.js';
import { evidenceDigests, readEvidence } from '../../registry/evidence.js';
import { listIncidents } from '../../registry/incidents.js';
import { loadPolicies } from '../../registry/policies.js';
import { readReferenceSummary } from '../../registry/reference-summary.js';
import { expandInputs, InputError } from '../../sources/input-files.js';
import { type CommandArgs, counted, printNote, printRecord, printText } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { type IdArgs, incidentOf, withId } from '../incident-id.js';
import { writeOutput } from '../output-file.js';
import { withDatabase } from '../with-database.js';

interface EvidenceArgs extends IdArgs {
  readonly mrt: string;
  readonly force: boolean;
}

interface VerifyArgs extends CommandArgs {
  readonly id: string | undefined;
  readonly mrt: string | undefined;
}

export const evidenceCommand: CommandModule<CommandArgs, EvidenceArgs> = {
  command: 'evidence <id>',
  describe: 'Writes the very records behind an incident, byte for byte, as an MRT file',
  builder: (yargs) =>
    withId(yargs)
      .option('mrt', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'file to write; - for standard output',
      })
      .option('force', { type: 'boolean', default: false, describe: 'replace the file where it is there already' })
      .example('$0 incidents evidence 9f3c --mrt 9f3c.mrt', 'for bgpdump, a colleague, or the archive')
      .example('$0 incidents evidence 9f3c --mrt - | bgpdump -m -', ''),
  handler: writeEvidence,
};

export const verifyCommand: CommandModule<CommandArgs, VerifyArgs> = {
  command: 'verify [id]',
  describe: 'Derives verdicts again from the kept records alone; exit 1 where one differs',
  builder: (yargs) =>
    yargs
      .positional('id', {
        type: 'string',
        describe: 'its id, or the first 4 digits or more; default: all with records',
      })
      .option('mrt', {
        type: 'string',
        requiresArg: true,
        describe:
          'take the bytes from this MRT file, as evidence --mrt wrote it, or from the archive; - for standard input',
      })
      .example('$0 incidents verify 9f3c', '')
      .example('$0 incidents verify 9f3c --mrt 9f3c.mrt', 'whether a copy of the evidence is sound'),
  handler: verify,
};

async function writeEvidence(args: ArgumentsCamelCase<EvidenceArgs>): Promise<void> {
  const { database, id, mrt, force } = args;
  await withDatabase(database, { readonly: true }, async (db) => {
    const { incident } = incidentOf(db, id);
    const { chunks, records, missing } = evidenceFile(incident, readEvidence(db, incident.id));
    for (const text of missing) printNote(`peerwatch: missing: ${text}`);
    if (records === 0)
      throw new CliError(ExitCode.failed, `no record of incident ${incident.id} is kept: nothing written`);
    const bytes = Buffer.concat(chunks);
    await writeOutput(mrt, bytes, force);
    if (mrt === '-') return;
    if (args.json) printRecord({ kind: 'evidence', id: incident.id, file: mrt, records, bytes: bytes.length, missing });
    else printNote(`wrote ${counted(records, 'record')} of evidence, ${bytes.length} bytes, to ${mrt}`);
  });
}

async function verify(args: ArgumentsCamelCase<VerifyArgs>): Promise<void> {
  await withDatabase(args.database, { readonly: true }, async (db) => {
    const incidents = wantedOf(db, args.id);
    const file =
      args.mrt === undefined
        ? null
        : await readFileOf(args.mrt, evidenceDigests(db, args.id === undefined ? null : incidents[0].id));
    const around = {
      policies: new PolicyTable(loadPolicies(db)),
      reference: readReferenceSummary(db)?.version ?? '',
      file: args.mrt ?? null,
    };
    const told = { same: 0, differs: 0, nothing: 0 };
    for (const incident of incidents) {
      const stored = readEvidence(db, incident.id);
      const verification = verifyIncident(incident, file === null ? stored : file.evidence(stored), around);
      told[verification.outcome]++;
      if (args.id !== undefined || verification.outcome !== 'nothing') printVerification(args, verification);
    }
    if (args.id === undefined)
      printNote(`peerwatch: ${told.same} the same, ${told.differs} different, ${told.nothing} without kept records`);
    if (told.differs > 0 || (args.id !== undefined && told.nothing > 0)) process.exitCode = ExitCode.failed;
  });
}

/** The incident that is named, or all. */
function wantedOf(db: Database, id: string | undefined): readonly Incident[] {
  return id === undefined ? [...listIncidents(db)].map(({ incident }) => incident) : [incidentOf(db, id).incident];
}

async function readFileOf(name: string, digests: ReadonlySet<string>): Promise<EvidenceFromFile> {
  try {
    const [source] = await expandInputs([name]);
    return await EvidenceFromFile.read(source, digests, ({ kind, offset, bytes, reason }) =>
      printNote(`peerwatch: ${name}: ${kind} at offset ${offset}, ${bytes} bytes: ${reason}`),
    );
  } catch (error) {
    if (error instanceof InputError) throw new CliError(ExitCode.failed, error.message, { cause: error });
    throw error;
  }
}

const OUTCOMES = {
  same: 'the same',
  differs: 'DIFFERS',
  nothing: 'cannot be verified: no record is kept',
} as const;

function printVerification({ json }: CommandArgs, verification: Verification): void {
  const { id, type, outcome, records, evidence, differences, notes, peers } = verification;
  if (json) {
    printRecord({ kind: 'verification', id, type, outcome, records, evidence, differences, notes, peers });
    return;
  }
  const from = `${counted(records, 'record')}, ${counted(evidence, 'piece of evidence', 'pieces of evidence')}`;
  printText(`${id}  ${type}  ${OUTCOMES[outcome]} (${from})\n`);
  for (const text of differences) printText(`  differs: ${text}\n`);
  for (const text of notes) printText(`  note: ${text}\n`);
}
