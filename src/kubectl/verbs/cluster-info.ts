/** `kubectl cluster-info`. See kubectl/pkg/cmd/clusterinfo/clusterinfo.go. */
import type { Verb } from '../command.ts';
import { dig, type List } from '../object.ts';
import { clusterInfoDump } from './cluster-info-dump.ts';

const GREEN = '\u001B[0;32m';
const YELLOW = '\u001B[0;33m';
const RESET = '\u001B[0m';

export const clusterInfo: Verb = {
  name: 'cluster-info', short: 'Display cluster information', long: 'Display addresses of the control plane and services with label kubernetes.io/cluster-service=true. To further debug and diagnose cluster problems, use \'kubectl cluster-info dump\'.', examples: '# Print the address of the control plane and cluster services\nkubectl cluster-info',
  usage: 'cluster-info [flags] [options]', flags: [], verbs: [clusterInfoDump],
  run: async (run) => {
    const colored = run.io.terminal !== undefined;
    const paint = (color: string, text: string) => (colored ? `${color}${text}${RESET}` : text);
    const tell = (name: string, url: string) => run.out(`${paint(GREEN, name)} is running at ${paint(YELLOW, url)}\n`);
    const services = await run.client.json<List>('GET', '/api/v1/namespaces/kube-system/services?labelSelector=kubernetes.io%2Fcluster-service%3Dtrue');
    const base = run.client.url.origin;
    tell('Kubernetes control plane', base);
    for (const service of services.items) {
      const name = service.metadata?.labels?.['kubernetes.io/name'] ?? service.metadata?.name ?? '';
      const port = dig(service, 'spec', 'ports', 0) as { name?: string; port?: number } | undefined;
      const secure = port?.port === 443 || port?.name === 'https' ? 'https:' : '';
      tell(name, `${base}/api/v1/namespaces/${service.metadata?.namespace}/services/${secure}${service.metadata?.name}${port?.name ? `:${port.name}` : secure ? ':' : ''}/proxy`);
    }
    run.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
    return 0;
  },
};
