/**
 * The API for clients inside the simulated network: their connections arrive as decrypted bytes with the certificates
 * that they presented, and are answered by the same code as those from outside. Knows no packets.
 */
import { X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { Duplex } from 'node:stream';
import type { PeerCertificate } from 'node:tls';
import type { Ipv4 } from '../base/address.ts';

/** A connection after its handshake; text is bytes. */
export interface InsideConnection {
  readonly local: { readonly address: Ipv4; readonly port: number };
  /** DER, the client's own first. */
  readonly peer: readonly string[];
  read(): Promise<string | undefined>;
  write(bytes: string): void;
  end(): void;
  close(): void;
}

/** Where such connections come from. */
export interface InsideDoor {
  answer: ((connection: InsideConnection) => void) | undefined;
}

export interface InsideServer {
  open(door: InsideDoor): void;
  /** Ends every connection. */
  drop(): void;
}

/** @param authority of client certificates, PEM */
export function insideServer(authority: string, handle: RequestListener, upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): InsideServer {
  // It never listens: it is handed its connections.
  const server: Server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0 }, handle);
  server.on('upgrade', upgrade);
  const sockets = new Set<InsideSocket>();
  return {
    open: (door) => {
      door.answer = (connection) => {
        const socket = new InsideSocket(connection, authority);
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        server.emit('connection', socket);
      };
    },
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** As much of a TLS socket as the request handlers look at. */
class InsideSocket extends Duplex {
  readonly localAddress: string;
  readonly localPort: number;
  readonly authorized: boolean;
  readonly #connection: InsideConnection;
  readonly #certificate: X509Certificate | undefined;
  #isReading = false;

  constructor(connection: InsideConnection, authority: string) {
    super();
    this.#connection = connection;
    this.localAddress = connection.local.address;
    this.localPort = connection.local.port;
    const [der] = connection.peer;
    this.#certificate = der === undefined ? undefined : new X509Certificate(Buffer.from(der, 'latin1'));
    this.authorized = this.#certificate?.verify(new X509Certificate(authority).publicKey) ?? false;
    this.on('error', () => this.destroy());
  }

  getPeerCertificate(): PeerCertificate | undefined {
    return this.#certificate?.toLegacyObject();
  }

  override _read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    void this.#pump();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    try {
      this.#connection.write(chunk.toString('latin1'));
      done();
    } catch (error) {
      // The other side is gone: a broken pipe, as a socket would say.
      done(error as Error);
    }
  }

  override _final(done: () => void): void {
    this.#connection.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection.close();
    done(error);
  }

  async #pump(): Promise<void> {
    try {
      const bytes = await this.#connection.read();
      this.#isReading = false;
      this.push(bytes === undefined ? null : Buffer.from(bytes, 'latin1'));
    } catch {
      this.destroy();
    }
  }
}
