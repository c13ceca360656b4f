import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { CompressionError, detectCompression, UnsupportedCompressionError } from '../../src/sources/compression.js';
import { type ByteSource, decompress, type DecompressOptions } from '../../src/sources/decompress.js';
import { requires } from '../support/requires.js';

/** Bytes that compress badly, so that a fault in the middle leaves much behind and before it: a multiplicative generator. */
const DATA = Uint8Array.from(
  { length: 3_000_000 },
  (
    (seed) => () =>
      (seed = (seed * 48271) % 0x7fffffff) & 63
  )(1),
);
const GZIP = new Uint8Array(gzipSync(DATA));
const NO_PROGRAMS = { programs: { bzip2: [], zstd: [] } };

const packed = (program: string, data: Uint8Array = DATA): Uint8Array =>
  new Uint8Array(execFileSync(program, ['-c'], { input: data, maxBuffer: 1 << 27 }));

function chunked(bytes: Uint8Array, size: number): ByteSource {
  // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable is what is wanted
  async function* read(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return { open: read };
}

interface Unpacked {
  readonly bytes: Uint8Array;
  readonly error: unknown;
}

async function unpack(source: ByteSource, options: DecompressOptions = {}): Promise<Unpacked> {
  const chunks: Uint8Array[] = [];
  let error: unknown = null;
  try {
    for await (const chunk of decompress(source, options)) chunks.push(chunk.slice());
  } catch (caught) {
    error = caught;
  }
  return { bytes: new Uint8Array(Buffer.concat(chunks)), error };
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function assertAll({ bytes, error }: Unpacked, expected: Uint8Array): void {
  assert.equal(error, null);
  assert.ok(Buffer.from(bytes).equals(expected), `${bytes.length} bytes of ${expected.length}`);
}

/** All that came before the fault, and nothing that is not the data. */
function assertFault({ bytes, error }: Unpacked, atLeast: number): void {
  assert.ok(error instanceof CompressionError, String(error));
  assert.ok(bytes.length >= atLeast, `${bytes.length} bytes, wanted ${atLeast}`);
  assert.ok(Buffer.from(bytes).equals(DATA.subarray(0, bytes.length)));
}

for (const size of [1, 7, 65_536, 10_000_000]) {
  const data = DATA.subarray(0, size < 10 ? 3000 : undefined);
  test(`decompress unpacks gzip in chunks of ${size} bytes`, async () => {
    assertAll(await unpack(chunked(new Uint8Array(gzipSync(data)), size)), data);
  });
  test(`decompress hands on uncompressed data in chunks of ${size} bytes`, async () => {
    assertAll(await unpack(chunked(data, size)), data);
  });
  test(`decompress unpacks bzip2 in chunks of ${size} bytes`, { skip: requires('bzip2') }, async () => {
    assertAll(await unpack(chunked(packed('bzip2', data), size)), data);
    assertAll(await unpack(chunked(packed('bzip2', data), size), NO_PROGRAMS), data);
  });
  test(`decompress unpacks zstd in chunks of ${size} bytes`, { skip: requires('zstd') }, async () => {
    assertAll(await unpack(chunked(packed('zstd', data), size)), data);
    assertAll(await unpack(chunked(packed('zstd', data), size), NO_PROGRAMS), data);
  });
}

test('decompress gives no chunk for empty input, and none for empty gzip', async () => {
  assertAll(await unpack(chunked(new Uint8Array(0), 10)), new Uint8Array(0));
  assertAll(await unpack(chunked(new Uint8Array(gzipSync('')), 10)), new Uint8Array(0));
});

test('decompress unpacks concatenated gzip members as one', async () => {
  assertAll(await unpack(chunked(join(GZIP, GZIP), 50_000)), join(DATA, DATA));
});

test('decompress passes over zeros after gzip data', async () => {
  assertAll(await unpack(chunked(join(GZIP, new Uint8Array(5000)), 1_000_000)), DATA);
});

test('decompress unpacks concatenated bzip2 streams as one', { skip: requires('bzip2') }, async () => {
  const twice = join(packed('bzip2'), packed('bzip2'));
  assertAll(await unpack(chunked(twice, 50_000)), join(DATA, DATA));
  assertAll(await unpack(chunked(twice, 50_000), NO_PROGRAMS), join(DATA, DATA));
});

test('decompress unpacks concatenated zstd frames as one', { skip: requires('zstd') }, async () => {
  const twice = join(packed('zstd'), packed('zstd'));
  assertAll(await unpack(chunked(twice, 50_000)), join(DATA, DATA));
  assertAll(await unpack(chunked(twice, 50_000), NO_PROGRAMS), join(DATA, DATA));
});

test('decompress yields all of the gzip data before the end of torn input', async () => {
  assertFault(await unpack(chunked(GZIP.subarray(0, GZIP.length >> 1), 65_536)), DATA.length * 0.49);
});

test('decompress yields all of the gzip data before what is no gzip', async () => {
  const result = await unpack(chunked(join(GZIP, new TextEncoder().encode('and more')), 65_536));
  assertFault(result, DATA.length);
});

test('decompress yields gzip data up to a damaged checksum', async () => {
  const damaged = GZIP.slice();
  damaged[damaged.length - 6] ^= 1;
  assertFault(await unpack(chunked(damaged, 65_536)), DATA.length);
});

test('decompress yields gzip data up to an impossible block', async () => {
  const first = gzipSync(DATA.subarray(0, 1_000_000));
  const damaged = join(first, Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff), GZIP);
  assertFault(await unpack(chunked(damaged, 10_000_000)), 1_000_000);
});

for (const programs of [{ bzip2: ['lbzip2'], zstd: [] }, { bzip2: ['bzip2'], zstd: [] }, NO_PROGRAMS.programs]) {
  const by = programs.bzip2[0] ?? 'WebAssembly';
  test(
    `decompress yields every whole bzip2 block before a fault, by ${by}`,
    { skip: requires('bzip2', 'lbzip2') },
    async () => {
      const whole = packed('bzip2');
      const torn = await unpack(chunked(whole.subarray(0, whole.length * 0.7), 65_536), { programs });
      assertFault(torn, 1_799_000);
      const damaged = whole.slice();
      damaged.fill(0x55, whole.length * 0.7, whole.length * 0.7 + 4);
      assertFault(await unpack(chunked(damaged, 65_536), { programs }), 1_799_000);
    },
  );
}

test('decompress yields zstd data before the end of torn input', { skip: requires('zstd') }, async () => {
  const whole = packed('zstd');
  for (const options of [{}, NO_PROGRAMS]) {
    assertFault(await unpack(chunked(whole.subarray(0, whole.length * 0.7), 65_536), options), 1_900_000);
  }
});

// The program keeps to itself what it has not yet written when it finds that the checksum is not there, or wrong.
test(
  'decompress yields all of the zstd data where only the checksum is torn off or wrong',
  { skip: requires('zstd') },
  async () => {
    const whole = packed('zstd');
    assertFault(await unpack(chunked(whole.subarray(0, -4), 65_536)), DATA.length);
    const damaged = whole.slice();
    damaged[damaged.length - 1] ^= 1;
    assertFault(await unpack(chunked(damaged, 65_536)), DATA.length);
  },
);

test('decompress keeps what it has where the source cannot be read again', async () => {
  let opened = 0;
  const torn = chunked(GZIP.subarray(0, GZIP.length >> 1), 65_536);
  const once = { open: () => (opened++ === 0 ? torn.open() : null) };
  assertFault(await unpack(once), DATA.length * 0.4);
});

const magic = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

const refused: readonly (readonly [name: string, head: string])[] = [
  ['xz', 'fd377a585a00 0000'],
  ['lz4', '04224d18 0000'],
  ['compress (.Z)', '1f9d 90000000'],
  ['7z', '377abcaf271c 0000'],
  ['zip', '504b0304 1400 0000 0800'],
  ['lzip', '4c5a4950 01 0000'],
  ['rar', '526172211a07 0100'],
];

for (const [name, head] of refused) {
  test(`decompress refuses ${name} by name`, async () => {
    const { bytes, error } = await unpack(chunked(magic(head), 3));
    assert.ok(error instanceof UnsupportedCompressionError, String(error));
    assert.equal(error.compression, name);
    assert.equal(bytes.length, 0);
  });
}

// The file stayed open until the garbage collector came for it: what had been read of it for the magic number was closed by nobody.
test('decompress closes a source whose compression it refuses', async () => {
  let closed = false;
  async function* open(): AsyncGenerator<Uint8Array> {
    try {
      yield magic('fd377a585a00 0000 0000');
      await Promise.resolve();
    } finally {
      closed = true;
    }
  }
  assert.ok((await unpack({ open })).error instanceof UnsupportedCompressionError);
  assert.ok(closed);
});

/** Headers of MRT records whose time is the beginning of a magic number: all of them are times in this century. */
const times: readonly (readonly [name: string, head: string])[] = [
  ['bzip2', '425a6839 0010 0004 0000'],
  ['zip', '504b0304 000d 0002 0000'],
  ['a skippable zstd frame', '502a4d18 0010 0004 0000'],
  ['lzip', '4c5a4950 0010 0004 0000'],
  ['rar', '52617221 0010 0004 0000'],
];

for (const [name, head] of times) {
  test(`detectCompression does not take a record's time for ${name}`, () => {
    assert.equal(detectCompression(magic(head)), 'none');
  });
}

test('detectCompression knows gzip, bzip2, zstd and frames that zstd skips', () => {
  assert.equal(detectCompression(magic('1f8b08')), 'gzip');
  assert.equal(detectCompression(magic('425a6839 314159265359')), 'bzip2');
  assert.equal(detectCompression(magic('425a6831 177245385090')), 'bzip2');
  assert.equal(detectCompression(magic('28b52ffd 24')), 'zstd');
  assert.equal(detectCompression(magic('502a4d18 04000000 0102')), 'zstd');
});

test(
  'decompress ends its program when the consumer stops early, and the source with it',
  { skip: requires('bzip2') },
  async () => {
    const source = { closed: false };
    const bytes = packed('bzip2');
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield bytes;
          await new Promise(setImmediate);
        }
      } finally {
        source.closed = true;
      }
    }
    for await (const chunk of decompress({ open: endless })) {
      assert.ok(chunk.length > 0);
      break;
    }
    for (let turn = 0; turn < 1000 && !source.closed; turn++) await new Promise(setImmediate);
    assert.ok(source.closed);
  },
);

test('decompress throws the reason of an abort', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const reading = (async () => {
    for await (const chunk of decompress(chunked(DATA, 1000), { signal: controller.signal })) {
      assert.ok(chunk.length > 0);
      controller.abort(reason);
    }
  })();
  await assert.rejects(reading, reason);
});

test('decompress gives plain Uint8Arrays, whose slice is a copy', async () => {
  const buffer: ByteSource = { open: () => chunked(Buffer.from(DATA), 100_000).open() };
  for await (const chunk of decompress(buffer)) assert.equal(Object.getPrototypeOf(chunk), Uint8Array.prototype);
});

test('decompress loses nothing of sound data in front of a damaged gzip trailer or of garbage behind it', async () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) >>> 4);
  const sound = gzipSync(bytes);
  const wrongSum = Uint8Array.from(sound);
  wrongSum[sound.length - 6] ^= 0xff; // in the CRC of RFC 1952 section 2.3.1
  for (const damaged of [wrongSum, Buffer.concat([sound, Buffer.from('garbage')])]) {
    const source = chunked(new Uint8Array(damaged), 1000);
    const chunks: Uint8Array[] = [];
    await assert.rejects(async () => {
      for await (const chunk of decompress(source)) chunks.push(chunk.slice());
    }, CompressionError);
    assert.deepEqual(new Uint8Array(Buffer.concat(chunks)), bytes);
  }
});

/** Offsets of the bytes in which the blocks of a bzip2 stream begin: every bit looked at. */
function blockStarts(stream: Uint8Array): readonly number[] {
  const bits = Array.from(stream, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const mark = 0x314159265359n.toString(2).padStart(48, '0');
  const starts: number[] = [];
  for (let at = bits.indexOf(mark); at !== -1; at = bits.indexOf(mark, at + 1)) starts.push(at >>> 3);
  return starts;
}

const BZIP2_WAYS = [['lbzip2'], ['bzip2'], []] as const;

for (const program of BZIP2_WAYS) {
  const by = program[0] ?? 'WebAssembly';
  const options = { programs: { bzip2: program, zstd: [] } };

  test(
    `decompress tells of garbage behind bzip2 data and where it begins, by ${by}`,
    { skip: requires('bzip2', 'lbzip2') },
    async () => {
      for (let length = 0; length < 40; length += 3) {
        const data = DATA.subarray(0, 1000 + length); // ends at another bit each time
        const sound = packed('bzip2', data);
        for (const garbage of [
          Buffer.from('garbage'),
          Buffer.from('BZh9 but no stream'),
          sound.subarray(1),
          Uint8Array.of(0, 0, 7),
        ]) {
          for (const size of [1, 13, 100_000]) {
            const { bytes, error } = await unpack(chunked(join(sound, garbage), size), options);
            assert.ok(Buffer.from(bytes).equals(data), `${bytes.length} bytes`);
            assert.ok(error instanceof CompressionError && error.reason === 'what follows its end is no bzip2 data');
            const padding = garbage[0] === 0 ? 2 : 0; // zeros are passed over first
            const at = error.consumed ?? -1;
            assert.ok(at >= sound.length && at <= sound.length + padding, `${at}, not ${sound.length}`);
            assert.equal(error.unpacked, data.length);
          }
          if (program.length > 0) break; // a process for each is slow
        }
        if (program.length > 0 && length > 3) break;
      }
    },
  );

  test(
    `decompress passes over zeros behind bzip2 data, and takes empty and many streams, by ${by}`,
    { skip: requires('bzip2', 'lbzip2') },
    async () => {
      const [one, none] = [packed('bzip2', DATA.subarray(0, 500)), packed('bzip2', new Uint8Array(0))];
      const zeros = new Uint8Array(70_000);
      for (const size of [1, 11, 1_000_000]) {
        const many = await unpack(chunked(join(one, none, one, none, zeros.subarray(0, 100)), size), options);
        assertAll(many, join(DATA.subarray(0, 500), DATA.subarray(0, 500)));
      }
      assertAll(await unpack(chunked(join(one, zeros), 4096), options), DATA.subarray(0, 500));
    },
  );

  test(
    `decompress says in which bzip2 block the fault lies, by ${by}`,
    { skip: requires('bzip2', 'lbzip2') },
    async () => {
      const whole = packed('bzip2');
      const starts = blockStarts(whole);
      assert.equal(starts.length, 4); // 3 000 000 bytes in blocks of 900 000
      const damaged = whole.slice();
      damaged.fill(0x55, starts[2] + 5000, starts[2] + 5004);
      const { bytes, error } = await unpack(chunked(damaged, 65_536), options);
      assert.ok(error instanceof CompressionError);
      assert.deepEqual([error.consumed, error.unpacked], [starts[2], bytes.length]);
      assert.match(
        error.message,
        new RegExp(`\\(sound bytes: the first ${starts[2]} compressed, ${bytes.length} unpacked\\)$`),
      );
      const torn = await unpack(chunked(whole.subarray(0, starts[3] + 99), 65_536), options);
      assert.ok(torn.error instanceof CompressionError);
      assert.deepEqual([torn.error.consumed, torn.error.unpacked], [starts[3], torn.bytes.length]);
    },
  );
}
