/**
 * Names of kube-proxy's chains: a prefix and sixteen letters of a digest, so that the same Service has the same chain on
 * every node of every cluster. See pkg/proxy/iptables/proxier.go (portProtoHash, servicePortEndpointChainName).
 */
import { sha256 } from '@noble/hashes/sha2.js';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param portName `default/web:http`, or `default/web` for an unnamed port */
export function serviceChain(prefix: 'SVC' | 'SVL' | 'EXT' | 'FW', portName: string, protocol: string): string {
  return `KUBE-${prefix}-${shortHash(portName + protocol)}`;
}

/** @param endpoint `10.244.1.5:80` */
export function endpointChain(portName: string, protocol: string, endpoint: string): string {
  return `KUBE-SEP-${shortHash(portName + protocol + endpoint)}`;
}

/** The first sixteen letters of the base32 digest: ten bytes are enough. */
function shortHash(text: string): string {
  const digest = sha256(new TextEncoder().encode(text));
  let letters = '';
  let buffer = 0;
  let bits = 0;
  for (let i = 0; letters.length < 16; i++) {
    buffer = (buffer << 8) | digest[i]!;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      letters += BASE32[(buffer >>> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return letters;
}
