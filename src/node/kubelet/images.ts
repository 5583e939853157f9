/**
 * The images of one node: which are there, pulling those that are not, and waiting longer after every failed pull.
 * Knows no pods; tells what to say of each step. See pkg/kubelet/images/image_manager.go.
 */
import type { Clock } from '../../base/clock.ts';
import type { Rng } from '../../base/rng.ts';
import { findImage, type FoundImage } from '../../images/index.ts';
import { BackOff, goDuration } from './back-off.ts';

const PULL_MS = 350;

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

export interface Tell {
  (type: 'Normal' | 'Warning', reason: 'Pulling' | 'Pulled' | 'Failed' | 'BackOff' | 'InspectFailed' | 'ErrImageNeverPull', message: string): void;
}

export type Pulled =
  | { readonly image: FoundImage }
  /** What `state.waiting` shows; `againAfterMs` is when another try makes sense. */
  | { readonly reason: 'ErrImagePull' | 'ImagePullBackOff' | 'InvalidImageName' | 'ErrImageNeverPull'; readonly message: string; readonly againAfterMs: number };

export class NodeImages {
  readonly #present = new Map<string, FoundImage>();
  /** Came with the node, and was taken away since. */
  readonly #removed = new Set<string>();
  readonly #pulling = new Map<string, number>();
  readonly #backOff = new BackOff(10_000, 300_000);
  readonly #lastError = new Map<string, { message: string; atMs: number }>();

  /** @param preloaded images that the node was made with, as kind's node image carries those of the control plane */
  constructor(
    private readonly clock: Clock,
    private readonly rng: Rng,
    private readonly find: typeof findImage,
    private readonly preloaded: (name: string) => boolean,
  ) {}

  /** For `node.status.images` and `crictl images`. */
  list(): readonly FoundImage[] {
    return [...this.#present.values()];
  }

  /** As somebody on the node asks the runtime, without the kubelet and its patience. @throws Error with the status of gRPC */
  async pull(reference: string): Promise<FoundImage> {
    const found = this.find(reference);
    await this.clock.sleep(PULL_MS + this.rng.below(100));
    if ('missing' in found) throw new Error(`rpc error: code = ${found.rpcCode} desc = ${found.message}`);
    this.#present.set(found.name, found);
    this.#removed.delete(found.name);
    return found;
  }

  /** @param name as `list` has it */
  remove(name: string): void {
    this.#present.delete(name);
    this.#removed.add(name);
  }

  /** Answers once the image is there or cannot be had; says every step to `tell`. At once when nothing must be pulled. */
  ensure(reference: string, policy: PullPolicy, tell: Tell, answer: (result: Pulled) => void): void {
    const found = this.find(reference);
    if ('missing' in found && found.missing === 'invalid') {
      const message = `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": ${found.message}`;
      tell('Warning', 'InspectFailed', message);
      tell('Warning', 'Failed', 'Error: InvalidImageName');
      return answer({ reason: 'InvalidImageName', message, againAfterMs: 10_000 });
    }
    const isPresent = !('missing' in found) && (this.#present.has(found.name) || (this.preloaded(found.name) && !this.#removed.has(found.name)));
    if (!('missing' in found) && isPresent && policy !== 'Always') {
      this.#present.set(found.name, found);
      tell('Normal', 'Pulled', `Container image "${reference}" already present on machine and can be accessed by the pod`);
      return answer({ image: found });
    }
    if (policy === 'Never') {
      const message = `Container image "${reference}" is not present with pull policy of Never`;
      tell('Warning', 'ErrImageNeverPull', message);
      tell('Warning', 'Failed', 'Error: ErrImageNeverPull');
      return answer({ reason: 'ErrImageNeverPull', message, againAfterMs: 10_000 });
    }
    this.#pull(reference, found, tell, answer);
  }

  #pull(reference: string, found: ReturnType<typeof findImage>, tell: Tell, answer: (result: Pulled) => void): void {
    const last = this.#lastError.get(reference);
    const left = last ? this.#backOff.leftMs(reference, last.atMs, this.clock.now()) : 0;
    if (last && left > 0) {
      tell('Normal', 'BackOff', `Back-off pulling image "${reference}"`);
      tell('Warning', 'Failed', 'Error: ImagePullBackOff');
      return answer({ reason: 'ImagePullBackOff', message: `Back-off pulling image "${reference}": ErrImagePull: ${last.message}`, againAfterMs: left });
    }
    tell('Normal', 'Pulling', `Pulling image "${reference}"`);
    const start = this.clock.now();
    // A second pod on this node that needs the same image waits for the same download.
    const isHere = !('missing' in found) && this.#present.has(found.name);
    const done = this.#pulling.get(reference) ?? start + (isHere ? PULL_MS / 3 : PULL_MS) + this.rng.below(100);
    this.#pulling.set(reference, done);
    this.clock.schedule(done - start, () => {
      this.#pulling.delete(reference);
      const took = goDuration(this.clock.now() - start);
      if ('missing' in found) return answer(this.#failed(reference, found, tell));
      this.#present.set(found.name, found);
      this.#removed.delete(found.name);
      this.#backOff.forget(reference);
      this.#lastError.delete(reference);
      tell('Normal', 'Pulled', `Successfully pulled image "${reference}" in ${took} (${took} including waiting). Image size: ${found.recipe.sizeBytes} bytes.`);
      answer({ image: found });
    });
  }

  #failed(reference: string, found: Extract<ReturnType<typeof findImage>, { missing: unknown }>, tell: Tell): Pulled {
    const message = `rpc error: code = ${found.rpcCode} desc = ${found.message}`;
    this.#backOff.next(reference, this.clock.now());
    this.#lastError.set(reference, { message, atMs: this.clock.now() });
    tell('Warning', 'Failed', `Failed to pull image "${reference}": ${message}`);
    tell('Warning', 'Failed', 'Error: ErrImagePull');
    return { reason: 'ErrImagePull', message, againAfterMs: 1000 };
  }
}
