import { create } from 'qrcode';

/** ISO 18004 asks for four modules of white on each side. */
const QUIET_ZONE = 4;

/**
 * A QR code as one SVG path, dark modules joined by row, with its quiet zone. Correction level M (15 %) is
 * enough on a clean screen and keeps the modules large.
 */
export function qrPath(value: string): { readonly size: number; readonly path: string } {
  const { modules } = create(value, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      if (modules.get(y, x) === 0) continue;
      const from = x;
      while (x + 1 < modules.size && modules.get(y, x + 1) !== 0) x++;
      path += `M${from + QUIET_ZONE} ${y + QUIET_ZONE}h${x - from + 1}v1h-${x - from + 1}z`;
    }
  }
  return { size: modules.size + 2 * QUIET_ZONE, path };
}
