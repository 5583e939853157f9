/**
 * Files of a simulated machine, copied to a folder of the real one: for a program that reads there what a script on the
 * simulated one wrote. Hidden files and links stay.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBytes, utf8Decode } from '../../base/bytes.ts';
import type { Process } from '../../machine/program.ts';

export function copyOut(files: Process['files'], from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of files.list(from)) {
    if (name.startsWith('.')) continue;
    const path = `${from}/${name}`;
    const { type } = files.lstat(path);
    const target = join(to, utf8Decode(name));
    if (type === 'directory') copyOut(files, path, target);
    else if (type === 'file') writeFileSync(target, toBytes(files.read(path)));
  }
}
