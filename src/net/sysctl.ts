/**
 * The knobs under /proc/sys/net of one namespace, by their dotted name. Those of a device appear and vanish with it.
 * Only knobs that something here obeys exist, and the few that node components insist on setting.
 * See Documentation/networking/ip-sysctl.rst.
 */
import { NetError } from './errors.ts';

/** Knobs of `net.ipv4.conf.<all|default|device>`, with the kernel's defaults. */
const PER_DEVICE: Readonly<Record<string, string>> = {
  accept_local: '0',
  arp_announce: '0',
  arp_ignore: '0',
  forwarding: '0',
  proxy_arp: '0',
  route_localnet: '0',
  rp_filter: '0',
  send_redirects: '1',
};

/** Knobs of `net.ipv4.neigh.<default|device>`. */
const PER_DEVICE_NEIGHBOR: Readonly<Record<string, string>> = {
  base_reachable_time_ms: '30000',
  delay_first_probe_time: '5',
  mcast_solicit: '3',
  proxy_delay: '80',
  retrans_time_ms: '1000',
  ucast_solicit: '3',
};

const GLOBAL: Readonly<Record<string, string>> = {
  'net.core.somaxconn': '4096',
  'net.ipv4.icmp_echo_ignore_all': '0',
  'net.ipv4.icmp_echo_ignore_broadcasts': '1',
  'net.ipv4.ip_default_ttl': '64',
  'net.ipv4.ip_forward': '0',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_nonlocal_bind': '0',
  'net.ipv4.ipfrag_time': '30',
  'net.ipv4.ip_unprivileged_port_start': '1024',
  'net.ipv4.ping_group_range': '1\t0',
  'net.ipv4.tcp_fin_timeout': '60',
  'net.ipv4.tcp_retries2': '15',
  'net.ipv4.tcp_syn_retries': '6',
  'net.ipv4.tcp_synack_retries': '5',
  'net.netfilter.nf_conntrack_generic_timeout': '600',
  'net.netfilter.nf_conntrack_icmp_timeout': '30',
  'net.netfilter.nf_conntrack_max': '262144',
  'net.netfilter.nf_conntrack_tcp_be_liberal': '0',
  'net.netfilter.nf_conntrack_tcp_loose': '1',
  'net.netfilter.nf_conntrack_tcp_timeout_close': '10',
  'net.netfilter.nf_conntrack_tcp_timeout_close_wait': '60',
  'net.netfilter.nf_conntrack_tcp_timeout_established': '432000',
  'net.netfilter.nf_conntrack_tcp_timeout_fin_wait': '120',
  'net.netfilter.nf_conntrack_tcp_timeout_last_ack': '30',
  'net.netfilter.nf_conntrack_tcp_timeout_syn_recv': '60',
  'net.netfilter.nf_conntrack_tcp_timeout_syn_sent': '120',
  'net.netfilter.nf_conntrack_tcp_timeout_time_wait': '120',
  'net.netfilter.nf_conntrack_udp_timeout': '30',
  'net.netfilter.nf_conntrack_udp_timeout_stream': '120',
};

/** What loading br_netfilter adds. */
const BRIDGE_NETFILTER: Readonly<Record<string, string>> = {
  'net.bridge.bridge-nf-call-arptables': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.bridge.bridge-nf-call-iptables': '1',
};

/** What loading ip_vs adds. */
const IPVS: Readonly<Record<string, string>> = {
  'net.ipv4.vs.am_droprate': '10',
  'net.ipv4.vs.conn_reuse_mode': '1',
  'net.ipv4.vs.conntrack': '0',
  'net.ipv4.vs.expire_nodest_conn': '0',
  'net.ipv4.vs.expire_quiescent_template': '0',
};

const CONF = 'net.ipv4.conf.';
const NEIGH = 'net.ipv4.neigh.';

/** The values, each under one name, as text. */
export class Sysctl {
  readonly #values = new Map<string, string>(Object.entries(GLOBAL));

  /** @param inherit a new namespace copies `conf.all` and `conf.default` of the machine's first one, as IPv4 does by default */
  constructor(inherit?: Sysctl) {
    for (const scope of ['all', 'default']) {
      for (const [knob, value] of Object.entries(PER_DEVICE)) {
        this.#values.set(`${CONF}${scope}.${knob}`, inherit?.get(`${CONF}${scope}.${knob}`) ?? value);
      }
    }
    for (const [knob, value] of Object.entries(PER_DEVICE_NEIGHBOR)) this.#values.set(`${NEIGH}default.${knob}`, value);
    this.#values.set('net.ipv4.ip_forward', this.flag('all', 'forwarding') ? '1' : '0');
    if (inherit?.get('net.bridge.bridge-nf-call-iptables') !== undefined) this.loadBridgeNetfilter();
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** @throws NetError ENOENT no such knob, EINVAL not a number */
  set(name: string, value: string): void {
    if (!this.#values.has(name)) throw new NetError('ENOENT');
    const text = value.trim().replace(/\s+/g, '\t');
    if (!/^-?\d+(\t-?\d+)*$/.test(text)) throw new NetError('EINVAL');
    this.#values.set(name, text);
    // One truth under two names: both switch every device there is and every one to come (devinet.c, inet_forward_change).
    if (name === 'net.ipv4.ip_forward' || name === `${CONF}all.forwarding`) {
      this.#values.set('net.ipv4.ip_forward', text);
      for (const key of this.#values.keys()) {
        if (key.startsWith(CONF) && key.endsWith('.forwarding')) this.#values.set(key, text);
      }
    }
  }

  /** Every knob and its value, by name. */
  list(): readonly (readonly [name: string, value: string])[] {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** A number; a missing knob is a bug of ours, so it reads as zero only for devices that have just gone. */
  number(name: string): number {
    return Number(this.#values.get(name) ?? 0);
  }

  /** A per-device switch: off unless on for this device. */
  flag(device: string, knob: string): boolean {
    return this.#values.get(`${CONF}${device}.${knob}`) === '1';
  }

  /** The larger of the device's and `all`'s value, which is how rp_filter and proxy_arp combine. */
  max(device: string, knob: string): number {
    return Math.max(this.number(`${CONF}all.${knob}`), this.number(`${CONF}${device}.${knob}`));
  }

  neighbor(device: string, knob: string): number {
    return this.number(`${NEIGH}${device}.${knob}`);
  }

  loadBridgeNetfilter(): void {
    for (const [name, value] of Object.entries(BRIDGE_NETFILTER)) {
      if (!this.#values.has(name)) this.#values.set(name, value);
    }
  }

  /** The module ip_vs is there: so are its knobs. */
  loadIpvs(): void {
    for (const [name, value] of Object.entries(IPVS)) {
      if (!this.#values.has(name)) this.#values.set(name, value);
    }
  }

  deviceAdded(device: string): void {
    for (const knob of Object.keys(PER_DEVICE)) this.#values.set(`${CONF}${device}.${knob}`, this.#values.get(`${CONF}default.${knob}`)!);
    for (const knob of Object.keys(PER_DEVICE_NEIGHBOR)) this.#values.set(`${NEIGH}${device}.${knob}`, this.#values.get(`${NEIGH}default.${knob}`)!);
  }

  deviceRenamed(device: string, newName: string): void {
    for (const [name, value] of [...this.#values]) {
      for (const prefix of [`${CONF}${device}.`, `${NEIGH}${device}.`]) {
        if (!name.startsWith(prefix)) continue;
        this.#values.delete(name);
        this.#values.set(prefix.replace(device, newName) + name.slice(prefix.length), value);
      }
    }
  }

  deviceRemoved(device: string): void {
    for (const name of [...this.#values.keys()]) {
      if (name.startsWith(`${CONF}${device}.`) || name.startsWith(`${NEIGH}${device}.`)) this.#values.delete(name);
    }
  }
}
