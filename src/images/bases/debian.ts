/** The root file system of debian:*-slim, which most official images stand on. See `docker run debian:12-slim`. */
import type { FileSystem } from '../../machine/files.ts';
import { DEBIAN_COMMANDS, install } from './commands.ts';

export interface Debian {
  readonly version: string;
  readonly pointRelease: string;
  readonly codename: string;
}

export const BOOKWORM: Debian = { version: '12', pointRelease: '12.11', codename: 'bookworm' };
export const TRIXIE: Debian = { version: '13', pointRelease: '13.2', codename: 'trixie' };
export const BULLSEYE: Debian = { version: '11', pointRelease: '11.11', codename: 'bullseye' };

/** Write Debian into `files`; `users` are lines added to /etc/passwd and /etc/group. */
export function debian(files: FileSystem, release: Debian, users: { readonly passwd?: string; readonly group?: string } = {}): void {
  usrMerge(files);
  install(files, '/usr/bin', DEBIAN_COMMANDS);
  write(files, {
    '/etc/os-release': [
      `PRETTY_NAME="Debian GNU/Linux ${release.version} (${release.codename})"`,
      'NAME="Debian GNU/Linux"',
      `VERSION_ID="${release.version}"`,
      `VERSION="${release.version} (${release.codename})"`,
      `VERSION_CODENAME=${release.codename}`,
      'ID=debian',
      'HOME_URL="https://www.debian.org/"',
      'SUPPORT_URL="https://www.debian.org/support"',
      'BUG_REPORT_URL="https://bugs.debian.org/"',
      '',
    ].join('\n'),
    '/etc/debian_version': `${release.pointRelease}\n`,
    '/etc/passwd': PASSWD + (users.passwd ?? ''),
    '/etc/group': GROUP + (users.group ?? ''),
    '/etc/issue': `Debian GNU/Linux ${release.version} \\n \\l\n\n`,
    '/etc/shells': '# /etc/shells: valid login shells\n/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/rbash\n/usr/bin/rbash\n/usr/bin/dash\n',
    '/etc/services': SERVICES,
    '/etc/nsswitch.conf': 'passwd:         files\ngroup:          files\nshadow:         files\ngshadow:        files\n\nhosts:          files dns\nnetworks:       files\n',
    '/root/.bashrc': '# ~/.bashrc: executed by bash(1) for non-login shells.\n',
    '/root/.profile': '# ~/.profile: executed by Bourne-compatible login shells.\n',
  });
}

/** Ubuntu differs from Debian in little that a pod shows. */
export function ubuntu(files: FileSystem, version: string, codename: string, full: string): void {
  debian(files, BOOKWORM, version >= '24' ? { passwd: 'ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\n', group: 'ubuntu:x:1000:\n' } : {});
  files.write(
    '/etc/os-release',
    [
      `PRETTY_NAME="Ubuntu ${full}"`,
      'NAME="Ubuntu"',
      `VERSION_ID="${version}"`,
      `VERSION="${full} (${codename})"`,
      `VERSION_CODENAME=${codename.split(' ')[0]!.toLowerCase()}`,
      'ID=ubuntu',
      'ID_LIKE=debian',
      'HOME_URL="https://www.ubuntu.com/"',
      'SUPPORT_URL="https://help.ubuntu.com/"',
      'BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"',
      'PRIVACY_POLICY_URL="https://www.ubuntu.com/legal/terms-and-policies/privacy-policy"',
      `UBUNTU_CODENAME=${codename.split(' ')[0]!.toLowerCase()}`,
      '',
    ].join('\n'),
  );
}

/** Directories that every image has. */
export function skeleton(files: FileSystem): void {
  for (const path of ['/dev', '/etc', '/home', '/mnt', '/opt', '/proc', '/root', '/run', '/srv', '/sys', '/tmp', '/usr/local/bin', '/var/log', '/var/tmp']) {
    files.mkdir(path, { recursive: true });
  }
  files.chmod('/tmp', 0o1777);
  files.chmod('/root', 0o700);
}

/** Write several files at once, making their directories. */
export function write(files: FileSystem, contents: Readonly<Record<string, string>>, mode?: number): void {
  for (const [path, content] of Object.entries(contents)) {
    files.mkdir(path.slice(0, path.lastIndexOf('/')) || '/', { recursive: true });
    files.write(path, content, mode === undefined ? {} : { mode });
  }
}

/** /bin, /sbin and /lib lead into /usr since Debian 12. */
function usrMerge(files: FileSystem): void {
  skeleton(files);
  for (const directory of ['bin', 'sbin', 'lib', 'lib64']) {
    files.mkdir(`/usr/${directory}`, { recursive: true });
    files.symlink(`usr/${directory}`, `/${directory}`);
  }
  files.symlink('/run', '/var/run');
}

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
games:x:5:60:games:/usr/games:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
news:x:9:9:news:/var/spool/news:/usr/sbin/nologin
uucp:x:10:10:uucp:/var/spool/uucp:/usr/sbin/nologin
proxy:x:13:13:proxy:/bin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
list:x:38:38:Mailing List Manager:/var/list:/usr/sbin/nologin
irc:x:39:39:ircd:/run/ircd:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
mail:x:8:
www-data:x:33:
staff:x:50:
users:x:100:
nogroup:x:65534:
`;

/** The services that nc, ss and netstat name. */
export const SERVICES = `ftp		21/tcp
ssh		22/tcp
telnet		23/tcp
smtp		25/tcp		mail
domain		53/tcp
domain		53/udp
bootps		67/udp
tftp		69/udp
http		80/tcp		www
pop3		110/tcp		pop-3
ntp		123/udp
imap2		143/tcp		imap
snmp		161/udp
https		443/tcp
https		443/udp
mysql		3306/tcp
postgresql	5432/tcp	postgres
http-alt	8080/tcp	webcache
http-alt	8080/udp
`;
