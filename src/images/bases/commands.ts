/**
 * Which commands the base systems of images have, and where. Knows no image.
 * The lists are those of `busybox --list` and `dpkg -L coreutils …`; a command that this program does not model is not
 * installed, so calling it says `not found` instead of doing half of it.
 * Differs from Linux: an image has only those of its commands that are modelled.
 */
import type { FileSystem } from '../../machine/files.ts';
import { programFile } from '../../machine/machine.ts';
import { programs } from '../../programs/index.ts';
import { SYSTEM_ROOTS } from '../../programs/tls/roots.ts';
import { PUBLIC_ROOTS } from '../public-roots.ts';

/** Make `<directory>/<command>` run the program of the same name, or the one named after `=`: `wget=busybox-wget`. */
export function install(files: FileSystem, directory: string, commands: readonly string[]): void {
  files.mkdir(directory, { recursive: true });
  for (const command of commands) {
    const [name, program = name] = command.split('=') as [string, string?];
    if (!programs.get(program)) continue;
    files.write(`${directory}/${name}`, programFile(program), { mode: 0o755 });
    // curl's package brings the one with the authorities along.
    if (name === 'curl') installAuthorities(files);
  }
}

/** The `ca-certificates` package. */
export function installAuthorities(files: FileSystem): void {
  files.mkdir('/etc/ssl/certs', { recursive: true });
  files.write(SYSTEM_ROOTS, PUBLIC_ROOTS);
}

/** GNU coreutils, grep, sed, findutils, util-linux and friends, as debian:*-slim has them in /usr/bin. */
export const DEBIAN_COMMANDS = words(`
  [ arch awk base32 base64 basename bash cat chgrp chmod chown chroot cksum clear cmp comm cp cut date dd df diff dir dirname du echo egrep
  env expand expr factor false fgrep find fold getconf getent getopt grep groups gunzip gzip head hostid hostname id install join kill ln
  locale logger logname ls lsns md5sum mkdir mkfifo mknod mktemp more mount mountpoint mv nice nl nohup nproc nsenter numfmt od paste perl pinky
  pr printenv printf pwd readlink realpath rev rm rmdir run-parts sed seq setsid sh sha1sum sha256sum sha512sum shred shuf sleep
  sort split stat stdbuf stty su sum sync tac tail tar tee test timeout touch tr true truncate tsort tty umount uname unexpand
  uniq unlink unshare users wc wdctl whereis which who whoami xargs yes zcat`);

/** BusyBox's applets in /bin and friends; the network ones are BusyBox's own flavour. */
export const BUSYBOX_COMMANDS = words(`
  [ [[ arch arp=busybox-arp ash awk base32 base64 basename brctl busybox bzip2 cat chgrp chmod chown chroot cksum clear cmp comm cp crond cut
  date dc dd df diff dirname dmesg dnsdomainname du echo ed egrep env expand expr factor fallocate false fgrep find fold free fuser getent getopt grep groups
  gunzip gzip head hexdump hostid hostname id ifconfig=busybox-ifconfig install ip=busybox-ip ipcalc kill killall killall5 less link ln logger logname ls
  lsof md5sum mkdir mkfifo mknod mktemp more mount mountpoint mv nc=busybox-nc netstat=busybox-netstat nice nl nohup nproc nsenter nslookup=busybox-nslookup od paste
  pgrep pidof ping=busybox-ping pkill printenv printf ps pstree pwd readlink realpath renice reset rev rm rmdir route=busybox-route run-parts sed seq
  setsid sh sha1sum sha256sum sha512sum shred shuf sleep sort split stat strings stty su sum sync sysctl=busybox-sysctl tac tail tar tee telnet test
  time timeout top touch tr traceroute=busybox-traceroute true truncate tty tune2fs udhcpc umount uname unexpand uniq unlink unshare unzip uptime
  usleep uudecode uuencode vi watch wc wget=busybox-wget which who whoami xargs xxd yes zcat`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
