/** Small windows on the kernel: lsmod, modprobe, dmesg. Each prints what the stack really has. */
import type { Program } from '../machine/program.ts';
import { KERNEL } from '../machine/units.ts';
import { strftime } from './coreutils/time.ts';
import { refuse } from './usage.ts';

export const lsmod: Program = {
  name: 'lsmod',
  async run(process) {
    if (process.argv.length > 1) return refuse(process, 1, 'Usage: lsmod');
    const rows = [...process.machine.modules].map((name) => `${name.padEnd(24)}16384  0\n`);
    await process.stdout.write(`Module                  Size  Used by\n${rows.join('')}`);
    return 0;
  },
};

/** What the simulated kernel could load. Differs from Linux: loading one changes nothing but this list, except br_netfilter and ip_vs. */
const LOADABLE = new Set(['br_netfilter', 'overlay', 'ip_tables', 'iptable_nat', 'iptable_filter', 'nf_conntrack', 'nf_nat', 'vxlan', 'ipip', 'dummy', 'veth', 'bridge', 'xt_conntrack', 'xt_comment', 'xt_mark', 'xt_nat', 'xt_MASQUERADE', 'ip_set', 'ip_vs', ...['rr', 'wrr', 'lc', 'wlc', 'sh', 'dh'].map((name) => `ip_vs_${name}`)]);

export const modprobe: Program = {
  name: 'modprobe',
  async run(process) {
    const words = process.argv.slice(1).filter((arg) => !arg.startsWith('-'));
    const removing = process.argv.includes('-r');
    if (words.length === 0) return refuse(process, 1, 'modprobe: ERROR: missing parameters. See -h.');
    const all = process.argv.includes('-a') || removing;
    for (const word of all ? words : words.slice(0, 1)) {
      const name = word.replaceAll('-', '_');
      if (!LOADABLE.has(name) && !process.machine.modules.has(name)) return refuse(process, 1, removing ? `modprobe: FATAL: Module ${word} not found.` : `modprobe: FATAL: Module ${word} not found in directory /lib/modules/${process.machine.kernelRelease}`);
      if (removing) process.machine.modules.delete(name);
      else process.machine.modules.add(name);
      if (name.startsWith('ip_vs') && !removing) {
        // Schedulers need the balancer; it brings its knobs along.
        process.machine.modules.add('ip_vs');
        process.netns.sysctl.loadIpvs();
      }
      if (name === 'br_netfilter' && !removing) process.netns.sysctl.loadBridgeNetfilter();
    }
    return 0;
  },
};

/** The kernel's own lines, with the seconds since it started. Differs from Linux: it says nothing of its boot, which there was none of. */
export const dmesg: Program = {
  name: 'dmesg',
  async run(process) {
    const unknown = process.argv.slice(1).find((arg) => arg !== '-T' && arg !== '--ctime');
    if (unknown !== undefined) return refuse(process, 1, `dmesg: ${unknown.startsWith('-') ? `invalid option -- '${unknown.replace(/^-+/, '')}'` : 'bad usage'}\nTry 'dmesg --help' for more information.`);
    const { clock, units } = process.machine;
    const bootedMs = clock.unixMs() - clock.now();
    for (const { identifier, unixMs, message } of units.journal()) {
      if (identifier !== KERNEL) continue;
      const when = process.argv.length > 1 ? strftime('%a %b %d %T %Y', unixMs) : ((unixMs - bootedMs) / 1000).toFixed(6).padStart(12);
      await process.stdout.write(`[${when}] ${message}\n`);
    }
    return 0;
  },
};
