/**
 * The programs of Calico's images: `calico-node` (Felix, its probes, its start-up), the installer of the CNI plugin, and
 * the IPAM upgrade that has nothing to upgrade. Log lines as of v3.32.
 */
import { isEqual } from '../../../api/deep.ts';
import type { Machine } from '../../../machine/machine.ts';
import type { Process, Program } from '../../../machine/program.ts';
import { programFile } from '../../../machine/machine.ts';
import type { Component } from '../../component.ts';
import { untilStopped } from '../../until-stopped.ts';
import { setNetworkUnavailable } from '../node-watch.ts';
import { CalicoDatastore } from './datastore.ts';
import { encapsulationOf } from './encapsulation.ts';
import { Felix } from './felix.ts';
import type { CalicoIpam } from './ipam.ts';

export function calicoPrograms(component: Component, node: Machine, ipam: CalicoIpam): readonly Program[] {
  let felix: Felix | undefined;
  return [
    {
      name: 'calico-node',
      run: (process) => {
        const flags = process.argv.slice(1);
        if (flags.includes('-shutdown')) {
          setNetworkUnavailable(component, 'True', 'CalicoIsDown', 'Calico is shutting down on this node');
          return 0;
        }
        if (flags.includes('-felix-ready') || flags.includes('-felix-live')) return probe(process, flags.includes('-felix-ready') ? felix?.ready === true : felix !== undefined);
        if (flags.includes('-init') || flags.includes('-status-reporter')) return 0;
        return runFelix(process);
      },
    },
    { name: 'calico-cni-install', run: (process) => install(process, component.nodeName) },
    { name: 'calico-ipam', run: (process) => (process.argv.includes('-upgrade') ? say(process, component, 'INFO', 'ipam_plugin.go', 'No IPAM data to migrate; nothing to do.') : 1) },
    { name: 'calico-kube-controllers', run: (process) => kubeControllers(process, component) },
    { name: 'check-status', run: () => 0 },
  ];

  async function runFelix(process: Process): Promise<number> {
    await say(process, component, 'INFO', 'startup.go', `Starting node ${component.nodeName} with version v3.32.1`);
    const encapsulation = encapsulationOf(process.env);
    if ('error' in encapsulation) {
      await say(process, component, 'FATAL', 'startup.go', encapsulation.error);
      return 1;
    }
    const datastore = new CalicoDatastore(component, ipam, process.env);
    let current = datastore.encapsulation() ?? encapsulation;
    let running = new Felix(component, node, ipam, current);
    felix = running;
    running.start();
    // Felix begins anew when a pool's encapsulation changes, as the real one does.
    datastore.start(() => {
      const wanted = datastore.encapsulation() ?? encapsulation;
      if (isEqual(wanted, current)) return;
      current = wanted;
      running.stop();
      felix = running = new Felix(component, node, ipam, current);
      running.start();
    });
    await say(process, component, 'INFO', 'daemon.go', 'Felix is now running');
    const code = await untilStopped(process);
    datastore.stop();
    running.stop();
    felix = undefined;
    return code;
  }
}

async function probe(process: Process, ok: boolean): Promise<number> {
  if (ok) return 0;
  await process.stdout.write('calico/node is not ready: felix is not ready: Get "http://localhost:9099/readiness": dial tcp 127.0.0.1:9099: connect: connection refused\n');
  return 1;
}

/** Copies the plugin binaries and writes the configuration list, through the host paths that its pod mounts. */
async function install(process: Process, nodeName: string): Promise<number> {
  const configuration = process.env.get('CNI_NETWORK_CONFIG');
  const name = process.env.get('CNI_CONF_NAME') ?? '10-calico.conflist';
  if (!configuration) {
    await process.stderr.write('time="" level=fatal msg="no CNI_NETWORK_CONFIG given"\n');
    return 1;
  }
  const mtu = process.env.get('CNI_MTU') ?? '0';
  const text = configuration
    .replaceAll('__KUBERNETES_NODE_NAME__', nodeName)
    .replaceAll('__CNI_MTU__', mtu)
    .replaceAll('__KUBECONFIG_FILEPATH__', '/etc/cni/net.d/calico-kubeconfig');
  for (const binary of ['calico', 'calico-ipam', 'flannel', 'host-local', 'loopback', 'portmap', 'tuning', 'bandwidth']) {
    process.files.write(`/host/opt/cni/bin/${binary}`, programFile(`cni-${binary}`), { mode: 0o755 });
  }
  process.files.write('/host/etc/cni/net.d/calico-kubeconfig', `# Kubeconfig file for Calico CNI plugin.\napiVersion: v1\nkind: Config\nclusters:\n- name: local\n  cluster:\n    server: https://10.96.0.1:443\nusers:\n- name: calico\ncontexts:\n- name: calico-context\n  context:\n    cluster: local\n    user: calico\ncurrent-context: calico-context\n`, { mode: 0o600 });
  process.files.write(`/host/etc/cni/net.d/${name}`, text, { mode: 0o644 });
  await process.stdout.write(`level=info msg="Installed /host/opt/cni/bin/calico"\nlevel=info msg="Created /host/etc/cni/net.d/${name}"\nlevel=info msg="Done configuring CNI.  Sleep= false"\n`);
  return 0;
}

async function kubeControllers(process: Process, component: Component): Promise<number> {
  await say(process, component, 'INFO', 'main.go', 'Loaded configuration from environment');
  await say(process, component, 'INFO', 'main.go', 'Ensuring Calico datastore is initialized');
  return untilStopped(process);
}

async function say(process: Process, component: Component, level: string, source: string, message: string): Promise<number> {
  const time = new Date(component.clock.unixMs()).toISOString().replace('T', ' ').replace('Z', '');
  await process.stdout.write(`${time} [${level}][${process.pid}] ${source}: ${message}\n`);
  return 0;
}
