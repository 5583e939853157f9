/** ping of BusyBox. See networking/ping.c. */
import { parseIpv4 } from '../../base/address.ts';
import { Exit, type Process, type Program } from '../../machine/program.ts';
import { lookupHost } from '../dns/resolver.ts';
import { parseOptions } from '../options.ts';
import { busyboxUsage, refuse, withOptions } from '../usage.ts';
import { echo, sourceOf } from './echo.ts';

export const busyboxPing: Program = {
  name: 'busybox-ping',
  run: (process) => withOptions(() => main(process), (error) => busyboxUsage(process, USAGE, error)),
};

async function main(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: '46c:s:i:t:I:W:w:q' });
  const [host] = options.operands;
  if (host === undefined || options.operands.length > 1) return busyboxUsage(process, USAGE);
  for (const [key, value] of options.options) if (value !== undefined && key !== 'I' && !/^\d*\.?\d+$/.test(value)) return refuse(process, 1, `ping: invalid number '${value}'`);
  const found = await lookupHost(process, host);
  if (found.outcome !== 'found' || options.has('6')) return refuse(process, 1, `ping: bad address '${host}'`);
  const destination = found.addresses[0]!;
  const via = options.value('I');
  const source = via === undefined ? {} : sourceOf(process, via, parseIpv4);
  if (!source) return refuse(process, 1, `ping: can't bind to interface ${via}: No such device`);
  const size = Number(options.value('s') ?? 56);
  const quiet = options.has('q');
  await process.stdout.write(`PING ${host} (${destination})${source.source && via !== undefined && parseIpv4(via) ? ` from ${source.source}` : ''}: ${size} data bytes\n`);
  const counts = await echo(
    process,
    {
      destination, size, firstSequence: 0, ...source,
      count: Number(options.value('c') ?? 0) || undefined,
      intervalMs: Number(options.value('i') ?? 1) * 1000,
      lingerMs: Number(options.value('W') ?? 10) * 1000,
      deadlineMs: Number(options.value('w') ?? 0) * 1000 || undefined,
      ttl: options.value('t') === undefined ? undefined : Number(options.value('t')),
    },
    {
      async onReply(reply) {
        if (!quiet) await process.stdout.write(`${reply.size + 8} bytes from ${reply.from}: seq=${reply.sequence} ttl=${reply.ttl} time=${reply.tookMs.toFixed(3)} ms${reply.duplicate ? ' (DUP!)' : ''}\n`);
      },
      // BusyBox says nothing of ICMP errors unless it was built to be verbose.
      onError: () => Promise.resolve(),
      async onRefused(error) {
        await process.stderr.write(`ping: sendto: ${error.message}\n`);
        throw new Exit(1);
      },
    },
  );
  const loss = counts.sent === 0 ? 0 : Math.floor(((counts.sent - counts.received) * 100) / counts.sent);
  await process.stdout.write(
    `\n--- ${host} ping statistics ---\n${counts.sent} packets transmitted, ${counts.received} packets received, ${counts.duplicates ? `${counts.duplicates} duplicates, ` : ''}${loss}% packet loss\n`,
  );
  if (counts.times.length === 0) return 1;
  const average = counts.times.reduce((sum, one) => sum + one, 0) / counts.times.length;
  await process.stdout.write(`round-trip min/avg/max = ${[Math.min(...counts.times), average, Math.max(...counts.times)].map((ms) => ms.toFixed(3)).join('/')} ms\n`);
  return 0;
}

const USAGE = `ping [OPTIONS] HOST

Send ICMP ECHO_REQUESTs to HOST

	-4,-6		Force IP or IPv6 name resolution
	-c CNT		Send only CNT pings
	-s SIZE		Send SIZE data bytes in packets (default 56)
	-i SECS		Interval
	-t TTL		Set TTL
	-I IFACE/IP	Source interface or IP address
	-W SEC		Seconds to wait for the first response (default 10)
			(after all -c CNT packets are sent)
	-w SEC		Seconds until ping exits (default:infinite)
			(can exit earlier with -c CNT)
	-q		Quiet, only display output at start/finish`;
