/**
 * crictl: what runs on a node, asked of the container runtime itself. Words and columns of 1.35; see cri-tools' cmd/crictl.
 * Over 250 lines, because it is many commands of a few lines each.
 *
 * Differs from Linux: creating and removing containers are missing, and so are `stats`, `events` and `runp`: nothing
 * here measures or makes containers but the kubelet.
 */
import { formatTable } from '../../base/table.ts';
import { StartError } from '../../machine/machine.ts';
import type { Process, Program } from '../../machine/program.ts';
import { OptionError, parseOptions, type ParsedOptions } from '../options.ts';
import { containerInspection, sandboxInspection, infoOf, age, humanSize } from './print.ts';
import { type ContainerRuntime, type PodSandbox, RUNTIME_SOCKET, type RuntimeContainer, runtimeOf } from './runtime.ts';

interface Command {
  readonly names: readonly string[];
  readonly usage: string;
  readonly short?: string;
  readonly long?: Readonly<Record<string, string>>;
  /** Options end at the first operand: what follows is somebody else's. */
  readonly stopAtOperand?: boolean;
  run(asking: Asking): Promise<number>;
}

interface Asking {
  readonly process: Process;
  readonly runtime: ContainerRuntime;
  readonly options: ParsedOptions;
}

/** What ends the program: `FATA[0000] …` on a terminal, a line of key and value elsewhere. */
class Fatal extends Error {
  override readonly name = 'Fatal';
}

const LIST = { short: 'aqo:lns', long: { all: 'a', quiet: 'q', output: 'o:', latest: 'l', name: 'name:', state: 'state:', pod: 'p:', namespace: 'namespace:', image: 'image:', label: 'label:', 'no-trunc': 'no-trunc' } } as const;

const COMMANDS: readonly Command[] = [
  { names: ['ps', 'list'], usage: 'List containers', ...LIST, short: 'aqo:lp:', run: listContainers },
  { names: ['pods', 'p'], usage: 'List pods', ...LIST, run: listPods },
  { names: ['images', 'image', 'img'], usage: 'List images', short: 'qo:v', long: { quiet: 'q', output: 'o:', 'no-trunc': 'no-trunc', digests: 'digests' }, run: listImages },
  { names: ['pull'], usage: 'Pull an image from a registry', short: 'q', long: { quiet: 'q' }, run: pull },
  { names: ['rmi'], usage: 'Remove one or more images', short: 'aq', long: { all: 'a', prune: 'q' }, run: removeImages },
  { names: ['inspect'], usage: 'Display the status of one or more containers', short: 'o:q', long: { output: 'o:', quiet: 'q' }, run: (asking) => inspect(asking, (id) => containerInspection(container(asking.runtime, id))) },
  { names: ['inspectp'], usage: 'Display the status of one or more pods', short: 'o:q', long: { output: 'o:', quiet: 'q' }, run: (asking) => inspect(asking, (id) => sandboxInspection(sandbox(asking.runtime, id))) },
  { names: ['inspecti'], usage: 'Return the status of one or more images', short: 'o:q', long: { output: 'o:', quiet: 'q' }, run: (asking) => inspect(asking, (id) => image(asking.runtime, id)) },
  { names: ['logs'], usage: 'Fetch the logs of a container', short: 'ft', long: { follow: 'f', timestamps: 't', tail: 'tail:' }, run: logs },
  { names: ['exec'], usage: 'Run a command in a running container', short: 'its', long: { interactive: 'i', tty: 't', sync: 's' }, stopAtOperand: true, run: exec },
  { names: ['stop'], usage: 'Stop one or more running containers', short: 't:', long: { timeout: 't:' }, run: stop },
  { names: ['info'], usage: 'Display information of the container runtime', short: 'o:q', long: { output: 'o:', quiet: 'q' }, run: (asking) => print(asking, json(infoOf(asking.runtime))) },
  { names: ['version'], usage: 'Display runtime version information', short: '', run: (asking) => print(asking, `Version:  0.1.0\nRuntimeName:  ${asking.runtime.name}\nRuntimeVersion:  v${asking.runtime.version}\nRuntimeApiVersion:  v1\n`) },
];

export const crictl: Program = {
  name: 'crictl',
  async run(process) {
    try {
      return await main(process);
    } catch (error) {
      if (error instanceof OptionError) return fatal(process, `flag provided but not defined: -${error.option.replace(/^-+/, '')}`);
      if (error instanceof Fatal) return fatal(process, error.message);
      throw error;
    }
  },
};

async function main(process: Process): Promise<number> {
  const global = parseOptions(process.argv.slice(1), { short: 'r:i:Dt:c:hv', long: { 'runtime-endpoint': 'r:', 'image-endpoint': 'i:', debug: 'D', timeout: 't:', config: 'c:', help: 'h', version: 'v' }, stopAtOperand: true });
  const [name, ...args] = global.operands;
  if (global.has('v')) return write(process, 'crictl version v1.35.0\n');
  if (name === undefined || name === 'help' || name === 'h' || global.has('h')) return write(process, USAGE);
  const command = COMMANDS.find(({ names }) => names.includes(name));
  if (!command) {
    await write(process, `No help topic for '${name}'\n`);
    return 3;
  }
  const endpoint = global.value('r') ?? RUNTIME_SOCKET;
  const runtime = endpoint.replace(/^unix:\/\//, '') === RUNTIME_SOCKET.replace('unix://', '') ? runtimeOf(process.machine.host ?? process.machine) : undefined;
  const options = parseOptions(args, { short: command.short ?? '', long: command.long ?? {}, stopAtOperand: command.stopAtOperand ?? false });
  if (!runtime) throw new Fatal(`validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${endpoint.replace(/^unix:\/\//, '')}: connect: no such file or directory"`);
  return command.run({ process, runtime, options });
}

async function fatal(process: Process, message: string): Promise<number> {
  const time = new Date(process.machine.clock.unixMs()).toISOString().replace(/\.\d+Z$/, 'Z');
  await process.stderr.write(process.terminal ? `\x1b[31mFATA\x1b[0m[0000] ${message} \n` : `time="${time}" level=fatal msg=${JSON.stringify(message)}\n`);
  return 1;
}

async function write(process: Process, text: string): Promise<number> {
  await process.stdout.write(text);
  return 0;
}

const print = ({ process }: Asking, text: string): Promise<number> => write(process, text);
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const short = (id: string): string => id.replace('sha256:', '').slice(0, 13);

/** The tabwriter of cri-tools: columns at least 20 wide. */
const table = (rows: readonly (readonly string[])[]): string => `${formatTable(rows, { minWidth: 20 })}\n`;

async function listContainers(asking: Asking): Promise<number> {
  const { runtime, options, process } = asking;
  const state = options.value('state')?.toUpperCase();
  const [wanted] = options.operands;
  const found = runtime.containers().filter(({ id, name, sandbox: pod, state: now, image: reference }) =>
    (options.has('a') || wanted !== undefined || state !== undefined || now === 'CONTAINER_RUNNING') && (state === undefined || now === `CONTAINER_${state}`)
    && matches(name, options.value('name')) && (!options.has('p') || pod.id.startsWith(options.value('p')!)) && matches(reference, options.value('image')) && (wanted === undefined || id.startsWith(wanted)));
  const newest = [...found].sort((a, b) => b.createdUnixMs - a.createdUnixMs).slice(0, options.has('l') ? 1 : undefined);
  if (options.has('q')) return print(asking, newest.map(({ id }) => `${id}\n`).join(''));
  if (options.value('o') === 'json') return print(asking, json({ containers: newest.map((one) => containerInspection(one).status) }));
  const rows = newest.map(({ id, imageId, createdUnixMs, state: now, name, attempt, sandbox: pod }) => [
    short(id), short(imageId), age(process.machine.clock.unixMs() - createdUnixMs), now === 'CONTAINER_RUNNING' ? 'Running' : 'Exited', name, String(attempt), short(pod.id), pod.name, pod.namespace,
  ]);
  return print(asking, table([['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], ...rows]));
}

async function listPods(asking: Asking): Promise<number> {
  const { runtime, options, process } = asking;
  const state = options.value('state')?.toUpperCase();
  const [wanted] = options.operands;
  const found = runtime.sandboxes().filter(({ id, name, namespace, state: now, labels }) =>
    (state === undefined || now === `SANDBOX_${state}`) && matches(name, options.value('name')) && matches(namespace, options.value('namespace')) && (wanted === undefined || id.startsWith(wanted))
    && options.values('label').every((label) => labels[label.split('=')[0]!] === label.split('=')[1]));
  const newest = [...found].sort((a, b) => b.createdUnixMs - a.createdUnixMs).slice(0, options.has('l') ? 1 : undefined);
  if (options.has('q')) return print(asking, newest.map(({ id }) => `${id}\n`).join(''));
  if (options.value('o') === 'json') return print(asking, json({ items: newest.map((one) => sandboxInspection(one).status) }));
  const rows = newest.map(({ id, createdUnixMs, state: now, name, namespace, attempt }) => [short(id), age(process.machine.clock.unixMs() - createdUnixMs), now === 'SANDBOX_READY' ? 'Ready' : 'NotReady', name, namespace, String(attempt), '(default)']);
  return print(asking, table([['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], ...rows]));
}

async function listImages(asking: Asking): Promise<number> {
  const { runtime, options } = asking;
  const [wanted] = options.operands;
  const found = runtime.images().filter(({ id, tags }) => wanted === undefined || short(id).startsWith(wanted) || tags.some((tag) => tag.includes(wanted)));
  if (options.has('q')) return print(asking, found.map(({ id }) => `${id}\n`).join(''));
  if (options.value('o') === 'json') return print(asking, json({ images: found.map(({ id, tags, sizeBytes }) => ({ id, repoTags: tags, repoDigests: [], size: String(sizeBytes), uid: null, username: '', spec: null, pinned: false })) }));
  const rows = found.flatMap(({ id, tags, sizeBytes }) => tags.map((tag) => [tag.slice(0, tag.lastIndexOf(':')), tag.slice(tag.lastIndexOf(':') + 1), short(id), humanSize(sizeBytes)])).sort(([a], [b]) => (a! < b! ? -1 : 1));
  return print(asking, table([['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], ...rows]));
}

async function inspect(asking: Asking, look: (id: string) => unknown): Promise<number> {
  const { operands } = asking.options;
  if (operands.length === 0) throw new Fatal('ID cannot be empty');
  for (const id of operands) await print(asking, json(look(id)));
  return 0;
}

async function logs({ process, runtime, options }: Asking): Promise<number> {
  const [id] = options.operands;
  if (id === undefined) throw new Fatal('ID cannot be empty');
  const tail = options.value('tail');
  await runtime.logs(container(runtime, id).id, { follow: options.has('f'), timestamps: options.has('t'), tailLines: tail === undefined ? undefined : Number(tail) }, (bytes) => process.stdout.write(bytes), process.signal);
  return 0;
}

async function exec({ process, runtime, options }: Asking): Promise<number> {
  const [id, ...argv] = options.operands;
  if (id === undefined) throw new Fatal('ID cannot be empty');
  if (argv.length === 0) throw new Fatal('execing command in container: rpc error: code = InvalidArgument desc = cmd is required');
  const target = container(runtime, id);
  if (target.state !== 'CONTAINER_RUNNING') throw new Fatal(`execing command in container: rpc error: code = Unknown desc = container is in ${target.state} state`);
  try {
    const code = await runtime.exec(target.id, argv, { stdin: options.has('i') ? process.stdin : undefined, stdout: process.stdout, stderr: process.stderr, terminal: options.has('t') ? process.terminal : undefined });
    if (code === 0) return 0;
    return await fatal(process, `execing command in container: command terminated with exit code ${code}`);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new Fatal(`execing command in container: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${argv[0]}": executable file not found in $PATH`);
  }
}

async function stop(asking: Asking): Promise<number> {
  const { runtime, options } = asking;
  if (options.operands.length === 0) throw new Fatal('ID cannot be empty');
  for (const id of options.operands) {
    await runtime.stop(container(runtime, id).id, Number(options.value('t') ?? 0));
    await print(asking, `${id}\n`);
  }
  return 0;
}

async function pull(asking: Asking): Promise<number> {
  const { runtime, options } = asking;
  const [reference] = options.operands;
  if (reference === undefined) throw new Fatal('image name cannot be empty');
  try {
    return await print(asking, `Image is up to date for ${await runtime.pull(reference)}\n`);
  } catch (error) {
    throw new Fatal(`pulling image: ${(error as Error).message}`);
  }
}

async function removeImages(asking: Asking): Promise<number> {
  const { runtime, options, process } = asking;
  const names = options.has('a') ? runtime.images().flatMap(({ tags }) => tags) : options.operands;
  if (options.has('q')) throw new Fatal('--prune is not part of this simulator');
  if (names.length === 0) throw new Fatal('ID cannot be empty');
  let failed = false;
  for (const name of names) {
    const found = imageCalled(runtime, name);
    if (!found) {
      await process.stderr.write(`time="${new Date(process.machine.clock.unixMs()).toISOString().slice(0, 19)}Z" level=error msg="no such image ${name}"\n`);
      failed = true;
      continue;
    }
    for (const tag of found.tags) {
      runtime.remove(tag);
      await print(asking, `Deleted: ${tag}\n`);
    }
  }
  if (failed) throw new Fatal('unable to remove the image(s)');
  return 0;
}

/** By id, by its whole name, or as one says it. */
function imageCalled(runtime: ContainerRuntime, name: string) {
  return runtime.images().find(({ id, tags }) => short(id).startsWith(name.slice(0, 13)) || tags.some((tag) => [name, `${name}:latest`].some((one) => tag === one || tag === `docker.io/library/${one}` || tag === `docker.io/${one}`)));
}

/** @throws Fatal */
function container(runtime: ContainerRuntime, id: string): RuntimeContainer {
  return only(runtime.containers(), id) ?? missing(`container status: rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`);
}

function sandbox(runtime: ContainerRuntime, id: string): PodSandbox {
  return only(runtime.sandboxes(), id) ?? missing(`getting the status of pod sandbox "${id}": rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found`);
}

function image(runtime: ContainerRuntime, name: string): unknown {
  const found = imageCalled(runtime, name);
  if (!found) return missing(`no such image "${name}" present`);
  return { status: { id: found.id, repoTags: found.tags, repoDigests: [], size: String(found.sizeBytes), pinned: false } };
}

const only = <T extends { readonly id: string }>(all: readonly T[], id: string): T | undefined => all.find((one) => one.id.startsWith(id));

function missing(words: string): never {
  throw new Fatal(words);
}

/** Names are matched as regular expressions. */
const matches = (text: string, pattern: string | undefined): boolean => pattern === undefined || new RegExp(pattern).test(text);

const USAGE = `NAME:
   crictl - client for CRI

USAGE:
   crictl [global options] command [command options]

VERSION:
   v1.35.0

COMMANDS:
${formatTable(COMMANDS.map(({ names, usage }) => [`   ${names.join(', ')}`, usage]))}
`;
