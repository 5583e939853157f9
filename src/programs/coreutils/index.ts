/** The small tools of every image, by name; what an image has of them stands in its own list of files. Adding one is a file and a line here. */
import type { Program } from '../../machine/program.ts';
import { awk } from './awk.ts';
import { base64, hexdump, xxd } from './bytes-tools.ts';
import { md5sum, sha1sum, sha256sum, sha512sum } from './sums.ts';
import { od } from './od.ts';
import { strings } from './strings.ts';
import { busybox } from './busybox.ts';
import { cat } from './cat.ts';
import { cmp, comm, dnsdomainname, nice, setsid, time, unlink } from './comparing.ts';
import { cp } from './cp.ts';
import { dd } from './dd.ts';
import { date } from './date.ts';
import { diff } from './diff.ts';
import { chgrp, chown } from './chown.ts';
import { chmod } from './chmod.ts';
import { cut } from './cut.ts';
import { fold } from './fold.ts';
import { ln } from './ln.ts';
import { mkdir } from './mkdir.ts';
import { mktemp } from './mktemp.ts';
import { mv } from './mv.ts';
import { nl } from './nl.ts';
import { paste } from './paste.ts';
import { rev } from './rev.ts';
import { rm } from './rm.ts';
import { rmdir } from './rmdir.ts';
import { seq } from './seq.ts';
import { tac } from './tac.ts';
import { tee } from './tee.ts';
import { touch } from './touch.ts';
import { tr } from './tr.ts';
import { uniq } from './uniq.ts';
import { wc } from './wc.ts';
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
import { env, nohup, printenv, sleep, timeout } from './running.ts';
import { sed } from './sed.ts';
import { arch, basename, bracket, clear, dirname, echo, falseProgram, nproc, printf, pwd, reset, stty, sync, test, trueProgram, tty, which, whoami, yes } from './small.ts';
import { readlink, realpath } from './realpath.ts';
import { sort } from './sort.ts';
import { mount, mountpoint, umount } from './mount.ts';
import { df } from './df.ts';
import { du, stat } from './stat.ts';
import { free, groups, hostname, id, uname, uptime } from './system.ts';
import { journalctl } from './journalctl.ts';
import { systemctl } from './systemctl.ts';
import { tar } from './tar.ts';
import { top } from './top.ts';
import { watch } from './watch.ts';
import { xargs } from './xargs.ts';

export const coreutils: readonly Program[] = [
  cmp, comm, dnsdomainname, expand, expr, factor, install, logger, nice, setsid, su, sudo, time, unexpand, unlink,
  arch, awk, base64, basename, bracket, busybox, cat, chgrp, chmod, chown, clear, cp, cut, date, dd, df, diff, dirname, du, echo, egrep, env, falseProgram, fgrep, find, fold, free, grep, groups, gunzip, gzip,
  head, hexdump, hostname, id, journalctl, kill, killall, less, ln, ls, md5sum, mkdir, mktemp, more, mount, mountpoint, mv, nl, nohup, nproc, od, paste, pgrep, pidof, pkill, printenv, printf, ps, pwd, readlink,
  realpath, reset, rev, rm, rmdir, sed, seq, sha1sum, sha256sum, sha512sum, sleep, sort, stat, strings, stty, sync, systemctl, tac, tail, tar, tee, test, timeout, top, touch, tr, trueProgram, tty, umount,
  uname, uniq, uptime, watch, wc, which, whoami, xargs, xxd, yes, zcat,
];
