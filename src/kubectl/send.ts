/** New objects to the server: flags of every creating verb, the request, and what is printed about it. */
import type { Run } from './command.ts';
import type { Flag } from './flags.ts';
import { plainError } from './io.ts';
import { withLastApplied } from './last-applied.ts';
import type { KubeObject } from './object.ts';
import { pathOf } from './resources.ts';
import { DRY_RUN_FLAG, printResult, RESULT_FLAGS, type DryRun } from './result.ts';

export const VALIDATE_FLAG: Flag = { name: 'validate', type: 'string', value: 'strict', bare: 'strict', help: 'Must be one of: strict (or true), warn, ignore (or false).', check: (text) => void validationOf(text) };
export const SAVE_CONFIG_FLAG: Flag = { name: 'save-config', type: 'bool', value: false, help: 'If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged. This flag is useful when you want to perform kubectl apply on this object in the future.' };

export function managerFlag(value: string): Flag {
  return { name: 'field-manager', type: 'string', value, help: 'Name of the manager used to track field ownership.' };
}

export const CREATE_FLAGS: readonly Flag[] = [...RESULT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG, SAVE_CONFIG_FLAG, managerFlag('kubectl-create')];

/** Where objects of a kind live; known for what kubectl itself makes, so that no discovery is needed. */
export interface Place {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** `?fieldManager=…&fieldValidation=…&dryRun=All` */
export function writeQuery(run: Run, dryRun: DryRun, manager = run.flags.text('field-manager')): string {
  const validation = run.flags.known.some((flag) => flag.name === 'validate') ? `&fieldValidation=${validationOf(run.flags.text('validate'))}` : '';
  return `?fieldManager=${encodeURIComponent(manager)}${validation}${dryRun === 'server' ? '&dryRun=All' : ''}`;
}

function validationOf(text: string): string {
  switch (text.toLowerCase()) {
    case 'strict':
    case 'true':
      return 'Strict';
    case 'warn':
      return 'Warn';
    case 'ignore':
    case 'false':
      return 'Ignore';
    default:
      throw plainError(`invalid - validate option ${JSON.stringify(text)}; must be one of: strict (or true), warn, ignore (or false)`);
  }
}

/** Creates (or, without sending it, prints) one object that kubectl made. @returns as the server has it */
export async function sendNew(run: Run, place: Place, object: KubeObject, dryRun: DryRun, operation = 'created'): Promise<KubeObject> {
  const explicit = run.flags.text('namespace');
  // Only a namespace from the command line becomes part of the object.
  const placed = place.namespaced && explicit ? withNamespace(object, explicit) : object;
  const saved = run.flags.bool('save-config') ? withLastApplied(placed) : placed;
  const answer = dryRun === 'client' ? saved : await run.client.json<KubeObject>('POST', pathOf(place, run.namespace) + writeQuery(run, dryRun), { body: saved });
  printResult(run, answer, operation, dryRun, { typed: true });
  return answer;
}

/** In the place where Go's ObjectMeta has it: behind the name. */
export function withNamespace(object: KubeObject, namespace: string): KubeObject {
  const { name, ...rest } = object.metadata ?? {};
  return { ...object, metadata: { ...(name === undefined ? {} : { name }), namespace, ...rest } };
}
