/** Programs that need a whole cluster around them: crictl on a node, and what a container may do to the others. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Simulation } from '../../src/sim/simulation.ts';
import { apply, bootForTest, ready, run } from '../support/simulation.ts';

const NODE = 'node:cka-lab-worker';
let sim: Simulation;

beforeAll(async () => {
  sim = await bootForTest({ cni: 'flannel' });
  apply(sim, `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: cka-lab-worker, containers: [{name: nginx, image: 'nginx:1.25'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: box}
spec: {nodeName: cka-lab-worker, containers: [{name: box, image: 'busybox:1.36', command: [sleep, '3600']}]}
`);
  await ready(sim, 'web', 'box');
}, 60_000);

/** What a command prints, without what is drawn by lot or depends on the hour; columns are two blanks apart. */
async function check(where: string, command: string): Promise<string> {
  const { stdout, stderr, code } = await run(sim, where, command);
  return `${stdout.replaceAll(/\b[0-9a-f]{13}(?:[0-9a-f]{51})?\b/g, 'ID').replaceAll(/(?:Less than a second|About a minute|\d+ \w+) ago/g, 'AGE').replaceAll(/ {3,}/g, '  ')}${stderr.replaceAll(/time="[^"]*"/g, 'time="NOW"')}[${code}]`;
}

describe('crictl', () => {
  test.each([
    ['crictl ps --name nginx', 'CONTAINER  IMAGE  CREATED  STATE  NAME  ATTEMPT  POD ID  POD  NAMESPACE\nID  ID  AGE  Running  nginx  0  ID  web  default\n[0]'],
    ['crictl pods --label app=web', 'POD ID  CREATED  STATE  NAME  NAMESPACE  ATTEMPT  RUNTIME\nID  AGE  Ready  web  default  0  (default)\n[0]'],
    ['crictl images nginx', 'IMAGE  TAG  IMAGE ID  SIZE\ndocker.io/library/nginx  1.25  ID  72.1MB\n[0]'],
    ['crictl inspectp $(crictl pods -q --name web) | jq -c .status.metadata.name,.status.state', '"web"\n"SANDBOX_READY"\n[0]'],
    ['crictl inspect $(crictl ps -q --name nginx) | jq -r .status.state', 'CONTAINER_RUNNING\n[0]'],
    ['nsenter -t $(crictl inspect $(crictl ps -q --name nginx) | jq .info.pid) -n ip -br link show lo', 'lo  UNKNOWN  00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> \n[0]'],
    ['crictl exec $(crictl ps -q --name nginx) hostname', 'web\n[0]'],
    ["crictl exec $(crictl ps -q --name nginx) sh -c 'exit 3'", 'time="NOW" level=fatal msg="execing command in container: command terminated with exit code 3"\n[1]'],
    ['crictl exec nosuch ls', 'time="NOW" level=fatal msg="container status: rpc error: code = NotFound desc = an error occurred when try to find container \\"nosuch\\": not found"\n[1]'],
    ['crictl ps --foo', 'time="NOW" level=fatal msg="flag provided but not defined: -foo"\n[1]'],
    ['crictl foo', "No help topic for 'foo'\n[3]"],
    ['crictl version', 'Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  v2.3.1\nRuntimeApiVersion:  v1\n[0]'],
  ])('%s', async (command, expected) => {
    expect(await check(NODE, command)).toBe(expected);
  });

  test('a container that is stopped is started again by the kubelet, and both runs are listed', async () => {
    await run(sim, NODE, 'crictl stop $(crictl ps -q --name nginx); sleep 5');
    expect((await run(sim, NODE, "crictl ps -a --name nginx | awk '{print $(NF-5), $(NF-3)}' | tail -n +2")).stdout.split('\n').length).toBe(3);
    expect((await run(sim, NODE, 'crictl ps --name nginx -q | wc -l')).stdout).toBe('1\n');
  });

  test('without containerd there is nobody to ask', async () => {
    await run(sim, NODE, 'systemctl stop containerd');
    expect(await check(NODE, 'crictl ps')).toBe('time="NOW" level=fatal msg="validate service connection: validate CRI v1 runtime API for endpoint \\"unix:///run/containerd/containerd.sock\\": rpc error: code = Unavailable desc = connection error: desc = \\"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory\\""\n[1]');
    await run(sim, NODE, 'systemctl start containerd');
    expect((await run(sim, NODE, 'crictl version')).code).toBe(0);
  });
});

describe('who holds a socket', () => {
  test('a node sees the server of a pod under its own number, the pod under the container\'s', async () => {
    const pid = (await run(sim, NODE, 'crictl inspect $(crictl ps -q --name kube-proxy) | jq .info.pid')).stdout.trim();
    expect((await run(sim, NODE, 'ss -tlnp | grep 10249')).stdout).toContain(`users:(("kube-proxy",pid=${pid},fd=3))`);
    expect((await run(sim, NODE, 'netstat -tlnp | grep 10249')).stdout).toContain(`${pid}/kube-proxy`);
  });

  test('files of an image are as old as the image', async () => {
    expect((await run(sim, 'web', 'curl -sI localhost | grep -i last-modified')).stdout).toBe('Last-Modified: Tue, 07 Oct 2025 17:04:07 GMT\r\n');
  });
});

describe('what one container does, the others survive', () => {
  const others = async () => (await run(sim, 'web', 'curl -s -o /dev/null -w "%{http_code}" localhost')).stdout;

  test.each([
    ['an endless loop', 'timeout 1 sh -c "while :; do :; done"; echo $?', '143\n[0]'],
    ['endless output', 'timeout 1 sh -c "yes | cat > /dev/null"; echo $?', '143\n[0]'],
    ['endless output that nobody wants', 'yes | head -n 1; seq 1 1000000000 | head -n 1', 'y\n1\n[0]'],
    ['a file without end', 'timeout 1 cat /dev/zero > /dev/null; echo $?', '143\n[0]'],
    ['a function that calls itself', "sh -c 'f() { f; }; f'; echo $?", '1\nsh: f: maximum function nesting level exceeded (1000)\n[0]'],
  ])('%s', async (_, command, expected) => {
    expect(await check('box', command)).toBe(expected);
    expect(await others()).toBe('200');
  });

  test('^C ends a loop that says nothing, and output that does not end', async () => {
    for (const command of ['while :; do :; done', 'yes']) {
      let keys: ((bytes: string) => void) | undefined;
      const stdin = { read: () => new Promise<string>((resolve) => (keys = resolve)), unread: () => undefined };
      let ended: number | undefined;
      const sink = { write: () => Promise.resolve() };
      void sim.containers.exec({ namespace: 'default', pod: 'box' }, ['sh', '-c', command], { tty: true, stdin, stdout: sink, stderr: sink, signal: new AbortController().signal }).then(({ exitCode }) => (ended = exitCode));
      await sim.settleUntil(() => keys !== undefined, 1000);
      await sim.settleUntil(() => false, 500);
      expect(ended).toBeUndefined();
      keys!('\x03');
      await sim.settleUntil(() => ended !== undefined, 5000);
      expect(ended).toBe(130);
    }
  });

  test('a fork bomb fills its own container and no other', { timeout: 60_000 }, async () => {
    await run(sim, 'box', "sh -c 'f() { f | f & }; f' > /dev/null 2>&1");
    await sim.settleUntil(() => false, 1000);
    expect(await others()).toBe('200');
    const processes = Number((await run(sim, NODE, 'ls /proc | grep -c "^[0-9]"')).stdout);
    expect(processes).toBeGreaterThan(100);
    expect(processes).toBeLessThan(700);
    await run(sim, NODE, 'crictl stop $(crictl ps -q --name box)');
    await sim.settleUntil(() => false, 2000);
    expect(Number((await run(sim, 'box', 'ls /proc | grep -c "^[0-9]"')).stdout)).toBeLessThan(10);
  });
});
