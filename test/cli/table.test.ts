// formatTable: the exact text of small tables.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTable } from '../../src/cli/table.js';

test('formatTable aligns columns two spaces apart and leaves no spaces at the ends of lines', () => {
  const text = formatTable({
    head: ['name', 'size'],
    rows: [
      ['a', 1],
      ['longer name', 20],
      ['c', ''],
    ],
  });
  assert.equal(text, 'NAME         SIZE\na            1\nlonger name  20\nc\n');
});

test('formatTable without rows prints its head', () => {
  assert.equal(formatTable({ head: ['name', 'size'], rows: [] }), 'NAME  SIZE\n');
});

test('formatTable has no colour unless told', () => {
  const table = { head: ['name'], rows: [['a']] };
  assert.doesNotMatch(formatTable(table), /\u001b/);
});

test('formatTable counts columns of the terminal, not characters', () => {
  const text = formatTable({
    head: ['name', 'n'],
    rows: [
      ['日本', 1],
      ['é', 2],
    ],
  }); // two columns a Han character
  assert.equal(text, 'NAME  N\n日本  1\né     2\n');
});
