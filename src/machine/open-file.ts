/**
 * An open file: an inode and a position. It outlives its name: who holds it goes on reading and writing after `rm`.
 */
import { FileError } from './file-error.ts';
import type { Inode, Viewer } from './inode.ts';

/** A file opened for reading or writing, with a position. */
export class OpenFile {
  #position = 0;

  constructor(
    readonly inode: Inode,
    private readonly viewer: Viewer,
    private readonly appending: boolean,
    private readonly time: { now: () => number },
  ) {}

  get size(): number {
    return this.inode.type === 'file' ? this.inode.content.length : 0;
  }

  /** Everything from the position to the present end. */
  read(): string {
    const content = this.inode.type === 'virtual' ? this.inode.read(this.viewer) : this.inode.type === 'file' ? this.inode.content : '';
    const rest = content.slice(this.#position);
    this.#position += rest.length;
    return rest;
  }

  seek(position: number): void {
    this.#position = position;
  }

  write(bytes: string): void {
    if (this.inode.type === 'virtual') {
      if (!this.inode.write) throw new FileError('EACCES', '');
      this.inode.write(bytes, this.viewer);
      return;
    }
    if (this.inode.type !== 'file') return;
    const { content } = this.inode;
    if (this.appending || this.#position === content.length) this.inode.content = content + bytes;
    else this.inode.content = content.slice(0, this.#position).padEnd(this.#position, '\0') + bytes + content.slice(this.#position + bytes.length);
    this.#position = this.appending ? this.inode.content.length : this.#position + bytes.length;
    this.inode.mtimeMs = this.time.now();
  }

  truncate(size = 0): void {
    if (this.inode.type !== 'file') return;
    this.inode.content = this.inode.content.slice(0, size).padEnd(size, '\0');
    this.inode.mtimeMs = this.time.now();
  }
}
