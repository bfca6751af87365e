/** What printing needs of Web Serial; lib.dom has no types for it yet. */
export interface SerialPortLike {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { baudRate: number; bufferSize?: number }): Promise<void>;
  close(): Promise<void>;
}

export interface SerialLike {
  /** The ports that this page was given before; never asks. */
  getPorts(): Promise<readonly SerialPortLike[]>;
  /** Asks the person; only inside a user gesture. */
  requestPort(): Promise<SerialPortLike>;
  addEventListener(type: 'connect' | 'disconnect', listener: () => void): void;
  removeEventListener(type: 'connect' | 'disconnect', listener: () => void): void;
}

type PlugEvents = Pick<SerialLike, 'addEventListener' | 'removeEventListener'>;

/**
 * The browser's Web Serial; else the polyfill over WebUSB (Chrome on Android before 148, CDC-ACM printers only;
 * 2 kB, fetched only there); else null. The polyfill has no plug events, WebUSB has.
 */
export async function findSerial(): Promise<SerialLike | null> {
  const { serial, usb } = (globalThis as unknown as { navigator: { serial?: SerialLike; usb?: PlugEvents } })
    .navigator;
  if (serial !== undefined) return serial;
  if (usb === undefined) return null;
  const polyfill = (await import('web-serial-polyfill')).serial;
  return {
    getPorts: () => polyfill.getPorts(),
    requestPort: () => polyfill.requestPort(),
    addEventListener: (type, listener) => usb.addEventListener(type, listener),
    removeEventListener: (type, listener) => usb.removeEventListener(type, listener),
  };
}
