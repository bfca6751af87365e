interface StorageFacts {
  /** The browser has promised not to clear it by itself. */
  readonly isKept: boolean;
  readonly usedMb: number;
  readonly quotaMb: number;
}

const MB = 1_000_000;
const wholeMb = (bytes = 0): number => Math.ceil(bytes / MB);

/** null where the browser does not say. */
export async function storageFacts(): Promise<StorageFacts | null> {
  try {
    const [isKept, { usage, quota }] = await Promise.all([
      navigator.storage.persisted(),
      navigator.storage.estimate(),
    ]);
    return { isKept, usedMb: wholeMb(usage), quotaMb: wholeMb(quota) };
  } catch {
    return null;
  }
}
