/** Which cluster a lab is put on when nobody names one. */
import { expect, test } from 'vitest';
import type { ClusterInfo } from '../../src/cluster/cluster.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Attempt } from '../../src/lab/progress.ts';
import { usualCluster } from '../../src/lab/usual-cluster.ts';

const cluster = (name: string, cni: ClusterInfo['cni'] = 'calico', proxyMode: ClusterInfo['proxyMode'] = 'iptables'): ClusterInfo => ({
  backend: 'simulator', name, cni, proxyMode, kubernetesVersion: 'v1.35.0', kubeconfig: '', context: '', nodes: ['a', 'b', 'c'], running: true,
});
const CALICO = cluster('lab');
const FLANNEL = cluster('lab', 'flannel');
const IPVS = cluster('lab', 'calico', 'ipvs');

const rows: readonly (readonly [string, Partial<Lab>, readonly ClusterInfo[], string | undefined, string])[] = [
  ['any lab, nothing there', {}, [], undefined, 'lab calico iptables'],
  ['any lab takes the plugin that is there', {}, [FLANNEL], undefined, 'lab flannel iptables'],
  ['a lab on Flannel', { needs: ['cni-flannel'] }, [CALICO], undefined, 'lab-flannel flannel iptables'],
  ['a lab on Flannel, nothing there', { needs: ['cni-flannel'] }, [], undefined, 'lab-flannel flannel iptables'],
  ['a lab on Flannel, on Flannel', { needs: ['cni-flannel'] }, [FLANNEL], undefined, 'lab flannel iptables'],
  ['policies want Calico', { needs: ['network-policy'] }, [FLANNEL], undefined, 'lab-calico calico iptables'],
  ['a lab on IPVS', { proxyMode: 'ipvs' }, [CALICO], undefined, 'lab-ipvs calico ipvs'],
  ['a lab on IPVS, switched already', { proxyMode: 'ipvs' }, [IPVS], undefined, 'lab calico ipvs'],
  ['any lab, when the usual one was switched', {}, [IPVS], undefined, 'lab-iptables calico iptables'],
  ['a lab that may switch by itself', { touches: 'cluster' }, [IPVS], undefined, 'lab calico ipvs'],
  ['a lab that runs stays, though it has switched its cluster', {}, [IPVS], 'lab', 'lab calico ipvs'],
  ['a lab that runs elsewhere', { proxyMode: 'ipvs' }, [CALICO, cluster('mine', 'calico', 'ipvs')], 'mine', 'mine calico ipvs'],
  ['a lab whose cluster has gone', {}, [CALICO], 'gone', 'lab calico iptables'],
];

test.each(rows)('%s', (_title, wishes, known, runsOn, expected) => {
  const lab = { id: 'pack/one', needs: [], ...wishes } as unknown as Lab;
  const attempts = runsOn === undefined ? [] : [{ lab: 'pack/one', cluster: runsOn } as Attempt];
  const { name, cni, proxyMode } = usualCluster(lab, 'lab', known, attempts);
  expect(`${name} ${cni} ${proxyMode}`).toBe(expected);
});
