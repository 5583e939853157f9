/**
 * What the doctor says of real clusters: the rows about kind, which backends can run here, and which labs need one that
 * cannot. What fails here keeps nobody from the simulator. Knows labs by name and need only.
 */
import type { Capability } from './cluster.ts';
import type { DoctorRow } from './doctor.ts';
import { examineKind } from './doctor-kind.ts';
import { Tools } from './tools.ts';
import { contextsIn, kubeconfigPaths } from './user-kubeconfig.ts';

export interface LabNeeds {
  readonly id: string;
  readonly needs: readonly Capability[];
}

/** Rows about kind carry `for: 'kind'`. */
export async function examineBackends(env: Readonly<Record<string, string | undefined>>, labs: readonly LabNeeds[]): Promise<readonly DoctorRow[]> {
  const rows = (await examineKind(new Tools({ env }))).map((row): DoctorRow => ({ ...row, for: 'kind' }));
  const failures = rows.filter(({ status }) => status === 'failure');
  const contexts = await contextsIn(kubeconfigPaths(env)).catch(() => []);
  const kind: DoctorRow = failures.length === 0
    ? { id: 'backend-kind', title: 'Backend kind', status: 'ok', detail: 'can run here: cka cluster up --backend kind' }
    : { id: 'backend-kind', title: 'Backend kind', status: 'warning', detail: `cannot run here: ${failures.map(({ title, detail }) => `${title}: ${detail}`).join('; ')}` };
  return [
    ...rows,
    { id: 'backend-simulator', title: 'Backend simulator', status: 'ok', detail: 'can run here' },
    kind,
    { id: 'backend-existing', title: 'Backend existing', status: 'ok', detail: contexts.length === 0 ? 'no kubeconfig with a context' : `only when you name it: cka cluster up --backend existing --context NAME (${contexts.length} in your kubeconfig)` },
    labsRow(rows, labs),
  ];
}

function labsRow(rows: readonly DoctorRow[], labs: readonly LabNeeds[]): DoctorRow {
  const row = { id: 'labs', title: 'Labs' };
  const hasFailed = (id: string) => rows.some((candidate) => candidate.id === id && candidate.status !== 'ok');
  const isImpossible = rows.some(({ status }) => status === 'failure');
  const affected = [
    ...named(labs, 'kind', isImpossible, 'need kind, which cannot run here'),
    ...named(labs, 'ipvs', hasFailed('module-ipvs'), 'need IPVS, which this kernel does not have: use the simulator'),
    ...named(labs, 'cni-flannel', hasFailed('module-bridge'), 'need Flannel, which this kernel cannot run: use the simulator'),
  ];
  return affected.length === 0 ? { ...row, status: 'ok', detail: `all ${labs.length} can run here` } : { ...row, status: 'warning', detail: affected.join('; ') };
}

function named(labs: readonly LabNeeds[], need: Capability, isMissing: boolean, what: string): readonly string[] {
  const those = labs.filter(({ needs }) => needs.includes(need)).map(({ id }) => id);
  return isMissing && those.length > 0 ? [`${those.join(', ')} ${what}`] : [];
}
