/** journalctl: what a node's services, its kernel and its programs said. Words are those of systemd 252. */
import type { Program } from '../../machine/program.ts';
import { type JournalEntry, KERNEL } from '../../machine/units.ts';
import { parseLevel } from './priority.ts';
import { strftime } from './time.ts';
import { type Tool, tool, withArguments } from './tool.ts';

const journalTool = tool({
  name: 'journalctl', short: 'u:fn::exrb::S:U:p:o:kqag:t:',
  long: { unit: 'u', dmesg: 'k', follow: 'f', lines: 'n', 'no-pager': 'no-pager', 'pager-end': 'e', catalog: 'x', reverse: 'r', boot: 'b', since: 'S', until: 'U', priority: 'p', output: 'o', grep: 'g', quiet: 'q', all: 'a', identifier: 't', 'no-hostname': 'no-hostname', utc: 'utc' },
  absent: ['D', 'directory', 'm', 'merge', 'M', 'machine', 'c', 'cursor', 'user', 'system', 'F', 'field', 'N', 'fields', 'list-boots', 'disk-usage', 'vacuum-size', 'vacuum-time', 'rotate', 'flush', 'header', 'output-fields', 'facility', 'case-sensitive', 'user-unit', 'no-tail', 'no-full', 'l', 'full'],
  withoutEffect: { x: 'there is no catalog with more to say', 'no-pager': 'nothing is paged', a: 'messages are shown whole', utc: 'the time zone is UTC anyway' },
  async run(t) {
    const { units, hostname, clock } = t.process.machine;
    const names = t.values('u').map((name) => (name.includes('.') ? name : `${name}.service`));
    const pattern = t.has('g') ? new RegExp(t.value('g')!, /[A-Z]/.test(t.value('g')!) ? '' : 'i') : undefined;
    const since = t.has('S') ? (momentOf(t.value('S')!, clock.unixMs()) ?? 0) : 0;
    const until = t.has('U') ? momentOf(t.value('U')!, clock.unixMs()) : Number.POSITIVE_INFINITY;
    for (const letter of ['S', 'U'] as const) if (t.has(letter) && momentOf(t.value(letter)!, 0) === undefined) return await fail(t, `Failed to parse timestamp: ${t.value(letter)}`);
    const levels = t.has('p') ? levelsOf(t.value('p')!) : undefined;
    if (t.has('p') && !levels) return await fail(t, `Unknown log level ${t.value('p')}`);
    // The journal begins with the one boot that there was.
    if (t.has('b') && !/^(?:|[-+]?0)$/.test(t.value('b')!)) return await fail(t, `Data from the specified boot (${t.value('b')}) is not available: No such boot ID in journal`);
    if (t.has('o') && !FORMATS.includes(t.value('o')!)) return await fail(t, `Unknown output format '${t.value('o')}'.`);
    const wanted = (entry: JournalEntry) => (!levels || (entry.priority >= levels[0] && entry.priority <= levels[1])) && entry.unixMs <= (until ?? 0) && (names.length === 0 || names.includes(entry.unit)) && (!pattern || pattern.test(entry.message)) && entry.unixMs >= since && (!t.has('t') || entry.identifier === t.value('t')) && (!t.has('k') || entry.identifier === KERNEL);
    let entries = units.journal().filter(wanted);
    const count = t.has('n') ? (t.value('n') === 'all' ? undefined : Number(t.value('n') || 10)) : t.has('f') ? 10 : t.has('e') ? 1000 : undefined;
    if (count !== undefined) entries = entries.slice(-count);
    if (t.has('r')) entries = entries.toReversed();
    const shown = (entry: JournalEntry) => formatted(entry, t.value('o') ?? 'short', t.has('no-hostname') ? '' : hostname);
    if (entries.length === 0 && !t.has('f') && !t.has('q')) await t.write('-- No entries --\n');
    for (const entry of entries) await t.write(shown(entry));
    if (!t.has('f')) return 0;
    return await new Promise<number>((_resolve, reject) => {
      const stop = units.onEntry((entry) => {
        if (wanted(entry)) t.write(shown(entry)).catch(reject);
      });
      t.process.signal.addEventListener('abort', () => {
        stop();
        reject(t.process.signal.reason as Error);
      }, { once: true });
    });
  },
});

/** `-n 5`, `-b -1`: what getopt wants attached is taken from the next word as well. */
export const journalctl: Program = {
  name: 'journalctl',
  run: (process) => {
    const argv: string[] = [];
    for (const word of process.argv) {
      const before = argv.at(-1) ?? '';
      if ((/^-[a-z]*n$|^--lines$/.test(before) && /^(?:\d+|all)$/.test(word)) || (/^-[a-z]*b$|^--boot$/.test(before) && /^[-+]?\d+$/.test(word))) argv[argv.length - 1] = before.startsWith('--') ? `${before}=${word}` : before + word;
      else argv.push(word);
    }
    return journalTool.run(withArguments(process, argv));
  },
};

/** What `--since` and `--until` take: a date, a time of today, `-1h`, `5 min ago`, `now`. See systemd.time(7). */
function momentOf(text: string, nowMs: number): number | undefined {
  const relative = /^-?(\d+)\s*(s|sec|m|min|h|hour|d|day)s?(?:\s+ago)?$/.exec(text);
  if (relative) return nowMs - Number(relative[1]) * { s: 1, m: 60, h: 3600, d: 86_400 }[relative[2]![0] as 's' | 'm' | 'h' | 'd'] * 1000;
  if (text === 'now') return nowMs;
  const clock = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  if (clock) return nowMs - (nowMs % 86_400_000) + ((Number(clock[1]) * 60 + Number(clock[2])) * 60 + Number(clock[3] ?? 0)) * 1000;
  if (text === 'today') return nowMs - (nowMs % 86_400_000);
  if (text === 'yesterday') return nowMs - (nowMs % 86_400_000) - 86_400_000;
  const match = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  return match ? Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]), Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)) : undefined;
}

/** `-p err`: that and worse; `-p warning..info`: a range. */
function levelsOf(text: string): readonly [number, number] | undefined {
  const [from = '', to] = text.split('..');
  const [a, b] = [parseLevel(from), parseLevel(to ?? from)];
  if (a === undefined || b === undefined) return undefined;
  return to === undefined ? [0, a] : [Math.min(a, b), Math.max(a, b)];
}

async function fail(t: Tool, message: string): Promise<number> {
  await t.process.stderr.write(`${message}\n`);
  return 1;
}

const FORMATS = ['short', 'short-iso', 'short-precise', 'short-unix', 'cat'];

function formatted(entry: JournalEntry, format: string, hostname: string): string {
  if (format === 'cat') return `${entry.message}\n`;
  const stamp = strftime({ 'short-iso': '%Y-%m-%dT%H:%M:%S%z', 'short-precise': '%b %d %H:%M:%S.%6N', 'short-unix': '%s.%6N' }[format] ?? '%b %d %H:%M:%S', entry.unixMs);
  return `${stamp} ${hostname === '' ? '' : `${hostname} `}${entry.identifier}${entry.pid > 0 ? `[${entry.pid}]` : ''}: ${entry.message}\n`;
}

/** A line of the journal as `journalctl` and `systemctl status` show it. */
export const journalLine = (entry: JournalEntry, hostname: string): string => formatted(entry, 'short', hostname);
