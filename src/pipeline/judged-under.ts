// Whether a prefix is still judged under the registered one that a monitor's condition names.

import { parsePrefix } from '../ip/prefix-text.js';
import { type PolicyTable } from '../detection/policy.js';

/** Both prefixes by their text. False where nothing registered covers it any more, or something longer does. */
export function isJudgedUnder(policies: PolicyTable, prefix: string, registeredPrefix: string): boolean {
  return policies.judging(parsePrefix(prefix))?.prefix.toString() === registeredPrefix;
}
