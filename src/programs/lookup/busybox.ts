/**
 * nslookup of BusyBox, old and new. The new one (1.29 on) asks for A and AAAA of every name of the search list at once
 * and prints what each server says; the old one (1.28, which tutorials pin) prints what getaddrinfo found.
 * See networking/nslookup.c of both.
 */
import { parseIpv4, type Ipv4 } from '../../base/address.ts';
import type { Process, Program } from '../../machine/program.ts';
import { dataText, reverseName, TYPE_NUMBERS, type DnsRecord, type DnsType } from '../dns/message.ts';
import { ask, lookupAddress, lookupHost, resolve, resolverConfig } from '../dns/resolver.ts';
import { busyboxUsage, refuse } from '../usage.ts';

const USAGE = `nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]

Query DNS about HOST

QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any`;

export const busyboxNslookup: Program = { name: 'busybox-nslookup', run: big };
export const busyboxNslookup128: Program = { name: 'busybox-nslookup-1.28', run: small };

async function big(process: Process): Promise<number> {
  const operands: string[] = [];
  const types: DnsType[] = [];
  for (const arg of process.argv.slice(1)) {
    const type = /^-(?:type|querytype|q|t)=(.*)$/.exec(arg)?.[1]?.toUpperCase();
    if (type !== undefined) {
      if (!(type in TYPE_NUMBERS) || type === 'OPT') return refuse(process, 1, `nslookup: invalid query type "${type.toLowerCase()}"`);
      types.push(type as DnsType);
    } else if (arg.startsWith('-') && arg.length > 1) {
      if (arg !== '-debug') return busyboxUsage(process, USAGE);
    } else operands.push(arg);
  }
  const [host, serverText] = operands;
  if (host === undefined || operands.length > 2) return busyboxUsage(process, USAGE);
  const config = resolverConfig(process.files);
  const server = serverText === undefined ? config.servers[0]! : await addressOf(process, serverText);
  if (!server) return refuse(process, 1, `nslookup: bad address '${serverText}'`);
  return report(process, host, server, types);
}

async function report(process: Process, host: string, server: Ipv4, types: readonly DnsType[]): Promise<number> {
  const config = resolverConfig(process.files);
  const literal = parseIpv4(host);
  const asked = types.length > 0 ? types : literal ? (['PTR'] as const) : (['A', 'AAAA'] as const);
  // Only a name without any dot is searched for: `nslookup kubernetes.default` fails where ping and wget find it.
  const searched = host.includes('.') || config.search.length === 0 ? [host.replace(/\.$/, '')] : config.search.map((domain) => `${host}.${domain}`);
  const names = literal ? [reverseName(literal)] : searched;
  const queries = asked.flatMap((type) => names.map((name) => ({ name, type })));
  const replies = await Promise.all(queries.map(async (query) => ({ ...query, reply: await ask(process, server, query.name, query.type, { timeoutMs: config.timeoutMs * config.attempts }) })));
  if (replies.every(({ reply }) => reply.outcome !== 'reply')) {
    await process.stdout.write(';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  await process.stdout.write(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`);
  let failed = false;
  for (const { name, reply } of replies) {
    if (reply.outcome !== 'reply') {
      await process.stdout.write(`*** Can't find ${name}: No answer\n\n`);
      failed = true;
      continue;
    }
    const { message } = reply;
    if (message.rcode !== 'NOERROR') {
      await process.stdout.write(`** server can't find ${name}: ${message.rcode}\n\n`);
      failed = true;
      continue;
    }
    if (message.answers.length === 0) {
      // An empty answer to AAAA is no news: the name exists and has only IPv4.
      await process.stdout.write('\n');
      continue;
    }
    const note = message.authoritative ? '' : 'Non-authoritative answer:\n';
    await process.stdout.write(`${note}${message.answers.map(line).join('')}\n`);
  }
  return failed ? 1 : 0;
}

function line(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${record.name}\nAddress: ${record.address}\n`;
    case 'CNAME':
      return `${record.name}\tcanonical name = ${record.target}\n`;
    case 'NS':
      return `${record.name}\tnameserver = ${record.target}\n`;
    case 'PTR':
      return `${record.name}\tname = ${record.target}\n`;
    case 'MX':
      return `${record.name}\tmail exchanger = ${record.preference} ${record.target}\n`;
    case 'TXT':
      return `${record.name}\ttext = ${dataText(record)}\n`;
    case 'SRV':
      return `${record.name}\tservice = ${record.priority} ${record.weight} ${record.port} ${record.target}\n`;
    case 'SOA':
      return `${record.name}\n\torigin = ${record.primary}\n\tmail addr = ${record.mailbox}\n\tserial = ${record.serial}\n\trefresh = ${record.refresh}\n\tretry = ${record.retry}\n\texpire = ${record.expire}\n\tminimum = ${record.minimum}\n`;
  }
}

async function small(process: Process): Promise<number> {
  const [host, serverText, ...rest] = process.argv.slice(1);
  if (host === undefined || host.startsWith('-') || rest.length > 0) return busyboxUsage(process, 'nslookup [HOST] [SERVER]\n\nQuery the nameserver for the IP address of the given HOST\noptionally using a specified DNS server');
  const config = resolverConfig(process.files);
  const server = serverText === undefined ? config.servers[0]! : await addressOf(process, serverText);
  if (!server) return refuse(process, 1, `nslookup: can't resolve '${serverText}'`);
  await process.stdout.write(`Server:    ${server}\nAddress 1: ${server}${await named(process, server)}\n\n`);
  const addresses = await smallLookup(process, host, serverText === undefined ? undefined : server);
  if (addresses.length === 0) return refuse(process, 1, `nslookup: can't resolve '${host}'`);
  const lines = await Promise.all(addresses.map(async (address, index) => `Address ${index + 1}: ${address}${await named(process, address)}\n`));
  await process.stdout.write(`Name:      ${host}\n${lines.join('')}`);
  return 0;
}

async function smallLookup(process: Process, host: string, server: Ipv4 | undefined): Promise<readonly Ipv4[]> {
  if (server === undefined) {
    const found = await lookupHost(process, host);
    return found.outcome === 'found' ? found.addresses : [];
  }
  const answer = await resolve(process, host, 'A', { ...resolverConfig(process.files), servers: [server] });
  return answer.outcome === 'found' ? answer.records.flatMap((record) => (record.type === 'A' ? [record.address] : [])) : [];
}

async function named(process: Process, address: Ipv4): Promise<string> {
  const name = await lookupAddress(process, address);
  return name === undefined ? '' : ` ${name}`;
}

async function addressOf(process: Process, text: string): Promise<Ipv4 | undefined> {
  const found = await lookupHost(process, text);
  return found.outcome === 'found' ? found.addresses[0] : undefined;
}
