/** The limits of kernel/text.ts, which brings zod with it; limits.test.ts keeps them equal. */
export const LIMITS = { name: 80, note: 500, shortText: 60 } as const;
