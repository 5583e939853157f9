/** A real API server over a real registry, with stand-ins for the kubelets: what the tests of this folder talk to. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { KubeObject } from '../../src/api/object.ts';
import { Store } from '../../src/api/store.ts';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import { Registry } from '../../src/kinds/registry.ts';
import { startServer } from '../../src/server/https.ts';
import type { ServerOptions } from '../../src/server/https.ts';
import { createIdentity } from '../../src/server/identity.ts';
import { kubeconfigOf } from '../../src/server/kubeconfig.ts';
import { Tokens } from '../../src/server/tokens.ts';
import { versionInfo } from '../../src/server/version.ts';
import { bootstrapRoles } from '../../src/sim/system/roles.ts';
import { FakeContainers } from './fake-containers.ts';

/** The moment at which every test begins. */
export const BEGIN = Date.UTC(2026, 0, 31, 9, 0, 0);

const identity = createIdentity({ clusterName: 'cka-lab', unixMs: Date.now() });

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: unknown;
}

export interface RequestOptions {
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | object;
  /** Who asks: the administrator's certificate unless told otherwise. */
  readonly as?: 'admin' | 'nobody' | { readonly token: string };
  /** Leave after the first bytes that satisfy this: for watches. */
  readonly until?: (text: string) => boolean;
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

export async function startTestServer(options: Partial<ServerOptions> = {}) {
  const clock = new EventClock(BEGIN);
  const registry = new Registry({ store: new Store(), clock, rng: seededRng(1) });
  const containers = new FakeContainers();
  const bugs: unknown[] = [];
  for (const name of ['default', 'kube-system']) {
    registry.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    registry.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
  }
  for (const object of bootstrapRoles()) registry.create(`${object.kind.toLowerCase()}s.rbac.authorization.k8s.io`, object);
  const server = await startServer({ registry, containers, identity, clock, version: versionInfo('v1.35.0'), onBug: (error) => bugs.push(error), ...options });
  const folder = mkdtempSync(join(tmpdir(), 'cka-server-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf('cka-lab', server.url, identity));

  const request = (method: string, path: string, o: RequestOptions = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const content = o.body === undefined ? undefined : typeof o.body === 'string' || Buffer.isBuffer(o.body) ? o.body : JSON.stringify(o.body);
      const as = o.as ?? 'admin';
      const sent = httpsRequest(
        new URL(path, server.url),
        {
          method, ca: identity.authority.certificate, agent: false,
          ...(as === 'admin' && { cert: identity.admin.certificate, key: identity.admin.key }),
          headers: { ...(content !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(content) }), ...(typeof as === 'object' && { Authorization: `Bearer ${as.token}` }), ...o.headers },
        },
        (response) => {
          let text = '';
          const done = () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
            if (!o.until?.(text)) return;
            done();
            sent.destroy();
          });
          response.on('end', done).on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(content);
    });

  return {
    ...server, clock, registry, containers, identity, kubeconfig, bugs, request,
    tokens: new Tokens(identity, clock),
    /** A pod that a node has, so that streams reach it. */
    addPod: (name: string, containerNames: readonly string[] = ['c']) => addPod(registry, name, containerNames),
    kubectl: (binary: string, args: readonly string[], input?: string | Buffer) => runKubectl(binary, args, { kubeconfig, folder, ...(input !== undefined && { input }) }),
    async end() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function addPod(registry: Registry, name: string, containerNames: readonly string[]): void {
  const containers = containerNames.map((each) => ({ name: each, image: 'busybox' }));
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels: { app: name } }, spec: { nodeName: 'cka-lab-worker', containers } };
  const created = registry.create('pods', pod as unknown as KubeObject);
  const running = {
    phase: 'Running',
    podIP: '10.244.1.5',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: containerNames.map((each) => ({ name: each, ready: true, restartCount: 0, image: 'busybox', imageID: '', state: { running: { startedAt: '2026-01-31T09:00:00Z' } } })),
  };
  registry.updateStatus('pods', { ...structuredClone(created), status: running } as unknown as KubeObject);
}

export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runKubectl(binary: string, args: readonly string[], o: { readonly kubeconfig: string; readonly folder: string; readonly input?: string | Buffer }): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = execFile(
      binary,
      [...args],
      // A private HOME: the discovery cache of another server must not answer for this one.
      { env: { ...process.env, KUBECONFIG: o.kubeconfig, HOME: join(o.folder, basename(binary)) }, maxBuffer: 64 << 20, encoding: 'latin1', timeout: 15_000 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
    child.stdin?.end(o.input ?? '');
  });
}

/** Every kubectl to test with: `KUBECTLS` (colon-separated), `KUBECTL`, or the one in PATH; none skips with a reason. */
export function kubectls(): readonly { readonly name: string; readonly binary: string }[] {
  const given = process.env['KUBECTLS']?.split(':').filter(Boolean) ?? [process.env['KUBECTL'] ?? 'kubectl'];
  const found = given.flatMap((binary) => {
    try {
      const version = JSON.parse(execFileSync(binary, ['version', '--client', '-o', 'json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as { clientVersion: { gitVersion: string } };
      return [{ name: version.clientVersion.gitVersion, binary }];
    } catch {
      return [];
    }
  });
  if (found.length === 0) console.log('skipped: no kubectl in PATH, and neither KUBECTL nor KUBECTLS names one');
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
