/** "042": numbers are called with three digits at least. */
export const digitsOf = (number: number): string => String(number).padStart(3, '0');
