/** The network tools, one line each. */
import type { Program } from '../machine/program.ts';
import { curl } from './curl/index.ts';
import { busyboxIp } from './ip/busybox.ts';
import { ip } from './ip/index.ts';
import { iptables, iptablesRestore, iptablesSave } from './iptables/index.ts';
import { busyboxNslookup, busyboxNslookup128 } from './lookup/busybox.ts';
import { dig } from './lookup/dig.ts';
import { host, nslookup } from './lookup/nslookup.ts';
import { busyboxPing } from './ping/busybox.ts';
import { ping } from './ping/iputils.ts';
import { busyboxWget } from './wget/busybox.ts';

export const networkPrograms: readonly Program[] = [busyboxIp, busyboxNslookup, busyboxNslookup128, busyboxPing, busyboxWget, curl, dig, host, ip, iptables, iptablesRestore, iptablesSave, nslookup, ping];
