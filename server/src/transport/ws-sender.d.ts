import 'ws';

/** ws exports its frame maker; its types do not say so. */
declare module 'ws' {
  export class Sender {
    static frame(
      data: Buffer,
      options: { fin: boolean; rsv1: boolean; opcode: number; mask: boolean; readOnly: boolean },
    ): Buffer[];
  }
}
