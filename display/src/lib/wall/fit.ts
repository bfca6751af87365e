/** Widths in em of tabular Inter at the wall's weight, measured: a letter with its gap, and a digit. */
const CHAR_EM = 0.63;

/** Font sizes in rem of number and counter of a takeover, so that both fit on a line of a width in rem. */
export function takeoverSizes(
  number: string,
  counter: string,
  room: { readonly widthRem: number; readonly maxRem: number },
): { number: number; counter: number } {
  const shareOfCounter = counter.length <= 2 ? counter.length / (number.length + counter.length) : 0.45;
  const size = (text: string, width: number): number =>
    Math.min(room.maxRem, width / (text.length * CHAR_EM));
  const numberRem = size(number, room.widthRem * (1 - shareOfCounter));
  const counterRem = Math.min(numberRem, size(counter, room.widthRem * shareOfCounter));
  return { number: numberRem, counter: counterRem };
}

/** How much smaller a text is than the number of characters that its place is drawn for. */
export const rowScale = (text: string, drawnFor: number): number => Math.min(1, drawnFor / text.length);
