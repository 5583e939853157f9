/** Where things are kept. */
import { expect, test } from 'vitest';
import { appPaths, clusterFolder } from '../../src/cluster/paths.ts';

test('CKA_HOME moves everything', () => {
  const paths = appPaths({ CKA_HOME: '/lab', HOME: '/home/me', XDG_DATA_HOME: '/elsewhere' });
  expect([paths, clusterFolder(paths, 'x')]).toEqual([{ data: '/lab/data', cache: '/lab/cache', run: '/lab/run' }, '/lab/data/clusters/x']);
});

test('where no folder can be made, that is said', () => {
  expect(() => appPaths({ CKA_HOME: '/proc/x' })).toThrow('Nothing can be kept in /proc/x/data.');
  expect(() => appPaths({ HOME: '/proc/nope', XDG_RUNTIME_DIR: '/run/user/1' })).toThrow('Nothing can be kept in /proc/nope');
  expect(appPaths({ CKA_HOME: '/process/x' }).data).toBe('/process/x/data');
});

test.runIf(process.platform === 'linux')('otherwise the XDG folders', () => {
  expect(appPaths({ HOME: '/home/me', XDG_RUNTIME_DIR: '/run/user/1' })).toEqual({ data: '/home/me/.local/share/cka-trainer', cache: '/home/me/.cache/cka-trainer', run: '/run/user/1/cka-trainer' });
  expect(appPaths({ HOME: '/home/me', XDG_DATA_HOME: '/d', XDG_CACHE_HOME: '/c', XDG_RUNTIME_DIR: '/r' })).toEqual({ data: '/d/cka-trainer', cache: '/c/cka-trainer', run: '/r/cka-trainer' });
});
