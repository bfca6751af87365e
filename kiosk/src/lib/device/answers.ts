import type { Transport } from '@schalter/shared/client/transport.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';

/**
 * A connection tells whoever waits after 15 s that the answer comes later. A kiosk that gives a number has to
 * hear that later answer too: it listens to the line itself.
 */
export class LateAnswers {
  readonly #answers = new Map<string, Answer>();
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  /** The same line, overheard. */
  overhear(transport: Transport): Transport {
    return {
      attach: (listener) => transport.attach(listener),
      isConnected: () => transport.isConnected(),
      sendHello: (hello) => transport.sendHello(hello),
      sendCommand: async (command) => {
        const answer = await transport.sendCommand(command);
        if (answer !== null) this.#heard(command.commandId, answer);
        return answer;
      },
    };
  }

  /** Resolves once the answer to a command has arrived, now or later. */
  of(commandId: string): Promise<Answer> {
    const answer = this.#answers.get(commandId);
    if (answer !== undefined) return Promise.resolve(answer);
    return new Promise((resolve) => this.#waiting.set(commandId, resolve));
  }

  #heard(commandId: string, answer: Answer): void {
    const resolve = this.#waiting.get(commandId);
    this.#waiting.delete(commandId);
    if (resolve !== undefined) return resolve(answer);
    this.#answers.set(commandId, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT && oldest !== undefined) this.#answers.delete(oldest);
  }
}

/** An answer may arrive between the end of the waiting and the question: the last few are enough. */
const KEPT = 8;
