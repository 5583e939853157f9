/** Small windows on the kernel: sysctl, lsmod, modprobe, ethtool, dmesg. Each prints what the stack really has. */
import type { Process, Program } from '../machine/program.ts';
import { KERNEL } from '../machine/units.ts';
import { NetError } from '../net/errors.ts';
import { strftime } from './coreutils/time.ts';
import { refuse } from './usage.ts';

export const sysctl: Program = { name: 'sysctl', run: (process) => runSysctl(process, 'procps') };
export const busyboxSysctl: Program = { name: 'busybox-sysctl', run: (process) => runSysctl(process, 'busybox') };

async function runSysctl(process: Process, flavour: 'procps' | 'busybox'): Promise<number> {
  const flags = new Set(process.argv.slice(1).filter((arg) => /^-[a-zA-Z]+$/.test(arg)).flatMap((arg) => arg.slice(1).split('')));
  const names = process.argv.slice(1).filter((arg) => !arg.startsWith('-'));
  const unknown = [...flags].find((flag) => !'wnaqe'.includes(flag));
  if (unknown) return refuse(process, 1, `sysctl: invalid option -- '${unknown}'`);
  const { sysctl: knobs } = process.netns;
  const show = (name: string, value: string) => process.stdout.write(flags.has('n') ? `${value}\n` : `${name} = ${value}\n`);
  if (flags.has('a')) {
    for (const [name, value] of knobs.list()) await show(name, value);
    return 0;
  }
  let code = 0;
  for (const [index, word] of names.entries()) {
    const at = word.indexOf('=');
    const name = (at < 0 ? word : word.slice(0, at)).trim().replaceAll('/', '.');
    if (at < 0 && flags.has('w')) {
      code = await refuse(process, 1, flavour === 'busybox' ? `sysctl: error: '${name}' must be of the form name=value` : `sysctl: command line(${index}): invalid syntax, continuing...`);
    } else if (knobs.get(name) === undefined) {
      code = await refuse(process, 1, flavour === 'busybox' ? `sysctl: error: '${name}' is an unknown key` : `sysctl: cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory`);
    } else if (at < 0) await show(name, knobs.get(name)!);
    else code = (await setKnob(process, name, word.slice(at + 1).trim())) || code;
    if (at >= 0 && code === 0 && !flags.has('q')) await show(name, knobs.get(name)!);
  }
  return code;
}

async function setKnob(process: Process, name: string, value: string): Promise<number> {
  // /proc/sys is mounted read-only in containers that are not privileged.
  const path = `/proc/sys/${name.replaceAll('.', '/')}`;
  if (!process.machine.privileged && !process.files.access(path, 2)) return refuse(process, 255, `sysctl: setting key "${name}": Read-only file system`);
  try {
    process.netns.sysctl.set(name, value);
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return refuse(process, 255, `sysctl: setting key "${name}": ${error.message}`);
  }
}

export const lsmod: Program = {
  name: 'lsmod',
  async run(process) {
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
    const all = process.argv.includes('-a') || removing;
    for (const word of all ? words : words.slice(0, 1)) {
      const name = word.replaceAll('-', '_');
      if (!LOADABLE.has(name) && !process.machine.modules.has(name)) return refuse(process, 1, `modprobe: FATAL: Module ${word} not found in directory /lib/modules/${process.machine.kernelRelease}`);
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

const DRIVERS: Readonly<Record<string, string>> = { veth: 'veth', bridge: 'bridge', vxlan: 'vxlan', dummy: 'dummy', ipip: 'ipip' };

export const ethtool: Program = {
  name: 'ethtool',
  async run(process) {
    const [option, name] = process.argv.slice(1);
    if (option !== '-i' || name === undefined) return refuse(process, 1, option === undefined ? 'ethtool: bad command line argument(s)\nFor more information run ethtool -h' : 'ethtool: only `ethtool -i DEVNAME` is part of this simulator');
    const device = process.netns.devices.get(name);
    if (!device) return refuse(process, 71, 'Cannot get driver information: No such device');
    const driver = DRIVERS[device.kind];
    if (!driver) return refuse(process, 71, 'Cannot get driver information: Operation not supported');
    await process.stdout.write(`driver: ${driver}\nversion: 1.0\nfirmware-version: \nexpansion-rom-version: \nbus-info: \nsupports-statistics: yes\nsupports-test: no\nsupports-eeprom-access: no\nsupports-register-dump: no\nsupports-priv-flags: no\n`);
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
