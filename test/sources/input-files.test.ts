import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { expandInputs, InputError, type InputFile } from '../../src/sources/input-files.js';
import { requires } from '../support/requires.js';

const folder = mkdtempSync(join(tmpdir(), 'peerwatch-inputs-'));
after(() => rmSync(folder, { recursive: true }));

/** The header of an empty record of the given second. */
function record(seconds: number): Uint8Array {
  const bytes = new Uint8Array(12);
  new DataView(bytes.buffer).setUint32(0, seconds);
  return bytes;
}

async function bytesOf(input: InputFile): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input.open() ?? []) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

test('expandInputs gives a file its name, base name, absolute path and size', async () => {
  const path = join(folder, 'updates.gz');
  writeFileSync(path, record(5));
  const [input, ...others] = await expandInputs([path]);
  assert.deepEqual(others, []);
  const { name, baseName, location, size } = input;
  assert.deepEqual(
    { name, baseName, location, size },
    { name: path, baseName: 'updates.gz', location: resolve(path), size: 12 },
  );
  assert.deepEqual(await bytesOf(input), record(5));
  assert.deepEqual(await bytesOf(input), record(5)); // a file can be read again
});

test('expandInputs orders the files of a directory and of those below it by their first record, then by name', async () => {
  const path = join(folder, 'dated');
  mkdirSync(join(path, 'below'), { recursive: true });
  const files: Readonly<Record<string, Uint8Array>> = {
    'a-third': record(30),
    'b-first.gz': gzipSync(record(10)),
    'c-second': record(20),
    'd-also-second': record(20),
    'e-empty': new Uint8Array(0),
    'f-refused.xz': Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0),
    '.hidden': record(1),
    'writing.tmp': record(1),
    'writing.part': record(1),
    'below/between': record(15),
    'below/.hidden': record(1),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
  const inputs = await expandInputs([path]);
  assert.deepEqual(
    inputs.map(({ baseName }) => baseName),
    ['b-first.gz', 'between', 'c-second', 'd-also-second', 'a-third', 'e-empty', 'f-refused.xz'],
  );
  assert.equal(inputs[0].name, join(path, 'b-first.gz'));
});

test('expandInputs refuses a path that is not there, naming it', async () => {
  const missing = join(folder, 'missing.gz');
  await assert.rejects(expandInputs([missing]), (error: unknown) => {
    assert.ok(error instanceof InputError);
    assert.equal(error.message, `Cannot read ${missing}: no such file or directory`);
    return true;
  });
});

test('expandInputs takes standard input once', async () => {
  const [input] = await expandInputs(['-']);
  assert.equal(input.location, '-');
  assert.equal(input.size, null);
  await assert.rejects(expandInputs(['-', '-']), /named twice/);
});

test('expandInputs reads a URL as a stream, and says what the server answers instead', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/rrc00/updates.gz') response.end(record(7));
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  try {
    const [found, missing] = await expandInputs([
      `http://127.0.0.1:${port}/rrc00/updates.gz`,
      `http://127.0.0.1:${port}/x`,
    ]);
    assert.equal(found.baseName, 'updates.gz');
    assert.equal(found.location, `http://127.0.0.1:${port}/rrc00/updates.gz`);
    assert.deepEqual(await bytesOf(found), record(7));
    await assert.rejects(bytesOf(missing), /the server answers 404 Not Found/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('an input says why it cannot be read', async () => {
  const path = join(folder, 'vanishing');
  writeFileSync(path, record(1));
  const [input] = await expandInputs([path]);
  rmSync(path);
  await assert.rejects(bytesOf(input), new RegExp(`Cannot read ${path}: no such file or directory`));
});

// It was opened a second time, to look for what a fault in the compression had cost, and waited for a writer for ever.
test(
  'expandInputs gives a FIFO that reads from its beginning again, to its end',
  { skip: requires('mkfifo') },
  async () => {
    const [path, stored] = [join(folder, 'fifo'), join(folder, 'stored')];
    execFileSync('mkfifo', [path]);
    const bytes = new Uint8Array(300_000).map((_, at) => at % 251);
    writeFileSync(stored, bytes);
    spawn('sh', ['-c', 'cat "$1" > "$2"', 'sh', stored, path], { stdio: 'ignore' });
    const [input] = await expandInputs([path]);
    for await (const chunk of input.open() ?? []) {
      assert.ok(chunk.length < bytes.length); // a pipe holds less: the rest is read the second time only
      break;
    }
    assert.deepEqual(await bytesOf(input), bytes);
    assert.deepEqual(await bytesOf(input), bytes);
  },
);
