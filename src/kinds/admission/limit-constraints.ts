/**
 * What a LimitRange allows: minimum, maximum and the ratio of limit to request, per container, pod or claim.
 * Knows no defaults. See plugin/pkg/admission/limitranger/admission.go.
 */
import { addQuantities, compareQuantities, parseQuantity, printQuantity, type Quantity } from '../../api/quantity.ts';

export type Amounts = Readonly<Record<string, string>>;

export interface Limit {
  readonly type: string;
  readonly min?: Amounts;
  readonly max?: Amounts;
  readonly maxLimitRequestRatio?: Amounts;
}

/** What a container, a pod or a claim asks for. */
export interface Usage {
  readonly requests?: Amounts;
  readonly limits?: Amounts;
}

interface PodLike {
  readonly containers?: readonly { readonly resources?: Usage }[];
  readonly initContainers?: readonly { readonly resources?: Usage; readonly restartPolicy?: string }[];
}

/** What is wrong with a pod, each in a sentence of the real server. */
export function podProblems(limits: readonly Limit[], spec: PodLike): readonly string[] {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ resources = {} }) => resources);
  return limits.flatMap((limit) => {
    if (limit.type === 'Container') return containers.flatMap((usage) => problems(limit, usage));
    return limit.type === 'Pod' ? problems(limit, usageOfPod(spec)) : [];
  });
}

/** Claims have requests alone. */
export function claimProblems(limits: readonly Limit[], { requests = {} }: Usage): readonly string[] {
  return limits.filter(({ type }) => type === 'PersistentVolumeClaim').flatMap(({ type, min, max }) => [
    ...each(min, (name, least) => belowMinimum(type, name, least, requests[name], undefined)),
    ...each(max, (name, most) => {
      const head = `maximum ${name} usage per ${type} is ${most}`;
      if (requests[name] === undefined) return `${head}.  No request is specified`;
      return compareQuantities(requests[name], most) > 0 ? `${head}, but request is ${requests[name]}` : undefined;
    }),
  ]);
}

function problems({ type, min, max, maxLimitRequestRatio }: Limit, { requests = {}, limits = {} }: Usage): readonly string[] {
  return [
    ...each(min, (name, least) => belowMinimum(type, name, least, requests[name], limits[name])),
    ...each(max, (name, most) => aboveMaximum(type, name, most, requests[name], limits[name])),
    ...each(maxLimitRequestRatio, (name, ratio) => tooFarApart(type, name, ratio, requests[name], limits[name])),
  ];
}

function belowMinimum(type: string, name: string, least: string, request: string | undefined, limit: string | undefined): string | undefined {
  const head = `minimum ${name} usage per ${type} is ${least}`;
  if (request === undefined) return `${head}.  No request is specified`;
  if (compareQuantities(request, least) < 0) return `${head}, but request is ${request}`;
  return limit !== undefined && compareQuantities(limit, least) < 0 ? `${head}, but limit is ${limit}` : undefined;
}

function aboveMaximum(type: string, name: string, most: string, request: string | undefined, limit: string | undefined): string | undefined {
  const head = `maximum ${name} usage per ${type} is ${most}`;
  if (limit === undefined) return `${head}.  No limit is specified`;
  if (compareQuantities(limit, most) > 0) return `${head}, but limit is ${limit}`;
  return request !== undefined && compareQuantities(request, most) > 0 ? `${head}, but request is ${request}` : undefined;
}

function tooFarApart(type: string, name: string, ratio: string, request: string | undefined, limit: string | undefined): string | undefined {
  const head = `${name} max limit to request ratio per ${type} is ${ratio}`;
  const [asked, allowed] = [nanos(request), nanos(limit)];
  if (asked === 0n) return `${head}, but no request is specified or request is 0`;
  if (allowed === 0n) return `${head}, but no limit is specified or limit is 0`;
  return allowed * 1_000_000_000n > asked * nanos(ratio) ? `${head}, but provided ratio is ${(Number(allowed) / Number(asked)).toFixed(6)}` : undefined;
}

const nanos = (amount: string | undefined): bigint => (amount === undefined ? 0n : (parseQuantity(amount)?.nanos ?? 0n));

/** Containers run side by side, init containers one by one before them unless they stay. */
function usageOfPod({ containers = [], initContainers = [] }: PodLike): Usage {
  const total = (field: 'requests' | 'limits'): Amounts => {
    const sums: Record<string, string> = {};
    for (const { resources } of [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')]) {
      for (const [name, amount] of Object.entries(resources?.[field] ?? {})) sums[name] = printQuantity(addQuantities(sums[name] === undefined ? undefined : parseQuantity(sums[name]), parseQuantity(amount) as Quantity));
    }
    for (const { resources, restartPolicy } of initContainers) {
      if (restartPolicy === 'Always') continue;
      for (const [name, amount] of Object.entries(resources?.[field] ?? {})) if (compareQuantities(amount, sums[name] ?? '0') > 0) sums[name] = amount;
    }
    return sums;
  };
  return { requests: total('requests'), limits: total('limits') };
}

function each(amounts: Amounts | undefined, problem: (name: string, amount: string) => string | undefined): readonly string[] {
  return Object.entries(amounts ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, amount]) => problem(name, amount) ?? []);
}
