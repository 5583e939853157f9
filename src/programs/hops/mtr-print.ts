/** mtr's report, CSV and screen: statistics in, text out. See ui/report.c and ui/curses.c of 0.95. */
import { type Hop, type HopStatistics } from './hop-statistics.ts';

const TITLES = `   Snt   Last   Avg  Best  Wrst StDev`;

/** @param wide let the longest name decide how wide the first column is */
export function report(hops: readonly Hop[], hostname: string, wide: boolean): string {
  const width = wide ? Math.max(0, ...hops.map(({ name }) => name.length)) : 25;
  const head = `HOST: ${(wide ? hostname : hostname.slice(0, 27)).padEnd(wide ? width : 27)} Loss%${TITLES}\n`;
  return head + hops.map(({ number, name, statistics }) => `${String(number).padStart(3)}.|-- ${name.slice(0, width).padEnd(width)}${numbers(statistics)}\n`).join('');
}

export function csv(hops: readonly Hop[], startedAtSeconds: number, target: string): string {
  const rows = hops.map(({ number, name, statistics: s }) => [
    'MTR.0.95', startedAtSeconds, 'OK', target, number, name, s.lossPercent.toFixed(2), s.sent, 0, s.last.toFixed(2), s.average.toFixed(2), s.best.toFixed(2), s.worst.toFixed(2), s.deviation.toFixed(2),
  ]);
  return `Mtr_Version,Start_Time,Status,Host,Hop,Ip,Loss%,Snt, ,Last,Avg,Best,Wrst,StDev,\n${rows.map((row) => `${row.join(',')}\n`).join('')}`;
}

/** The whole screen; line ends are those of a terminal in raw mode. */
export function screen(hops: readonly Hop[], { title, now, columns }: { readonly title: string; readonly now: number; readonly columns: number }): string {
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, '+0000');
  const width = Math.max(20, columns - 44);
  const heading = 'My traceroute  [v0.95]';
  return [
    `${' '.repeat(Math.max(0, (columns - heading.length) >> 1))}\x1b[1m${heading}\x1b[m`,
    `${title.slice(0, columns - time.length - 1).padEnd(columns - time.length)}${time}`,
    'Keys:  \x1b[1mH\x1b[melp   \x1b[1mD\x1b[misplay mode   \x1b[1mR\x1b[mestart statistics   \x1b[1mO\x1b[mrder of fields   \x1b[1mq\x1b[muit',
    `${' '.repeat(width + 3)}\x1b[1mPackets               Pings\x1b[m`,
    `\x1b[1m${' Host'.padEnd(width)}  Loss%${TITLES}\x1b[m`,
    ...hops.map(({ number, name, statistics }) => `${String(number).padStart(2)}. ${name.slice(0, width - 4).padEnd(width - 3)}${numbers(statistics)}`),
    '',
  ].join('\r\n');
}

/** Six characters for the loss, six for the count, then the times. */
function numbers(statistics: HopStatistics): string {
  const { lossPercent, sent, last, average, best, worst, deviation } = statistics;
  const loss = ` ${`${lossPercent.toFixed(1)}%`.padStart(5)}`.slice(0, 6);
  return `${loss}${String(sent).padStart(6)} ${[last, average, best, worst, deviation].map((time) => time.toFixed(1).padStart(6)).join('')}`;
}

export const MTR_USAGE = `Usage:
 mtr [options] hostname

 -F, --filename FILE        read hostname(s) from a file
 -4                         use IPv4 only
 -6                         use IPv6 only
 -u, --udp                  use UDP instead of ICMP echo
 -T, --tcp                  use TCP instead of ICMP echo
 -I, --interface NAME       use named network interface
 -a, --address ADDRESS      bind the outgoing socket to ADDRESS
 -f, --first-ttl NUMBER     set what TTL to start
 -m, --max-ttl NUMBER       maximum number of hops
 -U, --max-unknown NUMBER   maximum unknown host
 -P, --port PORT            target port number for TCP, SCTP, or UDP
 -L, --localport LOCALPORT  source port number for UDP
 -s, --psize PACKETSIZE     set the packet size used for probing
 -B, --bitpattern NUMBER    set bit pattern to use in payload
 -i, --interval SECONDS     ICMP echo request interval
 -G, --gracetime SECONDS    number of seconds to wait for responses
 -Q, --tos NUMBER           type of service field in IP header
 -e, --mpls                 display information from ICMP extensions
 -Z, --timeout SECONDS      seconds to keep probe sockets open
 -M, --mark MARK            mark each sent packet
 -r, --report               output using report mode
 -w, --report-wide          output wide report
 -c, --report-cycles COUNT  set the number of pings sent
 -j, --json                 output json
 -x, --xml                  output xml
 -C, --csv                  output comma separated values
 -l, --raw                  output raw format
 -p, --split                split output
 -t, --curses               use curses terminal interface
     --displaymode MODE     select initial display mode
 -n, --no-dns               do not resolve host names
 -b, --show-ips             show IP numbers and host names
 -o, --order FIELDS         select output fields
 -y, --ipinfo NUMBER        select IP information in output
 -z, --aslookup             display AS number
 -h, --help                 display this help and exit
 -v, --version              output version information and exit

See the 'man 8 mtr' for details.
`;
