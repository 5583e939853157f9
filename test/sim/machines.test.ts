/**
 * Pod networking by hand, as it is typed: plain machines, an image from the mirror, pods made with unshare and nsenter,
 * cables, and what the sets and the balancer of the kernel print.
 */
import { setMaxListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import { collect } from '../../src/machine/streams.ts';
import { World } from '../../src/net/world.ts';
import { PlainMachines } from '../../src/sim/machines.ts';

// Booting a cluster has its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

setMaxListeners(0);

const clock = new EventClock(Date.UTC(2026, 0, 1));
const rng = seededRng(1);
const machines = new PlainMachines({ world: new World({ clock, rng }), clock, rng });
const ENV = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', SHELL: '/bin/bash' };

async function type(node: string, line: string): Promise<string> {
  const output = collect();
  const { exited } = machines.get(node)!.start(['bash', '-c', line], { stdout: output, stderr: output, env: ENV, cwd: '/root' });
  let over = false;
  void exited.then(() => (over = true));
  for (let turn = 0; !over; turn++) {
    if (turn > 4000) throw new Error(`${line} does not end: ${output.text}`);
    for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
    clock.advanceTo(clock.now() + 20);
  }
  return output.text;
}

async function check(rows: readonly (readonly [node: string, line: string, output: string])[]): Promise<void> {
  for (const [node, line, output] of rows) expect([line, await type(node, line)]).toEqual([line, output]);
}

const PREPARE = `mkdir -p /root/tung/{lower,a0-upper,a0-work,a0-merged,a1-upper,a1-work,a1-merged}; cd /root/tung
wget -q https://dl-cdn.alpinelinux.org/alpine/v3.20/releases/aarch64/alpine-minirootfs-3.20.3-aarch64.tar.gz && tar -xzf alpine-minirootfs-3.20.3-aarch64.tar.gz -C lower
for p in a0 a1; do mount -t overlay overlay -o lowerdir=/root/tung/lower,upperdir=/root/tung/$p-upper,workdir=/root/tung/$p-work /root/tung/$p-merged; done`;
const POD = (name: string, program: string) => `unshare -Cunimpf chroot /root/tung/${name}-merged /bin/sh -c 'mount -t proc proc /proc; ${program}' >/dev/null 2>&1 & sleep 0.2`;

test('an image is fetched, unpacked, layered, and a pod runs in it', async () => {
  await check([
    ['node-0', PREPARE, ''],
    ['node-0', 'cat /root/tung/a0-merged/etc/alpine-release; mount | tail -n 1; mountpoint /root/tung/a0-merged', '3.20.3\noverlay on /root/tung/a1-merged type overlay (rw,relatime,lowerdir=/root/tung/lower,upperdir=/root/tung/a1-upper,workdir=/root/tung/a1-work)\n/root/tung/a0-merged is a mountpoint\n'],
    ['node-0', POD('a0', 'hostname pod; touch /made; exec sleep 900'), ''],
    // The upper layer has what the pod made; the lower one, and the other pod, have not.
    ['node-0', 'cd /root/tung; ls a0-upper; ls lower/made a1-merged/made; hostname', "made\nls: cannot access 'lower/made': No such file or directory\nls: cannot access 'a1-merged/made': No such file or directory\nnode-0\n"],
    ['node-0', 'A=$(pgrep -x sleep); nsenter -t $A -a chroot /root/tung/a1-merged /bin/sh -c "hostname; ls /made; mount -t proc proc /proc; cat /proc/1/comm"', 'pod\nls: /made: No such file or directory\nsleep\n'],
    ['node-0', 'A=$(pgrep -x sleep); [ "$(readlink /proc/$A/ns/net)" = "$(readlink /proc/1/ns/net)" ]; echo $?; readlink /proc/$A/root', '1\n/root/tung/a0-merged\n'],
    ['node-0', 'rm /root/tung/a0-merged/etc/motd 2>/dev/null; rm /root/tung/a0-merged/etc/issue; ls /root/tung/a0-merged/etc/issue; ls -l /root/tung/a0-upper/etc | tail -n 1 | cut -c1-10; ls /root/tung/lower/etc/issue', "ls: cannot access '/root/tung/a0-merged/etc/issue': No such file or directory\nc---------\n/root/tung/lower/etc/issue\n"],
    ['node-0', 'pkill -9 -x sleep; sleep 0.1; pgrep -x sleep; echo $?', '1\n'],
  ]);
});

test('a cable joins two namespaces; the pod ends, and its end of the cable with it', async () => {
  await check([
    ['node-1', PREPARE, ''],
    ['node-1', `${POD('a0', 'exec sleep 901')}; ${POD('a1', 'exec nc -lk -p 8080 -e /bin/sh')}`, ''],
    ['node-1', 'A=$(pgrep -x sleep); B=$(pgrep -x nc); ip link add veth-a0 type veth peer name veth-a1; ip link set veth-a0 netns $A; ip link set veth-a1 netns $B; ip -o link | wc -l', '2\n'],
    ['node-1', 'for x in "sleep 0" "nc 1"; do set -- $x; nsenter -t $(pgrep -x $1) -n sh -c "ip addr add 10.200.0.$(($2 + 2))/24 dev veth-a$2; ip link set veth-a$2 up"; done', ''],
    ['node-1', 'nsenter -t $(pgrep -x sleep) -n ping -c 1 -W 1 10.200.0.3 | grep received | cut -d, -f1,2', '1 packets transmitted, 1 received\n'],
    ['node-1', 'nsenter -t $(pgrep -x sleep) -a chroot /root/tung/a0-merged /bin/sh -c "echo hostname | nc -v 10.200.0.3 8080"', '10.200.0.3 (10.200.0.3:8080) open\nnode-1\n'],
    ['node-1', 'pkill -9 -x nc; sleep 0.1; nsenter -t $(pgrep -x sleep) -n ip -o link | cut -d: -f2', ' lo\n'],
  ]);
});

test('what cannot be done is refused as it is refused elsewhere', async () => {
  await check([
    ['node-2', 'unshare -Z; echo $?', "unshare: invalid option -- 'Z'\nTry 'unshare --help' for more information.\n1\n"],
    ['node-2', 'unshare -n nosuch; echo $?', 'unshare: failed to execute nosuch: No such file or directory\n127\n'],
    ['node-2', 'nsenter -t 999999 -n ls; echo $?', 'nsenter: cannot open /proc/999999/ns/net: No such file or directory\n1\n'],
    ['node-2', 'nsenter -t 999999 -a ls; nsenter --net=/nonex ls; nsenter --net=/etc/hosts ls; echo $?', "nsenter: stat of /proc/999999/ns/user failed: No such file or directory\nnsenter: cannot open /nonex: No such file or directory\nnsenter: reassociate to namespace 'ns/net' failed: Invalid argument\n1\n"],
    ['node-2', 'unshare -m --propagation nope true; lsns -p abc; echo $?', "unshare: unsupported propagation mode: nope\nlsns: invalid PID argument: 'abc'\n1\n"],
    ['node-2', 'umount; umount /nonex; umount /mnt; mount a b c; mount -o remount,ro /mnt; echo $?', "umount: bad usage\nTry 'umount --help' for more information.\numount: /nonex: no mount point specified.\numount: /mnt: not mounted.\nmount: bad usage\nTry 'mount --help' for more information.\nmount: /mnt: mount point not mounted or bad option.\n       dmesg(1) may have more information after failed mount system call.\n32\n"],
    ['node-2', 'timeout; head -n x; chown nosuch /tmp; touch; readlink; df /nonex; expr; od -x /nonex; diff a; comm a; gunzip /nonex; tar', "Try 'timeout --help' for more information.\nhead: invalid number of lines: 'x'\nchown: invalid user: 'nosuch'\ntouch: missing file operand\nTry 'touch --help' for more information.\nreadlink: missing operand\nTry 'readlink --help' for more information.\ndf: /nonex: No such file or directory\nexpr: missing operand\nTry 'expr --help' for more information.\nod: /nonex: No such file or directory\ndiff: missing operand after 'a'\ndiff: Try 'diff --help' for more information.\ncomm: missing operand after 'a'\nTry 'comm --help' for more information.\ngzip: /nonex.gz: No such file or directory\ntar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information.\n"],
    ['node-2', 'nsenter -t abc -n; echo $?', "nsenter: failed to parse pid: 'abc'\n1\n"],
    ['node-2', 'nsenter -n ls; echo $?', 'nsenter: neither filename nor target pid supplied for ns/net\n1\n'],
    ['node-2', 'chroot /nonexist; echo $?', "chroot: cannot change root directory to '/nonexist': No such file or directory\n125\n"],
    ['node-2', 'chroot; echo $?', "chroot: missing operand\nTry 'chroot --help' for more information.\n125\n"],
    ['node-2', 'mount -t foo a /mnt; echo $?', "mount: /mnt: unknown filesystem type 'foo'.\n       dmesg(1) may have more information after failed mount system call.\n32\n"],
    ['node-2', 'mount -t overlay overlay -o lowerdir=/nonex /mnt; echo $?', 'mount: /mnt: special device overlay does not exist.\n       dmesg(1) may have more information after failed mount system call.\n32\n'],
    ['node-2', 'mount -t proc proc /nonex; echo $?', 'mount: /nonex: mount point does not exist.\n       dmesg(1) may have more information after failed mount system call.\n32\n'],
    ['node-2', 'echo hello > f; gzip f; zcat f.gz; gunzip f.gz; cat f; echo x | gunzip; echo $?', 'hello\nhello\n\ngzip: stdin: not in gzip format\n1\n'],
    ['node-2', 'printf "true || {\\necho no\\n}\\necho yes\\n" | sh -s', 'yes\n'],
  ]);
});

test('ipset says what ipset 7.17 says', async () => {
  await check([
    ['node-2', 'ipset create A hash:ip,port; ipset add A 10.0.0.1,tcp:80; ipset -t list A | grep -v -e Size -e Header', 'Name: A\nType: hash:ip,port\nRevision: 7\nReferences: 0\nNumber of entries: 1\n'],
    ['node-2', 'ipset add A 10.0.0.1,tcp:80; echo $?', "ipset v7.17: Element cannot be added to the set: it's already added\n1\n"],
    ['node-2', 'ipset del A 1.1.1.1,tcp:1; echo $?', "ipset v7.17: Element cannot be deleted from the set: it's not added\n1\n"],
    ['node-2', 'ipset list nope; echo $?', 'ipset v7.17: The set with the given name does not exist\n1\n'],
    ['node-2', 'ipset test A 10.0.0.1,tcp:80; ipset test A 10.0.0.2,tcp:80; echo $?', 'Warning: 10.0.0.1,tcp:80 is in set A.\n10.0.0.2,tcp:80 is NOT in set A.\n1\n'],
    ['node-2', 'ipset create B foo:bar; echo $?', "ipset v7.17: Syntax error: typename 'foo:bar' is unknown\n1\n"],
    ['node-2', 'ipset add A bogus; echo $?', 'ipset v7.17: Syntax error: Second element is missing from bogus.\n1\n'],
    ['node-2', 'ipset; echo $?', "ipset v7.17: No command specified.\nTry `ipset help' for more information.\n2\n"],
    ['node-2', 'iptables -A INPUT -m set --match-set A dst,dst -j DROP; ipset destroy A; iptables -F INPUT; ipset destroy A; ipset list -n', 'ipset v7.17: Set cannot be destroyed: it is in use by a kernel component\n'],
  ]);
});

test('ipvsadm needs the module, and then edits what packets meet', async () => {
  await check([
    ['node-2', 'ipvsadm -Ln; echo $?', "Can't initialize ipvs: No such file or directory\nAre you sure that IP Virtual Server is built in the kernel or as module?\n255\n"],
    ['node-2', 'modprobe ip_vs; ipvsadm -A -t 10.96.0.9:80 -s rr; ipvsadm -a -t 10.96.0.9:80 -r 192.168.64.5:80 -m; ipvsadm -Ln', 'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\nTCP  10.96.0.9:80 rr\n  -> 192.168.64.5:80              Masq    1      0          0         \n'],
    ['node-2', 'ipvsadm -A -t 10.96.0.9:80; echo $?; ipvsadm -S -n', 'Service already exists\n255\n-A -t 10.96.0.9:80 -s rr\n-a -t 10.96.0.9:80 -r 192.168.64.5:80 -m -w 1\n'],
    ['node-2', 'ipvsadm -D -t 1.2.3.4:5; echo $?; ipvsadm -C; ipvsadm -Ln | wc -l', 'No such service\n255\n3\n'],
  ]);
});

test('what a rule logs is in the kernel log', async () => {
  await type('node-2', "iptables -A INPUT -p udp --dport 4242 -j LOG --log-prefix 'heard: '");
  await type('node-1', 'echo hello | nc -u -w 1 -p 4000 192.168.64.6 4242');
  const line = /heard: IN=enp0s1 OUT= SRC=192\.168\.64\.5 DST=192\.168\.64\.6 LEN=34 TOS=0x00 PREC=0x00 TTL=64 ID=\d+ (DF )?PROTO=UDP SPT=4000 DPT=4242 LEN=14 $/m;
  expect(await type('node-2', 'dmesg')).toMatch(line);
  expect(await type('node-2', 'journalctl -k --no-pager')).toMatch(line);
  expect(await type('node-2', 'dmesg -q')).toBe("dmesg: invalid option -- 'q'\nTry 'dmesg --help' for more information.\n");
});

test('somebody else, and the little tools around it, as on Debian', async () => {
  const namespaces = '        NS TYPE NPROCS PID USER    NETNSID NSFS            COMMAND\n';
  await check([
    ['node-2', 'su - -c "id; pwd; echo $HOME"', 'uid=0(root) gid=0(root) groups=0(root)\n/root\n/root\n'],
    ['node-2', "cd /tmp; su nobody -s /bin/sh -c 'id -un; pwd; echo $HOME $USER; touch /etc/mine'; echo $?", "nobody\n/tmp\n/nonexistent nobody\ntouch: cannot touch '/etc/mine': Permission denied\n1\n"],
    ['node-2', 'su nobody -c id; echo $?; su nosuch; echo $?', 'This account is currently not available.\n1\nsu: user nosuch does not exist or the user entry does not contain all the required fields\n1\n'],
    ['node-2', 'sudo -u nobody id -un; sudo iptables -V; sudo A=1 sh -c "echo $A"; sudo -i pwd; sudo nosuch; echo $?; sudo -u nosuch id; echo $?', 'nobody\niptables v1.8.9 (nf_tables)\n\n/root\nsudo: nosuch: command not found\n1\nsudo: unknown user nosuch\nsudo: error initializing audit plugin sudoers_audit\n1\n'],
    ['node-2', "sudo -u nobody sudo id; echo $?", 'nobody is not in the sudoers file.\n1\n'],
    ['node-2', 'logger -t me hello; journalctl -t me -o cat; echo line | logger -s', 'hello\n<13>root: line\n'],
    ['node-2', 'logger -t me -p err broken; logger -t me -p daemon.debug whisper; journalctl -t me -p err -o cat; journalctl -t me -p warning..debug -o cat; journalctl -qt nobody; logger -p foo.err x; journalctl -p loud; journalctl -b -1', 'broken\nhello\nwhisper\nlogger: unknown facility name: foo\nUnknown log level loud\nData from the specified boot (-1) is not available: No such boot ID in journal\n'],
    ['node-2', 'journalctl -t me --until yesterday; journalctl -u kubelet -p err -q; journalctl --since noon; journalctl -F _COMM; echo $?', '-- No entries --\nFailed to parse timestamp: noon\njournalctl: -F is not part of this simulator\n1\n'],
    ['node-2', 'systemctl list-units --failed --no-legend; systemctl list-units -t timer | tail -1; systemctl --user status', '0 loaded units listed.\nsystemctl: --user is not part of this simulator\n'],
    ['node-2', 'df -t nosuch; df -i / | tr -s " " | cut -d" " -f2-5; df -B1 /; free -t | tail -1; sudo -n id -u; sudo -l; echo $?', 'df: no file systems processed\nInodes IUsed IFree IUse%\n2621440 655360 1966080 25%\ndf: -B is not part of this simulator\nTotal:       2097152      524288     1048576\n0\nsudo: -l is not part of this simulator\n1\n'],
    ['node-2', 'cd /tmp; install; install -d i1/i2 && ls -ld i1/i2 | cut -c1-10; echo x > f; install -m 600 -D f i1/z/f; ls -l i1/z/f | cut -c1-10; install nonex i1; install -v f i1', "install: missing file operand\nTry 'install --help' for more information.\ndrwxr-xr-x\n-rw-------\ninstall: cannot stat 'nonex': No such file or directory\n'f' -> 'i1/f'\n"],
    ['node-2', "factor 12 97 1 0 1000000007; printf 'a\\tb\\tc\\n' | expand -t 4; printf '        a       b\\n' | unexpand -a | cat -A", '12: 2 2 3\n97: 97\n1:\n0:\n1000000007: 1000000007\na   b   c\n^Ia^Ib$\n'],
    ['node-2', 'ip netns add blue; ip netns exec blue sleep 5 & sleep 0.3; lsns -t net -p $! -n | grep -o "unassigned .*"; lsns -t net | head -n 1; ip netns del blue', `unassigned /run/netns/blue sleep 5\n${namespaces}`],
    ['node-2', 'lsns -t foo; lsns xx; lsns -o NOPE; echo $?', "lsns: unknown namespace type: foo\nlsns: invalid namespace argument: 'xx'\nlsns: unknown column: NOPE\n1\n"],
    ['node-2', 'arping -c 2 -I enp0s1 192.168.64.5 | sed "s/reply from \\(.*\\) \\[.*/reply from \\1/"', 'ARPING 192.168.64.5 from 192.168.64.6 enp0s1\nUnicast reply from 192.168.64.5\nUnicast reply from 192.168.64.5\nSent 2 probes (1 broadcast(s))\nReceived 2 response(s)\n'],
    ['node-2', 'arping -c 1 -w 1 -I enp0s1 192.168.64.77; echo $?; arping -I nope 192.168.64.5; echo $?; arping -q -f 192.168.64.5; echo $?', 'ARPING 192.168.64.77 from 192.168.64.6 enp0s1\nSent 1 probes (1 broadcast(s))\nReceived 0 response(s)\n1\narping: Device nope not available.\n2\n0\n'],
    ['node-2', 'lsns -t uts -o NS,TYPE -p 1', '        NS TYPE\n4026531838 uts\n'],
  ]);
});
