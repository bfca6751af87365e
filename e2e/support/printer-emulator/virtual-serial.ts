/** What stands behind a page's `navigator.serial`: the ports, who was given them, and the cable. */
export interface SerialBridge {
  ports(): Promise<readonly { readonly id: number; readonly granted: boolean }[]>;
  /** What the person chooses in the browser's dialog; null: nothing. */
  choose(): Promise<number | null>;
  open(id: number, baudRate: number): Promise<void>;
  write(id: number, bytes: readonly number[]): Promise<void>;
  close(id: number): Promise<void>;
}

export interface VirtualSerial {
  readonly serial: unknown;
  /** Bytes from the device. */
  deliver(id: number, bytes: readonly number[]): void;
  plug(id: number): void;
  unplug(id: number): void;
}

/**
 * Web Serial over a bridge, as strict as Chromium's: a gesture for requestPort, InvalidStateError on a second
 * open, TypeError on closing while a stream is locked, NetworkError when the cable comes off. It uses nothing
 * from outside itself, because pages get its source.
 */
export function createVirtualSerial(bridge: SerialBridge, hasGesture: () => boolean): VirtualSerial {
  const lost = (): DOMException => new DOMException('The device has been lost.', 'NetworkError');

  class Port extends EventTarget {
    readable: ReadableStream<Uint8Array> | null = null;
    writable: WritableStream<Uint8Array> | null = null;
    connected = true;
    state: 'closed' | 'opening' | 'open' = 'closed';
    input: ReadableStreamDefaultController<Uint8Array> | null = null;
    output: WritableStreamDefaultController | null = null;
    readonly id: number;

    constructor(id: number) {
      super();
      this.id = id;
    }

    getInfo(): { usbVendorId: number; usbProductId: number } {
      return { usbVendorId: 0x04b8, usbProductId: 0x0e15 };
    }

    async open({ baudRate }: { baudRate: number }): Promise<void> {
      if (this.state !== 'closed') throw new DOMException('The port is already open.', 'InvalidStateError');
      if (!(baudRate > 0)) throw new TypeError('The baud rate must be positive.');
      this.state = 'opening';
      if (!this.connected) {
        this.state = 'closed';
        throw new DOMException('Failed to open serial port.', 'NetworkError');
      }
      try {
        await bridge.open(this.id, baudRate);
      } catch (error) {
        this.state = 'closed';
        throw error;
      }
      this.state = 'open';
      this.readable = new ReadableStream<Uint8Array>({
        start: (controller) => void (this.input = controller),
      });
      this.writable = new WritableStream<Uint8Array>({
        start: (controller) => void (this.output = controller),
        write: (chunk) => bridge.write(this.id, [...chunk]),
      });
    }

    async close(): Promise<void> {
      if (this.state !== 'open') throw new DOMException('The port is already closed.', 'InvalidStateError');
      if (this.readable?.locked === true || this.writable?.locked === true) {
        throw new TypeError('Cannot close a port while a stream is locked.');
      }
      this.drop();
      this.state = 'closed';
      await bridge.close(this.id);
    }

    /** The streams end; with a reason they fail. */
    drop(reason?: DOMException): void {
      const { input, output } = this;
      this.input = this.output = null;
      this.readable = this.writable = null;
      // A stream that has already ended can't be ended again; that is what was wanted.
      try {
        if (reason === undefined) input?.close();
        else input?.error(reason);
      } catch {
        // closed by its reader
      }
      output?.error(reason);
    }
  }

  const ports = new Map<number, Port>();
  const portOf = (id: number): Port => {
    const port = ports.get(id) ?? new Port(id);
    ports.set(id, port);
    return port;
  };
  const serial = Object.assign(new EventTarget(), {
    async getPorts(): Promise<Port[]> {
      const known = await bridge.ports();
      return known
        .filter(({ granted }) => granted)
        .map(({ id }) => portOf(id))
        .filter((port) => port.connected);
    },
    async requestPort(): Promise<Port> {
      if (!hasGesture()) {
        throw new DOMException(
          'Must be handling a user gesture to show a permission request.',
          'SecurityError',
        );
      }
      const id = await bridge.choose();
      if (id === null) throw new DOMException('No port selected by the user.', 'NotFoundError');
      return portOf(id);
    },
  });
  return {
    serial,
    deliver: (id, bytes) => portOf(id).input?.enqueue(Uint8Array.from(bytes)),
    plug(id) {
      const port = portOf(id);
      port.connected = true;
      port.dispatchEvent(new Event('connect'));
      serial.dispatchEvent(new Event('connect'));
    },
    unplug(id) {
      const port = portOf(id);
      port.connected = false;
      port.drop(lost());
      port.state = 'closed';
      port.dispatchEvent(new Event('disconnect'));
      serial.dispatchEvent(new Event('disconnect'));
    },
  };
}
