/** `kubectl get`: objects to cells, with the words of printers.go. The clock stands two days after the objects were made. */
import { expect, test } from 'vitest';
import type { KubeObject, Stored } from '../../src/api/object.ts';
import { formatTable } from '../../src/base/table.ts';
import { toTable } from '../../src/kinds/printer.ts';
import { world, type Anything } from './world.ts';

const NOW = Date.UTC(2026, 0, 3);
const { registry } = world();

/** The table as kubectl lays it out, wide columns included. */
function check(kind: string, objects: Anything[]): string {
  const made = objects.map((entry) => ({ ...entry, metadata: { creationTimestamp: '2026-01-01T00:00:00Z', ...(entry['metadata'] as Anything) } }) as unknown as Stored<KubeObject>);
  const { columnDefinitions, rows } = toTable(registry.resolve(kind), made, NOW);
  return formatTable([columnDefinitions.map(({ name }) => name.toUpperCase()), ...rows.map((row) => row.cells.map(String))]);
}

const running = { running: { startedAt: '2026-01-01T00:00:01Z' } };
const container = (name: string, more: Anything) => ({ name, ready: false, restartCount: 0, image: 'x', imageID: '', state: running, ...more });
const spec = (more: Anything = {}) => ({ containers: [{ name: 'a', image: 'x' }], ...more });

test('the STATUS of a pod is read from many places', () => {
  const pods = [
    { metadata: { name: 'new' }, spec: spec(), status: { phase: 'Pending' } },
    { metadata: { name: 'runs' }, spec: spec({ nodeName: 'worker' }), status: { phase: 'Running', podIP: '10.244.1.2', podIPs: [{ ip: '10.244.1.2' }], containerStatuses: [container('a', { ready: true })] } },
    { metadata: { name: 'pulls' }, spec: spec(), status: { phase: 'Pending', containerStatuses: [container('a', { state: { waiting: { reason: 'ImagePullBackOff' } } })] } },
    { metadata: { name: 'crashes' }, spec: spec(), status: { phase: 'Running', containerStatuses: [container('a', { restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-02T23:59:00Z' } } })] } },
    { metadata: { name: 'done' }, spec: spec(), status: { phase: 'Succeeded', containerStatuses: [container('a', { state: { terminated: { exitCode: 0, reason: 'Completed' } } })] } },
    { metadata: { name: 'killed' }, spec: spec(), status: { phase: 'Failed', containerStatuses: [container('a', { state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } })] } },
    { metadata: { name: 'inits' }, spec: spec({ initContainers: [{ name: 'i' }, { name: 'j' }] }), status: { phase: 'Pending', initContainerStatuses: [container('i', { state: { terminated: { exitCode: 0 } } }), container('j', {})], containerStatuses: [container('a', { state: { waiting: { reason: 'PodInitializing' } } })] } },
    { metadata: { name: 'sidecar' }, spec: spec({ initContainers: [{ name: 's', restartPolicy: 'Always' }] }), status: { phase: 'Running', conditions: [{ type: 'Initialized', status: 'True' }], initContainerStatuses: [container('s', { ready: true, started: true })], containerStatuses: [container('a', { ready: true })] } },
    { metadata: { name: 'ends', deletionTimestamp: '2026-01-03T00:00:00Z' }, spec: spec(), status: { phase: 'Running', containerStatuses: [container('a', { ready: true })] } },
    { metadata: { name: 'evicted' }, spec: spec(), status: { phase: 'Failed', reason: 'Evicted' } },
    { metadata: { name: 'gated' }, spec: spec({ readinessGates: [{ conditionType: 'lab' }] }), status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] } },
  ];
  expect(check('pods', pods)).toMatchInlineSnapshot(`
    "NAME      READY   STATUS             RESTARTS      AGE   IP           NODE     NOMINATED NODE   READINESS GATES
    new       0/1     Pending            0             2d    <none>       <none>   <none>           <none>
    runs      1/1     Running            0             2d    10.244.1.2   worker   <none>           <none>
    pulls     0/1     ImagePullBackOff   0             2d    <none>       <none>   <none>           <none>
    crashes   0/1     CrashLoopBackOff   4 (60s ago)   2d    <none>       <none>   <none>           <none>
    done      0/1     Completed          0             2d    <none>       <none>   <none>           <none>
    killed    0/1     OOMKilled          0             2d    <none>       <none>   <none>           <none>
    inits     0/1     Init:1/2           0             2d    <none>       <none>   <none>           <none>
    sidecar   2/2     Running            0             2d    <none>       <none>   <none>           <none>
    ends      1/1     Terminating        0             2d    <none>       <none>   <none>           <none>
    evicted   0/1     Evicted            0             2d    <none>       <none>   <none>           <none>
    gated     0/1     SchedulingGated    0             2d    <none>       <none>   <none>           0/1"
  `);
});

test('Services by type', () => {
  const services = [
    { metadata: { name: 'web' }, spec: { type: 'ClusterIP', clusterIP: '10.96.5.5', ports: [{ port: 80, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }], selector: { tier: 'b', app: 'a' } } },
    { metadata: { name: 'db' }, spec: { type: 'ClusterIP', clusterIP: 'None' } },
    { metadata: { name: 'node' }, spec: { type: 'NodePort', clusterIP: '10.96.5.6', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] } },
    { metadata: { name: 'lb' }, spec: { type: 'LoadBalancer', clusterIP: '10.96.5.7', ports: [{ port: 443, nodePort: 31000, protocol: 'TCP' }] }, status: { loadBalancer: {} } },
    { metadata: { name: 'out' }, spec: { type: 'ExternalName', externalName: 'example.com' } },
  ];
  expect(check('services', services)).toMatchInlineSnapshot(`
    "NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)         AGE   SELECTOR
    web    ClusterIP      10.96.5.5    <none>        80/TCP,53/UDP   2d    app=a,tier=b
    db     ClusterIP      None         <none>        <none>          2d    <none>
    node   NodePort       10.96.5.6    <none>        80:30080/TCP    2d    <none>
    lb     LoadBalancer   10.96.5.7    <pending>     443:31000/TCP   2d    <none>
    out    ExternalName   <none>       example.com   <none>          2d    <none>"
  `);
});

test('workloads, nodes, events', () => {
  const template = { spec: { containers: [{ name: 'a', image: 'nginx:1.27' }, { name: 'b', image: 'redis:7' }] } };
  const selector = { matchLabels: { app: 'web' } };
  expect(check('deployments.apps', [{ metadata: { name: 'web' }, spec: { replicas: 3, selector, template }, status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 2 } }])).toMatchInlineSnapshot(`
    "NAME   READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES               SELECTOR
    web    2/3     3            2           2d    a,b          nginx:1.27,redis:7   app=web"
  `);
  expect(check('daemonsets.apps', [{ metadata: { name: 'agent' }, spec: { selector, template: { spec: { ...template.spec, nodeSelector: { disk: 'ssd' } } } }, status: { desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 1, updatedNumberScheduled: 2, numberAvailable: 1 } }])).toMatchInlineSnapshot(`
    "NAME    DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE   CONTAINERS   IMAGES               SELECTOR
    agent   2         2         1       2            1           disk=ssd        2d    a,b          nginx:1.27,redis:7   app=web"
  `);
  expect(
    check('nodes', [
      { metadata: { name: 'cp', labels: { 'node-role.kubernetes.io/control-plane': '' } }, spec: { unschedulable: true }, status: { conditions: [{ type: 'Ready', status: 'True' }], addresses: [{ type: 'InternalIP', address: '172.18.0.2' }], nodeInfo: { kubeletVersion: 'v1.35.0', osImage: 'Debian', kernelVersion: '6.1', containerRuntimeVersion: 'containerd://2.1' } } },
      { metadata: { name: 'gone' }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
    ]),
  ).toMatchInlineSnapshot(`
    "NAME   STATUS                     ROLES           AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE    KERNEL-VERSION   CONTAINER-RUNTIME
    cp     Ready,SchedulingDisabled   control-plane   2d    v1.35.0   172.18.0.2    <none>        Debian      6.1              containerd://2.1
    gone   NotReady                   <none>          2d              <none>        <none>        <unknown>   <unknown>        <unknown>"
  `);
  expect(
    check('events', [{ metadata: { name: 'e.1' }, involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{a}' }, type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container\n', source: { component: 'kubelet', host: 'worker' }, count: 3, firstTimestamp: '2026-01-02T23:55:00Z', lastTimestamp: '2026-01-02T23:59:30Z' }]),
  ).toMatchInlineSnapshot(`
    "LAST SEEN          TYPE      REASON    OBJECT   SUBOBJECT            SOURCE            MESSAGE                                FIRST SEEN   COUNT   NAME
    30s (x3 over 5m)   Warning   BackOff   pod/p    spec.containers{a}   kubelet, worker   Back-off restarting failed container   5m           3       e.1"
  `);
});
