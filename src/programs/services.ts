/** The few names of /etc/services that tools print for ports. See services(5). */
const NAMES: Readonly<Record<string, string>> = {
  '1/tcp': 'tcpmux', '7/tcp': 'echo', '7/udp': 'echo', '9/tcp': 'discard', '20/tcp': 'ftp-data', '21/tcp': 'ftp', '22/tcp': 'ssh', '23/tcp': 'telnet', '25/tcp': 'smtp', '53/tcp': 'domain', '53/udp': 'domain', '67/udp': 'bootps', '68/udp': 'bootpc', '69/udp': 'tftp', '88/tcp': 'kerberos', '111/tcp': 'sunrpc', '111/udp': 'sunrpc', '514/udp': 'syslog', '993/tcp': 'imaps', '995/tcp': 'pop3s',
  '80/tcp': 'http', '110/tcp': 'pop3', '123/udp': 'ntp', '143/tcp': 'imap2', '161/udp': 'snmp', '179/tcp': 'bgp', '443/tcp': 'https', '443/udp': 'https', '3306/tcp': 'mysql',
  '5432/tcp': 'postgresql', '8080/tcp': 'http-alt', '6379/tcp': 'redis', '2049/tcp': 'nfs', '389/tcp': 'ldap', '636/tcp': 'ldaps',
};

/** @returns undefined for a port without a name */
export function serviceName(port: number, protocol: 'tcp' | 'udp'): string | undefined {
  return NAMES[`${port}/${protocol}`];
}

/** A port by number or name; undefined when it is neither. */
export function portNumber(text: string, protocol: 'tcp' | 'udp'): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 65535 ? Number(text) : undefined;
  const found = Object.entries(NAMES).find(([key, name]) => name === text && key.endsWith(protocol));
  return found ? Number.parseInt(found[0], 10) : undefined;
}
