// Waiting in tests: asks again and again until there is an answer, and fails with what was waited for when the deadline is over.
// Nothing is ever waited for longer than needed, and no time is asserted.

import { setTimeout as wait } from 'node:timers/promises';

/** The first answer of `probe` that is neither undefined, null nor false. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} s in vain until ${what}`);
    await wait(10);
  }
}
