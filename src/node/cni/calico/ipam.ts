/**
 * Calico's address management: the pool is cut into blocks of 64 addresses, a node owns the blocks it has touched and
 * asks for another when they are full. So a pod's address says nothing of the node's `spec.podCIDR`.
 * See libcalico-go/lib/ipam.
 * What the API shows of it, `datastore.ts` writes.
 */
import { sha1 } from '@noble/hashes/legacy.js';
import { fromNumber, networkOf, printCidr, toNumber, type Cidr, type Ipv4 } from '../../../base/address.ts';

const BLOCK_PREFIX = 26;
const BLOCK_SIZE = 64;

export interface Block {
  readonly cidr: Cidr;
  readonly node: string;
}

interface BlockState extends Block {
  /** Free ordinals in the order they will be given: released ones go to the end, so addresses are not reused at once. */
  readonly free: number[];
  readonly given: Map<number, Given>;
}

/** Who has an address. */
export interface Given {
  readonly handle: string;
  readonly owner: Readonly<Record<string, string>>;
}

export interface BlockView extends Block {
  readonly given: ReadonlyMap<number, Given>;
  readonly free: readonly number[];
}

export class CalicoIpam {
  readonly #blocks = new Map<string, BlockState>();
  readonly #byHandle = new Map<string, { block: BlockState; ordinal: number }>();
  readonly #listeners = new Set<() => void>();
  readonly #changes = new Set<() => void>();

  constructor(readonly pool: Cidr) {}

  /** @param handle who asks: a pod's uid or a tunnel's name; the same handle gets the same address. @returns undefined when the pool is exhausted */
  allocate(node: string, handle: string, shown: Given = { handle, owner: {} }): Ipv4 | undefined {
    const known = this.#byHandle.get(handle);
    if (known) return addressOf(known.block, known.ordinal);
    const block = [...this.#blocks.values()].find((one) => one.node === node && one.free.length > 0) ?? this.#claim(node);
    const ordinal = block?.free.shift();
    if (!block || ordinal === undefined) return undefined;
    this.#byHandle.set(handle, { block, ordinal });
    block.given.set(ordinal, shown);
    this.#changed();
    return addressOf(block, ordinal);
  }

  release(handle: string): void {
    const known = this.#byHandle.get(handle);
    if (!known) return;
    this.#byHandle.delete(handle);
    known.block.given.delete(known.ordinal);
    known.block.free.push(known.ordinal);
    this.#changed();
  }

  /** A node has this block from an earlier life. */
  adopt(cidr: Cidr, node: string): void {
    if (!this.#blocks.has(printCidr(cidr))) this.#add(cidr, node);
  }

  views(): readonly BlockView[] {
    return [...this.#blocks.values()];
  }

  /** Told of every address that is given or given back. */
  onChange(listener: () => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#changes) listener();
  }

  blocks(): readonly Block[] {
    return [...this.#blocks.values()];
  }

  /** Told when a node claims a block: the others need a route. */
  onClaim(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #add(cidr: Cidr, node: string): BlockState {
    const block = { cidr, node, free: Array.from({ length: BLOCK_SIZE }, (_, ordinal) => ordinal), given: new Map<number, Given>() };
    this.#blocks.set(printCidr(cidr), block);
    return block;
  }

  /** A pseudo-random free block, the search starting where the node's name falls, so that nodes seldom collide. */
  #claim(node: string): BlockState | undefined {
    const count = 2 ** (BLOCK_PREFIX - this.pool.prefix);
    const digest = sha1(new TextEncoder().encode(node));
    const start = ((digest[0]! << 16) | (digest[1]! << 8) | digest[2]!) % count;
    for (let step = 0; step < count; step++) {
      const index = (start + step) % count;
      const cidr = { address: fromNumber(toNumber(networkOf(this.pool)) + index * BLOCK_SIZE), prefix: BLOCK_PREFIX };
      if (this.#blocks.has(printCidr(cidr))) continue;
      const block = this.#add(cidr, node);
      for (const listener of this.#listeners) listener();
      return block;
    }
    return undefined;
  }
}

function addressOf(block: Block, ordinal: number): Ipv4 {
  return fromNumber(toNumber(block.cidr.address) + ordinal);
}
