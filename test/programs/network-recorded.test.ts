/**
 * The network tools, whole outputs, against what those of Debian 12 printed on a real kernel. RECORD=1 (as root, with the
 * tools installed) builds the same two machines out of network namespaces and types everything again.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { install } from '../../src/images/bases/commands.ts';
import { utf8Decode } from '../../src/base/bytes.ts';
import { NETWORK_DIFFERENT } from './network-different.ts';
import { NETWORK_ROWS } from './network-rows.ts';
import { words } from './transcript.ts';
import { TwoMachines } from './two-machines.ts';

interface Recorded {
  readonly tool: string;
  readonly command: string;
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Debian's own, where the image has BusyBox's. */
const DEBIAN = ['sysctl', 'lsmod', 'modprobe', 'arping'];

const FILE = new URL('../recorded/programs/network.json', import.meta.url);

/** Hardware addresses are drawn by lot, and namespaces of other people may be about. */
const settled = (text: string): string =>
  text
    .replaceAll(/\b(?!02:00|00:00:00:00:00:00|ff:ff)[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi, 'MAC')
    .replaceAll('Error: Peer netns reference is invalid.\n', '')
    .replaceAll(/initval 0x[0-9a-f]+/g, 'initval N')
    .replaceAll(/directory \/lib\/modules\/\S+/g, 'directory /lib/modules')
    .replaceAll(/\b8000\.[0-9a-f]{12}\b/g, 'BRIDGE')
    .replaceAll(/^\d+: (?!lo)/gm, 'N: ')
    .replaceAll(/@if\d+/g, '@ifN')
    .replaceAll(/ link-netns\S* \S+/g, '')
    .replaceAll(/\/usr\/s?bin\//g, '');

function record(): void {
  const namespaces = ['tools-alpha', 'tools-beta'];
  const remove = () => namespaces.forEach((name) => spawnSync('ip', ['netns', 'del', name]));
  const ip = (line: string) => execFileSync('ip', line.split(' '));
  remove();
  for (const name of namespaces) ip(`netns add ${name}`);
  ip('link add eth0 netns tools-alpha type veth peer name eth0 netns tools-beta');
  for (const [at, name] of namespaces.entries()) for (const line of ['link set lo up', `addr add 10.0.0.${at + 1}/24 dev eth0`, 'link set eth0 up']) ip(`-n ${name} ${line}`);
  const rows = NETWORK_ROWS.map(([tool, command]): Recorded => {
    const { stdout, stderr, status } = spawnSync('ip', ['netns', 'exec', 'tools-alpha', ...words(command)], { encoding: 'utf8', timeout: 10_000, input: '', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    return { tool, command, out: stdout, err: stderr, code: status ?? -1 };
  });
  remove();
  writeFileSync(FILE, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);
}

if (process.env['RECORD'] || !existsSync(FILE)) record();
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Recorded[];

describe.each([...new Set(recorded.map(({ tool }) => tool))])('%s', (tool) => {
  const two = new TwoMachines();
  install(two.alpha.files, '/usr/sbin', DEBIAN);
  test.each(recorded.filter((row) => row.tool === tool).map((row) => [row.command, row] as const))('%s', async (command, { out, err, code }) => {
    const ran = await two.run(two.alpha, words(command), '').catch((error: unknown) => ({ code: -1, out: '', err: String(error) }));
    const ours = { code: ran.code, out: settled(utf8Decode(ran.out)), err: settled(utf8Decode(ran.err)) };
    const theirs = { code, out: settled(out), err: settled(err) };
    // A difference that has gone must leave the list.
    if (command in NETWORK_DIFFERENT) expect(ours).not.toEqual(theirs);
    else expect(ours).toEqual(theirs);
  });
});

test('every row is recorded', () => {
  expect(recorded.map(({ tool, command }) => [tool, command])).toEqual(NETWORK_ROWS);
});
