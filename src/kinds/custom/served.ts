/** Which custom kinds are served: what the definitions in the store say, at every moment. */
import type { Disposer } from '../../base/clock.ts';
import type { Stored } from '../../api/object.ts';
import type { Store } from '../../api/store.ts';
import type { Kind } from '../kind.ts';
import { prefixOf } from '../registry/selection.ts';
import { kindsOf } from './custom-kind.ts';
import { customresourcedefinition, type Definition } from './definition.ts';

export class CustomKinds {
  readonly #listeners = new Set<() => void>();
  readonly #byDefinition = new Map<string, readonly Kind[]>();

  constructor(store: Store) {
    const prefix = prefixOf(customresourcedefinition);
    const state = store.list(prefix);
    state.items.forEach((definition, at) => this.#set(state.keys[at]!, definition as unknown as Stored<Definition>));
    store.watch(prefix, state.revision, ({ key, type, object }) => {
      if (type === 'DELETED') this.#byDefinition.delete(key);
      else this.#set(key, object as unknown as Stored<Definition>);
      for (const listener of this.#listeners) listener();
    });
  }

  get kinds(): readonly Kind[] {
    return [...this.#byDefinition.values()].flat();
  }

  onChange(listener: () => void): Disposer {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #set(key: string, definition: Stored<Definition>): void {
    this.#byDefinition.set(key, kindsOf(definition));
  }
}
