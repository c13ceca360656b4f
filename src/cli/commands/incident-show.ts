// `incidents show`: one incident in full, on the terminal or as a picture in a file.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import { explainIncident } from '../../incidents/explanation.js';
import { incidentHtml } from '../../picture/incident-html.js';
import { incidentSvg } from '../../picture/incident-svg.js';
import { type CommandArgs, printNote } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { type IdArgs, incidentOf, withId } from '../incident-id.js';
import { printIncident } from '../incident-listing.js';
import { writeOutput } from '../output-file.js';
import { withDatabase } from '../with-database.js';

interface ShowArgs extends IdArgs {
  readonly svg: string | undefined;
  readonly html: string | undefined;
  readonly force: boolean;
}

export const showCommand: CommandModule<CommandArgs, ShowArgs> = {
  command: 'show <id>',
  describe: 'Shows one incident: evidence and explanation, or a picture of it',
  builder: (yargs) =>
    withId(yargs)
      .option('svg', {
        type: 'string',
        requiresArg: true,
        describe: 'write a picture: paths before and after, peers over time; - for standard output',
      })
      .option('html', {
        type: 'string',
        requiresArg: true,
        describe: 'write one page with picture, explanation and evidence; - for standard output',
      })
      .option('force', { type: 'boolean', default: false, describe: 'replace the files where they are there already' })
      .example('$0 incidents show 9f3c', 'the first digits of the id are enough')
      .example('$0 incidents show 9f3c --html 9f3c.html', 'for a post-mortem'),
  handler: show,
};

async function show(args: ArgumentsCamelCase<ShowArgs>): Promise<void> {
  const { database, id, svg, html, force } = args;
  if (svg === '-' && html === '-') throw new CliError(ExitCode.usage, '--svg - and --html - exclude each other');
  await withDatabase(database, { readonly: true }, async (db) => {
    const stored = incidentOf(db, id);
    const { incident } = stored;
    if (svg === undefined && html === undefined) printIncident(args, stored);
    if (svg !== undefined) await writeOutput(svg, incidentSvg(incident), force);
    if (html !== undefined) await writeOutput(html, incidentHtml(incident, explainIncident(incident)), force);
    for (const path of [svg, html]) if (path !== undefined && path !== '-') printNote(`wrote ${path}`);
  });
}
