import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FileProgress } from '../../src/pipeline/store.js';
import { hasTwin, listFiles, readFileProgress, writeFileProgress } from '../../src/registry/files.js';
import { temporaryDatabase } from '../support/registry-database.js';

const progress: FileProgress = {
  collector: 'rrc00',
  identity: 'abc-1',
  name: 'updates.gz',
  firstTime: 5,
  lastTime: null,
  records: 3,
  offset: 300,
  frontier: '[1]',
  complete: false,
  storedBytes: null,
  damage: null,
};

test('readFileProgress gives what writeFileProgress wrote, null where nothing is known', (context) => {
  const db = temporaryDatabase(context);
  writeFileProgress(db, progress);
  assert.deepEqual(readFileProgress(db, 'rrc00', 'abc-1'), progress);
  assert.equal(readFileProgress(db, 'rrc01', 'abc-1'), null);
  assert.equal(readFileProgress(db, 'rrc00', 'abc-2'), null);
});

test('writeFileProgress moves an input on, by collector and identity; its first name stays', (context) => {
  const db = temporaryDatabase(context);
  writeFileProgress(db, progress);
  const later = {
    ...progress,
    lastTime: 9,
    records: 8,
    offset: 800,
    frontier: null,
    complete: true,
    storedBytes: 77,
    damage: 'torn',
  };
  writeFileProgress(db, { ...later, name: 'renamed.gz' });
  assert.deepEqual(listFiles(db), [later]);
});

test('listFiles orders by collector, first time and name', (context) => {
  const db = temporaryDatabase(context);
  const add = (collector: string, firstTime: number, name: string) =>
    writeFileProgress(db, { ...progress, collector, firstTime, name, identity: name });
  add('rrc01', 1, 'a');
  add('rrc00', 7, 'b');
  add('rrc00', 5, 'd');
  add('rrc00', 5, 'c');
  assert.deepEqual(
    listFiles(db).map(({ name }) => name),
    ['c', 'd', 'b', 'a'],
  );
});

test('hasTwin is true where a complete input of the collector under another name begins at the same time', (context) => {
  const db = temporaryDatabase(context);
  writeFileProgress(db, { ...progress, complete: true });
  writeFileProgress(db, { ...progress, identity: 'def-6', firstTime: 6, name: 'incomplete.gz' });
  const twin = (collector: string, firstTime: number, otherThan: string) =>
    hasTwin(db, { collector, firstTime, otherThan });
  assert.equal(twin('rrc00', 5, 'copy.gz'), true);
  assert.equal(twin('rrc00', 5, 'updates.gz'), false);
  assert.equal(twin('rrc01', 5, 'copy.gz'), false);
  assert.equal(twin('rrc00', 6, 'copy.gz'), false);
});
