/** `ip -color`: what was printed, with names, addresses and states in their colours. Knows text only. See lib/color.c. */
const CODES = { name: 36, mac: 33, inet: 35, up: 32, down: 31 } as const;

const paint = (code: keyof typeof CODES, text: string) => `\x1b[${CODES[code]}m${text}\x1b[0m`;

const MAC = /[0-9a-f]{2}(?::[0-9a-f]{2}){5}/.source;
const IP = /\d+(?:\.\d+){3}/.source;

const state = (text: string) => (/^UP\b/.test(text) ? paint('up', text) : /^DOWN\b/.test(text) ? paint('down', text) : text);

type Rule = readonly [pattern: RegExp, paint: (...groups: string[]) => string];

/** Of `ip link` and `ip address`. */
const DEVICES: readonly Rule[] = [
  [/^(\d+: )(\S+: )(?=<)/gm, (_, number = '', name = '') => number + paint('name', name)],
  [/( state )(\S+ )/g, (_, word = '', text = '') => word + state(text)],
  [new RegExp(`(link/\\S+ )(${MAC})( brd | peer )(${MAC})`, 'g'), (_, kind = '', mac = '', between = '', other = '') => kind + paint('mac', mac) + between + paint('mac', other)],
  [new RegExp(`( inet )(${IP})`, 'g'), (_, word = '', address = '') => word + paint('inet', address)],
  [new RegExp(`( brd )(${IP} )`, 'g'), (_, word = '', address = '') => word + paint('inet', address)],
];

/** Of the same with `-brief`: a name, a state, and what the device has. */
const BRIEF: readonly Rule[] = [
  [/^(\S+ +)([A-Z]+ +)/gm, (_, name = '', text = '') => paint('name', name) + state(text)],
  [new RegExp(`(${MAC} )`, 'g'), (_, mac = '') => paint('mac', mac)],
  [new RegExp(`(${IP})(?=[/ ])`, 'g'), (_, address = '') => paint('inet', address)],
];

/** Of `ip route` and `ip neighbor`. */
const LINES: readonly Rule[] = [
  [new RegExp(`^((?:[a-z]+ )?)(${IP}(?:/\\d+)? )`, 'gm'), (_, type = '', destination = '') => type + paint('inet', destination)],
  [new RegExp(`((?:via|src|from) )(${IP} )`, 'g'), (_, word = '', address = '') => word + paint('inet', address)],
  [/(dev )(\S+ )/g, (_, word = '', name = '') => word + paint('name', name)],
  [new RegExp(`(lladdr )(${MAC} )`, 'g'), (_, word = '', mac = '') => word + paint('mac', mac)],
];

/** @param object the subject of the command, by its whole name */
export function colored(object: string, brief: boolean, text: string): string {
  const rules = object === 'link' || object === 'address' ? (brief ? BRIEF : DEVICES) : object === 'rule' || object === 'netns' ? [] : LINES;
  return rules.reduce((painted, [pattern, color]) => painted.replace(pattern, color), text);
}
