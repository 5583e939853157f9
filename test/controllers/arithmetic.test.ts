/** How many pods a rollout may have and may lose, as rows. */
import { expect, test } from 'vitest';
import { newReplicaSetSize, proportionalSizes, removableOldPods, resolveBounds } from '../../src/controllers/deployment/arithmetic.ts';

test.each([
  // maxSurge, maxUnavailable, replicas → surge, unavailable
  ['25%', '25%', 4, 1, 1],
  ['25%', '25%', 2, 1, 0],
  ['25%', '25%', 1, 1, 0],
  ['25%', '25%', 10, 3, 2],
  [0, 0, 3, 0, 1],
  ['0%', '0%', 3, 0, 1],
  [2, 9, 3, 2, 3],
] as const)('surge %s and unavailable %s of %i pods mean %i and %i', (surge, unavailable, replicas, maxSurge, maxUnavailable) => {
  expect(resolveBounds(surge, unavailable, replicas)).toEqual({ maxSurge, maxUnavailable });
});

test.each([
  ['first step: room for the surge', { replicas: 4, newSize: 0, allSize: 4, maxSurge: 1 }, 1],
  ['no room yet', { replicas: 4, newSize: 1, allSize: 5, maxSurge: 1 }, 1],
  ['one old pod has gone', { replicas: 4, newSize: 1, allSize: 4, maxSurge: 1 }, 2],
  ['never more than wanted', { replicas: 2, newSize: 1, allSize: 1, maxSurge: 5 }, 2],
])('new ReplicaSet, %s', (_title, given, size) => {
  expect(newReplicaSetSize(given)).toBe(size);
});

test.each([
  ['the new pod is not available: nothing may go', { replicas: 2, maxUnavailable: 0, allSize: 3, newSize: 1, newAvailable: 0 }, 0],
  ['the new pod is available: one may go', { replicas: 2, maxUnavailable: 0, allSize: 3, newSize: 1, newAvailable: 1 }, 1],
  ['one may be missing from the start', { replicas: 4, maxUnavailable: 1, allSize: 4, newSize: 0, newAvailable: 0 }, 1],
])('old pods, %s', (_title, given, count) => {
  expect(removableOldPods(given)).toBe(count);
});

test.each([
  // sizes before (with their annotated maximum), replicas, maxSurge → sizes after
  [[[8, 13], [5, 13]], 15, 3, [11, 7]],
  [[[5, 12], [4, 12], [3, 12]], 20, 2, [9, 7, 6]],
  [[[6, 8], [2, 8]], 4, 0, [3, 1]],
] as const)('scaled in the middle of a rollout: %j to %i (surge %i) makes %j', (before, replicas, surge, after) => {
  const shares = before.map(([size, annotatedMax]) => ({ size, annotatedMax }));
  expect(proportionalSizes(shares, replicas, surge, 0)).toEqual(after);
});
