/**
 * The five hooks, and which tables each visits in which order. See include/uapi/linux/netfilter_ipv4.h: raw -300,
 * connection tracking -200, mangle -150, destination NAT -100, filter 0, source NAT 100, confirmation last; IPVS
 * (ip_vs_core.c) right behind destination NAT on the way out, right before source NAT elsewhere.
 */
export type HookName = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
/** The tables of iptables. */
export type TableName = 'raw' | 'mangle' | 'nat' | 'filter';

/** What waits at a hook. */
export type Stage = TableName | 'track' | 'confirm' | 'ipvs';

/** The order at each hook. */
export const STAGES: Readonly<Record<HookName, readonly Stage[]>> = {
  prerouting: ['raw', 'track', 'mangle', 'nat'],
  input: ['mangle', 'filter', 'ipvs', 'nat', 'confirm'],
  forward: ['mangle', 'filter', 'ipvs'],
  output: ['raw', 'track', 'mangle', 'nat', 'ipvs', 'filter'],
  postrouting: ['mangle', 'nat', 'confirm'],
};

/** The built-in chain of a hook has its name in capitals. */
export const BUILTIN: Readonly<Record<HookName, string>> = {
  prerouting: 'PREROUTING',
  input: 'INPUT',
  forward: 'FORWARD',
  output: 'OUTPUT',
  postrouting: 'POSTROUTING',
};

/** Built-in chains in the order iptables prints them. */
export const TABLES: Readonly<Record<TableName, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};
