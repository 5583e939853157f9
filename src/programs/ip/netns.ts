/** `ip netns`: named network namespaces, and running programs in them. See ip-netns(8); ip/ipnetns.c. */
import type { NetNamespace } from '../../net/namespace.ts';
import { StartError } from '../../machine/machine.ts';
import { Exit } from '../../machine/program.ts';
import { abbreviated, IpError, json, type IpContext, type Words } from './words.ts';

const COMMANDS = ['list', 'show', 'lst', 'list-id', 'add', 'delete', 'identify', 'pids', 'exec', 'help'] as const;

export async function netns(words: Words, context: IpContext): Promise<void> {
  const word = words.done ? 'list' : words.next();
  switch (abbreviated(word, COMMANDS)) {
    case 'list':
    case 'show':
    case 'lst':
      return list(context);
    case 'add':
      return add(words, context);
    case 'delete':
      return remove(words, context);
    case 'identify':
      return identify(words, context);
    case 'pids':
      return pids(words, context);
    case 'exec':
      return execute(words, context);
    case 'list-id':
      throw new IpError('ip netns list-id is not part of this simulator', 1);
    case 'help':
      throw new IpError('Usage:\tip netns list\n\tip netns add NAME\n\tip netns delete [NAME]\n\tip netns identify [PID]\n\tip netns pids NAME\n\tip netns exec [NAME] cmd ...', 255);
    case undefined:
      throw new IpError(`Command "${word}" is unknown, try "ip netns help".`, 255);
  }
}

async function list({ process, ns, flags, print }: IpContext): Promise<void> {
  const linked = [...new Set(ns.devices.list().flatMap((device) => (device.linkNamespace && device.linkNamespace !== ns ? [device.linkNamespace] : [])))];
  const named = [...process.machine.namespaces].toReversed();
  const id = (namespace: NetNamespace) => linked.indexOf(namespace);
  if (flags.json) return print(json(named.map(([name, namespace]) => ({ name, ...(id(namespace) < 0 ? {} : { id: id(namespace) }) })), flags));
  for (const [name, namespace] of named) await print(`${name}${id(namespace) < 0 ? '' : ` (id: ${id(namespace)})`}\n`);
}

function add(words: Words, { process, ns }: IpContext): void {
  if (words.done) throw new IpError('No netns name specified', 1);
  const name = words.next();
  if (/^\.{0,2}$|\//.test(name) || name.length > 255) throw new IpError(`Invalid netns name "${name}"`, 255);
  const { namespaces } = process.machine;
  if (namespaces.has(name)) throw new IpError(`Cannot create namespace file "/run/netns/${name}": File exists`, 1);
  namespaces.set(name, ns.world.createNamespace(name, { inherit: process.machine.netns }));
  process.files.mkdir('/run/netns', { recursive: true });
  process.files.write(`/run/netns/${name}`, '');
}

function remove(words: Words, { process, ns }: IpContext): void {
  if (words.done) throw new IpError('No netns name specified', 1);
  const name = words.next();
  const { namespaces } = process.machine;
  const found = namespaces.get(name);
  if (!found) throw new IpError(`Cannot remove namespace file "/run/netns/${name}": No such file or directory`, 1);
  namespaces.delete(name);
  if (process.files.exists(`/run/netns/${name}`)) process.files.remove(`/run/netns/${name}`);
  // A namespace lives as long as a process is in it.
  const inside = process.machine.processes.own().some((task) => task.options.netns === found);
  if (!inside) ns.world.destroyNamespace(found);
}

async function identify(words: Words, { process, print }: IpContext): Promise<void> {
  const text = words.done ? undefined : words.next();
  const pid = text === undefined ? process.pid : Number(text);
  if (text !== undefined && !/^\d+$/.test(text)) throw new IpError(`Specified string '${text}' is not a pid`, 1);
  if (!process.machine.processes.get(pid)) throw new IpError('Cannot open network namespace: No such file or directory', 1);
  const where = pid === process.pid ? process.netns : process.machine.processes.get(pid)?.options.netns;
  for (const [name, namespace] of process.machine.namespaces) if (namespace === where) await print(`${name}\n`);
}

async function pids(words: Words, { process, print }: IpContext): Promise<void> {
  if (words.done) throw new IpError('No netns name specified', 1);
  const name = words.next();
  const found = process.machine.namespaces.get(name);
  if (!found) throw new IpError(`Cannot open network namespace: No such file or directory`, 1);
  for (const task of process.machine.processes.own()) if (task.options.netns === found) await print(`${task.pid}\n`);
}

async function execute(words: Words, { process }: IpContext): Promise<void> {
  if (words.done) throw new IpError('No netns name specified', 1);
  const name = words.next();
  if (words.done) throw new IpError('No command specified', 1);
  const found = process.machine.namespaces.get(name);
  if (!found) throw new IpError(`Cannot open network namespace "${name}": No such file or directory`, 255);
  const argv = words.rest();
  try {
    throw new Exit(await process.exec(argv, { netns: found }));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    throw new IpError(`exec of "${argv[0]}" failed: ${error.code === 'EACCES' ? 'Permission denied' : 'No such file or directory'}`, 1);
  }
}
