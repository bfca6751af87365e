/** `?demo=1&slot=2`: a kiosk of the demo, which pairs itself; several live in one browser. null elsewhere. */
export function demoSlotOf(url: URL): number | null {
  if (url.searchParams.get('demo') !== '1') return null;
  const slot = Number(url.searchParams.get('slot') ?? '1');
  return Number.isInteger(slot) && slot >= 1 && slot <= 9 ? slot : 1;
}
