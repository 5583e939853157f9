/**
 * The server's half of a TLS 1.3 handshake: answer the hello with a certificate. Knows no HTTP; what to tell a client
 * that speaks plain text is the server's own affair. Refusals are worded as Go's crypto/tls words them. RFC 8446 §2.
 */
import type { Rng } from '../../base/rng.ts';
import type { TcpConnection } from '../../net/sockets.ts';
import type { Certificate } from './certificate.ts';
import {
  ALERTS, CERTIFICATE, CERTIFICATE_REQUEST, CERTIFICATE_VERIFY, certificateMessage, CLIENT_HELLO, encryptedExtensions, FINISHED, message, messagesOf, noise, readCertificates, readClientHello,
  serverHello,
} from './handshake.ts';
import { ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, Records } from './record.ts';
import { SecuredConnection, type TlsConnection } from './session.ts';

export interface TlsIdentity {
  /** What is presented, the server's own certificate first: `readPem` of its file. */
  readonly chain: readonly Certificate[];
  /** Ask the client for a certificate; whether to believe it is for the caller to say (`distrust`). */
  readonly asksClient?: boolean;
  /** Sent, before hanging up, to a client that speaks plain text: Go's server and nginx each have their sentence. */
  readonly plainText?: string;
  /** Told why a handshake came to nothing, in Go's words: for the server's log. */
  readonly onFailure?: (words: string) => void;
}

/** What Go's net/http says to HTTP on an HTTPS port. */
export const GO_PLAIN_TEXT = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

/** Shake hands as a server. @returns undefined when it came to nothing; the connection is closed then */
export async function tlsServer(connection: TcpConnection, identity: TlsIdentity, rng: Rng): Promise<TlsConnection | undefined> {
  const records = new Records(connection);
  const first = await records.next();
  const [opening] = first?.type === HANDSHAKE ? messagesOf(first.content) : [];
  if (opening?.type !== CLIENT_HELLO) return refuse(connection, identity, first?.content);
  const hello = readClientHello(opening.body);
  const protocol = hello.protocols.includes('http/1.1') ? 'http/1.1' : undefined;
  const random = noise(rng, 32);
  records.write(HANDSHAKE, serverHello(random, rng));
  records.write(CHANGE_CIPHER_SPEC, '\x01');
  records.seal(hello.random + random, 'server');
  for (const content of [
    encryptedExtensions(protocol),
    ...(identity.asksClient ? [message(CERTIFICATE_REQUEST, '\0\0\0')] : []),
    certificateMessage(identity.chain),
    message(CERTIFICATE_VERIFY, noise(rng, 75)),
    message(FINISHED, noise(rng, 32)),
  ]) records.write(HANDSHAKE, content);
  let peer: readonly Certificate[] = [];
  for (;;) {
    const record = await records.next();
    if (record?.type === CHANGE_CIPHER_SPEC) continue;
    if (record?.type !== HANDSHAKE) {
      identity.onFailure?.(record?.type === ALERT ? `remote error: tls: ${ALERTS[record.content.charCodeAt(1)] ?? 'internal error'}` : 'EOF');
      connection.close();
      return undefined;
    }
    for (const { type, body } of messagesOf(record.content)) {
      if (type === CERTIFICATE) peer = readCertificates(body);
      if (type === FINISHED) return new SecuredConnection(records, { serverName: hello.serverName, protocol, peer });
    }
  }
}

function refuse(connection: TcpConnection, { plainText, onFailure }: TlsIdentity, said: string | undefined): undefined {
  const isHttp = said !== undefined && /^[A-Z]+ /.test(said);
  if (isHttp && plainText !== undefined) connection.write(plainText);
  onFailure?.(said === undefined ? 'EOF' : isHttp ? 'client sent an HTTP request to an HTTPS server' : 'tls: first record does not look like a TLS handshake');
  connection.close();
}
