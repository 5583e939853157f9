/**
 * A network card, as a virtual machine has one: a cable into somebody else's switch, of which the machine sees nothing.
 * Knows of its far end only what a cable tells: whether it is plugged in. See drivers/net/virtio_net.c.
 */
import type { NetNamespace } from '../namespace.ts';
import { Veth } from './veth.ts';

export class Nic extends Veth {
  override get qdisc(): string {
    return this.up ? 'fq_codel' : 'noop';
  }

  override get operState(): 'UP' | 'DOWN' {
    return this.carrier ? 'UP' : 'DOWN';
  }

  override get peerIndex(): number | undefined {
    return undefined;
  }

  override get linkNamespace(): NetNamespace | undefined {
    return undefined;
  }

  override get isVirtual(): boolean {
    return false;
  }

  override flags(): readonly string[] {
    return super.flags().filter((flag) => flag !== 'M-DOWN');
  }

  override details(): string {
    return '';
  }
}
