/** nicolaka/netshoot and curlimages/curl: Alpine with the network tools that people debug clusters with. */
import { alpine } from './bases/alpine.ts';
import { install } from './bases/commands.ts';
import { DEFAULT_PATH, type ImageRecipe } from './image.ts';
import { seriesRange, versionTags } from './tags.ts';

const TOOLS = ['bash', 'curl', 'dig', 'host', 'nslookup', 'nc', 'traceroute', 'ping', 'wget', 'openssl', 'jq', 'mtr', 'conntrack', 'tcpdump', 'ip', 'ss', 'bridge', 'netstat', 'arp', 'route', 'ifconfig'];
const ADMIN = ['iptables', 'iptables-save', 'iptables-restore', 'ipset', 'ipvsadm', 'brctl', 'ethtool', 'openssl'];

export const netshoot: ImageRecipe = {
  repository: 'docker.io/nicolaka/netshoot',
  tags: versionTags({ series: { '0.1': 0, ...seriesRange('0', 1, 14, 0) }, majors: ['0.9', '0.11', '0.12', '0.13', '0.14'], names: ['latest', 'v0.8', 'v0.9', 'v0.11', 'v0.12', 'v0.13', 'v0.14'], prefix: 'v' }),
  files(files) {
    alpine(files, '3.22.1');
    // The full tools stand before BusyBox's in PATH: netshoot installs bind-tools, iputils, iproute2 and net-tools.
    install(files, '/usr/bin', TOOLS);
    install(files, '/usr/sbin', ADMIN);
    // zsh is netshoot's shell; bash stands in for it, so its prompt and its extensions are bash's.
    // Differs from Linux: there is no zsh.
    install(files, '/bin', ['zsh=bash']);
    for (const command of ['ip', 'ifconfig', 'route', 'arp']) install(files, '/sbin', [command]);
    for (const command of ['ping', 'netstat']) install(files, '/bin', [command]);
  },
  cmd: ['zsh'],
  env: { PATH: DEFAULT_PATH },
  workdir: '/root',
  sizeBytes: 203_000_000,
};

export const curl: ImageRecipe = {
  repository: 'docker.io/curlimages/curl',
  tags: versionTags({ series: { ...seriesRange('7', 65, 88, 1), ...seriesRange('8', 0, 16, 1) }, names: ['latest'] }),
  files(files) {
    alpine(files, '3.22.1', { passwd: 'curl_user:x:100:101:Linux User,,,:/home/curl_user:/sbin/nologin\n', group: 'curl_group:x:101:\n' });
    install(files, '/usr/bin', ['curl']);
    files.mkdir('/home/curl_user', { recursive: true });
    // The image's entrypoint puts `curl` before arguments that begin with a dash or are no command of the image.
    files.write('/entrypoint.sh', '#!/bin/sh\nset -e\n\nif [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ]; then\n  set -- curl "$@"\nfi\n\nexec "$@"\n', { mode: 0o755 });
  },
  entrypoint: ['/entrypoint.sh'],
  cmd: ['curl'],
  env: { PATH: DEFAULT_PATH },
  workdir: '/home/curl_user',
  user: '100',
  sizeBytes: 9_600_000,
};
