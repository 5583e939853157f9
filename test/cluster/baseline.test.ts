/** The way back to a cluster's start, with the real kubectl on a simulator: whatever was added, changed or deleted. Skipped without kubectl. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Baseline, restoreBaseline, takeBaseline } from '../../src/cluster/baseline.ts';
import { findProgram } from '../../src/cluster/find-program.ts';
import { Engine } from '../../src/cluster/engine.ts';
import { KubectlClient } from '../../src/cluster/kubectl-client.ts';
import { type RunningSimulator, runSimulator } from '../../src/cluster/simulator-process.ts';
import { Tools } from '../../src/cluster/tools.ts';

const hasKubectl = findProgram('kubectl', process.env['PATH']) !== undefined;
if (!hasKubectl) process.stderr.write('baseline: skipped, there is no kubectl here\n');

const home = mkdtempSync(join(tmpdir(), 'cka-baseline-'));
let simulator: RunningSimulator;
let kubectl: KubectlClient;
let start: Baseline;

beforeAll(async () => {
  if (!hasKubectl) return;
  // Namespaces take seconds to go, as everywhere: here a second is a tenth of one.
  simulator = await runSimulator({ name: 'base', workers: 2, cni: 'calico', proxyMode: 'iptables', folder: join(home, 'base'), idleHours: 0, rehearsalSpeed: 10, log: () => undefined });
  const tools = new Tools({ env: { ...process.env, HOME: home } });
  kubectl = KubectlClient.for(simulator.kubeconfig, { engine: new Engine('docker', tools), name: 'base-control-plane' }, tools);
  await kubectl.must(['apply', '-f', '-'], { input: OF_REAL_CLUSTERS });
  await kubectl.must(['wait', '--for=condition=Established', 'crd/ippools.projectcalico.org']);
  writeFileSync(mirrored, MIRRORED);
  start = await takeBaseline(kubectl);
}, 180_000);
afterAll(async () => {
  await simulator?.stop();
  rmSync(home, { recursive: true, force: true });
}, 30_000);

/** What kubeadm leaves for nodes that join, and a kind that Calico's own API server shows a second time. */
const OF_REAL_CLUSTERS = `apiVersion: v1
kind: Secret
metadata: {name: bootstrap-token-abcdef, namespace: kube-system}
type: bootstrap.kubernetes.io/token
stringData: {token-id: abcdef}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cluster-info, namespace: kube-public}
data: {kubeconfig: "clusters: []", jws-kubeconfig-abcdef: signed}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ippools.projectcalico.org}
spec:
  group: projectcalico.org
  scope: Cluster
  names: {plural: ippools, singular: ippool, kind: IPPool}
  versions: [{name: v3, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`;
const MIRRORED = 'apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: seen-twice}\n';
const mirrored = join(home, 'mirrored.yaml');

/** What happened, and what the reset says of it. */
const ROWS: readonly (readonly [command: string, removed: readonly string[], putBack: readonly string[]])[] = [
  ['create namespace shop', ['ConfigMap shop/kube-root-ca.crt', 'Namespace shop', 'ServiceAccount shop/default'], []],
  ['create clusterrole reader --verb=get --resource=pods', ['ClusterRole reader'], []],
  ['run box --image=busybox:1.28 -- sleep 60', ['Pod default/box'], []],
  ['-n kube-system patch configmap coredns --type=merge -p {"data":{"Corefile":"broken"}}', [], ['ConfigMap kube-system/coredns']],
  ['-n kube-system delete service kube-dns', [], ['Service kube-system/kube-dns']],
  ['-n kube-system rollout restart daemonset/kube-proxy', [], []],
  ['-n kube-system delete secret bootstrap-token-abcdef', [], []],
  ['-n kube-public patch configmap cluster-info --type=merge -p {"data":{"jws-kubeconfig-abcdef":null}}', [], []],
  [`create -f ${mirrored}`, [], []],
  ['label node base-worker disk=ssd', [], ['Node base-worker']],
  ['taint node base-worker2 key=value:NoSchedule', [], ['Node base-worker2']],
  ['taint node base-control-plane node-role.kubernetes.io/control-plane-', [], ['Node base-control-plane']],
];

test.skipIf(!hasKubectl)('what was added goes, what was changed or deleted comes back, and then there is nothing to do', async () => {
  for (const [line] of ROWS) await kubectl.must(line.split(' '));
  const { removed, putBack } = await restoreBaseline(kubectl, start, () => undefined);
  expect(removed.toSorted()).toEqual(ROWS.flatMap(([, names]) => names).toSorted());
  expect(putBack.toSorted()).toEqual(ROWS.flatMap(([, , names]) => names).toSorted());
  expect(await restoreBaseline(kubectl, start, () => undefined)).toEqual({ removed: [], putBack: [] });
}, 240_000);
