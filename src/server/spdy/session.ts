/**
 * The server's end of a SPDY/3.1 connection: streams that the client opens, each with bytes both ways and half close.
 * Knows nothing of exec or port-forward. See moby/spdystream connection.go.
 */
import { FrameReader, FrameWriter } from './frames.ts';
import type { Headers, SpdyFrame } from './frames.ts';

/** Bytes both ways: a socket, or a WebSocket that tunnels SPDY. */
export interface ByteTransport {
  onData(listener: (bytes: Buffer) => void): void;
  onClose(listener: () => void): void;
  /** Resolves when there is room for more. */
  write(bytes: Buffer): Promise<void>;
  end(): void;
  pause(): void;
  resume(): void;
}

export interface SpdyStream {
  readonly id: number;
  readonly headers: Headers;
  /** One listener; data that came earlier is kept for it. `undefined` is the client's half close. */
  onData(listener: (bytes: Buffer | undefined) => void): void;
  write(bytes: Buffer): Promise<void>;
  /** Half close: no more bytes from us. */
  end(): void;
  /** Refuse it: CANCEL (5). */
  reset(): void;
}

/** The longest data frame we send: small enough that another stream's bytes do not wait long. */
const MAX_DATA = 32 * 1024;

export class SpdySession {
  readonly #reader = new FrameReader();
  readonly #writer = new FrameWriter();
  readonly #streams = new Map<number, ServerStream>();
  readonly #onStream: (stream: SpdyStream) => void;
  #lastStreamId = 0;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param onClose told once, when the client is gone or has misbehaved */
  constructor(readonly transport: ByteTransport, on: { stream(stream: SpdyStream): void; close(): void }) {
    this.#onStream = (stream) => on.stream(stream);
    transport.onData((bytes) => {
      this.#reading = this.#reading.then(() => this.#receive(bytes)).catch(() => this.close());
    });
    transport.onClose(() => {
      this.#closed = true;
      this.#reader.close();
      for (const stream of this.#streams.values()) stream.receive(undefined);
      on.close();
    });
  }

  /** Say goodbye and end the connection. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.transport.write(this.#writer.goaway(this.#lastStreamId));
    this.transport.end();
  }

  async #receive(bytes: Buffer): Promise<void> {
    if (this.#closed) return;
    for (const frame of await this.#reader.read(bytes)) this.#accept(frame);
  }

  #accept(frame: SpdyFrame): void {
    switch (frame.type) {
      case 'syn-stream': {
        const stream = new ServerStream(frame.streamId, frame.headers, this.#writer, this.transport);
        this.#lastStreamId = frame.streamId;
        this.#streams.set(frame.streamId, stream);
        void this.transport.write(this.#writer.synReply(frame.streamId));
        if (frame.fin) stream.receive(undefined);
        return this.#onStream(stream);
      }
      case 'data': {
        const stream = this.#streams.get(frame.streamId);
        if (frame.data.length > 0) stream?.receive(frame.data);
        if (frame.fin) stream?.receive(undefined);
        return;
      }
      case 'rst-stream':
        this.#streams.get(frame.streamId)?.receive(undefined);
        this.#streams.delete(frame.streamId);
        return;
      case 'ping':
        // Even numbers are echoes of our own pings, and we send none.
        if (frame.id % 2 === 1) void this.transport.write(this.#writer.ping(frame.id));
        return;
      case 'goaway':
      case 'ignored':
        return;
    }
  }
}

class ServerStream implements SpdyStream {
  #listener: ((bytes: Buffer | undefined) => void) | undefined;
  readonly #early: (Buffer | undefined)[] = [];
  #inputEnded = false;
  #ended = false;

  constructor(readonly id: number, readonly headers: Headers, readonly writer: FrameWriter, readonly transport: ByteTransport) {}

  receive(bytes: Buffer | undefined): void {
    if (this.#inputEnded) return;
    this.#inputEnded = bytes === undefined;
    if (this.#listener) this.#listener(bytes);
    else this.#early.push(bytes);
  }

  onData(listener: (bytes: Buffer | undefined) => void): void {
    this.#listener = listener;
    for (const bytes of this.#early.splice(0)) listener(bytes);
  }

  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#ended; at += MAX_DATA) {
      await this.transport.write(this.writer.data(this.id, bytes.subarray(at, at + MAX_DATA)));
    }
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.transport.write(this.writer.data(this.id, Buffer.alloc(0), true));
  }

  reset(): void {
    this.#ended = true;
    void this.transport.write(this.writer.rstStream(this.id, 5));
  }
}
