/** What a machine says of itself: hostname, uname, uptime, free, id, groups. */
import { groupName, findUser } from '../../machine/users.ts';
import { humanSize } from './units.ts';
import { strftime } from './time.ts';
import { tool } from './tool.ts';

export const hostname = tool({
  name: 'hostname', short: 'iIfsd', long: { 'ip-address': 'i', 'all-ip-addresses': 'I', fqdn: 'f', long: 'f', short: 's', domain: 'd' }, absent: ['A', 'all-fqdns', 'F', 'file', 'y', 'yp', 'a', 'alias', 'b', 'boot'],
  async run(t) {
    const { process } = t;
    const name = process.hostname;
    if (t.operands[0] !== undefined) {
      if (process.user.uid !== 0 || !process.machine.privileged) {
        await t.complain(t.gnu ? 'you must be root to change the host name' : 'sethostname: Operation not permitted');
        return 1;
      }
      process.setHostname(t.operands[0]);
      return 0;
    }
    if (t.has('I')) {
      const addresses = process.netns.addresses().filter(({ device }) => device !== 'lo').map(({ address }) => address.address);
      await t.write(`${addresses.map((address) => `${address} `).join('')}\n`);
    } else if (t.has('i')) {
      const found = hostsEntry(process.files.exists('/etc/hosts') ? process.files.read('/etc/hosts') : '', name);
      if (found === undefined) {
        await t.complain(t.gnu ? 'Name or service not known' : `${name}: Unknown host`);
        return 1;
      }
      await t.write(`${found}${t.gnu ? '' : ' '}\n`);
    } else if (t.has('f')) await t.write(`${fullName(process.files.exists('/etc/hosts') ? process.files.read('/etc/hosts') : '', name)}\n`);
    else if (t.has('s')) await t.write(`${name.split('.')[0]}\n`);
    else if (t.has('d')) await t.write(`${name.split('.').slice(1).join('.')}\n`);
    else await t.write(`${name}\n`);
    return 0;
  },
});

function hostsEntry(hosts: string, name: string): string | undefined {
  for (const line of hosts.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address && names.includes(name)) return address;
  }
  return undefined;
}

/** The first name on the line of /etc/hosts that has this one. */
function fullName(hosts: string, name: string): string {
  const line = hosts.split('\n').map((row) => row.replace(/#.*/, '').trim().split(/\s+/)).find(([, ...names]) => names.includes(name));
  return line?.[1] ?? name;
}

export const uname = tool({
  name: 'uname', short: 'asnrvmpio', long: { all: 'a', 'kernel-name': 's', nodename: 'n', 'kernel-release': 'r', 'kernel-version': 'v', machine: 'm', 'operating-system': 'o' },
  async run(t) {
    const values: Readonly<Record<string, string>> = { s: 'Linux', n: t.process.hostname, r: t.process.machine.kernelRelease, v: '#1 SMP PREEMPT_DYNAMIC', m: 'x86_64', o: t.gnu ? 'GNU/Linux' : 'Linux' };
    const wanted = t.has('a') ? [...'snrvmo'] : [...'snrvmo'].filter((letter) => t.has(letter));
    if (wanted.length === 0) wanted.push(t.has('p') || t.has('i') ? 'm' : 's');
    await t.write(`${wanted.map((letter) => (letter === 'm' && (t.has('p') || t.has('i')) ? 'unknown' : values[letter])).join(' ')}\n`);
    return 0;
  },
});

/** `2 days,  3:04` and `12 min`. */
export function uptimeText(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const day = days > 0 ? `${days} day${days > 1 ? 's' : ''}, ` : '';
  return day + (hours > 0 ? `${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}` : `${minutes % 60} min`);
}

export const uptime = tool({
  name: 'uptime', short: 'ps', gnuOnly: 'p', long: { pretty: 'p', since: 's' },
  async run(t) {
    const { clock, bootedAtMs } = t.process.machine;
    const up = clock.now() - bootedAtMs;
    if (t.has('s')) await t.write(`${strftime('%F %T', clock.unixMs() - up)}\n`);
    else if (t.has('p')) await t.write(`${prettyUptime(up)}\n`);
    else await t.write(` ${strftime('%H:%M:%S', clock.unixMs())} up ${uptimeText(up)},  0 users,  load average: 0.00, 0.00, 0.00\n`);
    return 0;
  },
});

/** `up 1 day, 2 hours, 5 minutes`. */
function prettyUptime(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const parts = [[Math.floor(minutes / 10_080), 'week'], [Math.floor(minutes / 1440) % 7, 'day'], [Math.floor(minutes / 60) % 24, 'hour'], [minutes % 60, 'minute']] as const;
  const shown = parts.filter(([count, unit]) => count > 0 || (unit === 'minute' && minutes < 60)).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`);
  return `up ${shown.join(', ')}`;
}

/** Differs from Linux: memory is not used by programs here; a fixed quarter counts as used. */
export const free = tool({
  name: 'free', short: 'bkmghtw', gnuOnly: 'tw', long: { human: 'h', bytes: 'b', kibi: 'k', mebi: 'm', gibi: 'g', total: 't', wide: 'w' }, absent: ['s', 'seconds', 'c', 'count', 'l', 'lohi', 'v', 'committed', 'si', 'kilo', 'mega', 'giga', 'tera', 'peta', 'tebi', 'pebi'],
  async run(t) {
    const total = t.process.machine.memoryBytes;
    const letter = t.last('bkmgh') ?? 'k';
    const unit = { b: 1, m: 2 ** 20, g: 2 ** 30 }[letter] ?? 1024;
    const show = (bytes: number) => (letter === 'h' ? (bytes === 0 ? '0B' : humanSize(bytes).replace(/([KMG])$/, t.gnu ? '$1i' : '$1')) : String(Math.floor(bytes / unit)));
    const row = (name: string, cells: readonly number[]) => `${name.padEnd(t.gnu ? 8 : 7)}${cells.map((cell) => show(cell).padStart(12)).join('')}\n`;
    await t.write(t.has('w') ? '               total        used        free      shared     buffers       cache   available\n' : t.gnu ? '               total        used        free      shared  buff/cache   available\n' : '              total        used        free      shared  buff/cache   available\n');
    await t.write(row('Mem:', [total, total / 4, total / 2, 0, ...(t.has('w') ? [total / 32, (total * 7) / 32] : [total / 4]), (total * 3) / 4]));
    await t.write(row('Swap:', [0, 0, 0]));
    if (t.has('t')) await t.write(row('Total:', [total, total / 4, total / 2]));
    return 0;
  },
});

export const id = tool({
  name: 'id', short: 'ugGnr', long: { user: 'u', group: 'g', groups: 'G', name: 'n', real: 'r' }, absent: ['Z', 'context', 'z', 'zero'],
  async run(t) {
    const { files } = t.process;
    const user = t.operands[0] === undefined ? t.process.user : findUser(t.operands[0], files);
    if (!user) {
      await t.complain(t.gnu ? `'${t.operands[0]}': no such user` : `unknown user ${t.operands[0]}`);
      return 1;
    }
    // Nothing here runs with the rights of another: the real user is the effective one.
    if ((t.has('n') || t.has('r')) && !t.has('u') && !t.has('g') && !t.has('G')) return await t.refuse('cannot print only names or real IDs in default format');
    const group = groupName(user.gid, files);
    if (t.has('u')) await t.write(`${t.has('n') ? user.name : user.uid}\n`);
    else if (t.has('g') || t.has('G')) await t.write(`${t.has('n') ? group : user.gid}\n`);
    else {
      const named = (number: number, name: string) => (name === String(number) ? String(number) : `${number}(${name})`);
      await t.write(`uid=${named(user.uid, user.name)} gid=${named(user.gid, group)} groups=${named(user.gid, group)}\n`);
    }
    return 0;
  },
});

export const groups = tool({
  name: 'groups', short: '',
  async run(t) {
    await t.write(`${groupName(t.process.user.gid, t.process.files)}\n`);
    return 0;
  },
});
