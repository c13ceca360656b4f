// Which files came into a folder by a rename, told by inotify (fs.watch): a name that appears and is not written to afterwards was
// moved there whole. A file's own times cannot tell: a rename right after the last write falls into the same clock tick. Best effort:
// where nothing can be watched (no inotify left, a network file system) nothing is said to be moved, and whoever asks waits.

import { type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';

export class ArrivalWatch {
  readonly #watchers = new Map<string, { readonly ino: number; readonly watcher: FSWatcher }>();
  readonly #moved = new Set<string>();

  /** Watches a folder from now on; again where another one took its name. */
  add(folder: string): void {
    const ino = statSync(folder, { throwIfNoEntry: false })?.ino;
    if (this.#watchers.get(folder)?.ino === ino) return;
    this.#remove(folder);
    if (ino === undefined) return;
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        if (name !== null) this.#note(event, join(folder, name));
      });
      watcher.on('error', () => this.#remove(folder));
      this.#watchers.set(folder, { ino, watcher });
    } catch {
      // Nothing is told of this folder.
    }
  }

  /** True where the file was moved in and not written to since. */
  isMovedIn(path: string): boolean {
    return this.#moved.has(path);
  }

  close(): void {
    for (const folder of [...this.#watchers.keys()]) this.#remove(folder);
  }

  /** `rename`: the name appeared or went; `change`: it was written to, or its attributes were. */
  #note(event: string, path: string): void {
    const isThere = event === 'rename' && statSync(path, { throwIfNoEntry: false }) !== undefined;
    if (isThere) this.#moved.add(path);
    else this.#moved.delete(path);
  }

  #remove(folder: string): void {
    this.#watchers.get(folder)?.watcher.close();
    this.#watchers.delete(folder);
  }
}
