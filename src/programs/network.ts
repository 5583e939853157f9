/** The network tools, one line per file. A name that begins with `busybox-` is the BusyBox flavour of a tool. */
import type { Program } from '../machine/program.ts';
import { brctl, bridge } from './bridge.ts';
import { crictl } from './crictl/index.ts';
import { curl } from './curl/index.ts';
import { alpineIp, busyboxIp } from './ip/busybox.ts';
import { ip } from './ip/index.ts';
import { ipset } from './ipset.ts';
import { ipvsadm } from './ipvsadm.ts';
import { iptablesRestore, iptablesSave } from './iptables/files.ts';
import { iptables } from './iptables/index.ts';
import { conntrack } from './conntrack.ts';
import { jq } from './jq/index.ts';
import { ethtool } from './ethtool.ts';
import { dmesg, lsmod, modprobe } from './kernel.ts';
import { busyboxSysctl, sysctl } from './sysctl.ts';
import { chroot } from './isolation/chroot.ts';
import { nsenter } from './isolation/nsenter.ts';
import { arping } from './arping.ts';
import { lsns } from './isolation/lsns.ts';
import { openssl } from './openssl/index.ts';
import { unshare } from './isolation/unshare.ts';
import { busyboxNslookup, busyboxNslookup128 } from './lookup/busybox.ts';
import { dig } from './lookup/dig.ts';
import { getent } from './lookup/getent.ts';
import { host, nslookup } from './lookup/nslookup.ts';
import { arp, busyboxArp } from './arp.ts';
import { busyboxIfconfig, busyboxRoute, ifconfig, route } from './net-tools.ts';
import { alpineNetcat } from './netcat-alpine.ts';
import { busyboxNetcat, netcat } from './netcat.ts';
import { busyboxPing } from './ping/busybox.ts';
import { ping } from './ping/iputils.ts';
import { busyboxNetstat, netstat, ss } from './sockets.ts';
import { tcpdump } from './tcpdump/index.ts';
import { mtr } from './hops/mtr.ts';
import { busyboxTraceroute, traceroute } from './hops/traceroute.ts';
import { alpineWget, busyboxWget } from './wget/busybox.ts';
import { wget } from './wget/gnu.ts';

export const networkPrograms: readonly Program[] = [
  arp, busyboxArp,
  brctl, bridge,
  arping, chroot, lsns, nsenter, openssl, unshare,
  conntrack, dmesg, ethtool, lsmod, modprobe,
  crictl,
  curl,
  dig, getent, host, nslookup, busyboxNslookup, busyboxNslookup128,
  ifconfig, busyboxIfconfig,
  ip, busyboxIp, alpineIp,
  ipset, ipvsadm,
  jq,
  iptables, iptablesRestore, iptablesSave,
  netcat, busyboxNetcat, alpineNetcat,
  netstat, busyboxNetstat, ss,
  ping, busyboxPing,
  route, busyboxRoute,
  sysctl, busyboxSysctl,
  tcpdump,
  mtr, traceroute, busyboxTraceroute,
  wget, busyboxWget, alpineWget,
];
