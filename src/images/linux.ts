/** Plain distributions: alpine, debian, ubuntu. Their command is a shell, so a pod of one ends at once without a command. */
import { alpine as alpineRoot } from './bases/alpine.ts';
import { BOOKWORM, BULLSEYE, debian as debianRoot, TRIXIE, ubuntu as ubuntuRoot } from './bases/debian.ts';
import { DEFAULT_PATH, type ImageRecipe } from './image.ts';
import { seriesRange, versionTags } from './tags.ts';

const ALPINE_LATEST = '3.22.1';

export const alpine: ImageRecipe = {
  repository: 'docker.io/library/alpine',
  tags: versionTags({ series: { '2.6': 0, '2.7': 0, ...seriesRange('3', 1, 22, 4), '3.18': 12, '3.19': 8, '3.20': 7 }, majors: ['2', '3'], names: ['latest', 'edge'] }),
  files: (files, tag) => alpineRoot(files, /^\d+\.\d+\.\d+$/.test(tag) ? tag : /^\d+\.\d+$/.test(tag) ? `${tag}.0` : ALPINE_LATEST),
  cmd: ['/bin/sh'],
  env: { PATH: DEFAULT_PATH },
  sizeBytes: 3_802_452,
};

const DEBIANS = { bullseye: BULLSEYE, bookworm: BOOKWORM, trixie: TRIXIE };
const debianOf = (tag: string) => Object.values(DEBIANS).find((one) => tag.startsWith(one.codename) || tag.startsWith(one.version)) ?? TRIXIE;

export const debian: ImageRecipe = {
  repository: 'docker.io/library/debian',
  tags: versionTags({ series: { '11': 11, '12': 12, '13': 2 }, majors: ['11', '12', '13', 'bullseye', 'bookworm', 'trixie'], names: ['latest', 'stable', 'stable-slim', 'oldstable', 'oldstable-slim'], suffix: /slim/ }),
  files: (files, tag) => debianRoot(files, debianOf(tag)),
  cmd: ['bash'],
  env: { PATH: DEFAULT_PATH },
  sizeBytes: 48_482_530,
};

const UBUNTUS: Readonly<Record<string, readonly [codename: string, full: string]>> = {
  '18.04': ['Bionic Beaver', '18.04.6 LTS'],
  '20.04': ['Focal Fossa', '20.04.6 LTS'],
  '22.04': ['Jammy Jellyfish', '22.04.5 LTS'],
  '24.04': ['Noble Numbat', '24.04.3 LTS'],
};
const UBUNTU_NAMES: Readonly<Record<string, string>> = { latest: '24.04', noble: '24.04', jammy: '22.04', focal: '20.04', bionic: '18.04' };

export const ubuntu: ImageRecipe = {
  repository: 'docker.io/library/ubuntu',
  tags: (tag) => Object.hasOwn(UBUNTUS, tag) || Object.hasOwn(UBUNTU_NAMES, tag),
  files(files, tag) {
    const version = UBUNTU_NAMES[tag] ?? tag;
    const [codename, full] = UBUNTUS[version]!;
    ubuntuRoot(files, version, codename, full);
  },
  cmd: ['/bin/bash'],
  env: { PATH: DEFAULT_PATH },
  sizeBytes: 29_718_000,
};
