/**
 * What a command of the command line is. Its record gives the parser, `--help` and the shell's completion alike;
 * what it needs is imported when it runs, so that `cka --version` loads nothing.
 */
import { ENCAPSULATION_WORDS } from '../cluster/encapsulation.ts';

export interface CliCommand {
  /** `lab start`. */
  readonly name: string;
  readonly summary: string;
  readonly arguments?: readonly CliArgument[];
  readonly options?: readonly CliOption[];
  readonly examples?: readonly string[];
  /** Not in the help: for the program's own use. */
  readonly hidden?: boolean;
  /** Everything after the name belongs to another program. */
  readonly passThrough?: boolean;
  run(cli: Cli, args: readonly string[], options: CliOptions): Promise<number>;
}

export interface CliArgument {
  /** `<lab>` is needed, `[lab]` may be left out, `[command...]` takes the rest. */
  readonly name: string;
  readonly description: string;
  /** What the shell may offer. */
  readonly completes?: 'lab' | 'node' | 'shell';
}

export interface CliOption {
  /** `--name <name>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly default?: string;
}

/** Parsed options by their long name in camel case. */
export type CliOptions = Readonly<Record<string, string | boolean | undefined>>;

/** The program's surroundings, so that a test can be one. */
export interface Cli {
  /** The folder with package.json and labs/. */
  readonly root: string;
  readonly version: string;
  /** The command line that starts this program again. */
  readonly self: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard output and input are a terminal. */
  readonly isTerminal: boolean;
  out(text: string): void;
  err(text: string): void;
}

export const EXIT = { done: 0, failed: 1, usage: 2, broken: 3 } as const;

export const JSON_OPTION: CliOption = { flags: '--json', description: 'print one JSON value, for scripts' };

/** Options of every command that works on a cluster. */
export const CLUSTER_OPTIONS: readonly CliOption[] = [
  { flags: '--name <name>', description: 'name of the cluster (default: $CKA_CLUSTER, else cka-lab)' },
  { flags: '--backend <backend>', description: 'where it runs (default: where it is; for a new one, as `cka cluster backend` says)', choices: ['simulator', 'kind', 'existing'] },
];

/** Options of commands that may create one. */
export const SPEC_OPTIONS: readonly CliOption[] = [
  ...CLUSTER_OPTIONS,
  { flags: '--cni <plugin>', description: 'network plugin of a new cluster (default: calico)', choices: ['calico', 'flannel'] },
  { flags: '--encapsulation <how>', description: 'between the nodes of a new, simulated cluster (default: vxlan; plain routes are none, or host-gw for Flannel)', choices: ENCAPSULATION_WORDS },
  { flags: '--workers <number>', description: 'worker nodes of a new cluster (default: 2)' },
  { flags: '--proxy-mode <mode>', description: 'mode of kube-proxy of a new cluster (default: iptables)', choices: ['iptables', 'ipvs', 'nftables'] },
  { flags: '--context <context>', description: 'a cluster of your own, by its context in your kubeconfig' },
  { flags: '--confirm <word>', description: 'answer beforehand to the question about a cluster of your own' },
  { flags: '--allow-cluster-wide', description: 'let labs change what belongs to no namespace in a cluster of your own' },
];

export const LAB_ARGUMENT: CliArgument = { name: '[lab]', description: 'id of the lab, or its last part (default: the one this shell works on)', completes: 'lab' };

/** One JSON value on standard output. */
export function printJson(cli: Pick<Cli, 'out'>, value: unknown): void {
  cli.out(`${JSON.stringify(value, undefined, 2)}\n`);
}
