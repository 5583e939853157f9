/**
 * Doing what a probe or a hook says, once: run a command, ask over HTTP, open a connection.
 * The words are those of the kubelet's prober. See pkg/kubelet/prober/prober.go and pkg/probe/{exec,http,tcp}.
 */
import { parseIpv4, type Ipv4 } from '../../base/address.ts';
import { utf8Encode } from '../../base/bytes.ts';
import type { Stored } from '../../api/object.ts';
import type { Handler } from '../../kinds/pod/types.ts';
import { StartError } from '../../machine/machine.ts';
import { collect } from '../../machine/streams.ts';
import type { Process } from '../../machine/program.ts';
import { NetError, strerror } from '../../net/errors.ts';
import { EmptyReply, HttpConnection } from '../../programs/http/client.ts';
import { TlsError } from '../../programs/tls/client.ts';
import { TimedOut, until } from '../../programs/waiting.ts';
import { execWords, type ContainerRun } from './container-run.ts';

export interface Outcome {
  readonly ok: boolean;
  /** What the event says after `Readiness probe failed: `. */
  readonly message: string;
}

/** @param process whose network the question comes from: the kubelet's */
export async function handle(handler: Stored<Handler>, run: ContainerRun, process: Process | undefined, timeoutMs: number): Promise<Outcome> {
  if (!process) return { ok: false, message: 'the kubelet is not running' };
  if (handler.exec) return exec(handler.exec.command ?? [], run, timeoutMs);
  if (handler.httpGet) return httpGet(handler.httpGet, run, process, timeoutMs);
  if (handler.tcpSocket) return tcp(hostOf(handler.tcpSocket.host, run), portOf(handler.tcpSocket.port, run), process, timeoutMs);
  if (handler.sleep) {
    await run.machine.clock.sleep(handler.sleep.seconds * 1000);
    return { ok: true, message: '' };
  }
  return { ok: false, message: 'gRPC probes are not known to this simulator: use httpGet, tcpSocket or exec' };
}

async function exec(command: readonly string[], run: ContainerRun, timeoutMs: number): Promise<Outcome> {
  const output = collect();
  const { clock } = run.machine;
  try {
    const started = run.machine.start(command.map(utf8Encode), { env: run.env, cwd: run.cwd, stdout: output, stderr: output, ...(run.user === undefined ? {} : { user: run.user }) });
    let timedOut = false;
    const cancel = clock.schedule(timeoutMs, () => {
      timedOut = true;
      started.kill('SIGKILL');
    });
    const { code } = await started.exited;
    cancel();
    if (timedOut) return { ok: false, message: `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s` };
    return { ok: code === 0, message: output.text.slice(0, 10_240) };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return { ok: false, message: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec "${run.id}": OCI runtime exec failed: exec failed: unable to start container process: ${execWords(error)}` };
  }
}

async function httpGet(get: NonNullable<Stored<Handler>['httpGet']>, run: ContainerRun, process: Process, timeoutMs: number): Promise<Outcome> {
  const host = hostOf(get.host, run);
  const port = portOf(get.port, run);
  const scheme = (get.scheme ?? 'HTTP').toLowerCase();
  const path = get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`;
  const failed = (why: string): Outcome => ({ ok: false, message: `Get "${scheme}://${host}:${port}${path}": ${why}` });
  const address = parseIpv4(host);
  if (!address) return failed(`dial tcp: lookup ${host}: no such host`);
  const deadlineMs = process.machine.clock.now() + timeoutMs;
  let connection: HttpConnection | undefined;
  try {
    // A probe asks whether somebody answers, not who.
    const tls = scheme === 'https' ? { host, verify: false, roots: [] } : undefined;
    connection = await HttpConnection.open(process, address, port, { deadlineMs, tls });
    const named = get.httpHeaders?.find((header) => header.name.toLowerCase() === 'host')?.value;
    connection.send('GET', path, [
      ['Host', named ?? (port === 80 ? host : `${host}:${port}`)],
      ['User-Agent', 'kube-probe/1.35'],
      ['Accept', '*/*'],
      ...(get.httpHeaders ?? []).filter((header) => header.name.toLowerCase() !== 'host').map((header): [string, string] => [header.name, header.value]),
      ['Connection', 'close'],
    ]);
    const { status } = await connection.head();
    return status >= 200 && status < 400 ? { ok: true, message: '' } : { ok: false, message: `HTTP probe failed with statuscode: ${status}` };
  } catch (error) {
    if (error instanceof TimedOut) return failed('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
    if (error instanceof EmptyReply) return failed('EOF');
    if (error instanceof TlsError) return failed(error.message.includes('unexpected eof') ? 'EOF' : 'http: server gave HTTP response to HTTPS client');
    if (error instanceof NetError) return failed(connection ? `read tcp ${host}:${port}: read: ${strerror(error.code).toLowerCase()}` : dialWords(address, port, error));
    return failed(error instanceof Error ? error.message : String(error));
  } finally {
    connection?.close();
  }
}

async function tcp(host: string, port: number, process: Process, timeoutMs: number): Promise<Outcome> {
  const address = parseIpv4(host);
  if (!address) return { ok: false, message: `dial tcp: lookup ${host}: no such host` };
  const giveUp = new AbortController();
  const connecting = process.netns.sockets.connectTcp({ destination: address, port, owner: { pid: process.pid, program: 'kubelet' } }, giveUp.signal);
  try {
    (await until(process, connecting, timeoutMs)).end();
    return { ok: true, message: '' };
  } catch (error) {
    giveUp.abort(error);
    connecting.catch(() => undefined);
    if (error instanceof TimedOut) return { ok: false, message: `dial tcp ${address}:${port}: i/o timeout` };
    if (error instanceof NetError) return { ok: false, message: dialWords(address, port, error) };
    throw error;
  }
}

/** Go's words for a connection that could not be made. */
function dialWords(address: Ipv4, port: number, error: NetError): string {
  return error.code === 'ETIMEDOUT' ? `dial tcp ${address}:${port}: i/o timeout` : `dial tcp ${address}:${port}: connect: ${strerror(error.code).toLowerCase()}`;
}

const hostOf = (host: string | undefined, run: ContainerRun): string => host || run.sandbox.ip;

function portOf(port: number | string, run: ContainerRun): number {
  if (typeof port === 'number') return port;
  return run.container.ports?.find((one) => one.name === port)?.containerPort ?? (Number(port) || 0);
}
