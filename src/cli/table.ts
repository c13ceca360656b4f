// Aligned tables for people, without lines around them, as Unix tools print them. Bold heads on a terminal only.

import { styleText } from 'node:util';
import stringWidth from 'string-width';

export interface TableOptions {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Bold head; default false. */
  readonly color?: boolean;
}

/** The table with its head, every line ended; columns two spaces apart, no spaces at the ends of lines. */
export function formatTable({ head, rows, color = false }: TableOptions): string {
  const cells = [head.map((title) => title.toUpperCase()), ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => cells.reduce((most, row) => Math.max(most, stringWidth(row[column])), 0));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => padded(cell, widths[column]))
      .join('  ')
      .trimEnd(),
  );
  if (color) lines[0] = styleText('bold', lines[0]);
  return lines.map((line) => `${line}\n`).join('');
}

/** Columns on the terminal, not characters, are counted. */
function padded(cell: string, width: number): string {
  return cell + ' '.repeat(width - stringWidth(cell));
}
