/**
 * Packs as archives (.tgz), written and read without any program of the system. Reading is careful: plain files and folders
 * only, no links, no absolute or climbing paths, a bound on number and size. See POSIX.1-1988 ustar.
 */
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip, gzipSync } from 'node:zlib';
import { UserError } from '../base/user-error.ts';

const BLOCK = 512;
const MAX_FILES = 5_000;
const MAX_BYTES = 50 * 1024 * 1024;

/** A whole folder as a gzipped tar; the same content gives the same bytes. */
export async function pack(root: string, name: string): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for (const path of await list(root, '')) {
    const content = await readFile(join(root, path));
    const { mode } = await stat(join(root, path));
    const inside = `${name}/${path}`;
    if (Buffer.byteLength(inside) > 100) throw new UserError(`${path} has too long a name for an archive.`, 'Shorten it below 100 letters.');
    blocks.push(header(inside, content.length, (mode & 0o111) !== 0), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

/** Unpack into `target`, which is empty. @returns the one folder that the archive holds @throws UserError for anything else */
export async function unpack(file: string, target: string): Promise<string> {
  const bytes = await inflate(file);
  const tops = new Set<string>();
  let count = 0;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const head = bytes.subarray(at, at + BLOCK);
    if (head.every((byte) => byte === 0)) break;
    const name = [text(head, 345, 155), text(head, 0, 100)].filter((part) => part !== '').join('/');
    const size = Number.parseInt(text(head, 124, 12).trim() || '0', 8);
    const type = String.fromCharCode(head[156]!);
    if (checksum(head) !== Number.parseInt(text(head, 148, 8).trim(), 8) || !Number.isSafeInteger(size) || size < 0) throw refused(file, 'is damaged');
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    if (name.startsWith('/') || name.includes('\\') || parts.includes('..')) throw refused(file, `holds a path that leads outside of it: ${name}`);
    if (++count > MAX_FILES) throw refused(file, `holds more than ${MAX_FILES} files`);
    // `g` and `x` are comments of newer tars about the next file.
    if (type === '0' || type === '\0') {
      if (parts.length < 2) throw refused(file, `has ${name} outside of its folder`);
      if (at + BLOCK + size > bytes.length) throw refused(file, 'ends too early');
      tops.add(parts[0]!);
      const path = join(target, ...parts);
      await mkdir(dirname(path), { recursive: true });
      const isScript = (Number.parseInt(text(head, 100, 8).trim() || '0', 8) & 0o111) !== 0;
      await writeFile(path, bytes.subarray(at + BLOCK, at + BLOCK + size), { mode: isScript ? 0o755 : 0o644, flag: 'wx' });
    } else if (type !== '5' && type !== 'g' && type !== 'x') throw refused(file, `holds something that is neither file nor folder: ${name}`);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  if (tops.size !== 1) throw refused(file, 'must hold exactly one folder');
  return [...tops][0]!;
}

async function inflate(file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  try {
    for await (const chunk of createReadStream(file).pipe(createGunzip())) {
      total += (chunk as Buffer).length;
      // A small archive can hold a huge file of zeros.
      if (total > MAX_BYTES) throw refused(file, `holds more than ${MAX_BYTES / 1024 / 1024} MB`);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw error instanceof UserError ? error : refused(file, 'is no gzipped tar archive');
  }
  return Buffer.concat(chunks);
}

function header(name: string, size: number, isScript: boolean): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(isScript ? '0000755\0' : '0000644\0', 100);
  block.write('0000000\x000000000\0', 108);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('0ustar\x0000', 156);
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** The sum of all bytes, with the sum itself as spaces. */
function checksum(head: Buffer): number {
  return head.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);
}

const text = (head: Buffer, at: number, length: number): string => head.subarray(at, at + length).toString('utf8').split('\0')[0]!;

async function list(root: string, under: string): Promise<readonly string[]> {
  const entries = (await readdir(join(root, under), { withFileTypes: true })).filter(({ name }) => !name.startsWith('.')).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(entries.map(async (entry) => (entry.isDirectory() ? list(root, join(under, entry.name)) : entry.isFile() ? [join(under, entry.name)] : [])));
  return found.flat();
}

const refused = (file: string, why: string): UserError => new UserError(`${file} ${why}. Nothing was installed.`, 'Ask its author for another archive: `cka pack export` makes good ones.', 2);
