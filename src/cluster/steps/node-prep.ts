/**
 * Step 4: what node images of kind lack. A `sudo`, an exam-like prompt, kernel modules (which come from the host's
 * kernel), the `bridge` plugin that Flannel delegates to, and on wish tools. Runs again after every restart of a node.
 */
import { UserError } from '../../base/user-error.ts';
import { obtain } from '../artifacts.ts';
import { IPVS_MODULES, loadModules } from '../modules.ts';
import { cniPlugins } from '../pins.ts';
import { INSTALL_TOOLS } from './image.ts';
import { type Build, nodeNames, type Step } from './step.ts';

export const nodePrep: Step = {
  id: 'node-prep',
  title: 'Preparing the nodes',
  limitMs: 10 * 60_000,
  async run(build) {
    const nodes = nodeNames(build);
    for (const node of nodes) await build.engine.mustExec(node, ['sh', '-s'], { input: COMFORT });
    build.remember({ modules: await modules(nodes, build) });
    if (build.spec.cni === 'flannel') for (const node of nodes) await bridgePlugin(node, build);
    if (build.options.nodeTools) for (const node of nodes) await tools(node, build);
  },
};

/** As on the exam's machines: everything through sudo, and a prompt that says where one is. */
const COMFORT = `set -e
if ! command -v sudo >/dev/null; then
  printf '#!/bin/sh\\nexec "$@"\\n' >/usr/local/bin/sudo
  chmod 755 /usr/local/bin/sudo
fi
cat >/root/.bash_profile <<'PROFILE'
PS1='\\u@\\h:\\w# '
alias k=kubectl
alias ls='ls --color=auto'
cd /root
PROFILE
`;

async function modules(nodes: readonly string[], { engine, spec, say }: Build): Promise<readonly string[]> {
  // One kernel for all nodes: what loads in one is there in all. IPVS is taught by switching to it later.
  const [node = ''] = nodes;
  const loaded = await loadModules(engine, node, ['br_netfilter', ...IPVS_MODULES]);
  if (spec.cni === 'flannel' && !loaded.includes('br_netfilter')) {
    throw new UserError('The kernel module br_netfilter could not be loaded, and Flannel does not start without it.', 'Load it on this machine: sudo modprobe br_netfilter.');
  }
  const missing = IPVS_MODULES.filter((name) => !loaded.includes(name));
  if (spec.proxyMode === 'ipvs' && missing.length > 0) {
    throw new UserError(`The kernel modules ${missing.join(', ')} could not be loaded, and kube-proxy in IPVS mode does not start without them.`, `Load them on this machine: sudo modprobe -a ${missing.join(' ')}. Or use the simulator for the IPVS lab: --backend simulator.`);
  }
  if (missing.length > 0) say(`no IPVS here (${missing.join(', ')} cannot be loaded): labs that need it say so`);
  return loaded;
}

async function bridgePlugin(node: string, { engine, options, tools: programs }: Build): Promise<void> {
  if ((await engine.exec(node, ['test', '-x', '/opt/cni/bin/bridge'])).exitCode === 0) return;
  const machine = (await engine.mustExec(node, ['uname', '-m'])).trim();
  const archive = await obtain(options.plugin?.cniPlugins ?? cniPlugins(machine === 'aarch64' || machine === 'arm64' ? 'arm64' : 'amd64'), options.artifacts, programs, options.fetchBytes);
  const write = engine.execArgs(node, ['sh', '-c', 'cat >/opt/cni/bin/bridge.new && chmod 755 /opt/cni/bin/bridge.new && mv /opt/cni/bin/bridge.new /opt/cni/bin/bridge'], { stdin: true });
  await programs.pipe(['tar', '-xzOf', archive, './bridge'], [engine.name, ...write]);
}

/** They came with a derived image, or come over the network, or from a container beside the node: the third way. */
async function tools(node: string, { engine, say, show }: Build): Promise<void> {
  if ((await engine.exec(node, ['sh', '-c', 'command -v tcpdump && command -v ipvsadm'])).exitCode === 0) return;
  say(`installing tools on ${node}`);
  const { exitCode } = await engine.exec(node, ['sh', '-c', INSTALL_TOOLS], { timeoutMs: 180_000, onLine: show });
  if (exitCode !== 0) say(`no tools on ${node}. In a container beside it instead: cka node tools ${node}`);
}
