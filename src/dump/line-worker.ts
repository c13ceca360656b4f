// A worker that makes the lines of ordinary UPDATEs: records in, text out, in shared memory. It decodes nothing and learns nothing: what
// is not ordinary it names, and whoever asked sees to it.

import { parentPort } from 'node:worker_threads';
import { MrtDecoder } from '../mrt/record.js';
import { LineBuffer } from './line-buffer.js';
import { type LineAnswer, type LineJob, sharedBytes, type SlotMemory } from './line-slot.js';
import { UpdateLines } from './update-lines.js';

const slots = new Map<number, { memory: SlotMemory; text: Uint8Array }>();
const out = new LineBuffer(sharedBytes);
const lines = new UpdateLines(new MrtDecoder().state, out);

function work({ slot: number, count, memory }: LineJob): void {
  if (memory !== undefined) slots.set(number, { memory, text: slots.get(number)?.text ?? sharedBytes(0) });
  const slot = slots.get(number)!;
  const { bytes, ends } = slot.memory;
  const [left, textBefore]: [number[], number[]] = [[], []];
  out.use(slot.text);
  for (let i = 0, start = 0; i < count; start = ends[i++]) {
    if (!lines.mayConcern(bytes, start, ends[i])) continue;
    left.push(i);
    textBefore.push(out.length);
  }
  const { length } = out;
  const text = out.release();
  const answer: LineAnswer = { slot: number, length, left, textBefore, ...(text !== slot.text && { text }) };
  slot.text = text;
  parentPort?.postMessage(answer);
}

parentPort?.on('message', work);
