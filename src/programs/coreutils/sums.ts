/** md5sum, sha1sum, sha256sum, sha512sum: print digests, and compare them with a list. See md5sum(1). */
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { toBytes } from '../../base/bytes.ts';
import type { Program } from '../../machine/program.ts';
import { readAll } from '../../machine/streams.ts';
import { md5, sha1, sha256 } from './digests.ts';
import { type Tool, reason, tool } from './tool.ts';

function summer(name: string, digest: (bytes: string) => string): Program {
  return tool({
    name, short: 'cbtsw', long: { check: 'c', binary: 'b', text: 't', status: 'status', quiet: 'quiet', warn: 'w', 'ignore-missing': 'ignore-missing' }, absent: ['tag', 'z', 'zero', 'strict'],
    async run(t) {
      if (t.gnu && t.has('s')) return await t.usage("invalid option -- 's'");
      let status = 0;
      for await (const { name: file, input } of t.inputs(() => (status = 1))) {
        const text = await readAll(input);
        if (t.has('c')) status = (await check(t, text, file === '-' ? "'standard input'" : file, digest)) || status;
        else await t.write(`${digest(text)} ${t.gnu && t.last('bt') === 'b' ? '*' : ' '}${file}\n`);
      }
      return status;
    },
  });
}

export const md5sum = summer('md5sum', md5);
export const sha1sum = summer('sha1sum', sha1);
export const sha256sum = summer('sha256sum', sha256);
export const sha512sum = summer('sha512sum', (bytes) => bytesToHex(sha512(toBytes(bytes))));

async function check(t: Tool, list: string, from: string, digest: (bytes: string) => string): Promise<number> {
  const { length } = digest('');
  const isSilent = t.has('s') || t.has('status');
  const counts = { lines: 0, wrong: 0, unreadable: 0, malformed: 0 };
  for (const [index, line] of list.replace(/\n$/, '').split('\n').entries()) {
    const match = /^([0-9a-fA-F]+) [ *](.+)$/.exec(line);
    if (!match || (t.gnu && match[1]!.length !== length)) {
      counts.malformed++;
      if (t.has('w') && t.gnu) await t.complain(`${from}: ${index + 1}: improperly formatted ${KINDS[length]} checksum line`);
      continue;
    }
    const path = match[2]!;
    if (t.has('ignore-missing') && !t.process.files.exists(t.path(path))) continue;
    counts.lines++;
    let good = false;
    try {
      good = digest(t.process.files.read(t.path(path))) === match[1]!.toLowerCase();
      if (!good) counts.wrong++;
    } catch (error) {
      await t.complain(t.gnu ? `${path}: ${reason(error)}` : `can't open '${path}': ${reason(error)}`);
      counts.unreadable++;
      if (!isSilent) await t.write(`${path}: FAILED${t.gnu ? ' open or read' : ''}\n`);
      continue;
    }
    if (!isSilent && !(good && t.has('quiet'))) await t.write(`${path}: ${good ? 'OK' : 'FAILED'}\n`);
  }
  return await summary(t, counts, from, isSilent);
}

/** The name of a digest by how long it is. */
const KINDS: Readonly<Record<number, string>> = { 32: 'MD5', 40: 'SHA1', 64: 'SHA256', 128: 'SHA512' };

async function summary(t: Tool, { lines, wrong, unreadable, malformed }: Readonly<Record<'lines' | 'wrong' | 'unreadable' | 'malformed', number>>, from: string, isSilent: boolean): Promise<number> {
  const bad = wrong + unreadable;
  if (!t.gnu) {
    if (bad > 0 && !isSilent) await t.complain(`WARNING: ${bad} of ${lines} computed checksums did NOT match`);
    return bad > 0 || lines === 0 ? 1 : 0;
  }
  if (lines === 0) {
    await t.complain(`${from}: no properly formatted checksum lines found`);
    return 1;
  }
  if (isSilent) return bad > 0 ? 1 : 0;
  const say = async (count: number, one: string, several: string) => {
    if (count > 0) await t.complain(`WARNING: ${count} ${count === 1 ? one : several}`);
  };
  await say(malformed, 'line is improperly formatted', 'lines are improperly formatted');
  await say(unreadable, 'listed file could not be read', 'listed files could not be read');
  await say(wrong, 'computed checksum did NOT match', 'computed checksums did NOT match');
  return bad > 0 ? 1 : 0;
}
