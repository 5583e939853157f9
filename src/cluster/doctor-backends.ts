/**
 * What the doctor says of real clusters: the rows about kind, which backends can run here, and which labs need one that
 * cannot, and where they go instead. Nobody is kept from the simulator: what kind lacks is a failure only for whoever
 * asked for kind. Knows labs by name and need only.
 */
import type { Capability } from './cluster.ts';
import type { DoctorRow } from './doctor.ts';
import { examineKind, type Wish } from './doctor-kind.ts';
import { Tools } from './tools.ts';
import { contextsIn, kubeconfigPaths } from './user-kubeconfig.ts';

export interface LabNeeds {
  readonly id: string;
  readonly needs: readonly Capability[];
}

export interface BackendQuestion extends Wish {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly labs: readonly LabNeeds[];
  /** The user wants kind, and nothing else will do. */
  readonly wantsKind?: boolean;
}

/** Rows about kind carry `for: 'kind'`. */
export async function examineBackends({ env, labs, wantsKind = false, ...wish }: BackendQuestion): Promise<readonly DoctorRow[]> {
  const rows = await examineKind(new Tools({ env }), wish);
  const failures = rows.filter(({ status }) => status === 'failure');
  const contexts = await contextsIn(kubeconfigPaths(env)).catch(() => []);
  const kind: DoctorRow = failures.length === 0
    ? { id: 'backend-kind', title: 'Backend kind', status: 'ok', detail: 'can run here: cka cluster up --backend kind' }
    : { id: 'backend-kind', title: 'Backend kind', status: 'warning', detail: `cannot run here (${failures.map(({ title }) => title).join(', ')})`, action: 'Mend what is said above, or go on with the simulator, which runs every lab but those that need kind.' };
  const told = [...rows.map((row): DoctorRow => ({ ...row, for: 'kind' })), kind];
  return [
    ...(wantsKind ? told : told.map((row): DoctorRow => (row.status === 'failure' ? { ...row, status: 'warning' } : row))),
    { id: 'backend-simulator', title: 'Backend simulator', status: 'ok', detail: 'can run here' },
    { id: 'backend-existing', title: 'Backend existing', status: 'ok', detail: contexts.length === 0 ? 'no kubeconfig with a context' : `only when you name it: cka cluster up --backend existing --context NAME (${contexts.length} in your kubeconfig)` },
    labsRow(rows, labs),
  ];
}

function labsRow(rows: readonly DoctorRow[], labs: readonly LabNeeds[]): DoctorRow {
  const row = { id: 'labs', title: 'Labs' };
  const isMarked = (id: string) => rows.some((candidate) => candidate.id === id && candidate.status !== 'ok');
  const isImpossible = rows.some(({ status }) => status === 'failure');
  const onlyOnKind = isImpossible ? those(labs, 'kind') : [];
  const moved = isImpossible ? [] : [
    ...(isMarked('module-ipvs') || isMarked('rootless') ? [`${those(labs, 'ipvs').join(', ')} (no IPVS in the nodes' kernel)`] : []),
    ...(isMarked('module-bridge') ? [`${those(labs, 'cni-flannel').join(', ')} (no br_netfilter for Flannel)`] : []),
  ].filter((text) => !text.startsWith(' '));
  const simulated = labs.filter(({ needs }) => SIMULATED.some((need) => needs.includes(need))).length;
  const detail = [
    ...(onlyOnKind.length > 0 ? [`${onlyOnKind.join(', ')} cannot run here: kind is needed`] : [`all ${labs.length} can run here`]),
    ...(moved.length > 0 ? [`on the simulator, not on kind: ${moved.join('; ')}`] : []),
    ...(simulated > 0 ? [`${simulated} of them on the simulator only, for machines that no real cluster has`] : []),
  ].join('; ');
  if (onlyOnKind.length > 0) return { ...row, status: 'warning', detail, action: 'Mend what keeps kind from running.' };
  return moved.length > 0 ? { ...row, status: 'warning', detail, action: 'Start those with --backend simulator.' } : { ...row, status: 'ok', detail };
}

/** What no real cluster offers. */
const SIMULATED: readonly Capability[] = ['simulator', 'plain-machines'];

const those = (labs: readonly LabNeeds[], need: Capability): readonly string[] => labs.filter(({ needs }) => needs.includes(need)).map(({ id }) => id);
