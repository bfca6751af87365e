import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Id } from '@schalter/shared/kernel/ids.ts';

const Line = z.object({
  organisationId: Id,
  streamId: Id,
  commandId: Id,
  type: z.string(),
  input: z.unknown(),
});
export type Erasure = z.output<typeof Line>;

/**
 * Whom to erase again after an older copy of the database was restored: the commands that people asked for, ids alone, in
 * a file beside the database and in none of its copies.
 */
export class ErasuresFile {
  readonly #path: string;
  #known: Set<string> | null = null;

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'erasures.jsonl');
  }

  /** On the disk when it returns; each command once. */
  add(erasure: Erasure): void {
    this.#known ??= new Set(this.read().map(({ commandId }) => commandId));
    if (this.#known.has(erasure.commandId)) return;
    mkdirSync(join(this.#path, '..'), { recursive: true });
    appendFileSync(this.#path, `${JSON.stringify(erasure)}\n`, { flush: true });
    this.#known.add(erasure.commandId);
  }

  /** A line that was cut off in the middle has its command in the journal: it is written again with the next. */
  read(): readonly Erasure[] {
    if (!existsSync(this.#path)) return [];
    return readFileSync(this.#path, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const parsed = Line.safeParse(parseJson(line));
        return parsed.success ? [parsed.data] : [];
      });
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
