/**
 * Connections to the API server that come from inside the simulated network: the kube-apiserver process shakes hands,
 * whoever serves the API outside answers. Knows no HTTP. Closed until somebody opens it.
 */
import type { Endpoint } from '../net/packet.ts';

/** A client that shook hands; bytes as they are after decryption. */
export interface ApiConnection {
  readonly local: Endpoint;
  /** The certificates that the client presented, its own first: DER. */
  readonly peer: readonly string[];
  /** Undefined at the end. */
  read(): Promise<string | undefined>;
  write(bytes: string): void;
  end(): void;
  close(): void;
}

export class ApiDoor {
  /** Set by who serves the API. */
  answer: ((connection: ApiConnection) => void) | undefined;
}
