/**
 * A whole hands-on example, and what pages on networking have their readers ask of a cluster, typed into a shell word for
 * word: every kubectl at hand and ours must lead to the same place and say the same on the way. `KUBECTLS` (colon-separated) names several real ones.
 */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kubectls } from '../server/api-server.ts';
import { ownCommand } from '../support/self.ts';
import { serveSimulation, type ServedSimulation } from '../support/served-simulation.ts';

// Ten seconds for each client and example: ours always, others for who names them.
const isAsked = process.env['KUBECTLS'] !== undefined;
if (!isAsked) console.log('skipped: KUBECTLS names no other kubectl to go through the hands-on example with');

const folder = mkdtempSync(join(tmpdir(), 'hands-on-'));
let cluster: ServedSimulation | undefined;

beforeAll(async () => {
  cluster = await serveSimulation(5);
  writeFileSync(join(folder, 'config'), cluster.kubeconfig);
});

afterAll(async () => {
  await cluster?.end();
  rmSync(folder, { recursive: true, force: true });
});

const ours: readonly [string, readonly string[]] = ['ours', [...ownCommand(), 'kubectl']];
const clients: readonly (readonly [string, readonly string[]])[] = isAsked ? [...kubectls().map(({ name, binary }) => [name, [pathOf(binary)]] as const), ours] : [ours];

describe.each(['hands-on', 'exploring'])('%s', (example) => test.each(clients)('kubectl %s', { timeout: 300_000 }, async (name, command) => {
  const { code, stdout, stderr } = await inShell(example, name, command);
  await expect(steady(stdout)).toMatchFileSnapshot(`${example}/stdout.txt`);
  await expect(steady(stderr)).toMatchFileSnapshot(`${example}/stderr.txt`);
  expect(code).toBe(0);
}));

/** Whole, for the name alone would find what stands in for it. */
function pathOf(binary: string): string {
  return execFileSync('sh', ['-c', 'command -v "$0"', binary], { encoding: 'utf8' }).trim();
}

/** The steps in a shell of their own, whose kubectl is `command`. */
function inShell(example: string, name: string, command: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const steps = readFileSync(new URL(`${example}/steps.sh`, import.meta.url), 'utf8');
  const bin = join(folder, example, name);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'kubectl'), `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(join(bin, 'kubectl'), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, HOME: bin, CKA_HOME: bin, KUBECONFIG: join(folder, 'config'), NODE1: 'cka-lab-worker', NODE2: 'cka-lab-worker2' };
  return new Promise((resolve) => {
    execFile('sh', ['-c', steps], { env, timeout: 290_000 }, (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }));
  });
}

/** What every run makes anew becomes a word; columns lose their widths; what a newer kubectl words otherwise is worded alike. */
function steady(text: string): string {
  return text
    .replace(/^.*\r.*\n|^ +% Total.*\n|^ +Dload.*\n/gm, '')
    // A meter of curl that another program's line runs into.
    .replace(/^ .*--:--:-- +\d+(?=[a-z])/gm, '')
    .replace(/10\.244\.\d+\.\d+/g, '<pod>').replace(/10-244-\d+-\d+/g, '<pod>').replace(/10\.96\.(?!0\.)\d+\.\d+/g, '<service>')
    .replace(/\b[0-9a-f]{64}\b/g, '<container>').replace(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b(?=.*link-netnsid)/g, '<mac>').replace(/(?<=link\/ether )\S+/g, '<mac>').replace(/-[0-9a-f]{8,10}-[a-z0-9]{5}\b/g, '-<pod>').replace(/eth0@if\d+/g, 'eth0@if<n>')
    .replace(/^\d+:\d+:\d+\.\d+ IP <pod> > <pod>: ICMP echo (?:request|reply), id \d+, seq \d+/gm, '<time> IP <pod> > <pod>: ICMP echo, id <n>, seq <n>')
    // What tcpdump counted beyond the packets that it was asked for.
    .replace(/^\d+ packets received by filter/gm, '<n> packets received by filter')
    .replace(/id: \d+$/gm, 'id: <n>').replace(/COOKIE: [0-9a-f]+/, 'COOKIE: <hex>').replace(/Query time: \d+/, 'Query time: <n>').replace(/WHEN: .*/, 'WHEN: <time>')
    // The way to a pod of the same node is shorter, and where a bare pod goes is the scheduler's.
    .replace(/^ \d {2}.*\n/gm, '')
    .replace(/^I\d{4} [\d:.]+/gm, '<time>').replace(/\b(?:\d+h)?(?:\d+m)?\d+s\b|\b\d+h\d+m\b|(?<=\s)\d+[mh](?=\s|$)/gm, '<age>').replace(/ deleted from default namespace/g, ' deleted')
    .replace(/ {2,}/g, '  ');
}
