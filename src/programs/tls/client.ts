/**
 * The client's half of a TLS 1.3 handshake. Knows no HTTP and no command line: curl and wget word their complaints from
 * what is thrown here. RFC 8446 §2.
 */
import { parseIpv4 } from '../../base/address.ts';
import type { Rng } from '../../base/rng.ts';
import type { TcpConnection } from '../../net/sockets.ts';
import type { Certificate } from './certificate.ts';
import {
  CERTIFICATE, CERTIFICATE_EXPIRED, CERTIFICATE_REQUEST, CERTIFICATE_VERIFY, certificateMessage, clientHello, ENCRYPTED_EXTENSIONS, FINISHED, message, type Message, messagesOf, noise,
  readCertificates, readEncryptedExtensions, readServerHello, SERVER_HELLO, UNKNOWN_CA,
} from './handshake.ts';
import { ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, Records } from './record.ts';
import { alert, SecuredConnection, type TlsConnection } from './session.ts';
import { type Distrust, distrust, matchingName } from './trust.ts';

export interface TlsWish {
  /** The host as the user wrote it: a name or an address. */
  readonly host: string;
  /** Whether a chain that is not believed, or a certificate for somebody else, ends the handshake. */
  readonly verify: boolean;
  /** Whom to believe. */
  readonly roots: readonly Certificate[];
  /** Presented when the server asks. */
  readonly certificates?: readonly Certificate[] | undefined;
  readonly nowMs: number;
  readonly rng: Rng;
  /** Told of every message, for `-v`. */
  readonly onMessage?: (step: HandshakeStep) => void;
}

/** A message of the handshake: which way, what OpenSSL calls it, its number and size. */
export interface HandshakeStep {
  readonly direction: 'IN' | 'OUT';
  readonly name: string;
  readonly bytes: number;
}

/** The handshake failed: the other side speaks no TLS, is not believed, or is somebody else. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
  constructor(
    readonly kind: 'no-tls' | 'untrusted' | 'other-name',
    /** OpenSSL's words for it; libcurl's own for another name. */
    readonly openssl: string,
    /** What the server presented. */
    readonly chain: readonly Certificate[] = [],
  ) {
    super(openssl);
  }
}

/** As curl's trace names them: ossl_trace in lib/vtls/openssl.c. */
const NAMES: Readonly<Record<number, string>> = {
  [SERVER_HELLO]: 'TLS handshake, Server hello (2)', [ENCRYPTED_EXTENSIONS]: 'TLS handshake, Encrypted Extensions (8)', [CERTIFICATE]: 'TLS handshake, Certificate (11)',
  [CERTIFICATE_REQUEST]: 'TLS handshake, Request CERT (13)', [CERTIFICATE_VERIFY]: 'TLS handshake, CERT verify (15)', [FINISHED]: 'TLS handshake, Finished (20)',
};

/** Shake hands as a client. `within` limits each wait. @throws TlsError NetError TimedOut */
export async function tlsClient(connection: TcpConnection, wish: TlsWish, within: <T>(reading: Promise<T>) => Promise<T>): Promise<TlsConnection> {
  const records = new Records(connection);
  const serverName = parseIpv4(wish.host) === undefined ? wish.host : undefined;
  const random = noise(wish.rng, 32);
  const say = (direction: 'IN' | 'OUT', name: string, bytes: number) => wish.onMessage?.({ direction, name, bytes });
  const send = (name: string, content: string, type = HANDSHAKE) => {
    records.write(type, content);
    say('OUT', name, content.length);
  };
  send('TLS handshake, Client hello (1)', clientHello({ random, serverName, protocols: ['http/1.1'] }, wish.rng));
  let protocol: string | undefined;
  let chain: readonly Certificate[] = [];
  let asked = false;
  for (let finished = false; !finished; ) {
    for (const { type, body } of await nextMessages(records, within)) {
      say('IN', NAMES[type]!, body.length + 4);
      if (type === SERVER_HELLO) records.seal(random + readServerHello(body), 'client');
      else if (type === ENCRYPTED_EXTENSIONS) protocol = readEncryptedExtensions(body);
      else if (type === CERTIFICATE_REQUEST) asked = true;
      else if (type === CERTIFICATE) {
        chain = readCertificates(body);
        const doubt = wish.verify ? distrust(chain, wish.roots, wish.nowMs) : undefined;
        if (doubt) throw refuse(records, doubt, chain, send);
      } else if (type === FINISHED) finished = true;
    }
  }
  send('TLS change cipher, Change cipher spec (1)', '\x01', CHANGE_CIPHER_SPEC);
  if (asked) send('TLS handshake, Certificate (11)', certificateMessage(wish.certificates ?? []));
  if (asked && wish.certificates?.length) send('TLS handshake, CERT verify (15)', message(CERTIFICATE_VERIFY, noise(wish.rng, 76)));
  send('TLS handshake, Finished (20)', message(FINISHED, noise(wish.rng, 32)));
  const secured = new SecuredConnection(records, { serverName, protocol, peer: chain });
  if (wish.verify && (!chain[0] || matchingName(chain[0], wish.host) === undefined)) {
    secured.close();
    throw new TlsError('other-name', `no alternative certificate subject name matches target host name '${wish.host}'`, chain);
  }
  return secured;
}

async function nextMessages(records: Records, within: <T>(reading: Promise<T>) => Promise<T>): Promise<readonly Message[]> {
  for (;;) {
    const record = await records.next(() => within(records.connection.read()));
    if (record?.type === CHANGE_CIPHER_SPEC) continue;
    if (record?.type === HANDSHAKE) return messagesOf(record.content);
    records.connection.close();
    throw new TlsError('no-tls', record === undefined ? 'OpenSSL/3.0.19: error:0A000126:SSL routines::unexpected eof while reading' : 'OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number');
  }
}

function refuse(records: Records, doubt: Distrust, chain: readonly Certificate[], send: (name: string, content: string, type: number) => void): TlsError {
  const EXPIRED_CODE = 10;
  if (doubt.code === EXPIRED_CODE) send('TLS alert, certificate expired (557)', alert(CERTIFICATE_EXPIRED), ALERT);
  else send('TLS alert, unknown CA (560)', alert(UNKNOWN_CA), ALERT);
  records.connection.close();
  return new TlsError('untrusted', doubt.words, chain);
}
