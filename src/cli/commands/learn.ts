// `learn --asn N FILE…`: proposes a registry file from RIB dumps and updates. Writes a file for review, never the registry.

import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { boundHeapGrowth } from '../../daemon/heap-growth.js';
import { learn, type Learnt } from '../../daemon/learn.js';
import { proposeRegistry } from '../../daemon/proposal.js';
import { policiesOf } from '../../registry/policies.js';
import { plainPrefix } from '../../registry/registry-model.js';
import { fileErrorReason } from '../../sources/file-error.js';
import { expandInputs, InputError } from '../../sources/input-files.js';
import { type VrpTable } from '../../rpki/vrp-table.js';
import { type CommandArgs, counted, printNote, printText } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { showProgress } from '../progress.js';
import { referenceOf } from '../reference-data.js';
import { asnsOf, repeatable } from '../registry-args.js';

interface LearnArgs extends CommandArgs {
  readonly files: readonly string[];
  readonly asn: readonly string[];
  readonly vrps: string | undefined;
  readonly out: string;
  readonly force: boolean;
}

const SAID_DAMAGE = 20;

export const learnCommand: CommandModule<CommandArgs, LearnArgs> = {
  command: 'learn <files..>',
  describe: 'Proposes a registry file from RIB dumps and updates: what an AS originates, next to whom',
  builder: (yargs) =>
    yargs
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'MRT files, directories or URLs',
      })
      .option('asn', { ...repeatable('AS whose prefixes are proposed; may be repeated'), demandOption: true })
      .option('vrps', { type: 'string', describe: 'VRPs (JSON or CSV): what is RPKI invalid is commented out' })
      .option('out', {
        type: 'string',
        default: '-',
        describe: 'file to write, to review and apply; - is standard output',
      })
      .option('force', { type: 'boolean', default: false, describe: 'overwrite the file' })
      .example('$0 learn --asn 64496 bview.gz updates.gz', 'to read')
      .example('$0 learn --asn 64496 --out new.yaml bview.gz', 'to review'),
  handler: propose,
};

async function propose(args: ArgumentsCamelCase<LearnArgs>): Promise<void> {
  boundHeapGrowth();
  if (args.files.includes('-'))
    throw new CliError(ExitCode.usage, 'learn reads its files twice: standard input cannot be');
  const asns = [...new Set(asnsOf(args.asn))].sort((a, b) => a - b);
  let damaged = 0;
  const onDamage = (input: string, damage: string): void => {
    if (++damaged <= SAID_DAMAGE) printNote(`peerwatch: ${input}: ${damage}`);
  };
  const learnt = await readAll(args.files, asns, onDamage);
  const text = proposeRegistry(learnt, asns, args.vrps === undefined ? null : await vrpsOf(args.vrps, learnt));
  if (args.out === '-') printText(text);
  else write(args.out, text, args.force);
  if (damaged > SAID_DAMAGE) printNote(`peerwatch: ${counted(damaged, 'place')} not interpreted in all`);
  printNote(
    `peerwatch: ${counted(learnt.prefixes.length, 'prefix', 'prefixes')} of ${asns.map((asn) => `AS${asn}`).join(', ')}`,
  );
  if (damaged > 0) process.exitCode = ExitCode.damagedInput;
}

async function readAll(
  files: readonly string[],
  asns: readonly number[],
  onDamage: (input: string, damage: string) => void,
): Promise<Learnt> {
  try {
    const progress = await showProgress(await expandInputs(files));
    try {
      return await learn({ inputs: progress.inputs, asns, onDamage });
    } finally {
      progress.stop();
    }
  } catch (error) {
    throw error instanceof InputError ? new CliError(ExitCode.failed, error.message, { cause: error }) : error;
  }
}

/** The VRPs related to what was learnt. */
async function vrpsOf(file: string, { prefixes }: Learnt): Promise<VrpTable | null> {
  const site = { provider: '', country: null, state: null, primary: null, backup: null, asns: [] };
  const connections = [{ name: '', ...site, prefixes: prefixes.map(({ prefix }) => plainPrefix(prefix)) }];
  const providers = [{ name: '', asns: [], metros: [] }];
  const policies = policiesOf({ providers, connections, allowDocumentation: true });
  return (await referenceOf({ rpki: { files: [file], slurm: [] }, relationships: null }, policies)).vrps;
}

function write(path: string, text: string, force: boolean): void {
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const why = isThere ? 'it is there already; --force overwrites it' : fileErrorReason(error);
    throw new CliError(ExitCode.usage, `Cannot write ${path}: ${why}`, { cause: error });
  }
}
