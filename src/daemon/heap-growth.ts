// How far V8 lets garbage pile up before it collects: by default it may take up to four times what is in use. Half as much again costs
// a replay a tenth of its time, and takes a daemon with a million routes from 262 to 219 MiB at its peak (test/bench, P9 and P12).

import { setFlagsFromString } from 'node:v8';

/** Bounds the heap by what is in use. For programs that keep tables; call it before they are made. */
export function boundHeapGrowth(): void {
  setFlagsFromString('--heap-growing-percent=40');
}
