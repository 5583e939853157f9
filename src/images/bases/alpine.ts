/** The root file systems of alpine and of busybox images: a small world of one binary. See `docker run alpine`. */
import type { FileSystem } from '../../machine/files.ts';
import { BUSYBOX_COMMANDS, install, installAuthorities } from './commands.ts';
import { SERVICES, skeleton, write } from './debian.ts';

/** Write Alpine Linux into `files`. */
export function alpine(files: FileSystem, version: string, users: { readonly passwd?: string; readonly group?: string } = {}): void {
  skeleton(files);
  const inUsr = new Set(['awk', 'nslookup', 'traceroute', 'nc', 'wget', 'which', 'xargs', 'head', 'tail', 'wc', 'sort', 'uniq', 'cut', 'tr', 'tee', 'env', 'find', 'id', 'less', 'seq', 'test', '[', '[[', 'printf', 'basename', 'dirname', 'yes', 'xxd', 'whoami', 'tty', 'top', 'time', 'timeout', 'expr', 'free', 'uptime']);
  const inSbin = new Set(['ip', 'ifconfig', 'route', 'sysctl', 'arp']);
  const place = (command: string) => (inSbin.has(command.split('=')[0]!) ? 'sbin' : inUsr.has(command.split('=')[0]!) ? 'usr' : 'bin');
  install(files, '/bin', BUSYBOX_COMMANDS.filter((command) => place(command) === 'bin'));
  // Alpine builds its BusyBox with the larger nc, without TLS of its own, and on musl, whose headers make `ip` show the state.
  install(files, '/sbin', BUSYBOX_COMMANDS.filter((command) => place(command) === 'sbin').map((command) => (command === 'ip=busybox-ip' ? 'ip=alpine-ip' : command)));
  install(files, '/usr/bin', BUSYBOX_COMMANDS.filter((command) => place(command) === 'usr').map((command) => (command === 'nc=busybox-nc' ? 'nc=alpine-nc' : command === 'wget=busybox-wget' ? 'wget=alpine-wget' : command)));
  files.mkdir('/usr/sbin', { recursive: true });
  files.symlink('/run', '/var/run');
  installAuthorities(files);
  write(files, {
    '/etc/os-release': `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${version}\nPRETTY_NAME="Alpine Linux v${version.split('.').slice(0, 2).join('.')}"\nHOME_URL="https://alpinelinux.org/"\nBUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"\n`,
    '/etc/alpine-release': `${version}\n`,
    '/etc/issue': `Welcome to Alpine Linux ${version.split('.').slice(0, 2).join('.')}\nKernel \\r on an \\m (\\l)\n\n`,
    '/etc/passwd': ALPINE_PASSWD + (users.passwd ?? ''),
    '/etc/group': ALPINE_GROUP + (users.group ?? ''),
    '/etc/shells': '# valid login shells\n/bin/sh\n/bin/ash\n',
    '/etc/services': SERVICES,
    '/etc/hostname': 'localhost\n',
    '/etc/hosts': '127.0.0.1\tlocalhost localhost.localdomain\n::1\t\tlocalhost localhost.localdomain\n',
    '/etc/motd': ALPINE_MOTD,
  });
}

/** Write the busybox image into `files`: no /etc/os-release, everything in /bin. */
export function busybox(files: FileSystem, version: string): void {
  skeleton(files);
  // Until 1.28 BusyBox had the small nslookup that prints `Address 1:`.
  const small = Number(version.split('.')[1]) <= 28;
  install(files, '/bin', BUSYBOX_COMMANDS.map((command) => (small && command.startsWith('nslookup=') ? 'nslookup=busybox-nslookup-1.28' : command)));
  files.mkdir('/usr/sbin', { recursive: true });
  files.mkdir('/var/spool/mail', { recursive: true });
  files.mkdir('/var/www', { recursive: true });
  write(files, {
    '/etc/passwd': BUSYBOX_PASSWD,
    '/etc/group': 'root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nwheel:x:10:root\nmail:x:8:\nwww-data:x:33:\noperator:x:37:\nusers:x:100:\nnobody:x:65534:\n',
    '/etc/localtime': '',
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  });
}

const ALPINE_MOTD = `Welcome to Alpine!

The Alpine Wiki contains a large amount of how-to guides and general
information about administrating Alpine systems.
See <https://wiki.alpinelinux.org/>.

You can setup the system with the command: setup-alpine

You may change this message by editing /etc/motd.

`;

const ALPINE_PASSWD = `root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
halt:x:7:0:halt:/sbin:/sbin/halt
mail:x:8:12:mail:/var/mail:/sbin/nologin
news:x:9:13:news:/usr/lib/news:/sbin/nologin
uucp:x:10:14:uucp:/var/spool/uucppublic:/sbin/nologin
cron:x:16:16:cron:/var/spool/cron:/sbin/nologin
ftp:x:21:21::/var/lib/ftp:/sbin/nologin
sshd:x:22:22:sshd:/dev/null:/sbin/nologin
games:x:35:35:games:/usr/games:/sbin/nologin
ntp:x:123:123:NTP:/var/empty:/sbin/nologin
guest:x:405:100:guest:/dev/null:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
`;

const ALPINE_GROUP = `root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
sys:x:3:root,bin
adm:x:4:root,daemon
tty:x:5:
disk:x:6:root
wheel:x:10:root
mail:x:12:mail
users:x:100:games
nobody:x:65534:
`;

const BUSYBOX_PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
`;
