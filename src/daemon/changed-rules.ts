// Files of changed rules, for `backtest`: a registry file (`providers`, `connections`, `options`), which takes the place of the registry, or
// a part of a configuration (`detection`), whose keys take the place of those of today. Which of the two a file is, its keys tell.

import { parse } from 'yaml';
import { parseConfig } from './config.js';
import { type PeerwatchConfig } from './config-schema.js';

type Detection = PeerwatchConfig['detection'];

const REGISTRY_KEYS = ['providers', 'connections', 'options'];

/** True for the text of a registry file. Text that is no YAML is neither: its faults are told as those of a configuration. */
export function isRegistryText(text: string): boolean {
  return Object.keys(plain(text)).some((key) => REGISTRY_KEYS.includes(key));
}

/**
 * `detection` of today with what a file says of it in its place; lists are replaced whole.
 *
 * @throws ConfigError where the file is no sound configuration by itself.
 */
export function changedDetection(today: Detection, text: string, file: string): Detection {
  const { detection } = parseConfig(text, { file, readsData: true });
  return overlaid(today, detection, plain(text)['detection']) as Detection;
}

/** The values of `changed` at the keys that are written, the others of `today`. */
function overlaid(today: unknown, changed: unknown, written: unknown): unknown {
  if (!isMapping(written) || !isMapping(today) || !isMapping(changed)) return written === undefined ? today : changed;
  const keys = Object.keys(today).map((key) => [key, overlaid(today[key], changed[key], written[key])] as const);
  return Object.fromEntries(keys);
}

function plain(text: string): Record<string, unknown> {
  try {
    const value: unknown = parse(text);
    return isMapping(value) ? value : {};
  } catch {
    return {}; // whoever parses it next says what is wrong
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
