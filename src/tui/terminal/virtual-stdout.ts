/**
 * The terminal that Ink believes in. Ink in debug mode hands over each complete frame as a string and draws nothing
 * itself, so that only the compositor writes to the real one.
 */
import { EventEmitter } from 'node:events';

/** Takes Ink's frames. Not a TTY, so nothing hides cursors or asks questions on it. */
export class VirtualStdout extends EventEmitter {
  columns: number;
  rows: number;

  constructor(
    size: { readonly columns: number; readonly rows: number },
    private readonly onFrame: (text: string) => void,
  ) {
    super();
    this.columns = size.columns;
    this.rows = size.rows;
  }

  write(text: string): boolean {
    this.onFrame(text);
    return true;
  }
}
