/** How namespaces that labs have made are known: what cka removes from a cluster is what carries these labels, and nothing else. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

/** Its value is the lab's id with a dot for the slash. */
export const LAB_LABEL = 'cka-trainer/lab';
/** Whose labs they are, on a cluster where others may practise, too. */
export const OWNER_LABEL = 'cka-trainer/owner';

/** The namespaces of labs, of one owner where the cluster has several. */
export function labSelector(owner: string | undefined): string {
  return owner === undefined ? LAB_LABEL : `${LAB_LABEL},${OWNER_LABEL}=${owner}`;
}

/** One name for one data folder on one machine: another learner, or another CKA_HOME, is another owner. */
export function ownerOf(data: string): string {
  return createHash('sha256').update(`${hostname()}\n${data}`).digest('hex').slice(0, 16);
}
