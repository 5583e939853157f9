/** One line that is typed: an answer. */
import type { KubectlIo } from './io.ts';

/** @returns what was typed before the end of the line, or of the input */
export function readLine(io: KubectlIo): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const done = () => {
      io.signal.removeEventListener('abort', done);
      stop();
      resolve(text.split('\n')[0] ?? '');
    };
    io.signal.addEventListener('abort', done, { once: true });
    const stop = io.onStdin((bytes) => {
      text += bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
      if (bytes === undefined || text.includes('\n')) done();
    });
  });
}
