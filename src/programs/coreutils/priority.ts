/** Priorities as syslog(3) names them: what logger gives its lines, and journalctl asks for. */

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const ALIASES: Readonly<Record<string, string>> = { panic: 'emerg', error: 'err', warn: 'warning' };
const FACILITIES = ['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp', '', '', '', '', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'];

/** `err` or `3`: undefined when it is none. */
export function parseLevel(text: string): number | undefined {
  const level = /^[0-7]$/.test(text) ? Number(text) : LEVELS.indexOf(ALIASES[text] ?? text);
  return level < 0 ? undefined : level;
}

/** `local0.info`, `err`: the facility times eight and the level. Without a facility, a user's program speaks. */
export function parsePriority(text: string): { readonly facility: number; readonly level: number } | { readonly unknown: 'facility' | 'priority' } {
  const [level = '', facility = 'user'] = text.split('.').toReversed();
  const number = facility === 'security' ? 4 : FACILITIES.indexOf(facility || '?');
  if (number < 0) return { unknown: 'facility' };
  return parseLevel(level) === undefined ? { unknown: 'priority' } : { facility: number, level: parseLevel(level)! };
}
