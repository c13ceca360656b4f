// `bill`: what a month costs, per connection; as a table, NDJSON or CSV.

import { type ArgumentsCamelCase, type CommandModule } from 'yargs';
import {
  bill,
  type BillingMonth,
  type BillLine,
  billTotal,
  formatAmount,
  monthOf,
  parseAmount,
  parseMonth,
} from '../../registry/billing.js';
import { type CommandArgs, printListing, printNote, printRecord, printText, wallClock } from '../command-line.js';
import { CliError, ExitCode } from '../exit-code.js';
import { withDatabase } from '../with-database.js';

interface BillArgs extends CommandArgs {
  readonly month: string | undefined;
  readonly rate: string;
  readonly csv: boolean;
}

export const billCommand: CommandModule<CommandArgs, BillArgs> = {
  command: 'bill',
  describe: 'What a month costs, per connection',
  builder: (yargs) =>
    yargs
      .option('month', { type: 'string', describe: 'YYYY-MM, UTC; default: the current one' })
      .option('rate', { type: 'string', default: '15.00', describe: 'price of a /24 (IPv6: a /48) a month' })
      .option('csv', { type: 'boolean', default: false, describe: 'CSV' })
      .example('$0 bill --month 2026-06 --csv', ''),
  handler: printBill,
};

async function printBill(args: ArgumentsCamelCase<BillArgs>): Promise<void> {
  if (args.json && args.csv) throw new CliError(ExitCode.usage, 'give --json or --csv, not both');
  const month = parseMonth(args.month ?? monthOf(wallClock()));
  if (month === null) throw new CliError(ExitCode.usage, `"${args.month ?? ''}" is no month; write 2026-06`);
  const rate = parseAmount(args.rate);
  if (rate === null) throw new CliError(ExitCode.usage, `"${args.rate}" is no price; write 15 or 15.00`);
  const lines = await withDatabase(args.database, { readonly: true }, (db) => bill(db, month, rate));
  if (args.json) printJson(lines, month, rate);
  else if (args.csv) printCsv(lines, month, rate);
  else printLines(args, lines, month, rate);
}

function printJson(lines: readonly BillLine[], month: BillingMonth, rate: number): void {
  for (const { connection, ipv4Units, ipv6Units, amount } of lines) {
    printRecord({
      kind: 'bill',
      month: month.text,
      connection,
      ipv4Units,
      ipv6Units,
      rateMinor: rate,
      amountMinor: amount,
    });
  }
  printRecord({ kind: 'total', month: month.text, rateMinor: rate, amountMinor: billTotal(lines) });
}

function printCsv(lines: readonly BillLine[], month: BillingMonth, rate: number): void {
  const rows = lines.map(({ connection, ipv4Units, ipv6Units, amount }) => {
    return [month.text, quote(connection), ipv4Units, ipv6Units, formatAmount(rate), formatAmount(amount)];
  });
  const head = ['month', 'connection', 'ipv4_units', 'ipv6_units', 'rate', 'amount'];
  printText([head, ...rows].map((row) => `${row.join(',')}\n`).join(''));
}

function printLines(args: CommandArgs, lines: readonly BillLine[], month: BillingMonth, rate: number): void {
  const rows = lines.map(({ connection, ipv4Units, ipv6Units, amount }) => {
    return [connection, ipv4Units, ipv6Units, formatAmount(rate), formatAmount(amount)];
  });
  printListing(args, { head: ['connection', '/24s', '/48s', 'rate', 'amount'], rows, records: [] });
  printNote(`${month.text}: ${formatAmount(billTotal(lines))} in all`);
}

/** RFC 4180: quoted where it must be. */
function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
