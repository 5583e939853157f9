/** The ranges of addresses and ports that NAT targets are given: `10.0.0.1`, `10.0.0.1-10.0.0.9:80-90`, `:8080`. */
import { parseIpv4, toNumber } from '../../../base/address.ts';
import type { NatRange } from '../../nat.ts';
import { RuleSyntaxError } from '../extension.ts';

const NEEDS_PORTS = 'Need TCP, UDP, SCTP or DCCP with port specification';

/** Addresses with or without ports. @throws RuleSyntaxError */
export function parseRange(text: string, protocol: string | undefined): NatRange {
  const [addresses = '', ports, ...rest] = text.split(':');
  if (rest.length > 0) throw new RuleSyntaxError('Invalid port:port syntax - use dash');
  return { ...parseAddresses(addresses), ...(ports === undefined ? {} : parsePorts(ports, protocol)) };
}

/** @throws RuleSyntaxError */
export function parsePorts(text: string, protocol: string | undefined): NatRange {
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') throw new RuleSyntaxError(NEEDS_PORTS);
  const parts = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(\d{1,5}))?$/.exec(text);
  const first = Number(parts?.[1]);
  const last = parts?.[2] === undefined ? first : Number(parts[2]);
  if (!parts || first < 1 || first > 65535 || last > 65535) throw new RuleSyntaxError(`Port \`${text}' not valid`);
  if (last < first) throw new RuleSyntaxError(`Port range \`${text}' funky`);
  return { firstPort: first, lastPort: last, ...(parts[3] === undefined ? {} : { basePort: Number(parts[3]) }) };
}

function parseAddresses(text: string): NatRange {
  if (text === '') return {};
  const [low = '', high = low] = text.split('-');
  const first = parseIpv4(low);
  const last = parseIpv4(high);
  if (!first) throw new RuleSyntaxError(`Bad IP address "${low}"`);
  if (!last || toNumber(last) < toNumber(first)) throw new RuleSyntaxError(`Bad IP address "${high}"`);
  return { first, last };
}

/** As iptables prints it. */
export function printRange({ first, last, firstPort, lastPort, basePort }: NatRange): string {
  const addresses = first === undefined ? '' : last === undefined || last === first ? first : `${first}-${last}`;
  return `${addresses}${firstPort === undefined ? '' : `:${printPorts({ firstPort, lastPort: lastPort ?? firstPort })}${basePort === undefined ? '' : `/${basePort}`}`}`;
}

/** One port, or the first and the last. */
export function printPorts({ firstPort, lastPort }: { readonly firstPort: number; readonly lastPort: number }): string {
  return firstPort === lastPort ? String(firstPort) : `${firstPort}-${lastPort}`;
}
