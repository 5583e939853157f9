/** getent: what the C library finds, by name or address: hosts, users, groups. See getent(1), nsswitch.conf(5). */
import { parseIpv4 } from '../../base/address.ts';
import type { Process, Program } from '../../machine/program.ts';
import { hostsEntries, lookupAddress, lookupHost } from '../dns/resolver.ts';
import { refuse } from '../usage.ts';

/** Not found; 1 is for an unknown database. */
const NOT_FOUND = 2;

export const getent: Program = {
  name: 'getent',
  async run(process) {
    const [database, ...keys] = process.argv.slice(1);
    switch (database) {
      case undefined:
        return refuse(process, 1, 'Usage: getent [OPTION...] database [key ...]\nTry `getent --help\' or `getent --usage\' for more information.');
      case 'hosts':
      case 'ahostsv4':
      case 'ahosts':
        return hosts(process, keys, database);
      case 'passwd':
      case 'group':
        return entries(process, `/etc/${database}`, keys);
      default:
        return refuse(process, 1, `Unknown database: ${database}\nTry \`getent --help' or \`getent --usage' for more information.`);
    }
  },
};

async function hosts(process: Process, keys: readonly string[], database: string): Promise<number> {
  if (keys.length === 0) {
    await process.stdout.write(hostsEntries(process.files).map(({ address, names }) => row(address, names)).join(''));
    return 0;
  }
  let code = 0;
  for (const key of keys) {
    const lines = database === 'hosts' ? await hostLines(process, key) : await addressLines(process, key);
    if (lines.length === 0) code = NOT_FOUND;
    await process.stdout.write(lines.join(''));
  }
  return code;
}

async function hostLines(process: Process, key: string): Promise<readonly string[]> {
  const address = parseIpv4(key);
  if (address) {
    const name = await lookupAddress(process, address);
    return name === undefined ? [] : [row(address, [name])];
  }
  const listed = hostsEntries(process.files).filter(({ names }) => names.includes(key));
  if (listed.length > 0) return listed.map((entry) => row(entry.address, entry.names));
  const found = await lookupHost(process, key);
  return found.outcome === 'found' ? found.addresses.map((one) => row(one, [found.canonicalName])) : [];
}

/** One line per address and kind of socket; the first says the canonical name. */
async function addressLines(process: Process, key: string): Promise<readonly string[]> {
  const found = await lookupHost(process, key);
  if (found.outcome !== 'found') return [];
  return found.addresses.flatMap((address, index) => ['STREAM', 'DGRAM', 'RAW'].map((kind) => `${address.padEnd(15)} ${kind.padEnd(6)} ${index === 0 && kind === 'STREAM' ? found.canonicalName : ''}\n`));
}

const row = (address: string, names: readonly string[]) => `${address.padEnd(15)} ${names.join(' ')}\n`;

async function entries(process: Process, path: string, keys: readonly string[]): Promise<number> {
  const lines = process.files.read(path).split('\n').filter(Boolean);
  if (keys.length === 0) {
    await process.stdout.write(`${lines.join('\n')}\n`);
    return 0;
  }
  let code = 0;
  for (const key of keys) {
    const line = lines.find((one) => one.split(':')[0] === key || one.split(':')[2] === key);
    if (line === undefined) code = NOT_FOUND;
    else await process.stdout.write(`${line}\n`);
  }
  return code;
}
