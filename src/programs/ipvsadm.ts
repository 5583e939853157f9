/**
 * ipvsadm: the virtual servers of the kernel and their real ones. Words of ipvsadm 1.31. See ipvsadm(8).
 * Differs from Linux: addresses are never turned into names, as with -n.
 */
import { mayAdministerNetwork } from '../machine/capabilities.ts';
import { parseIpv4, type Ipv4 } from '../base/address.ts';
import type { Process, Program } from '../machine/program.ts';
import { NetError } from '../net/errors.ts';
import type { IpvsDestinationOptions, IpvsProtocol, IpvsService, IpvsServiceKey, IpvsServiceOptions } from '../net/ipvs/services.ts';
import { OptionError, parseOptions, type ParsedOptions } from './options.ts';
import { refuse } from './usage.ts';

const SPEC = {
  short: 'AEDCRSaedLlZt:u:f:s:p::M:r:gimw:x:y:ncoh',
  long: { 'add-service': 'A', 'edit-service': 'E', 'delete-service': 'D', clear: 'C', save: 'S', restore: 'R', 'add-server': 'a', 'edit-server': 'e', 'delete-server': 'd', list: 'L', zero: 'Z', 'tcp-service': 't:', 'udp-service': 'u:', 'fwmark-service': 'f:', scheduler: 's:', persistent: 'p', netmask: 'M:', 'real-server': 'r:', gatewaying: 'g', ipip: 'i', masquerading: 'm', weight: 'w:', 'u-threshold': 'x:', 'l-threshold': 'y:', numeric: 'n', connection: 'c', stats: 'stats', rate: 'rate', exact: 'exact', timeout: 'timeout', sort: 'sort', nosort: 'nosort', ops: 'o' },
} as const;

export const ipvsadm: Program = {
  name: 'ipvsadm',
  async run(process) {
    if (!mayAdministerNetwork(process)) return refuse(process, 255, "Can't initialize ipvs: Permission denied (you must be root)");
    if (!process.machine.modules.has('ip_vs')) return refuse(process, 255, "Can't initialize ipvs: No such file or directory\nAre you sure that IP Virtual Server is built in the kernel or as module?");
    try {
      const options = parseOptions(process.argv.slice(1), SPEC);
      if (options.operands[0] !== undefined) return await refuse(process, 2, `unexpected argument ${options.operands[0]}`);
      return await act(process, options);
    } catch (error) {
      if (error instanceof OptionError) return refuse(process, 2, error.sentence('ipvsadm'));
      if (error instanceof Refusal) return refuse(process, error.code, error.message);
      throw error;
    }
  },
};

class Refusal extends Error {
  constructor(
    message: string,
    readonly code = 255,
  ) {
    super(message);
  }
}

async function act(process: Process, options: ParsedOptions): Promise<number> {
  const { ipvs } = process.netns;
  const commands = [...'AEDCRSaedLlZ'].filter((letter) => options.has(letter));
  const command = commands[0] ?? 'L';
  if (commands.length > 1 && !(commands.includes('Z') && commands.includes('L'))) throw new Refusal('multiple commands specified', 2);
  const key = keyOf(options);
  const service = (): IpvsServiceKey => {
    if (!key) throw new Refusal(`No virtual service specified`, 2);
    return key;
  };
  switch (command) {
    case 'C': ipvs.flush(); return 0;
    case 'Z': ipvs.zero(key); return 0;
    case 'A': return kernel(() => void ipvs.addService(service(), serviceOptions(options)), { EEXIST: 'Service already exists', ENOENT: 'Scheduler or persistence engine not found' });
    case 'E': return kernel(() => ipvs.editService(service(), serviceOptions(options)), { ESRCH: 'No such service', ENOENT: 'Scheduler or persistence engine not found' });
    case 'D': return kernel(() => ipvs.deleteService(service()), { ESRCH: 'No such service', ENOENT: 'No such service' });
    case 'a':
    case 'e':
    case 'd': {
      const wanted = service();
      const server = endOf(options.value('r') ?? '', 'mark' in wanted ? 0 : wanted.port);
      if (!server) throw new Refusal(options.has('r') ? `illegal real server address[:port] specified` : 'No real server specified', 2);
      if (!ipvs.get(wanted)) throw new Refusal('Service not defined');
      const words = { EEXIST: 'Destination already exists', ENOENT: 'No such destination', ESRCH: 'No such destination' };
      if (command === 'a') return kernel(() => ipvs.addDestination(wanted, server.address, server.port, serverOptions(options)), words);
      if (command === 'e') return kernel(() => ipvs.editDestination(wanted, server.address, server.port, serverOptions(options)), words);
      return kernel(() => ipvs.deleteDestination(wanted, server.address, server.port), words);
    }
    case 'R': throw new Refusal('ipvsadm -R is not part of this simulator: type its lines as commands', 2);
    case 'S': await process.stdout.write(sorted(ipvs.list()).map(saved).join('')); return 0;
    default: return await list(process, options, key);
  }
}

function kernel(change: () => void, words: Readonly<Record<string, string>>): number {
  try {
    change();
    return 0;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw new Refusal(words[error.code] ?? error.message);
  }
}

function keyOf(options: ParsedOptions): IpvsServiceKey | undefined {
  const mark = options.value('f');
  if (mark !== undefined) return { mark: Number(mark) };
  const protocol: IpvsProtocol = options.has('t') ? 'tcp' : 'udp';
  const text = options.value('t') ?? options.value('u');
  if (text === undefined) return undefined;
  const end = endOf(text, 0);
  if (!end) throw new Refusal('illegal virtual server address[:port] specified', 2);
  return { protocol, ...end };
}

function endOf(text: string, port: number): { readonly address: Ipv4; readonly port: number } | undefined {
  const [host = '', portText] = text.split(':');
  const address = parseIpv4(host);
  const number = portText === undefined ? port : Number(portText);
  return address && Number.isInteger(number) && number >= 0 && number < 65_536 ? { address, port: number } : undefined;
}

function serviceOptions(options: ParsedOptions): IpvsServiceOptions {
  return {
    ...(options.has('s') ? { scheduler: options.value('s')! } : {}),
    ...(options.has('p') ? { persistentSeconds: Number(options.value('p') ?? 360) } : {}),
    ...(options.has('o') ? { onePacket: true } : {}),
  };
}

function serverOptions(options: ParsedOptions): IpvsDestinationOptions {
  return {
    forwarding: options.has('m') ? 'masq' : options.has('i') ? 'tunnel' : 'route',
    ...(options.has('w') ? { weight: Number(options.value('w')) } : {}),
    ...(options.has('x') ? { upperThreshold: Number(options.value('x')) } : {}),
    ...(options.has('y') ? { lowerThreshold: Number(options.value('y')) } : {}),
  };
}

const FORWARD = { masq: 'Masq', route: 'Route', tunnel: 'Tunnel' } as const;
const FLAG = { masq: '-m', route: '-g', tunnel: '-i' } as const;
const nameOf = ({ key }: IpvsService): string => ('mark' in key ? `FWM  ${key.mark}` : `${key.protocol.toUpperCase().padEnd(4)} ${key.address}:${key.port}`);
const sorted = (services: readonly IpvsService[]): readonly IpvsService[] => services.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
const servers = (service: IpvsService) => service.destinations.toSorted((a, b) => (a.address === b.address ? a.port - b.port : a.address < b.address ? -1 : 1));

async function list(process: Process, options: ParsedOptions, key: IpvsServiceKey | undefined): Promise<number> {
  const { ipvs } = process.netns;
  const print = (text: string) => process.stdout.write(text);
  if (options.has('timeout')) {
    const { tcp, tcpFin, udp } = ipvs.connections.timeouts;
    await print(`Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`);
    return 0;
  }
  if (options.has('c')) return await listConnections(process);
  if (options.has('rate')) throw new Refusal('ipvsadm --rate is not part of this simulator: nothing estimates rates', 2);
  const one = key ? ipvs.get(key) : undefined;
  if (key && !one) throw new Refusal('No such service');
  const stats = options.has('stats');
  await print(`IP Virtual Server version 1.2.1 (size=4096)\n${stats ? 'Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes\n  -> RemoteAddress:Port\n' : 'Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n'}`);
  for (const service of one ? [one] : sorted(ipvs.list())) {
    const persistence = service.persistentSeconds === undefined ? '' : ` persistent ${service.persistentSeconds}`;
    await print(stats ? `${nameOf(service).padEnd(33)}${numbers(service.counters)}\n` : `${nameOf(service)} ${service.scheduler}${persistence}${service.onePacket ? ' ops' : ''}\n`);
    for (const server of servers(service)) {
      const end = `${server.address}:${server.port}`.padEnd(28);
      await print(stats ? `  -> ${end}${numbers(server.counters)}\n` : `  -> ${end} ${FORWARD[server.forwarding].padEnd(7)} ${String(server.weight).padEnd(6)} ${String(server.activeConnections).padEnd(10)} ${String(server.inactiveConnections).padEnd(10)}\n`);
    }
  }
  return 0;
}

function numbers({ connections, inPackets, outPackets, inBytes, outBytes }: IpvsService['counters']): string {
  return [connections, inPackets, outPackets, inBytes, outBytes].map((value) => ` ${large(value).padStart(8)}`).join('');
}

/** Eight columns: thousands are cut as ipvsadm cuts them. */
function large(value: number): string {
  if (value < 10_000_000) return String(value);
  if (value < 100_000_000) return `${Math.floor(value / 1000)}K`;
  return value < 100_000_000_000 ? `${Math.floor(value / 1_000_000)}M` : `${Math.floor(value / 1_000_000_000)}G`;
}

async function listConnections(process: Process): Promise<number> {
  await process.stdout.write('IPVS connection entries\npro expire state       source             virtual            destination\n');
  const now = process.machine.clock.now();
  for (const one of process.netns.ipvs.connections.list()) {
    const left = Math.max(0, Math.floor((one.expiresAtMs - now) / 1000));
    const expire = `${String(Math.floor(left / 60)).padStart(2, '0')}:${String(left % 60).padStart(2, '0')}`;
    await process.stdout.write(`${one.protocol.toUpperCase().padEnd(3)} ${expire}  ${String(one.state).padEnd(11)} ${`${one.client}:${one.clientPort}`.padEnd(18)} ${`${one.virtual}:${one.virtualPort}`.padEnd(18)} ${one.server.address}:${one.serverPort}\n`);
  }
  return 0;
}

function saved(service: IpvsService): string {
  const { key } = service;
  const name = 'mark' in key ? `-f ${key.mark}` : `-${key.protocol === 'tcp' ? 't' : 'u'} ${key.address}:${key.port}`;
  const persistence = service.persistentSeconds === undefined ? '' : ` -p ${service.persistentSeconds}`;
  return `-A ${name} -s ${service.scheduler}${persistence}${service.onePacket ? ' -o' : ''}\n${servers(service).map((server) => `-a ${name} -r ${server.address}:${server.port} ${FLAG[server.forwarding]} -w ${server.weight}\n`).join('')}`;
}
