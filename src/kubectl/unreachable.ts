/** No answer at all, in the words of Go's net package. */
import { KubectlError } from './io.ts';

export class UnreachableError extends KubectlError {}

/** What kubectl says when there is no answer from `url`. */
export function unreachable(url: URL, error: NodeJS.ErrnoException): UnreachableError {
  const where = url.host;
  const host = url.port ? where : `${where}:${url.protocol === 'https:' ? 443 : 80}`;
  if (error.code === 'ECONNREFUSED') return new UnreachableError(`The connection to the server ${where} was refused - did you specify the right host or port?`);
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return new UnreachableError(`Unable to connect to the server: dial tcp: lookup ${url.hostname}: no such host`);
  if (error.code === 'ETIMEDOUT' || error.code === 'EHOSTUNREACH') return new UnreachableError(`Unable to connect to the server: dial tcp ${host}: ${error.code === 'ETIMEDOUT' ? 'i/o timeout' : 'connect: no route to host'}`);
  if (error.code === 'ECONNRESET') return new UnreachableError('Unable to connect to the server: EOF');
  if (/certificate|self.signed|SELF_SIGNED|UNABLE_TO_VERIFY/i.test(`${error.code} ${error.message}`)) return new UnreachableError('Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority');
  return new UnreachableError(`Unable to connect to the server: ${error.message}`);
}
