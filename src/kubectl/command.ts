/** What a verb is, and what it gets. Adding one = one file in verbs/ and one line in verbs/index.ts; its help comes from the same record. */
import { Client } from './client.ts';
import { DiscoveryCache } from './discovery-cache.ts';
import type { Flag, Flags } from './flags.ts';
import type { KubectlIo } from './io.ts';
import { connectionOf, type Connection } from './kubeconfig.ts';
import { Resources } from './resources.ts';

export interface Verb {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line in the overview. */
  readonly short: string;
  /** Paragraphs of the help. */
  readonly long: string;
  readonly examples: string;
  /** Behind `kubectl `, for the last line of the help. */
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** Flags without which it does not begin. */
  readonly required?: readonly string[];
  readonly verbs?: readonly Verb[];
  /** Where the help goes when one of `verbs` is missing on the command line; kubectl is of two minds. */
  readonly helpTo?: 'stdout' | 'stderr';
  run?(run: Run): Promise<number>;
}

export type Group = 'Basic Commands (Beginner)' | 'Basic Commands (Intermediate)' | 'Deploy Commands' | 'Cluster Management Commands' | 'Troubleshooting and Debugging Commands' | 'Advanced Commands' | 'Settings Commands' | 'Other Commands';

/** What the overview and completion need of a verb; the rest is loaded when it is called. */
export interface VerbEntry {
  readonly name: string;
  readonly group: Group;
  readonly short: string;
  load(): Promise<Verb>;
}

/** Flags that every verb takes. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: 'kubeconfig', type: 'string', value: '', help: 'Path to the kubeconfig file to use for CLI requests.' },
  { name: 'context', type: 'string', value: '', help: 'The name of the kubeconfig context to use' },
  { name: 'cluster', type: 'string', value: '', help: 'The name of the kubeconfig cluster to use' },
  { name: 'user', type: 'string', value: '', help: 'The name of the kubeconfig user to use' },
  { name: 'server', short: 's', type: 'string', value: '', help: 'The address and port of the Kubernetes API server' },
  { name: 'namespace', short: 'n', type: 'string', value: '', help: 'If present, the namespace scope for this CLI request' },
  { name: 'token', type: 'string', value: '', help: 'Bearer token for authentication to the API server' },
  { name: 'certificate-authority', type: 'string', value: '', help: 'Path to a cert file for the certificate authority' },
  { name: 'insecure-skip-tls-verify', type: 'bool', value: false, help: "If true, the server's certificate will not be checked for validity. This will make your HTTPS connections insecure" },
  { name: 'as', type: 'string', value: '', help: 'Username to impersonate for the operation. User could be a regular user or a service account in a namespace.' },
  { name: 'as-group', type: 'array', help: 'Group to impersonate for the operation, this flag can be repeated to specify multiple groups.' },
  { name: 'as-uid', type: 'string', value: '', help: 'UID to impersonate for the operation.' },
  { name: 'client-certificate', type: 'string', value: '', help: 'Path to a client certificate file for TLS' },
  { name: 'client-key', type: 'string', value: '', help: 'Path to a client key file for TLS' },
  { name: 'tls-server-name', type: 'string', value: '', help: 'Server name to use for server certificate validation. If it is not provided, the hostname used to contact the server is used' },
  { name: 'warnings-as-errors', type: 'bool', value: false, help: 'Treat warnings received from the server as errors and exit with a non-zero exit code' },
  { name: 'request-timeout', type: 'string', value: '0', help: "The length of time to wait before giving up on a single server request. Non-zero values should contain a corresponding time unit (e.g. 1s, 2m, 3h). A value of zero means don't timeout requests." },
  { name: 'v', short: 'v', type: 'int', value: '0', help: 'number for the log level verbosity' },
];

/** One run of one verb. */
export class Run {
  #client: Client | undefined;
  #resources: Promise<Resources> | undefined;

  constructor(
    readonly io: KubectlIo,
    /** `kubectl get` */
    readonly command: string,
    readonly flags: Flags,
    readonly args: readonly string[],
    readonly dashAt: number,
  ) {}

  connection(): Connection {
    const { flags } = this;
    return connectionOf(this.io, {
      kubeconfig: flags.text('kubeconfig'), context: flags.text('context'), cluster: flags.text('cluster'), user: flags.text('user'), server: flags.text('server'),
      namespace: flags.text('namespace'), token: flags.text('token'), certificateAuthority: flags.text('certificate-authority'), insecure: flags.bool('insecure-skip-tls-verify'),
      clientCertificate: flags.text('client-certificate'), clientKey: flags.text('client-key'), serverName: flags.text('tls-server-name'),
      as: flags.text('as'), asGroups: flags.list('as-group'), asUid: flags.text('as-uid'), timeout: flags.text('request-timeout'),
    });
  }

  get client(): Client {
    return (this.#client ??= new Client(this.connection(), this.io, this.flags.int('v')));
  }

  /** What the server offers, as it is now. */
  freshResources(): Promise<Resources> {
    this.#cache().forget();
    return this.resources();
  }

  /** What the server offers; asked once. */
  resources(): Promise<Resources> {
    return (this.#resources ??= Resources.discover(this.client, this.#cache()));
  }

  /** Was something looked for in a cache alone? Then it is forgotten. */
  async forgetCachedResources(): Promise<boolean> {
    if (!(await this.#resources)?.isCached) return false;
    this.#cache().forget();
    return true;
  }

  #cache(): DiscoveryCache {
    return new DiscoveryCache(this.io.env['KUBECACHEDIR'], this.client.url);
  }

  /** Where namespaced things are looked for. */
  get namespace(): string {
    return this.client.connection.namespace;
  }

  out(text: string): void {
    this.io.stdout(text);
  }

  err(text: string): void {
    this.io.stderr(text);
  }

  /** How many warnings the server sent, for `--warnings-as-errors`. */
  get warnings(): number {
    return this.#client?.warnings ?? 0;
  }

  close(): void {
    this.#client?.close();
  }
}
