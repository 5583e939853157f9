/** nslookup and host of BIND 9.18: the same questions, two ways of saying the answers. See nslookup(1), host(1). */
import { parseIpv4, type Ipv4 } from '../../base/address.ts';
import type { Process, Program } from '../../machine/program.ts';
import { dataText, reverseName, TYPE_NUMBERS, type DnsMessage, type DnsRecord, type DnsType } from '../dns/message.ts';
import { resolverConfig } from '../dns/resolver.ts';
import { OptionError, parseOptions } from '../options.ts';
import { refuse, withOptions } from '../usage.ts';
import { askLoudly, searchNames, serverAddress, type BindReply } from './bind.ts';

export const nslookup: Program = {
  name: 'nslookup',
  async run(process) {
    const operands: string[] = [];
    let types: readonly DnsType[] | undefined;
    let timeoutMs = 5000;
    let tries = 3;
    let search = true;
    for (const arg of process.argv.slice(1)) {
      const [, name, value = ''] = /^-([a-z]+)(?:=(.*))?$/i.exec(arg) ?? [];
      if (name === undefined) operands.push(arg);
      else if (['type', 'querytype', 'q', 'qt', 'ty'].includes(name)) {
        if (!(value.toUpperCase() in TYPE_NUMBERS)) return refuse(process, 1, `unknown query type: ${value}`);
        types = [value.toUpperCase() as DnsType];
      } else if (name === 'timeout') timeoutMs = Number(value) * 1000;
      else if (name === 'retry') tries = Number(value);
      else if (name === 'nosearch' || name === 'nose') search = false;
      else return refuse(process, 1, `*** Invalid option: ${arg.slice(1)}`);
    }
    const [host, serverText] = operands;
    if (host === undefined) return refuse(process, 1, 'nslookup: the interactive mode is not part of this simulator; name a host');
    const server = serverText === undefined ? undefined : await serverAddress(process, serverText);
    if (serverText !== undefined && !server) return refuse(process, 1, `nslookup: couldn't get address for '${serverText}': not found`);
    return answerNslookup(process, { host, server, types, timeoutMs, tries, search });
  },
};

interface Question {
  readonly host: string;
  readonly server: Ipv4 | undefined;
  readonly types: readonly DnsType[] | undefined;
  readonly timeoutMs: number;
  readonly tries: number;
  readonly search: boolean;
}

async function answerNslookup(process: Process, question: Question): Promise<number> {
  const literal = parseIpv4(question.host);
  const types = question.types ?? (literal ? ['PTR' as const] : ['A' as const, 'AAAA' as const]);
  const first = await find(process, literal ? `${reverseName(literal)}.` : question.host, types[0]!, question);
  if (!first) {
    await process.stdout.write(';; no servers could be reached\n\n');
    return 1;
  }
  // A reverse lookup does not name the server.
  if (!literal) await process.stdout.write(`Server:\t\t${first.reply.server}\nAddress:\t${first.reply.server}#53\n\n`);
  let failed = await say(process, first.name, first.reply.message, types.length === 1);
  if (!failed && types.length > 1) {
    // AAAA is asked for the name that A was found under, behind its aliases.
    const target = first.reply.message.answers.findLast((record) => record.type === 'A')?.name ?? first.name;
    const second = await find(process, `${target}.`, types[1]!, question);
    if (second && second.reply.message.rcode !== 'NOERROR') failed = await say(process, second.name, second.reply.message, false);
    else if (second) await process.stdout.write(second.reply.message.answers.map(nslookupLine).join(''));
    if (first.reply.message.answers.length === 0 && (second?.reply.message.answers.length ?? 0) === 0) {
      await process.stdout.write(`*** Can't find ${question.host}: No answer\n`);
      failed = true;
    }
  }
  await process.stdout.write('\n');
  return failed ? 1 : 0;
}

/** @returns whether the answer was a failure */
async function say(process: Process, name: string, message: DnsMessage, only: boolean): Promise<boolean> {
  if (message.rcode !== 'NOERROR') {
    await process.stdout.write(`** server can't find ${name}: ${message.rcode}\n`);
    return true;
  }
  if (message.answers.length === 0) {
    if (only) await process.stdout.write(`*** Can't find ${name}: No answer\n`);
    return only;
  }
  await process.stdout.write(`${message.authoritative ? '' : 'Non-authoritative answer:\n'}${message.answers.map(nslookupLine).join('')}`);
  return false;
}

function nslookupLine(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return `Name:\t${record.name}\nAddress: ${record.address}\n`;
    case 'CNAME':
      return `${record.name}\tcanonical name = ${record.target}.\n`;
    case 'PTR':
      return `${record.name}\tname = ${record.target}.\n`;
    case 'NS':
      return `${record.name}\tnameserver = ${record.target}.\n`;
    case 'MX':
      return `${record.name}\tmail exchanger = ${record.preference} ${record.target}.\n`;
    case 'TXT':
      return `${record.name}\ttext = ${dataText(record)}\n`;
    case 'SRV':
      return `${record.name}\tservice = ${dataText(record)}\n`;
    case 'SOA':
      return `${record.name}\n\torigin = ${record.primary}\n\tmail addr = ${record.mailbox}\n\tserial = ${record.serial}\n\trefresh = ${record.refresh}\n\tretry = ${record.retry}\n\texpire = ${record.expire}\n\tminimum = ${record.minimum}\n`;
  }
}

/** Through the search list until a name exists; undefined when no server answers. */
async function find(process: Process, host: string, type: DnsType, question: Question): Promise<{ readonly name: string; readonly reply: BindReply } | undefined> {
  const config = resolverConfig(process.files);
  const names = question.search ? searchNames(host, config.search, config.ndots) : [host.replace(/\.$/, '')];
  let last: { readonly name: string; readonly reply: BindReply } | undefined;
  for (const name of names) {
    const reply = await askLoudly(process, name, type, { servers: question.server ? [question.server] : config.servers, timeoutMs: question.timeoutMs, tries: question.tries });
    if (!reply) return undefined;
    last = { name, reply };
    if (reply.message.rcode !== 'NXDOMAIN') break;
  }
  return last;
}

export const host: Program = {
  name: 'host',
  run: (process) =>
    withOptions(
      () => runHost(process),
      (error: OptionError) => refuse(process, 1, `${error.sentence('host')}\n${HOST_USAGE}`),
    ),
};

async function runHost(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), { short: '4t:W:R:' });
  const [name, serverText] = options.operands;
  if (name === undefined) return refuse(process, 1, HOST_USAGE);
  const server = serverText === undefined ? undefined : await serverAddress(process, serverText);
  if (serverText !== undefined && !server) return refuse(process, 1, `host: couldn't get address for '${serverText}': not found`);
  const type = options.value('t')?.toUpperCase() as DnsType | undefined;
  if (type !== undefined && !(type in TYPE_NUMBERS)) return refuse(process, 2, `host: invalid type: ${options.value('t')}`);
  const literal = parseIpv4(name);
  const types: readonly DnsType[] = type ? [type] : literal ? ['PTR'] : ['A', 'AAAA', 'MX'];
  const question: Question = { host: name, server, types, timeoutMs: Number(options.value('W') ?? 5) * 1000, tries: Number(options.value('R') ?? 1) + 1, search: true };
  if (server) await process.stdout.write(`Using domain server:\nName: ${serverText}\nAddress: ${server}#53\nAliases: \n\n`);
  let target = literal ? `${reverseName(literal)}.` : name;
  let failed = false;
  for (const [index, one] of types.entries()) {
    const found = await find(process, target, one, question);
    if (!found) {
      await process.stdout.write(';; no servers could be reached\n');
      return 1;
    }
    const { message } = found.reply;
    if (message.rcode !== 'NOERROR') {
      const shown = index === 0 ? (literal ? `${reverseName(literal)}.` : name) : found.name;
      await process.stdout.write(`Host ${shown} not found: ${{ NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5, FORMERR: 1, NOTIMP: 4 }[message.rcode]}(${message.rcode})\n`);
      failed = true;
      if (index === 0) break;
      continue;
    }
    if (message.answers.length === 0 && type) await process.stdout.write(`${found.name} has no ${type} record\n`);
    await process.stdout.write(message.answers.map(hostLine).join(''));
    // What follows is asked for the name behind the aliases.
    target = `${message.answers.findLast((record) => record.type === 'A')?.name ?? found.name}.`;
  }
  return failed ? 1 : 0;
}

function hostLine(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
      return `${record.name} has address ${record.address}\n`;
    case 'AAAA':
      return `${record.name} has IPv6 address ${record.address}\n`;
    case 'CNAME':
      return `${record.name} is an alias for ${record.target}.\n`;
    case 'PTR':
      return `${record.name} domain name pointer ${record.target}.\n`;
    case 'NS':
      return `${record.name} name server ${record.target}.\n`;
    case 'MX':
      return `${record.name} mail is handled by ${record.preference} ${record.target}.\n`;
    case 'TXT':
      return `${record.name} descriptive text ${dataText(record)}\n`;
    case 'SRV':
      return `${record.name} has SRV record ${dataText(record)}\n`;
    case 'SOA':
      return `${record.name} has SOA record ${dataText(record)}\n`;
  }
}

const HOST_USAGE = `Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]
            [-R number] [-m flag] [-p port] hostname [server]`;
