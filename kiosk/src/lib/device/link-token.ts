/** 128 bits nobody can guess. */
const BYTES = 16;

/** The secret of a ticket's page, base64url, made where the ticket is asked for. */
export function newLinkToken(random: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(BYTES);
  random(bytes);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
