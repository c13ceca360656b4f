// The yardstick of gzip inputs: Node's inflate alone, in chunks of 1 MiB. `node inflate.mjs FILE`
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

const chunkSize = 1024 * 1024;
let bytes = 0;
const chunks = createReadStream(process.argv[2], { highWaterMark: chunkSize }).pipe(createGunzip({ chunkSize }));
for await (const chunk of chunks) bytes += chunk.length;
console.log(bytes);
