// A disk that is small enough to be filled: memory that is mounted, where this machine lets us mount.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A cluster takes 66 MB, an hour of chaos not as much again; its log is kept below 64 MB (`house.ts`). */
const SIZE_MB = 384;
const PIECE = Buffer.alloc(1024 * 1024);
/** The last hole that is filled: a page of PostgreSQL is twice this. */
const SMALLEST_PIECE_BYTES = 4_096;

export class SmallDisk {
  readonly #folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#ballast = join(folder, 'ballast');
  }

  /** null where mounting is refused: whoever runs this is not root, or the machine does not allow it. */
  static mount(folder: string): SmallDisk | null {
    const options = `size=${SIZE_MB}m,mode=755`;
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    return status === 0 ? new SmallDisk(folder) : null;
  }

  /** Not a byte is left; again where something has become free meanwhile. */
  fill(): void {
    const file = openSync(this.#ballast, 'a');
    try {
      let bytes = PIECE.length;
      while (bytes >= SMALLEST_PIECE_BYTES) {
        try {
          // A piece that fits in part is written in part.
          if (writeSync(file, PIECE, 0, bytes) < bytes) bytes = Math.floor(bytes / 2);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          bytes = Math.floor(bytes / 2);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  unmount(): void {
    // Lazily: a process of PostgreSQL that is ending may still be in there.
    spawnSync('umount', ['--lazy', this.#folder]);
  }
}
