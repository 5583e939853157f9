/**
 * The small tools against the real ones, busybox's and GNU's: their output was recorded once (RECORD=1) and is kept in
 * `test/recorded/coreutils`. Each row is a line for a shell, run in an empty directory.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coreutils } from '../../../src/programs/coreutils/index.ts';
import { shPrograms } from '../../../src/shell/index.ts';
import { makeBox } from '../../support/box.ts';

const TEXT = 'printf "one 1 a\\ntwo 2 b\\nthree 3 a\\nfour 4 c\\nfive 5 b\\n" >t; ';

const rows: readonly string[] = [
  'cat t', 'cat -n t', 'cat -A t', 'cat nope', 'head -n 2 t', 'head -2 t', 'head -c 5 t', 'head -n -3 t', 'tail -n 2 t', 'tail -n +4 t', 'tail -c 4 t', 'wc t', 'wc -l t', 'wc -l <t', 'cat t | wc', 'wc t t',
  'grep o t', 'grep -v o t', 'grep -c o t', 'grep -n o t', 'grep -i ONE t', 'grep -o "[0-9]" t', 'grep -E "^(one|two)" t', 'grep "^t.*b$" t', 'grep -w a t', 'grep -q zzz t; echo $?', 'grep -l one t', 'grep -A1 two t', 'grep -B1 two t', 'grep -e one -e five t', 'grep one t t', 'grep -h one t t', 'grep -F . t; echo $?', 'grep x nope; echo $?', 'grep "\\\\(t\\\\).*b" t', 'grep -x "one 1 a" t', 'grep -E "[0-9]{1}" t | head -1', 'grep -m1 a t',
  'sed s/o/0/ t', 'sed s/e/E/g t', 'sed -n 2p t', 'sed -n "2,4p" t', 'sed 2d t', 'sed "/two/d" t', 'sed -n "/two/,/four/p" t', 'sed "s/\\\\(.*\\\\) \\\\(.*\\\\) \\\\(.*\\\\)/\\\\3 \\\\1/" t', 'sed -E "s/(.*) (.*) (.*)/\\\\2-&/" t', 'sed "1i top" t', 'sed "\\$a end" t', 'sed "2c changed" t', 'sed -n "\\$=" t', 'sed 2q t', 'sed "y/abc/xyz/" t', 'sed "s/o/0/2" t', 'sed -e s/one/1/ -e s/two/2/ t', 'sed -i s/one/ONE/ t; cat t', 'sed -n "s/e/E/gp" t', 'sed "N;s/\\\\n/+/" t', 'sed -n "1!G;h;\\$p" t', 'sed "s|o|/|" t', 'sed "/two/!d" t', 'sed ":a;s/e/E/;ta" t', 'sed "s/x*/-/g" t | head -1', 'sed = t | head -2',
  'awk "{print \\$1}" t', 'awk "{print \\$NF, NR}" t', 'awk -F" " "NR==2{print \\$3}" t', 'awk "/o/{n++} END{print n}" t', 'awk "{s+=\\$2} END{print s, s/NR}" t', 'awk "{c[\\$3]++} END{for(k in c) print k, c[k]}" t | sort', 'awk "BEGIN{printf \\"%5.2f|%-5s|%03d\\\\n\\", 3.14159, \\"ab\\", 7}"', 'awk "BEGIN{x=\\"A\\"; print tolower(x) length(\\"abc\\") substr(\\"hello\\",2,3) index(\\"abc\\",\\"c\\")}"', 'awk "{gsub(/e/,\\"E\\"); print}" t', 'awk "BEGIN{n=split(\\"a:b:c\\",p,\\":\\"); print n,p[1],p[3]}"', 'awk -v x=5 "BEGIN{print x*2}"', 'awk "NR>1 && NR<4" t', 'awk "{\\$2=\\"\\"; print}" t', 'awk "BEGIN{while(i<3) print i++}"', 'awk "function f(x){return x*x} BEGIN{print f(4)}"', 'awk "BEGIN{print 1==1.0, \\"a\\"<\\"b\\", 2^10, 7%3, -3}"', 'awk "END{print NR, \\$0}" t', 'awk "/two/,/four/{print NR}" t', 'awk "BEGIN{print length()}" </dev/null', 'awk "{print > \\"out-\\" \\$3}" t; cat out-a', 'awk "BEGIN { if (!(\\"x\\" in a)) print \\"no\\"; a[1]; print length(a) }"', 'awk "{ print (\\$2 > 3 ? \\"big\\" : \\"small\\") }" t', 'awk -F: "{print \\$1}" /etc/passwd | head -1', 'awk "BEGIN{OFS=\\"-\\"; \\$0=\\"a b c\\"; \\$1=\\$1; print}"', 'awk "match(\\$0,/[0-9]/){print RSTART,RLENGTH}" t | head -1',
  'cut -d" " -f2 t', 'cut -c1-3 t', 'cut -d" " -f1,3 t', 'cut -d: -f1 -s t', 'tr a-z A-Z <t', 'tr -d "\\n" <t', 'tr -s " " <t', 'echo aabbcc | tr -s a-z', 'echo hello | tr -c "a-y\\n" _', 'sort t', 'sort -r t', 'sort -k2 -n -r t', 'sort -k3 t', 'sort -t" " -k3,3 -k2,2nr t', 'printf "3\\n10\\n2\\n10\\n" | sort -n -u', 'printf "2K\\n1M\\n3\\n" | sort -h', 'sort t | uniq -c', 'cut -d" " -f3 t | sort | uniq -c', 'cut -d" " -f3 t | sort | uniq -d', 'echo a | tee x; cat x', 'echo b | tee -a x; cat x', 'seq 3 | xargs', 'seq 3 | xargs -n1 echo n', 'echo "a b" | xargs -I{} echo "<{}>"', 'printf "a b\\0c" | xargs -0 -n1 echo', 'seq 3', 'seq 2 4', 'seq 1 2 7', 'seq 3 -1 1', 'seq -w 8 10', 'seq -s, 3', 'basename /a/b.txt .txt', 'dirname /a/b', 'dirname a', 'basename /', 'rev t | head -1', 'nl t | head -2', 'paste t t | head -1', 'paste -sd, t', 'fold -w3 t | head -3', 'tac t | head -1',
  'mkdir d; mkdir d; echo $?', 'mkdir -p a/b/c; find a | sort', 'mkdir a/b; echo $?', 'rmdir nope; echo $?', 'mkdir d; touch d/f; rmdir d; echo $?', 'rm nope; echo $?', 'rm -f nope; echo $?', 'mkdir d; rm d; echo $?', 'mkdir d; rm -r d; ls', 'cp t u; cat u | head -1', 'cp nope x; echo $?', 'mkdir d; cp d e; echo $?', 'mkdir d; cp t d; ls d', 'mkdir -p d/e; echo x >d/e/f; cp -r d g; cat g/e/f', 'mv t u; ls', 'mv nope x; echo $?', 'ln -s t l; cat l | head -1; readlink l', 'ln -s a b; ls -l b | sed "s/.* b/b/"', 'touch f; ls', 'chmod 600 t; ls -l t | cut -c1-10', 'chmod u+x,go=r t; stat -c %a t', 'chmod +x t; ls -l t | cut -c1-10', 'chmod 999 t; echo $?', 'stat -c "%s %F" t', 'ls nope; echo $?', 'touch b a .h; ls', 'touch b a .h; ls -A', 'mkdir d; touch d/x; ls -R', 'touch a; mkdir d; ls -p', 'ls -d /', 'find . -name "t*"', 'mkdir d; touch d/a.txt d/b.log; find d -name "*.txt"', 'mkdir d; find . -type d | sort', 'touch a b; find . -type f -exec echo f {} \\; | sort', 'mkdir -p d/e; find d -maxdepth 1', 'find nope; echo $?', 'touch a; find . -name a -delete; ls', 'find . -empty -type f | sort', 'realpath / ', 'tar cf a.tar t; tar tf a.tar', 'mkdir d; echo x >d/f; tar cf - d | (mkdir o; cd o; tar xf -; cat d/f)', 'tar xf nope; echo $?', 'du -s nope; echo $?',
  'date -u -d @0', 'date -u -d @86400 +%Y-%m-%d', 'date -u -d "2024-05-01 12:34:56" "+%H:%M:%S %j %A %b %e"', 'echo -n abc | md5sum', 'echo -n abc | sha1sum', 'echo -n abc | sha256sum', 'echo -n abc | sha512sum', 'echo hello | base64', 'echo aGVsbG8K | base64 -d', 'echo abc | od -c', 'echo abc | od -An -tx1', 'echo "hello world, hello" | hexdump -C', 'env -i A=1 env', 'env A=1 sh -c "echo \\$A"', 'timeout 1 sleep 0.1; echo $?', 'printf "%s\\n" x', 'test 1 -lt 2; echo $?', 'which sh >/dev/null; echo $?', 'true; echo $?', 'id -u', 'uname', 'nproc >/dev/null; echo $?', 'expr 1 2>/dev/null >/dev/null; echo a >x; echo b >y; diff x y; echo $?', 'diff t t; echo $?', 'echo a >x; printf "a\\nb\\n" >y; diff x y', 'dd if=t bs=4 count=1 2>/dev/null', 'printf XXXXXXXXXX >x; printf abc >y; dd if=y of=x bs=1 seek=2 conv=notrunc 2>/dev/null; cat x', 'printf XXXXXXXXXX >x; printf abc >y; dd if=y of=x bs=1 seek=2 2>/dev/null; cat x', 'rm -f x; printf abc >y; dd if=y of=x bs=1 seek=2 2>/dev/null; od -An -tx1 x', 'printf abcdef | dd bs=2 skip=1 count=1 2>/dev/null', 'printf aBc | dd conv=ucase 2>/dev/null', 'dd if=t bs=x 2>&1; echo $?', 'dd if=t conv=nothing 2>/dev/null; echo $?', 'dd if=t of=x status=none conv=fsync; cmp t x && echo same', 'printf "a\na\nb\n" >x; uniq x y; cat y', 'printf "a\na\n" | uniq - y; cat y', 'uniq a b c >/dev/null 2>&1; echo $?', 'yes ok | head -2', 'printf "a\\n\\n\\nb\\n" | cat -s', 'sleep x; echo $?',
  // Options that must not be taken and forgotten.
  'echo n | rm -i t; echo $?; ls', 'echo y | rm -i t; ls', 'touch e; ln -s t l; mkdir d; touch d/f; echo n | rm -i e l; yes | rm -ri d; ls', 'mkdir e; touch e/f; printf "y\\nn\\n" | rm -ri e; ls -R', 'mkdir -p d/e; touch d/e/f; rm -rv d', 'rm -i t </dev/null; ls', 'touch u; echo n | cp -i t u; cat u', 'touch u; echo y | cp -i t u; wc -c u', 'touch u; echo n | mv -i t u; ls', 'touch u; echo y | mv -i t u; ls', 'touch u; cp -n t u; wc -c u', 'touch -d @5 u; cp -u t u; wc -l u', 'cp -s t l; readlink l; cp -l t h; stat -c %h t', 'mkdir -p a/b; rmdir -p a/b; ls; mkdir -p a/b; touch a/f; rmdir -p a/b; echo $?',
  'touch -t 202001010000 f; stat -c %Y f; touch -t 2001010304.05 f; stat -c %Y f; touch -t 202013010000 f; echo $?', 'touch -d @5 t; touch -a t; stat -c %Y t; touch -r t z; stat -c %Y z', 'mkdir d; ln -sT t d; echo $?', 'chmod -c 600 t; chmod -v 600 t; chmod -v 644 t', 'chown -v 0:0 t; chown -v 1 t; chgrp -v 3 t', 'mktemp -q /nope/x.XXXXXX; echo $?',
  'printf "b\\0a\\0" | sort -z | od -c', 'printf "a\\nc\\n" >x; printf "b\\nd\\n" >y; sort -m x y', 'echo "the quick brown fox" | fold -s -w 10', 'printf "a\\tbcd\\n" | fold -w 9; printf "a\\tbcdefgh\\n" | fold -b -w 4; fold -w 0 t; echo $?', 'printf "a\\n\\n" | nl -b n | od -c', 'printf "a\\n\\nb\\n" | nl -b a', 'printf "a\\n\\n" | nl -w3 -s:: -v5 -i2 | od -c',
  'mkdir a b; echo 1 >a/x; echo 2 >b/x; echo s >a/s; echo s >b/s; touch a/only; mkdir a/k b/k; echo q >a/k/f; echo r >b/k/f; diff -rq a b; echo $?; diff a b; diff -rN a b; diff -r a a; echo $?; diff -r a nope; echo $?', 'printf "a\\n\\nb\\n" >x; printf "a\\nb\\n" >y; diff -B x y; echo $?; diff -N x nope | tail -3; mkdir d; echo z >d/x; diff x d; echo $?', 'echo abc >x; echo abd >y; cmp -l x y; cmp -n 2 x y; echo $?; cmp x y',
  'printf "abcdef\\0\\0ghijk" >b; strings -o b; strings -n 6 b; strings -t x b; strings -f b', 'tail -q -n1 t t; tail -n1 t t; tail -v -n1 t', 'printf "%048d" 0 | od -c; printf "%048d" 0 | od -v -An -tx1; od -w4 -An -tx1 t | head -2; od -j 2 -N 4 -c t; od -d t | head -1; od -An -td2 -N4 t; od -b -N3 t; od -tx1 -tc -N3 t; od -a -N3 t', 'xxd -s 2 -l2 t; xxd -g1 -l4 t; xxd -c4 -l8 t', 'md5sum t >s; md5sum -c s; md5sum -b t; sed "s/^./0/" s >u; md5sum -c u; echo $?; md5sum -cs u 2>/dev/null | wc -l',
  'find . -newer nope; echo $?', 'find . -regex "["; echo $?', 'find . -user nobodyx; echo $?', 'find . -regex "./t"; find . -regex ".*\\\\(t\\\\|u\\\\)"', 'find . -user 0 -name t; find . -group nogx; find . -size x; find . -mtime z; find . -maxdepth 0 -links 2', 'touch -d @5 old; find . -newer old -type f', 'printf "a\\0b\\0" | xargs -0 -n1 echo; seq 3 | xargs -s 12 echo; seq 3 | xargs -s 3 echo; echo $?; printf "a\\nb\\n" | xargs -I{} echo "<{}>"; printf "a\\n_\\nb" | xargs -E _ echo; xargs -a t -n3 echo', 'printf "a\\tb\\n\\tc\\td\\n" | expand -i', 'tar cf a.tar t; tar xkf a.tar; echo $?; tar -caf c.tgz t; tar tzf c.tgz', 'du -x t; du -k t; du -ax .', 'printf a | sed p | od -c', 'touch a.txt b.c; ls -X; ls -1s a.txt; mkdir d; cd d; touch aaa b cc dddd e f; ls -x -w 12; ls -C -w 12', 'readlink -v t; readlink -f nope/x; echo $?', 'killall -q nosuch; echo $?', 'grep -z one t | wc -l', 'cut -n -b1-2 t | head -1; cut -f a t; echo $?',
];

/** What only GNU's have: there is no applet to compare with. */
const gnuRows: readonly string[] = [
  'grep --exclude=t -r one .; echo $?; grep -r --include="t*" one .', 'echo n | find . -name t -ok echo hi {} \\;; echo y | find . -name t -ok echo hi {} \\;', 'find . -regextype posix-extended -regex ".*(t|u)"; find . -iregex ".*T"; find . -regex ".*t+"', 'touch a b c d; echo n | rm -I a b c d; ls; mkdir d2; yes | rm -rI d2; ls', 'printf "b\\na\\n" | sort -C; echo $?', 'printf "a\\n\\nb\\n" | nl -b pb; nl -n ln t | head -1; nl -n rz t | head -1; nl -b x t', 'seq -f x%g 2; seq -f "%03g" 3; seq -f "%.2f" 2; seq -f x 2; seq -f %d 2; seq -f %g%g 2', 'env -S "A=1 sh -c" "echo \\$A"; env -i -S"B=2 env"', 'echo abcabc | tr -t abc xy', 'basename -z a/b | od -c; dirname -z a/b | od -c', 'realpath -m nope/x | tail -c 8; realpath -e nope; realpath -q nope/x; echo $?; readlink -e nope; echo $?; ln -s t l; readlink -z l | od -c; readlink -m nope/x | tail -c 8', 'printf "a\\nb\\0c" | sed -z "s/\\\\n/,/g" | od -c; printf "x\\ny\\n" | sed -z "s/\\\\n/,/g"', 'printf "1\\n2\\n" >x; sed -n "\\$p" x t; sed -s -n "\\$p" x t; sed -s -n 1p x t', 'mkdir d; sed p d; echo $?; sed -i p d; echo $?', 'md5sum t >s; echo "0  t" >>s; md5sum -cw s; md5sum -c --quiet s; echo "d41d8cd98f00b204e9800998ecf8427e  nope" | md5sum -c; md5sum -s t', 'timeout -v 0.1 sleep 1; echo $?', 'printenv -0 HOME | od -c', 'printf "a:b\\0c:d\\0" | cut -z -d: -f1 | od -c; cut -c3-2 t; cut -f0 t', 'grep --color=always two t; grep -n --color=always e t t | head -2', 'df -t nosuch; echo $?', 'id -r; echo $?; id -ru', 'echo t >l; tar cf b.tar -T l; tar tf b.tar', 'setsid -w sh -c "exit 3"; echo $?', 'install -d -m 700 z; stat -c %a z; install -g 1 t v; stat -c %g v; install -o nobodyx t u', 'stat --printf="%s\\\\n" t', 'du -as .', 'uname --nope; rm --bogus t; sort -Q t; echo $?',
];

/** Rows in which we differ on purpose, and why. */
const DIFFERENT: Readonly<Record<string, string>> = Object.fromEntries([
  'printf "2K\\n1M\\n3\\n" | sort -h', 'touch a; find . -name a -delete; ls', 'printf "a\\n\\n\\nb\\n" | cat -s', 'awk "BEGIN{print 1==1.0, \\"a\\"<\\"b\\", 2^10, 7%3, -3}"',
].map((row) => [`busybox: ${row}`, "Debian's busybox is built without this; the busybox of images has it"]));

const rowsOf = (family: 'busybox' | 'gnu'): readonly string[] => (family === 'gnu' ? [...rows, ...gnuRows] : rows);

for (const family of ['busybox', 'gnu'] as const) {
  const path = join(import.meta.dirname, `../../recorded/coreutils/${family}.json`);
  if (process.env['RECORD']) record(family, path);
  const recorded: Readonly<Record<string, unknown>> = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>) : {};
  describe(family, () => {
    test.each(rowsOf(family))('%s', async (row) => {
      if (DIFFERENT[`${family}: ${row}`]) return;
      const box = makeBox([...shPrograms, ...coreutils].filter(({ name }) => name !== 'busybox' || family === 'busybox'));
      box.machine.files.mkdir('/tmp/work');
      expect(await box.run(['sh', '-c', TEXT + row], { cwd: '/tmp/work', env: { PATH: '/bin', HOME: '/root' } })).toEqual(recorded[row]);
    });
  });
}

function record(family: 'busybox' | 'gnu', path: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'tools-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  if (family === 'busybox') {
    const real = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim();
    if (real === '') throw new Error('Cannot record: busybox is not installed.');
    for (const applet of spawnSync(real, ['--list'], { encoding: 'utf8' }).stdout.trim().split('\n')) symlinkSync(real, join(bin, applet));
  }
  const outcomes: Record<string, unknown> = {};
  for (const row of rowsOf(family)) {
    const work = join(folder, 'work');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work);
    const shell = family === 'busybox' ? join(bin, 'sh') : 'dash';
    const { stdout, stderr, status } = spawnSync(shell, ['-c', TEXT + row], { argv0: 'sh', cwd: work, env: { PATH: family === 'busybox' ? bin : '/usr/bin:/bin', HOME: '/root' }, input: '', encoding: 'latin1', timeout: 5000 });
    outcomes[row] = { stdout, stderr, code: status };
  }
  rmSync(folder, { recursive: true });
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `${JSON.stringify(outcomes, null, 1)}\n`);
}
