/** arping of iputils: is somebody there, asked below IP. The first question goes to everybody, later ones to who answered. See arping(8). */
import { parseIpv4, type Mac } from '../base/address.ts';
import type { Process, Program } from '../machine/program.ts';
import { sendArpRequest } from '../net/arp.ts';
import { lookupHost } from './dns/resolver.ts';
import { parseOptions, type ParsedOptions } from './options.ts';
import { refuse, withOptions } from './usage.ts';

const USAGE = `
Usage:
  arping [options] <destination>

Options:
  -f            quit on first reply
  -q            be quiet
  -b            keep on broadcasting, do not unicast
  -D            duplicate address detection mode
  -U            unsolicited ARP mode, update your neighbours
  -A            ARP answer mode, update your neighbours
  -V            print version and exit
  -c <count>    how many packets to send
  -w <timeout>  how long to wait for a reply
  -i <interval> set interval between packets (default: 1 second)
  -I <device>   which ethernet device to use
  -s <source>   source ip address
  <destination> dns name or ip address

For more details see arping(8).`;

export const arping: Program = {
  name: 'arping',
  run: (process) => withOptions(() => main(process), (error) => refuse(process, 2, `${error.sentence('arping')}\n${USAGE}`)),
};

async function main(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: 'fqbDUAVc:w:i:I:s:' });
  const missing = ['D', 'U', 'A', 's'].find((letter) => options.has(letter));
  if (missing !== undefined) return refuse(process, 2, `arping: -${missing} is not part of this simulator`);
  const [name] = options.operands;
  if (name === undefined) return refuse(process, 2, USAGE);
  const found = parseIpv4(name) === undefined ? await lookupHost(process, name) : undefined;
  const target = found?.outcome === 'found' ? found.addresses[0] : parseIpv4(name);
  if (target === undefined) return refuse(process, 2, `arping: ${name}: Name or service not known`);
  const { netns } = process;
  const wanted = options.value('I');
  const route = netns.routes.lookup(target);
  const device = netns.devices.get(wanted ?? (route.kind === 'found' ? (route.route.device ?? '') : ''));
  if (!device) return refuse(process, 2, wanted === undefined ? 'arping: Suitable device could not be determined. Please, use option -I.' : `arping: Device ${wanted} not available.`);
  if (!device.up) return refuse(process, 2, `arping: Interface "${device.name}" is down`);
  if (!device.arp) return refuse(process, 2, `arping: Interface "${device.name}" is not ARPable`);
  const source = netns.selectSource(device.name, target, 'link');
  const say = async (text: string) => {
    if (!options.has('q')) await process.stdout.write(text);
  };
  await say(`ARPING ${target} from ${source ?? '0.0.0.0'} ${device.name}\n`);
  const counts = await ask(process, options, { device, target, source }, say);
  await say(`Sent ${counts.sent} probes (${counts.broadcast} broadcast(s))\nReceived ${counts.received} response(s)\n`);
  return counts.received > 0 ? 0 : 1;
}

interface Question {
  readonly device: Parameters<typeof sendArpRequest>[1];
  readonly target: Parameters<typeof sendArpRequest>[2];
  readonly source: Parameters<typeof sendArpRequest>[3];
}

async function ask(process: Process, options: ParsedOptions, { device, target, source }: Question, say: (text: string) => Promise<void>): Promise<{ sent: number; broadcast: number; received: number }> {
  const { netns, machine: { clock } } = process;
  const counts = { sent: 0, broadcast: 0, received: 0 };
  const most = Number(options.value('c') ?? Number.POSITIVE_INFINITY);
  const until = options.has('w') ? clock.now() + Number(options.value('w')) * 1000 : Number.POSITIVE_INFINITY;
  let answered: Mac | undefined;
  let askedAt = 0;
  let interrupted = false;
  process.onSignal('SIGINT', () => (interrupted = true));
  const stop = netns.capture(device.name, ({ direction, frame: { payload } }) => {
    if (direction !== 'in' || payload.type !== 'arp' || payload.op !== 'reply' || payload.sender !== target) return;
    counts.received++;
    if (!options.has('b')) answered = payload.senderMac;
    void say(`Unicast reply from ${target} [${payload.senderMac.toUpperCase()}]  ${(clock.now() - askedAt).toFixed(3)}ms\n`).catch(() => undefined);
  });
  const isOver = () => interrupted || clock.now() >= until || (options.has('f') && counts.received > 0);
  try {
    while (counts.sent < most && !isOver()) {
      askedAt = clock.now();
      counts.sent++;
      if (answered === undefined) counts.broadcast++;
      sendArpRequest(netns, device, target, source, answered);
      const next = askedAt + Number(options.value('i') ?? 1) * 1000;
      // The last one has its second, too, unless it has been answered.
      while (clock.now() < next && !isOver() && !(counts.sent >= most && counts.received >= counts.sent)) await clock.sleep(10, process.signal);
    }
  } finally {
    stop();
  }
  return counts;
}
