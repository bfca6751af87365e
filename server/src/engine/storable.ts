const NUL = '\u0000';
const HALF_CHARACTER = /\p{Cs}/u;

/**
 * Where a value holds a text that no database column takes (a NUL, half a character), as the path of its field;
 * null where there is none. Such a text would break the whole batch that its command waits in.
 */
export function unstorableField(value: unknown, path = ''): string | null {
  if (typeof value === 'string') return isUnstorable(value) ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = unstorableField(inner, path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

const isUnstorable = (text: string): boolean => text.includes(NUL) || HALF_CHARACTER.test(text);
