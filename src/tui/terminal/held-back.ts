/**
 * What Node and libraries say on standard error while the screen is on would be written right across it. It waits until the
 * screen is gone. A standard error that goes elsewhere, to a file for one, is left alone.
 */
import type { WriteStream } from 'node:tty';
import type { Disposer } from '../../base/clock.ts';

/** The beginning of a story tells more than its thousandth repetition. */
const MOST_KEPT = 16_384;

/** @returns lets everything go on, and says what was held back */
export function holdBack(stream: Pick<WriteStream, 'isTTY' | 'write'>): Disposer {
  if (!stream.isTTY) return () => {};
  const { write } = stream;
  let held = '';
  stream.write = (text: Uint8Array | string, ...rest: readonly unknown[]) => {
    if (held.length < MOST_KEPT) held += typeof text === 'string' ? text : Buffer.from(text).toString();
    const written = rest.at(-1);
    if (typeof written === 'function') written();
    return true;
  };
  return () => {
    stream.write = write;
    if (held !== '') stream.write(held);
  };
}
