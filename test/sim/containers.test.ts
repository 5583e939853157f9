/** What containers share, may and may not: processes, privileges, files, ports of the node. On a booted cluster, as one meets it with exec. */
import { beforeAll, expect, it } from 'vitest';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, ready, run } from '../support/simulation.ts';

const NODE = 'cka-lab-worker';
let sim: Simulation;

const pod = (name: string, spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec:\n  nodeName: ${NODE}\n  terminationGracePeriodSeconds: 1\n${spec.replace(/^/gm, '  ')}\n---\n`;

const PODS = [
  pod('apart', "containers: [{name: web, image: 'nginx:1.27'}, {name: side, image: 'busybox:1.36', command: [sleep, '1000']}]"),
  pod('shared', "shareProcessNamespace: true\ncontainers: [{name: side, image: 'busybox:1.36', command: [sleep, '1000']}, {name: web, image: 'nginx:1.27'}]"),
  pod('seeing', "hostPID: true\nhostNetwork: true\ncontainers: [{name: c, image: 'nicolaka/netshoot', command: [sleep, '1000'], securityContext: {privileged: true}, volumeMounts: [{name: host, mountPath: /host}]}]\nvolumes: [{name: host, hostPath: {path: /}}]"),
  pod('plain', "containers: [{name: c, image: 'nicolaka/netshoot', command: [sleep, '1000']}]"),
  pod('admin', "containers: [{name: c, image: 'nicolaka/netshoot', command: [sleep, '1000'], securityContext: {capabilities: {add: [NET_ADMIN, SYS_TIME]}}}]"),
  pod('bare', "containers: [{name: c, image: 'nicolaka/netshoot', command: [sleep, '1000'], securityContext: {capabilities: {drop: [ALL]}}}]"),
  pod('port', "containers: [{name: c, image: 'nginx:1.27', ports: [{containerPort: 80, hostPort: 8088}]}]"),
];

beforeAll(async () => {
  sim = await bootForTest({ cni: 'flannel', workers: 1 });
  apply(sim, PODS.join(''));
  await ready(sim, 'apart', 'shared', 'seeing', 'plain', 'admin', 'bare', 'port');
}, 120_000);

const inPod = async (name: string, command: string): Promise<string> => {
  const { stdout, stderr } = await run(sim, name, command);
  return stdout + stderr;
};

it.each([
  ['two containers see themselves', 'apart', 'ps -ef 2>/dev/null | grep -c pause; cat /proc/1/comm', '0\nnginx\n'],
  ['or each other, beside the process that holds them together', 'shared', 'for pid in 1 2 3; do cat /proc/$pid/comm; done', 'pause\nsleep\nnginx\n'],
  ['whose files lie in /proc', 'shared', 'cat /proc/3/root/etc/nginx/conf.d/default.conf | head -1; ls /etc/nginx', "server {\nls: /etc/nginx: No such file or directory\n"],
  ['and who can be told to end', 'shared', 'kill 3; sleep 3; pidof nginx > /dev/null && echo again', 'again\n'],
  ['a pod may see its whole node', 'seeing', 'cat /proc/1/comm; pidof kubelet > /dev/null && echo kubelet', 'init\nkubelet\n'],
  ['and become it', 'seeing', 'chroot /host systemctl is-active kubelet; chroot /host crictl ps -q | wc -l | grep -vc "^0"; nsenter -t 1 -m -u -n -p hostname', `active\n1\n${NODE}\n`],
] as const)('processes: %s', async (_what, where, command, output) => {
  expect(await inPod(where, command)).toBe(output);
});

it('kubectl debug --target joins the processes of its target', async () => {
  // oxlint-disable-next-line typescript/no-explicit-any
  const current = structuredClone(sim.registry.get('pods', 'apart', 'default')) as any;
  current.spec.ephemeralContainers = [{ name: 'debugger', image: 'busybox:1.36', command: ['sleep', '1000'], targetContainerName: 'web' }];
  sim.registry.update('pods', current, { namespace: 'default', subresource: 'ephemeralcontainers' });
  // oxlint-disable-next-line typescript/no-explicit-any
  const joined = () => (sim.registry.get('pods', 'apart', 'default') as any).status.ephemeralContainerStatuses?.[0]?.state.running;
  expect(await sim.settleUntil(joined, 30_000)).toBe(true);
  expect((await run(sim, 'apart', 'cat /proc/*/comm | grep -c sleep')).stdout).toBe('1\n');
}, 30_000);

it.each([
  ['plain', 'grep -E "Cap(Prm|Bnd)" /proc/1/status', 'CapPrm:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\n'],
  ['admin', 'grep CapPrm /proc/1/status', 'CapPrm:\t00000000aa0435fb\n'],
  ['bare', 'grep CapPrm /proc/1/status', 'CapPrm:\t0000000000000000\n'],
  ['seeing', 'grep CapPrm /proc/self/status', 'CapPrm:\t000001ffffffffff\n'],
  ['plain', 'ip link set eth0 down; echo $?', 'RTNETLINK answers: Operation not permitted\n2\n'],
  ['plain', 'ip addr add 10.9.9.9/32 dev eth0', 'RTNETLINK answers: Operation not permitted\n'],
  ['plain', 'ip route flush table main', 'Failed to send flush request: Operation not permitted\n'],
  ['plain', 'iptables -L; echo $?', 'iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n4\n'],
  ['plain', 'ip -br addr show lo; ping -c 1 -W 1 127.0.0.1 > /dev/null && echo pong', 'lo               UNKNOWN        127.0.0.1/8 \npong\n'],
  ['admin', 'ip addr add 10.9.9.9/32 dev eth0 && ip route add 10.9.8.0/24 dev eth0 && iptables -A INPUT -s 10.9.8.1 -j DROP && ip route show 10.9.8.0/24', '10.9.8.0/24 dev eth0 scope link \n'],
  ['bare', 'tcpdump -i eth0 -c 1', "tcpdump: eth0: You don't have permission to capture on that device\n(socket: Operation not permitted)\n"],
  ['seeing', 'iptables -t nat -S KUBE-SERVICES | head -1; ip link show flannel.1 > /dev/null && echo flannel', '-N KUBE-SERVICES\nflannel\n'],
] as const)('capabilities: in %s, %s', async (where, command, output) => {
  expect((await inPod(where, command)).replace(/^Defaulted.*\n/, '').split('\n').sort()).toEqual(output.split('\n').sort());
});

const chain = (text: string) => text.replaceAll(/CNI-DN-[0-9a-f]{21}/g, 'CNI-DN-0').replaceAll(/id: \\"[0-9a-f]{64}/g, 'id: \\"0').replaceAll(/10\.244\.1\.\d+/g, 'POD');

it('a port of the node leads into the pod, by the rules of portmap, and goes with it', async () => {
  const worker = sim.nodes.get(NODE)!.plan.address;
  const get = (where: string, address: string) => run(sim, where, `curl -s -m 2 -o /dev/null -w '%{http_code}' http://${address}:8088`);
  expect((await get('plain', worker)).stdout).toBe('200');
  expect((await get(`node:${NODE}`, worker)).stdout).toBe('200');
  expect((await get(`node:${NODE}`, '127.0.0.1')).stdout).toBe('200');
  expect((await get('node:cka-lab-control-plane', worker)).stdout).toBe('200');
  const rules = async () => chain((await run(sim, `node:${NODE}`, 'iptables-save -t nat | grep "^-A.*CNI-"')).stdout);
  expect(await rules()).toMatchInlineSnapshot(`
    "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
    -A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
    -A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
    -A CNI-DN-0 -s POD/32 -p tcp -m tcp --dport 8088 -j CNI-HOSTPORT-SETMARK
    -A CNI-DN-0 -s 127.0.0.1/32 -p tcp -m tcp --dport 8088 -j CNI-HOSTPORT-SETMARK
    -A CNI-DN-0 -p tcp -m tcp --dport 8088 -j DNAT --to-destination POD:80
    -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"cbr0\\" id: \\"0\\"" -m multiport --dports 8088 -j CNI-DN-0
    -A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
    -A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000
    "
  `);
  sim.registry.delete('pods', 'port', 'default', { gracePeriodSeconds: 0 });
  await sim.settle(3000);
  expect((await get('plain', worker)).stdout).toBe('000');
  expect(await rules()).not.toContain('CNI-DN-');
}, 60_000);

it('who takes more memory than its limit is killed, and so is who keeps an input without end', async () => {
  const limited = (name: string, command: string) => pod(name, `restartPolicy: Never\ncontainers: [{name: c, image: polinux/stress, command: [sh, -c, '${command}'], resources: {limits: {memory: 100Mi}}}]`);
  apply(sim, limited('within', 'stress --vm 1 --vm-bytes 90M --timeout 5s') + limited('beyond', 'stress --vm 2 --vm-bytes 90M --vm-hang 1') + limited('endless', 'tail /dev/zero'));
  // oxlint-disable-next-line typescript/no-explicit-any
  const ended = (name: string) => (sim.registry.get('pods', name, 'default') as any).status.containerStatuses?.[0]?.state.terminated;
  expect(await sim.settleUntil(() => ['within', 'beyond', 'endless'].every(ended), 60_000)).toBe(true);
  expect(['within', 'beyond', 'endless'].map((name) => [ended(name).exitCode, ended(name).reason])).toEqual([[0, 'Completed'], [137, 'OOMKilled'], [137, 'OOMKilled']]);
  expect((await run(sim, `node:${NODE}`, 'dmesg | grep -o "Killed process.*vm" | sed "s/[0-9][0-9]*/N/"')).stdout).toBe('Killed process N (stress) total-vm\nKilled process N (tail) total-vm\n');
}, 60_000);

it('images come and go by crictl', async () => {
  const on = async (command: string) => {
    const { stdout, stderr } = await run(sim, `node:${NODE}`, command);
    return (stdout + stderr).replaceAll(/time="[^"]*" /g, '').replaceAll(/[0-9a-f]{64}/g, 'DIGEST');
  };
  expect(await on('crictl pull httpd:2.4; crictl images | grep -c httpd')).toBe('Image is up to date for sha256:DIGEST\n1\n');
  expect(await on('crictl rmi httpd:2.4; crictl images | grep -c httpd')).toBe('Deleted: docker.io/library/httpd:2.4\n0\n');
  expect(await on('crictl pull nginx:nope; echo $?')).toBe('1\nlevel=fatal msg="pulling image: rpc error: code = NotFound desc = failed to pull and unpack image \\"docker.io/library/nginx:nope\\": failed to resolve reference \\"docker.io/library/nginx:nope\\": docker.io/library/nginx:nope: not found"\n');
  expect(await on('crictl rmi never; echo $?')).toContain('unable to remove the image(s)');
}, 60_000);
