/** Port ranges as tcp, udp and multiport share them: `80`, `8000:8080`, `:1023`, `1024:`, or a service's name. */
import { parseNumber, RuleSyntaxError } from '../extension.ts';

/** Both ends belong to it. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/** The few names of /etc/services that people write into rules. */
const SERVICES: Readonly<Record<string, number>> = { ftp: 21, ssh: 22, telnet: 23, smtp: 25, domain: 53, http: 80, ntp: 123, https: 443, kerberos: 88, mysql: 3306, postgresql: 5432 };

/** @throws RuleSyntaxError */
export function parsePortRange(text: string): PortRange {
  const [first = '', last, ...rest] = text.split(':');
  if (rest.length > 0) throw new RuleSyntaxError(`invalid port/service \`${text}' specified`);
  const low = first === '' && last !== undefined ? 0 : parsePort(first);
  const high = last === undefined ? low : last === '' ? 65535 : parsePort(last);
  if (low > high) throw new RuleSyntaxError('invalid portrange (min > max)');
  return { low, high };
}

function parsePort(text: string): number {
  const port = parseNumber(text, 65535) ?? SERVICES[text];
  if (port === undefined) throw new RuleSyntaxError(`invalid port/service \`${text}' specified`);
  return port;
}

/** As iptables prints it. */
export const printPortRange = ({ low, high }: PortRange): string => (low === high ? String(low) : `${low}:${high}`);

/** Whether the port belongs to it. */
export const inRange = (range: PortRange, port: number): boolean => port >= range.low && port <= range.high;

/** `dpt:80`, `dpts:8000:8080`, `dpt:!80`. */
export function listPortRange(word: string, range: PortRange, negated: boolean): string {
  return `${word}${range.low === range.high ? '' : 's'}:${negated ? '!' : ''}${printPortRange(range)}`;
}
