/** A lab and its surroundings for the tests of this folder. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../src/lab/lab.ts';
import type { ShellFolders } from '../../src/lab/shell/lab-shell.ts';

/** A folder of its own under the system's temporary one. */
export const scratch = (): string => mkdtempSync(join(tmpdir(), 'cka-test-'));

export function makeLab(changes: Partial<Lab> = {}): Lab {
  return {
    id: 'pack/first', title: 'First', domain: 'Troubleshooting', competency: 'c', difficulty: 'easy', minutes: 5, needs: [], namespaces: ['one'],
    task: 'Do it.', hints: ['Look.', 'Look closer.'], solution: 'Done.', debrief: 'Learnt.', folder: '/nowhere', setup: [], documentation: [],
    criteria: [
      { id: 'there', title: 'It is there', points: 2, use: 'exists', with: { resource: 'configmaps', name: 'answer', namespace: 'one' } },
      { id: 'right', title: 'It is right', points: 1, use: 'field', with: { resource: 'configmaps', name: 'answer', namespace: 'one', path: 'data.value', equals: '42' } },
    ],
    proof: { solution: '/nowhere/solution.sh', alternatives: [], mistakes: [] },
    ...changes,
  };
}

/** Folders with a kubeconfig in them, and an environment with next to nothing in it. */
export function makeFolders(env: ShellFolders['env'] = {}): ShellFolders & { readonly kubeconfig: string } {
  const root = scratch();
  const kubeconfig = join(root, 'kubeconfig');
  writeFileSync(kubeconfig, KUBECONFIG);
  return { run: join(root, 'run'), data: join(root, 'data'), cache: join(root, 'cache'), self: ['/usr/bin/node', '/opt/cka/main.js'], env, kubeconfig };
}

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- name: kind-cka-lab
  cluster: { server: "https://127.0.0.1:1", certificate-authority-data: AA== }
users:
- name: kind-cka-lab
  user: { client-certificate-data: AA==, client-key-data: AA== }
contexts:
- name: kind-cka-lab
  context: { cluster: kind-cka-lab, user: kind-cka-lab }
current-context: kind-cka-lab
`;
