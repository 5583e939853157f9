/**
 * Our kubectl against the real one, on one simulator: output, errors and exit code, byte for byte but for what every run
 * makes anew. Without KUBECTL the real one's recorded answers count; RECORD=1 with KUBECTL writes them.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKubectl } from '../../src/kubectl/main.ts';
import { serveSimulation, type ServedSimulation } from '../support/served-simulation.ts';
import { CHANGING, READING, UNSTEADY, type Row } from './commands.ts';

const RECORDING = new URL('../recorded/kubectl-compare.json', import.meta.url);
const real = process.env['KUBECTL'];
const recording = process.env['RECORD'] === '1' && real !== undefined;

interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

// Rows that are left out of a recording (`-t`) keep the answers that they have.
const recorded = JSON.parse(readFileSync(RECORDING, 'utf8')) as Record<string, Answer>;
const folder = mkdtempSync(join(tmpdir(), 'kubectl-compare-'));
const env = { ...process.env, KUBECONFIG: join(folder, 'config'), EDITOR: 'true', HOME: folder };
let cluster: ServedSimulation;

const FILES: Readonly<Record<string, string>> = {
  'mix.yaml': readFileSync(new URL('world.yaml', import.meta.url), 'utf8'),
  'one.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm9, labels: {a: b}}\ndata: {x: "1"}\n',
  'two.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm9}\ndata: {x: "2", z: "3"}\n',
  'unknown.yaml': 'apiVersion: v9\nkind: Foo\nmetadata: {name: cm8}\n',
  'nokind.yaml': 'apiVersion: v1\nmetadata: {name: x}\n',
  'immutable.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: broken}\nspec: {containers: [{name: c, image: nosuchimage, command: [x]}]}\n',
  'rbac.yaml': 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: rec, namespace: default}\nrules: [{apiGroups: [""], resources: [pods], verbs: [get]}]\n',
  'wrong.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Wrong}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s3}\nspec: {ports: [{port: 99999}], selector: {a: b}}\n',
  'sizes.yaml': Object.entries({ 'a-1': '10Gi', 'a-10': '1Ti', 'a-2': '500Mi', b: '2Gi', c: 'small', d: '' }).map(([name, size]) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: kube-node-lease, labels: {sized: ""}}\n${size === '' ? '' : `data: {size: ${size}}\n`}`).join('---\n'),
  'kustom/kustomization.yaml': 'namePrefix: p-\nresources: [cm.yaml]\nconfigMapGenerator: [{name: gen, literals: [a=b]}]\n',
  'kustom/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\ndata: {x: "1"}\n',
};

beforeAll(async () => {
  // No faster: a probe that has a second must have it on a busy machine too.
  cluster = await serveSimulation(3);
  writeFileSync(env.KUBECONFIG, cluster.kubeconfig);
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  for (const command of ['apply -f mix.yaml', 'apply -f one.yaml', 'apply -f sizes.yaml', 'create deployment web --image=nginx --replicas=2', 'create rolebinding rb --clusterrole=view --user=jane', 'rollout status deploy/web', 'wait --for=condition=Ready pod/rich --timeout=60s']) await ours(command);
}, 90_000);

afterAll(async () => {
  if (recording) writeFileSync(RECORDING, `${JSON.stringify(Object.fromEntries(rows.map(([command]) => [command, recorded[command]])), null, 1)}\n`);
  rmSync(folder, { recursive: true, force: true });
  await cluster.end();
});

/** Rows that depend on how far the pods are have no recording: they are asked of both at once, or not at all. */
const rows = [...READING, ...CHANGING].filter(([command]) => (recording ? !UNSTEADY.has(command) : real !== undefined || recorded[command] !== undefined));

test.each(rows.map((row) => [row[0], row] as const))('%s', async (command, row) => {
  if (recording) recorded[command] = await answerOf(theirs, row);
  const expected = real !== undefined && !recording ? await answerOf(theirs, row) : recorded[command];
  expect(await answerOf(ours, row)).toEqual(expected);
});

async function answerOf(kubectl: (command: string) => Promise<Answer>, [command, undo]: Row): Promise<Answer> {
  const answer = await kubectl(command);
  for (const step of undo?.split(' && ') ?? []) await ours(step);
  return { stdout: steady(answer.stdout), stderr: steady(answer.stderr), code: answer.code };
}

/** As a shell splits it: quotes group, blanks part. */
function split(command: string): string[] {
  return (command.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []).map((word) => (/^[^"']*[{[]/.test(word) ? word.replaceAll("'", '') : word.replace(/"([^"]*)"|'([^']*)'/g, (_all, double?: string, single?: string) => double ?? single ?? '')));
}

async function ours(command: string): Promise<Answer> {
  let [stdout, stderr] = ['', ''];
  const code = await runKubectl(split(command), {
    env, cwd: folder, signal: AbortSignal.timeout(60_000), readStdin: () => Promise.resolve(new Uint8Array()), onStdin: (listener) => (queueMicrotask(() => listener(undefined)), () => {}),
    stdout: (text) => void (stdout += Buffer.from(text as Uint8Array).toString('utf8')), stderr: (text) => void (stderr += Buffer.from(text as Uint8Array).toString('utf8')),
  });
  return { stdout, stderr, code };
}

function theirs(command: string): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(real!, split(command), { env, cwd: folder, timeout: 15_000 }, (error, stdout, stderr) => resolve({ stdout, stderr, code: typeof error?.code === 'number' ? error.code : error ? -1 : 0 })).stdin?.end();
  });
}

/** Times, ages, chance and addresses become words; columns that they moved lose their widths. */
function steady(text: string): string {
  return text
    .replaceAll(folder, '<folder>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/(resourceVersion"?: )"\d+"/g, '$1<version>')
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z| \+0000 UTC)/g, '<time>')
    .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]+ [+-]\d{4}/g, '<time>')
    .replace(/-[0-9a-z]{8,10}-[0-9a-z]{5}\b/g, '-<pod>')
    .replace(/\b(\w+-)[0-9a-z]{5}\b(?=\s|"|$|:)/g, '$1<rand>')
    .replace(/127\.0\.0\.1:\d+/g, '<server>')
    .replace(/\b10\.\d+\.\d+\.\d+\b/g, '<ip>')
    .replace(/\b\d+(?:ms|s|m\d*s?|h\d*m?)\b(?: \(x\d+ over \S+\))?/g, '<age>')
    .replace(/^.*(?:BackOff|Unhealthy|Pulled|Pulling|Created|Started) .*\n/gm, '')
    .replace(/ {2,}/g, '  ')
    .replace(/-{3,}/g, '--');
}
