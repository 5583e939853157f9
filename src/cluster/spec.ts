/** What a cluster was made with, beside what is asked of it now. */
import { UserError } from '../base/user-error.ts';
import type { ClusterSpec } from './cluster.ts';
import { USUAL_ENCAPSULATION } from './encapsulation.ts';

/** @throws UserError when there is a cluster of that name, made in another way */
export function refuseOther(known: ClusterSpec, wanted: ClusterSpec): void {
  const before = whole(known);
  // Who says nothing of the encapsulation takes the one that is there.
  const now = whole({ ...wanted, encapsulation: wanted.encapsulation ?? before.encapsulation });
  const differs = (['cni', 'workers', 'proxyMode', 'encapsulation'] as const).filter((field) => before[field] !== now[field]);
  if (differs.length === 0) return;
  const say = (spec: ClusterSpec) => differs.map((field) => `${field} ${spec[field]}`).join(', ');
  throw new UserError(`The cluster ${known.name} exists with ${say(before)}, not ${say(now)}.`, `Remove it with \`cka cluster down --name ${known.name}\`, or choose another name.`);
}

const whole = (spec: ClusterSpec) => ({ ...spec, encapsulation: spec.encapsulation ?? USUAL_ENCAPSULATION });
