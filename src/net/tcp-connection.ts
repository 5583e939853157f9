/** What a program holds of a TCP connection; how it works is in `tcp.ts`. */
import type { Endpoint } from './packet.ts';

/** As ss names them. */
export type TcpState = 'SYN-SENT' | 'SYN-RECV' | 'ESTAB' | 'FIN-WAIT-1' | 'FIN-WAIT-2' | 'CLOSE-WAIT' | 'LAST-ACK' | 'CLOSING' | 'TIME-WAIT' | 'CLOSED';

/** What a program holds: bytes out, bytes in, and two ways to end. */
export interface TcpConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly state: TcpState;
  /** @throws NetError EPIPE after `end`, ECONNRESET after a reset */
  write(data: string): void;
  /** The next bytes; undefined once the other side has said FIN. Rejects with NetError ECONNRESET or ETIMEDOUT. */
  read(): Promise<string | undefined>;
  /** FIN after what was written: "I have said all". */
  end(): void;
  /** RST: "I do not want to hear any more". */
  reset(): void;
  /** What close(2) does: FIN, and a reset to whatever the other side still says. */
  close(): void;
  /** Resolves when nothing will come or go any more, however it ended. */
  readonly closed: Promise<void>;
  /** Resolves when less than a window's worth waits to be sent; rejects like `read`. */
  drained(): Promise<void>;
  /** Written and not yet acknowledged. */
  readonly pendingBytes: number;
}
