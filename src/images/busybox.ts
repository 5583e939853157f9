/** busybox: one binary, in /bin under all its names. See hub.docker.com/_/busybox. */
import { busybox as root } from './bases/alpine.ts';
import { DEFAULT_PATH, type ImageRecipe } from './image.ts';
import { seriesRange, versionTags } from './tags.ts';

export const busybox: ImageRecipe = {
  repository: 'docker.io/library/busybox',
  tags: versionTags({
    series: { ...seriesRange('1', 21, 37, 1), '1.26': 2, '1.27': 2, '1.28': 4, '1.29': 3, '1.31': 1, '1.33': 1, '1.34': 1, '1.36': 1 },
    majors: ['1'],
    names: ['latest', 'stable', 'unstable', 'musl', 'glibc', 'uclibc', 'stable-musl', 'stable-glibc', 'stable-uclibc'],
    suffix: /(glibc|musl|uclibc)/,
  }),
  files: (files, tag) => root(files, /^1\.\d+/.test(tag) ? tag.split('-')[0]! : '1.37.0'),
  cmd: ['sh'],
  env: { PATH: DEFAULT_PATH },
  sizeBytes: 2_210_000,
};

/** What local-path-provisioner runs to make and remove directories: a small Debian in kind, with a shell. */
export const localPathHelper: ImageRecipe = {
  repository: 'docker.io/kindest/local-path-helper',
  tags: (tag) => /^v\d{8}-[0-9a-f]+$/.test(tag),
  files: (files) => root(files, '1.36.1'),
  cmd: ['sh'],
  env: { PATH: DEFAULT_PATH },
  sizeBytes: 3_052_037,
};
