/** Prompts: the escapes of PS1 in bash and busybox ash (dash has none). See "Controlling the Prompt" in bash's manual. */
import type { Shell } from './shell.ts';

export function promptText(shell: Shell, format: string): string {
  if (shell.dialect === 'dash') return format.replace(/\$(\w+)/g, (_whole, name: string) => shell.variables.get(name) ?? '');
  const home = shell.variables.get('HOME');
  const { user, hostname } = shell.process;
  const directory = home && home !== '/' && (shell.cwd === home || shell.cwd.startsWith(`${home}/`)) ? `~${shell.cwd.slice(home.length)}` : shell.cwd;
  const escaped = format.replace(/\\(\[|\]|[0-7]{3}|.)/g, (whole, code: string) => {
    switch (code) {
      case 'h': return hostname.split('.')[0]!;
      case 'H': return hostname;
      case 'u': return user.name;
      case 'w': return directory;
      case 'W': return directory === '~' ? '~' : (shell.cwd.split('/').at(-1) || '/');
      case '$': return user.uid === 0 ? '#' : '$';
      case 's': return shell.name.split('/').at(-1)!;
      case 'v': return '5.2';
      case 'V': return '5.2.15';
      case 'n': return '\n';
      case 'e': return '\x1b';
      case 'a': return '\x07';
      case '[': case ']': return '';
      case '\\': return '\\';
      default: return /^[0-7]{3}$/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : whole;
    }
  });
  return escaped.replace(/\$(?:\{(\w+)\}|(\w+)|(\?))/g, (_whole, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    return name === undefined ? String(shell.lastStatus) : (shell.variables.get(name) ?? '');
  });
}
