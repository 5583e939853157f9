/**
 * The connections that the balancer has given to real servers, and the templates that keep a client with its server.
 * See net/netfilter/ipvs/ip_vs_conn.c.
 */
import { type Ipv4, networkOf } from '../../base/address.ts';
import type { NetNamespace } from '../namespace.ts';
import type { IpvsDestination, IpvsProtocol, IpvsService } from './services.ts';
import { type IpvsState, ipvsTimeout } from './states.ts';

/** One line of `ipvsadm -Lnc`. */
export interface IpvsConnection {
  readonly protocol: IpvsProtocol;
  readonly client: Ipv4;
  /** Zero for a template. */
  readonly clientPort: number;
  readonly virtual: Ipv4;
  readonly virtualPort: number;
  readonly server: IpvsDestination;
  readonly service: IpvsService;
  /** The port at the server; differs from the server's own when that is 0. */
  readonly serverPort: number;
  readonly template: IpvsConnection | undefined;
  readonly isTemplate: boolean;
  state: IpvsState;
  active: boolean;
  expiresAtMs: number;
}

const SWEEP_EVERY_MS = 30_000;

/** The table of one namespace. */
export class IpvsConnections {
  /** Seconds, as `ipvsadm -L --timeout` shows and `--set` changes them. */
  readonly timeouts = { tcp: 900, tcpFin: 120, udp: 300 };
  readonly #byClient = new Map<string, IpvsConnection>();
  readonly #byServer = new Map<string, IpvsConnection>();
  readonly #templates = new Map<string, IpvsConnection>();
  #sweptAtMs = 0;

  constructor(private readonly namespace: NetNamespace) {}

  get empty(): boolean {
    return this.#byClient.size === 0;
  }

  /** Those that have not timed out, templates among them. */
  list(): readonly IpvsConnection[] {
    this.#sweep(0);
    return [...this.#byClient.values(), ...this.#templates.values()];
  }

  /** By what a client sends. */
  fromClient(protocol: IpvsProtocol, client: Ipv4, clientPort: number, virtual: Ipv4, virtualPort: number): IpvsConnection | undefined {
    return this.#alive(this.#byClient.get(clientKey(protocol, client, clientPort, virtual, virtualPort)));
  }

  /** By what a server answers. */
  fromServer(protocol: IpvsProtocol, server: Ipv4, serverPort: number, client: Ipv4, clientPort: number): IpvsConnection | undefined {
    return this.#alive(this.#byServer.get(clientKey(protocol, server, serverPort, client, clientPort)));
  }

  /** The template of a client of a persistent service, if there is one whose server is still there. */
  template(service: IpvsService, protocol: IpvsProtocol, client: Ipv4): IpvsConnection | undefined {
    const found = this.#alive(this.#templates.get(this.#templateKey(service, protocol, client)));
    return found?.server.available ? found : undefined;
  }

  addTemplate(service: IpvsService, protocol: IpvsProtocol, client: Ipv4, server: IpvsDestination): IpvsConnection {
    const { key } = service;
    const template: IpvsConnection = {
      protocol, client: networkOf({ address: client, prefix: service.persistentPrefix }), clientPort: 0, server, service, serverPort: server.port, template: undefined, isTemplate: true,
      // A service by mark has its mark where others have an address; ipvsadm prints it as one.
      virtual: 'mark' in key ? fromMark(key.mark) : key.address, virtualPort: 'mark' in key ? 0 : key.port,
      state: 'NONE', active: false, expiresAtMs: this.#now() + 1000 * (service.persistentSeconds ?? 0),
    };
    this.#templates.set(this.#templateKey(service, protocol, client), template);
    server.persistentConnections++;
    return template;
  }

  /** A new connection begins inactive; its first acknowledged segment makes it count as active. */
  add(connection: Omit<IpvsConnection, 'state' | 'active' | 'expiresAtMs' | 'isTemplate'>): IpvsConnection {
    const { protocol, client, clientPort, virtual, virtualPort, server, serverPort } = connection;
    const made: IpvsConnection = { ...connection, isTemplate: false, state: protocol === 'tcp' ? 'NONE' : 'UDP', active: false, expiresAtMs: 0 };
    this.#byClient.set(clientKey(protocol, client, clientPort, virtual, virtualPort), made);
    this.#byServer.set(clientKey(protocol, server.address, serverPort, client, clientPort), made);
    server.inactiveConnections++;
    this.#measure(server);
    this.touch(made);
    this.#sweep(SWEEP_EVERY_MS);
    return made;
  }

  /** A packet went by: the clock begins again, for the client's template too. */
  touch(connection: IpvsConnection): void {
    connection.expiresAtMs = this.#now() + 1000 * ipvsTimeout(connection.state, this.timeouts);
    if (connection.template) connection.template.expiresAtMs = Math.max(connection.template.expiresAtMs, this.#now() + 1000 * (connection.service.persistentSeconds ?? 0));
  }

  enter(connection: IpvsConnection, state: IpvsState): void {
    const { server } = connection;
    const active = state === 'ESTABLISHED';
    if (active !== connection.active) {
      server.activeConnections += active ? 1 : -1;
      server.inactiveConnections += active ? -1 : 1;
      connection.active = active;
    }
    connection.state = state;
    if (active && connection.template) connection.template.state = 'ASSURED';
  }

  remove(connection: IpvsConnection): void {
    const { protocol, client, clientPort, virtual, virtualPort, server, serverPort } = connection;
    if (connection.isTemplate) {
      this.#templates.delete(this.#templateKey(connection.service, protocol, client));
      server.persistentConnections--;
      return;
    }
    if (!this.#byClient.delete(clientKey(protocol, client, clientPort, virtual, virtualPort))) return;
    this.#byServer.delete(clientKey(protocol, server.address, serverPort, client, clientPort));
    if (connection.active) server.activeConnections--;
    else server.inactiveConnections--;
    this.#measure(server);
  }

  /** Above the upper threshold nothing new comes, until it falls below the lower one (or three quarters of the upper). */
  #measure(server: IpvsDestination): void {
    const count = server.activeConnections + server.inactiveConnections;
    if (server.upperThreshold === 0) server.overloaded = false;
    else if (count >= server.upperThreshold) server.overloaded = true;
    else if (server.lowerThreshold > 0 ? count < server.lowerThreshold : count * 4 < server.upperThreshold * 3) server.overloaded = false;
  }

  #alive(connection: IpvsConnection | undefined): IpvsConnection | undefined {
    if (!connection || connection.expiresAtMs > this.#now()) return connection;
    this.remove(connection);
    return undefined;
  }

  #sweep(everyMs: number): void {
    if (this.#now() - this.#sweptAtMs < everyMs) return;
    this.#sweptAtMs = this.#now();
    for (const table of [this.#byClient, this.#templates]) for (const connection of [...table.values()]) this.#alive(connection);
  }

  #templateKey({ key, persistentPrefix }: IpvsService, protocol: IpvsProtocol, client: Ipv4): string {
    const network = networkOf({ address: client, prefix: persistentPrefix });
    return 'mark' in key ? `fwm ${key.mark} ${network}` : clientKey(protocol, network, 0, key.address, key.port);
  }

  #now(): number {
    return this.namespace.world.clock.now();
  }
}

const clientKey = (protocol: string, a: Ipv4, aPort: number, b: Ipv4, bPort: number): string => `${protocol} ${a}:${aPort} ${b}:${bPort}`;
const fromMark = (mark: number): Ipv4 => [24, 16, 8, 0].map((shift) => (mark >>> shift) & 255).join('.') as Ipv4;
