/**
 * How a virtual service chooses the real server of a new connection: one function per scheduler module.
 * See net/netfilter/ipvs/ip_vs_{rr,wrr,lc,wlc,sh,dh}.c. A server of weight 0 gets nothing new.
 */
import { type Ipv4, toNumber } from '../../base/address.ts';
import type { IpvsDestination } from './services.ts';

/** Who asks: hashing schedulers look at it. */
export interface Client {
  readonly source: Ipv4;
  readonly destination: Ipv4;
}

/** @param servers in the kernel's order: the one added last comes first @returns undefined when nobody can take it */
export type Schedule = (servers: readonly IpvsDestination[], client: Client) => IpvsDestination | undefined;

/** By the name behind `ipvsadm -s`; each service gets a chooser of its own, since some remember where they were. */
export const SCHEDULERS: Readonly<Record<string, () => Schedule>> = {
  rr: roundRobin,
  wrr: weightedRoundRobin,
  lc: () => (servers) => least(servers, (server) => load(server)),
  wlc: () => (servers) => least(servers, (server) => load(server) / server.weight),
  sh: () => (servers, { source }) => pickBucket(sourceBuckets(servers), source),
  dh: () => (servers, { destination }) => pickBucket(servers.length === 0 ? [] : Array.from({ length: BUCKETS }, (_, index) => servers[index % servers.length]!), destination),
};

const usable = (server: IpvsDestination) => server.weight > 0 && !server.overloaded;


function roundRobin(): Schedule {
  let last: IpvsDestination | undefined;
  return (servers) => {
    const start = last ? servers.indexOf(last) : -1;
    for (let step = 1; step <= servers.length; step++) {
      const server = servers[(start + step) % servers.length]!;
      if (usable(server)) return (last = server);
    }
    return undefined;
  };
}

/** The weight needed falls from the greatest to zero in steps of the common divisor; whoever has it is chosen. */
function weightedRoundRobin(): Schedule {
  let position = -1;
  let needed = 0;
  return (servers) => {
    const weights = servers.filter((server) => server.weight > 0).map((server) => server.weight);
    const step = weights.reduce(gcd, 0);
    const greatest = Math.max(0, ...weights) - (step - 1);
    if (greatest <= 0) return undefined;
    if (needed <= 0 || needed > greatest) needed = greatest;
    for (let rounds = 0; rounds <= Math.ceil(greatest / step); rounds++) {
      for (position++; position < servers.length; position++) {
        const server = servers[position]!;
        if (server.weight >= needed && usable(server)) return server;
      }
      position = -1;
      needed -= step;
      if (needed <= 0) needed = greatest;
    }
    return undefined;
  };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** An active connection weighs as much as 256 that only linger (ip_vs_dest_conn_overhead). */
const load = (server: IpvsDestination) => server.activeConnections * 256 + server.inactiveConnections;

function least(servers: readonly IpvsDestination[], burden: (server: IpvsDestination) => number): IpvsDestination | undefined {
  let best: IpvsDestination | undefined;
  for (const server of servers) if (usable(server) && (!best || burden(server) < burden(best))) best = server;
  return best;
}

const BUCKETS = 256;

/** Every server fills as many buckets in a row as its weight says. */
function sourceBuckets(servers: readonly IpvsDestination[]): readonly IpvsDestination[] {
  if (servers.length === 0) return [];
  const buckets: IpvsDestination[] = [];
  for (let at = 0; buckets.length < BUCKETS; at++) {
    const server = servers[at % servers.length]!;
    for (let i = 0; i < Math.max(1, server.weight); i++) buckets.push(server);
  }
  return buckets;
}

/** hash_32 of the address, to eight bits. */
function pickBucket(buckets: readonly IpvsDestination[], address: Ipv4): IpvsDestination | undefined {
  const server = buckets[Math.imul(toNumber(address), 0x61c88647) >>> 24];
  return server && usable(server) ? server : undefined;
}
