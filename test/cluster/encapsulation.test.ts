/** How pods' packets cross between nodes: which words each plugin has, and how it is said. */
import { expect, test } from 'vitest';
import { encapsulationOf, networkLine, requireEncapsulation } from '../../src/cluster/encapsulation.ts';

test.each([
  ['calico', 'vxlan', 'calico over VXLAN'],
  ['calico', 'vxlan-cross-subnet', 'calico over VXLAN across subnets'],
  ['calico', 'ipip', 'calico over IP-in-IP'],
  ['calico', 'none', 'calico with plain routes'],
  ['flannel', 'vxlan', 'flannel over VXLAN'],
  ['flannel', 'host-gw', 'flannel with host-gw'],
  ['flannel', 'none', 'flannel with host-gw'],
] as const)('%s, --encapsulation %s: %s', (cni, word, said) => {
  expect(networkLine({ cni, encapsulation: encapsulationOf(cni, word) })).toBe(said);
});

test.each([
  ['calico', 'host-gw', 'Calico has no encapsulation "host-gw".', 'Use one of vxlan, vxlan-cross-subnet, ipip, none.'],
  ['flannel', 'ipip', 'Flannel has no encapsulation "ipip".', 'Use one of vxlan, host-gw, none.'],
] as const)('%s refuses %s and says what it has', (cni, word, message, action) => {
  expect(() => encapsulationOf(cni, word)).toThrow(expect.objectContaining({ message, action, exitCode: 2 }));
});

test('only the simulator has a choice; what is not known is not said', () => {
  const spec = { name: 'x', workers: 2, cni: 'calico', proxyMode: 'iptables', encapsulation: 'ipip' } as const;
  expect(() => requireEncapsulation('kind', spec)).toThrow('clusters of kind are built with VXLAN between nodes');
  expect(() => requireEncapsulation('existing', spec)).toThrow('a cluster of your own has the one it has');
  expect(() => requireEncapsulation('simulator', spec)).not.toThrow();
  expect(() => requireEncapsulation('kind', { ...spec, encapsulation: 'vxlan' })).not.toThrow();
  expect(networkLine({ cni: 'other' })).toBe('other');
});
