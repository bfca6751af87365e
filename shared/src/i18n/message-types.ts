/**
 * Reads the variables of an ICU message in the type system, so that a forgotten one does not compile.
 * It walks from brace to brace and keeps a stack: 'm' is message text, 'a' the inside of an argument.
 */

type Space = ' ' | '\n' | '\t';
type Trim<S extends string> = S extends `${Space}${infer R}`
  ? Trim<R>
  : S extends `${infer R}${Space}`
    ? Trim<R>
    : S;

/** One argument as a pair [name, type]; `{n}` has the type ''. */
type Argument<S extends string> = S extends `${infer Name},${infer Rest}`
  ? [Trim<Name>, Rest extends `${infer Type},${string}` ? Trim<Type> : Trim<Rest>]
  : [Trim<S>, ''];

/** The text before the next brace, the brace, and the text after it. */
type NextBrace<S extends string> = S extends `${infer A}{${infer B}`
  ? A extends `${infer C}}${infer D}`
    ? [C, '}', `${D}{${B}`]
    : [A, '{', B]
  : S extends `${infer A}}${infer B}`
    ? [A, '}', B]
    : never;

type Walk<S extends string, Stack extends readonly ('m' | 'a')[], Fresh extends boolean, Found> =
  NextBrace<S> extends [infer Text extends string, infer Brace, infer Rest extends string]
    ? Stack extends readonly [infer Top, ...infer Below extends readonly ('m' | 'a')[]]
      ? Brace extends '{'
        ? Top extends 'm'
          ? Walk<Rest, ['a', ...Stack], true, Found>
          : Walk<Rest, ['m', ...Stack], false, Fresh extends true ? Found | Argument<Text> : Found>
        : Walk<Rest, Below, false, Fresh extends true ? Found | Argument<Text> : Found>
      : Found
    : Found;

type Arguments<S extends string> = Walk<S, ['m'], false, never>;

/** The names of a message's variables. */
export type VariableNames<S extends string> =
  Arguments<S> extends infer A ? (A extends [infer Name extends string, string] ? Name : never) : never;

/** Those that some message counts or chooses a plural by. */
export type NumberNames<S extends string> =
  Arguments<S> extends infer A
    ? A extends [infer Name extends string, 'plural' | 'selectordinal' | 'number']
      ? Name
      : never
    : never;

/** The values that a message in all its languages needs. */
export type ValuesOf<S extends string> = {
  readonly [Name in VariableNames<S>]: Name extends NumberNames<S> ? number : string | number;
};

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Every key of `Base` and no other, each with the same variables. */
export type TranslationOf<Base, Table> = {
  readonly [Key in keyof Table]: Key extends keyof Base
    ? Base[Key] extends string
      ? Table[Key] extends string
        ? Same<VariableNames<Base[Key]>, VariableNames<Table[Key]>> extends true
          ? string
          : `needs the variables of the German message: ${VariableNames<Base[Key]>}`
        : never
      : never
    : never;
};
