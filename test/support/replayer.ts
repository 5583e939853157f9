/**
 * Plays a recorded conversation of kubectl with a real cluster against the simulator, and says where the answers differ.
 * Each scenario has a folder, a home and a kubeconfig of its own, and a namespace that is its current one.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { withPlaceholders } from './placeholders.ts';

/** A recording; see test/recorded/kubectl. */
export interface Scenario {
  readonly scenario: string;
  readonly title: string;
  /** `none`: it needs no namespace. */
  readonly ns: string;
  /** It touches nodes or what all share, so it runs alone. */
  readonly exclusive?: boolean;
  readonly off?: readonly string[];
  readonly kubectlVersion: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly cleanup?: readonly string[];
  readonly steps: readonly (Step | { readonly settle: string })[];
}

export interface Step extends Outcome {
  readonly command: string;
  /** `exit`, `sort`, `sortitems`, `once`; `-hash` and the like switch a placeholder off. */
  readonly flags?: readonly string[];
  /** It did not come to rest while it was recorded. */
  readonly unstable?: boolean;
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface Cluster {
  readonly kubeconfig: string;
  readonly nodeAddresses: readonly string[];
  /** Seconds of the cluster in a second of the wall. */
  readonly speed: number;
}

export interface Difference {
  readonly command: string;
  readonly expected: string;
  readonly got: string;
}

/** Controllers need their time: a question is asked again until the answer is the recorded one, or for so long. */
const PATIENCE_MS = 30_000;
const FIRST_POLL_MS = 60;
const LAST_POLL_MS = 1_000;

/** @param kubectl path of the client @param skip steps that are not compared, though they run */
export async function replay(scenario: Scenario, cluster: Cluster, kubectl: string, options: { readonly skip: (step: Step) => boolean; readonly alike: (text: string) => string }): Promise<readonly Difference[]> {
  const home = mkdtempSync(join(tmpdir(), 'replay-'));
  const folder = join(home, 'here');
  mkdirSync(join(home, 'bin'), { recursive: true });
  mkdirSync(folder);
  symlinkSync(kubectl, join(home, 'bin', 'kubectl'));
  writeFileSync(join(home, 'config'), cluster.kubeconfig);
  writeFileSync(join(home, 'config0'), cluster.kubeconfig);
  for (const [name, text] of Object.entries(scenario.files ?? {})) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
  }
  const env = { PATH: `${join(home, 'bin')}:${process.env['PATH']}`, HOME: home, KUBECONFIG: join(home, 'config'), KUBECACHEDIR: join(home, 'cache'), LANG: 'C.UTF-8', TZ: 'UTC', NS: scenario.ns };
  const run = (command: string, kubeconfig = 'config') => runShell(command, { ...env, KUBECONFIG: join(home, kubeconfig) }, folder);
  const literals = JSON.stringify(scenario.files ?? {}) + scenario.steps.map((step) => ('command' in step ? step.command : '')).join('\n');
  const shape = (outcome: Outcome, step: Step): Outcome => {
    const off = [...(scenario.off ?? []), ...(step.flags ?? []).filter((flag) => flag.startsWith('-')).map((flag) => flag.slice(1))];
    const plain = (text: string) => options.alike(inOrder(withPlaceholders(text, { off, literals, nodeAddresses: cluster.nodeAddresses, folders: [[folder, '<dir>'], [home, '<home>']] }), step));
    return { stdout: plain(withoutProgress(outcome, step)), stderr: plain(outcome.stderr), exitCode: outcome.exitCode };
  };
  const differences: Difference[] = [];
  try {
    if (scenario.ns !== 'none') {
      await run(`kubectl create ns ${scenario.ns} && kubectl config set-context --current --namespace=${scenario.ns}`);
      await until(async () => (await run('kubectl get sa default cm/kube-root-ca.crt')).exitCode === 0);
    }
    for (const step of scenario.steps) {
      if ('settle' in step) {
        await settle(step.settle, cluster.speed, run);
        continue;
      }
      const expected = { ...step, stdout: options.alike(step.stdout), stderr: options.alike(step.stderr) };
      let got = shape(await run(step.command), step);
      if (step.unstable || options.skip(step)) continue;
      if (isQuestion(step) && !isSame(expected, got)) await until(async () => isSame(expected, (got = shape(await run(step.command), step))), PATIENCE_MS);
      if (!isSame(expected, got)) differences.push({ command: step.command, expected: print(expected), got: print(got) });
    }
  } finally {
    for (const command of scenario.cleanup ?? []) await run(command, 'config0');
    if (scenario.ns !== 'none') await run(`kubectl delete ns ${scenario.ns} --ignore-not-found --wait=false`, 'config0');
    rmSync(home, { recursive: true, force: true });
  }
  return differences;
}

/** A part of the recording that is not shown: waiting for something, in the cluster's own time. */
async function settle(command: string, speed: number, run: (command: string) => Promise<Outcome>): Promise<void> {
  const seconds = /^sleep ([\d.]+)$/.exec(command)?.[1];
  if (seconds !== undefined) return pass((Number(seconds) * 1000) / speed);
  await until(async () => (await run(command)).exitCode === 0);
}

async function until(holds: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
  const end = performance.now() + limitMs;
  // Ever more slowly: asking costs the machine more than waiting does.
  for (let poll = FIRST_POLL_MS; !(await holds()) && performance.now() < end; poll = Math.min(poll * 2, LAST_POLL_MS)) await pass(poll);
}

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const QUESTION = /^\s*kubectl (?:-n \S+ |--namespace[= ]\S+ )?(?:get|describe|auth|events|logs|top|api-resources|explain|config|version|cluster-info)\b/;

const isQuestion = ({ command, flags }: Step): boolean => QUESTION.test(command) && !/ -w\b| --watch|>|set-context|use-context|set-c|delete-|rename/.test(command) && !flags?.includes('once');

const isSame = (recorded: Outcome & { readonly flags?: readonly string[] }, got: Outcome): boolean =>
  recorded.exitCode === got.exitCode && (recorded.flags?.includes('exit') || (recorded.stdout === got.stdout && recorded.stderr === got.stderr));

const print = ({ stdout, stderr, exitCode }: Outcome): string => `${stdout}${stderr && `[stderr] ${stderr}`}${exitCode === 0 ? '' : `[exit code ${exitCode}]\n`}`;

/** How far a rollout had come when somebody looked depends on the moment: none of it counts, or the last line of a failure. */
function withoutProgress({ stdout, exitCode }: Outcome, { command }: Step): string {
  if (!command.includes('rollout status')) return stdout;
  const lines = stdout.split('\n');
  const last = lines.findLast((line) => line.startsWith('Waiting for '));
  return lines.filter((line) => !line.startsWith('Waiting for ') || (exitCode !== 0 && line === last)).filter((line, at, kept) => line !== kept[at - 1]).join('\n');
}

/** Lists whose order is that of a Go map on the server are compared in order of their letters. */
function inOrder(text: string, { flags }: Step): string {
  if (flags?.includes('sort')) return text.split('\n').toSorted().join('\n');
  return flags?.includes('sortitems') ? text.split(/\n|, |\[|\]/).toSorted().join('\n') : text;
}

function runShell(command: string, env: Record<string, string>, cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', command], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 90_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('close', (code) => resolve({ stdout, stderr, exitCode: code ?? 128 }));
  });
}
