import type { Connection, ConnectionState } from '../client/connection-state.ts';

/**
 * A connection as Svelte sees it: its state is replaced whole, never mutated, and screens read it through
 * `$derived` selectors.
 */
export class LiveConnection<T> {
  readonly #connection: Connection<T>;
  readonly #unsubscribe: () => void;
  #state: ConnectionState<T>;

  constructor(connection: Connection<T>) {
    this.#connection = connection;
    this.#state = $state.raw(connection.getState());
    this.#unsubscribe = connection.subscribe((state) => (this.#state = state));
  }

  get state(): ConnectionState<T> {
    return this.#state;
  }

  send: Connection<T>['send'] = (type, input) => this.#connection.send(type, input);
  keep: Connection<T>['keep'] = (type, input) => this.#connection.keep(type, input);
  now: Connection<T>['now'] = () => this.#connection.now();
  dismissRefusal: Connection<T>['dismissRefusal'] = (commandId) => this.#connection.dismissRefusal(commandId);

  close(): void {
    this.#unsubscribe();
    this.#connection.close();
  }
}
