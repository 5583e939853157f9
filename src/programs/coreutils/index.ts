/** The small tools of every image, by name, and how an image gets them. Adding one is a file and a line here. */
import type { FileSystem } from '../../machine/files.ts';
import { programFile } from '../../machine/machine.ts';
import type { Program } from '../../machine/program.ts';
import { awk } from './awk.ts';
import { base64, dd, hexdump, md5sum, od, sha1sum, sha256sum, sha512sum, strings, xxd } from './bytes-tools.ts';
import { busybox } from './busybox.ts';
import { cat } from './cat.ts';
import { cmp, comm, dnsdomainname, nice, setsid, time, unlink } from './comparing.ts';
import { cp } from './cp.ts';
import { date } from './date.ts';
import { diff } from './diff.ts';
import { chgrp, chmod, chown, ln, mkdir, mktemp, mv, rm, rmdir, touch } from './files.ts';
import { expr } from './expr.ts';
import { install } from './install.ts';
import { logger } from './logger.ts';
import { expand, factor, unexpand } from './small-text.ts';
import { su, sudo } from './su.ts';
import { find } from './find.ts';
import { egrep, fgrep, grep } from './grep.ts';
import { gunzip, gzip, zcat } from './gzip.ts';
import { head, tail } from './head-tail.ts';
import { kill, killall, pgrep, pidof, pkill } from './kill.ts';
import { less, more } from './less.ts';
import { ls } from './ls.ts';
import { ps } from './ps.ts';
import { env, nohup, printenv, sleep, timeout, watch } from './running.ts';
import { sed } from './sed.ts';
import { arch, basename, bracket, clear, dirname, echo, falseProgram, nproc, printf, pwd, readlink, realpath, reset, stty, sync, test, trueProgram, tty, which, whoami, yes } from './small.ts';
import { sort } from './sort.ts';
import { mount, mountpoint, umount } from './mount.ts';
import { df, du, stat } from './stat.ts';
import { free, groups, hostname, id, uname, uptime } from './system.ts';
import { journalctl, systemctl } from './systemctl.ts';
import { tar } from './tar.ts';
import { cut, fold, nl, paste, rev, seq, tac, tee, tr, uniq, wc } from './text.ts';
import { top } from './top.ts';
import { xargs } from './xargs.ts';

export const coreutils: readonly Program[] = [
  cmp, comm, dnsdomainname, expand, expr, factor, install, logger, nice, setsid, su, sudo, time, unexpand, unlink,
  arch, awk, base64, basename, bracket, busybox, cat, chgrp, chmod, chown, clear, cp, cut, date, dd, df, diff, dirname, du, echo, egrep, env, falseProgram, fgrep, find, fold, free, grep, groups, gunzip, gzip,
  head, hexdump, hostname, id, journalctl, kill, killall, less, ln, ls, md5sum, mkdir, mktemp, more, mount, mountpoint, mv, nl, nohup, nproc, od, paste, pgrep, pidof, pkill, printenv, printf, ps, pwd, readlink,
  realpath, reset, rev, rm, rmdir, sed, seq, sha1sum, sha256sum, sha512sum, sleep, sort, stat, strings, stty, sync, systemctl, tac, tail, tar, tee, test, timeout, top, touch, tr, trueProgram, tty, umount,
  uname, uniq, uptime, watch, wc, which, whoami, xargs, xxd, yes, zcat,
];

/** Not in busybox: they come with systemd. */
const SYSTEMD = new Set(['systemctl', 'journalctl']);

/** Where busybox's installer puts what is not in /bin: the FHS place of each. */
const USR_BIN = new Set(['[', 'awk', 'basename', 'clear', 'cut', 'diff', 'dirname', 'du', 'env', 'find', 'fold', 'free', 'groups', 'head', 'hexdump', 'id', 'killall', 'less', 'md5sum', 'nl', 'nohup', 'nproc', 'od', 'paste', 'pgrep', 'pkill', 'printf', 'readlink', 'realpath', 'reset', 'seq', 'sha1sum', 'sha256sum', 'sha512sum', 'sort', 'strings', 'tac', 'tail', 'tee', 'test', 'timeout', 'top', 'tr', 'tty', 'uniq', 'uptime', 'wc', 'which', 'whoami', 'xargs', 'xxd', 'yes']);

/** An image with busybox: every applet, the shell, and busybox itself. */
export function installBusybox(files: FileSystem): void {
  files.mkdir('/usr/bin', { recursive: true });
  files.mkdir('/bin', { recursive: true });
  for (const { name } of coreutils) {
    if (!SYSTEMD.has(name)) files.write(`${USR_BIN.has(name) ? '/usr/bin' : '/bin'}/${name}`, programFile(name), { mode: 0o755 });
  }
  for (const shell of ['sh', 'ash']) files.write(`/bin/${shell}`, programFile(shell), { mode: 0o755 });
}

/** In Debian's base system, as in its slim images: no ps, no less, no curl. */
const NOT_IN_SLIM = new Set([...SYSTEMD, 'busybox', 'hexdump', 'killall', 'less', 'pgrep', 'pidof', 'pkill', 'ps', 'free', 'kill', 'uptime', 'top', 'watch', 'strings', 'xxd']);

/** A Debian image: GNU's tools in /usr/bin, dash as `sh`, bash. With `full`, procps and systemd as on a node. */
export function installGnu(files: FileSystem, options: { readonly full?: boolean } = {}): void {
  files.mkdir('/usr/bin', { recursive: true });
  if (!files.exists('/bin')) files.symlink('usr/bin', '/bin');
  for (const { name } of coreutils) {
    if (name !== 'busybox' && (options.full || !NOT_IN_SLIM.has(name))) files.write(`/usr/bin/${name}`, programFile(name), { mode: 0o755 });
  }
  for (const shell of ['dash', 'bash']) files.write(`/usr/bin/${shell}`, programFile(shell), { mode: 0o755 });
  if (!files.exists('/usr/bin/sh')) files.symlink('dash', '/usr/bin/sh');
}
