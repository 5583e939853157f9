/** The Pod Security Standards: what a level says about a pod, in the words of the real admission plug-in. */
import { expect, test } from 'vitest';
import { world, object, refusal, type Anything } from './world.ts';

const SAFE = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

type Row = readonly [what: string, level: 'baseline' | 'restricted', spec: Anything, container: Anything, violations: string];

const ROWS: readonly Row[] = [
  ['an ordinary pod', 'baseline', {}, {}, ''],
  ['a careful pod', 'restricted', {}, { securityContext: SAFE }, ''],
  ['the pod says it for its containers', 'restricted', { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } }, { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } } }, ''],
  ['an ordinary pod', 'restricted', {}, {}, 'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'],
  ['a privileged container', 'baseline', {}, { securityContext: { privileged: true } }, 'privileged (container "c" must not set securityContext.privileged=true)'],
  ['namespaces of the node', 'baseline', { hostNetwork: true, hostPID: true }, {}, 'host namespaces (hostNetwork=true, hostPID=true)'],
  ['folders of the node', 'baseline', { volumes: [{ name: 'a', hostPath: { path: '/a' } }, { name: 'b', hostPath: { path: '/b' } }] }, {}, 'hostPath volumes (volumes "a", "b")'],
  ['folders of the node', 'restricted', { volumes: [{ name: 'a', hostPath: { path: '/a' } }] }, { securityContext: SAFE }, 'restricted volume types (volume "a" uses restricted volume type "hostPath")'],
  ['a port of the node', 'baseline', {}, { ports: [{ containerPort: 80, hostPort: 8080 }] }, 'hostPort (container "c" uses hostPort 8080)'],
  ['a probe of somebody else', 'baseline', {}, { livenessProbe: { httpGet: { port: 80, host: '10.0.0.1' } } }, 'probe or lifecycle host (container "c" uses probe or lifecycle host "10.0.0.1")'],
  ['a capability too many', 'baseline', {}, { securityContext: { capabilities: { add: ['NET_ADMIN', 'CHOWN'] } } }, 'non-default capabilities (container "c" must not include "NET_ADMIN" in securityContext.capabilities.add)'],
  ['a capability too many', 'restricted', {}, { securityContext: { ...SAFE, capabilities: { add: ['NET_ADMIN'] } } }, 'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]; container "c" must not include "NET_ADMIN" in securityContext.capabilities.add)'],
  ['no seccomp profile at all', 'baseline', { securityContext: { seccompProfile: { type: 'Unconfined' } } }, {}, 'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")'],
  ['no AppArmor profile at all', 'baseline', {}, { securityContext: { appArmorProfile: { type: 'Unconfined' } } }, 'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")'],
  ['a sysctl of the node', 'baseline', { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }, { name: 'net.ipv4.tcp_syncookies', value: '1' }] } }, {}, 'forbidden sysctls (kernel.msgmax)'],
  ['root by name and by number', 'restricted', { securityContext: { runAsNonRoot: false, runAsUser: 0 } }, { securityContext: { ...SAFE, runAsNonRoot: undefined } }, 'runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0)'],
  ['root in a namespace of its own', 'restricted', { hostUsers: false, securityContext: { runAsUser: 0 } }, { securityContext: { ...SAFE, runAsNonRoot: undefined } }, ''],
];

test.each(ROWS)('%s, %s', (_what, level, spec, container, violations) => {
  const { registry } = world();
  registry.patch('namespaces', 'default', undefined, { type: 'merge', body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } } });
  const pod = object({ metadata: { name: 'p' }, spec: { ...spec, containers: [{ name: 'c', image: 'nginx', ...container }] } });
  const answer = refusal(() => registry.create('pods', pod, { namespace: 'default' }));
  if (violations === '') expect(answer).toMatch(/^accepted/);
  else expect(answer).toBe(`403 Forbidden: pods "p" is forbidden: violates PodSecurity "${level}:latest": ${violations}`);
});

test('a stricter namespace tells which of its pods it would not let in again', () => {
  const { registry } = world();
  for (const name of ['a', 'b']) registry.create('pods', object({ metadata: { name }, spec: { containers: [{ name: 'c', image: 'nginx', securityContext: { privileged: true } }] } }), { namespace: 'default' });
  registry.create('pods', object({ metadata: { name: 'd' }, spec: { hostIPC: true, containers: [{ name: 'c', image: 'nginx' }] } }), { namespace: 'default' });
  const warnings: string[] = [];
  registry.patch('namespaces', 'default', undefined, { type: 'merge', body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/enforce-version': 'v1.30' } } } }, { onWarning: (text) => void warnings.push(text) });
  expect(warnings).toEqual(['existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:v1.30"', 'a (and 1 other pod): privileged', 'd: host namespaces']);
});
