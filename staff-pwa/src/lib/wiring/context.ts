import { getContext, setContext } from 'svelte';
import type { Work } from './work.svelte.ts';

const KEY = Symbol('work');

/** The pages below the shell ask for the work of the person who is signed in. */
export const provideWork = (work: () => Work): void => void setContext(KEY, work);
export const useWork = (): (() => Work) => getContext<() => Work>(KEY);
