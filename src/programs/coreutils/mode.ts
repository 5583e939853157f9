/** Permission bits: as letters, and changed as `chmod` is told. */
import type { FileStat } from '../../machine/files.ts';

/** `-rwxr-xr-x`. */
export function modeLetters({ type, mode }: Pick<FileStat, 'type' | 'mode'>): string {
  const triple = (bits: number, special: boolean, letter: string) =>
    `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? 'x' : '-'}`;
  const kind = { file: '-', directory: 'd', symlink: 'l', device: 'c' }[type];
  return kind + triple(mode >> 6, (mode & 0o4000) !== 0, 's') + triple((mode >> 3) & 7, (mode & 0o2000) !== 0, 's') + triple(mode & 7, (mode & 0o1000) !== 0, 't');
}

/** `755`, `u+x`, `go-w,a=r`: the new bits, or undefined when it is no mode. See POSIX, "chmod". */
export function changeMode(spec: string, old: number, directory: boolean): number | undefined {
  if (/^[0-7]{1,4}$/.test(spec)) return Number.parseInt(spec, 8);
  let mode = old;
  for (const clause of spec.split(',')) {
    const match = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause);
    if (!match) return undefined;
    const who = match[1] === '' || match[1]!.includes('a') ? 'ugo' : match[1]!;
    for (const action of match[2]!.match(/[-+=][rwxXst]*/g) ?? []) mode = apply(mode, who, action, directory);
  }
  return mode;
}

function apply(old: number, who: string, action: string, directory: boolean): number {
  let mode = old;
  const shifts = [...new Set(who)].map((w) => ({ u: 6, g: 3, o: 0 })[w as 'u' | 'g' | 'o']);
  let bits = 0;
  for (const letter of action.slice(1)) {
    if (letter === 'X') bits |= directory || (old & 0o111) !== 0 ? 1 : 0;
    else bits |= { r: 4, w: 2, x: 1 }[letter] ?? 0;
  }
  const special = (action.includes('t') ? 0o1000 : 0) | (action.includes('s') ? (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0) : 0);
  for (const shift of shifts) {
    if (action.startsWith('=')) mode &= ~(7 << shift);
    if (action.startsWith('-')) mode &= ~(bits << shift);
    else mode |= bits << shift;
  }
  return action.startsWith('-') ? mode & ~special : mode | special;
}
