/** Names that Calico computes: interfaces, tunnel MAC addresses, rule ids. Stable across clusters. */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Mac } from '../../../base/address.ts';

const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const bytes = (text: string) => new TextEncoder().encode(text);

/** The node's end of a pod's veth: `cali` and eleven digits of the digest of `namespace.name`. */
export function caliInterface(namespace: string, pod: string): string {
  return `cali${hex(sha1(bytes(`${namespace}.${pod}`))).slice(0, 11)}`;
}

/** The tunnel device's address on a node: `f` (0x66) and five bytes of the digest of the node's name. */
export function tunnelMac(node: string): Mac {
  return `66:${[...sha1(bytes(node)).slice(0, 5)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}` as Mac;
}

/**
 * The sixteen characters behind `cali:` in a rule's comment.
 * Differs from Kubernetes: Felix chains digests of its internal rule text, which no other program can repeat for rules
 * that name pods; ours are digests of the rule as printed. They serve the same end: a changed rule has another id.
 */
export function ruleId(chain: string, rule: string): string {
  return digest(`${chain} ${rule}`).slice(0, 16);
}

/** Chains of profiles: short names are kept, long ones become a digest (28 characters is the kernel's limit). */
export function profileChain(direction: 'pri' | 'pro', profile: string): string {
  return limited(`cali-${direction}-`, profile);
}

/** Chains of policies, in and out. */
export function policyChain(direction: 'pi' | 'po', policy: string): string {
  return limited(`cali-${direction}-`, policy);
}

/** Address sets: `s` of a selector, `n` of a named port. 31 characters is the kernel's limit. */
export function setName(kind: 's' | 'n', content: string): string {
  return `cali40${kind}:${digest(content)}`.slice(0, 31);
}

function limited(prefix: string, name: string): string {
  const plain = `${prefix}${name}`;
  return plain.length <= 28 ? plain : `${prefix}_${digest(name)}`.slice(0, 28);
}

const digest = (text: string) => btoa(String.fromCharCode(...sha256(bytes(text)))).replaceAll('+', '-').replaceAll('/', '_');
