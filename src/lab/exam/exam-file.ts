/**
 * The list of events of one exam on disk, by lowdb: `exam.json` in the exam's own folder. Written whole beside and renamed,
 * under a lock and read anew each time, so that two terminals on one exam lose nothing. What a full disk refuses is kept in
 * memory, told, and written with the next event.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { withLock } from '../lock.ts';
import type { ExamEvent } from './event.ts';

interface Content {
  readonly version: 1;
  readonly events: readonly ExamEvent[];
}

export class ExamFile {
  readonly file: string;
  #events: readonly ExamEvent[] = [];
  /** Happened, and not on disk yet. */
  #unwritten: readonly ExamEvent[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(
    readonly folder: string,
    private readonly onNotice: (text: string) => void = () => undefined,
  ) {
    this.file = join(folder, 'exam.json');
  }

  /** Everything that has happened, as far as this process knows. */
  get events(): readonly ExamEvent[] {
    return [...this.#events, ...this.#unwritten];
  }

  /** What other processes wrote since. @throws UserError when the file cannot be read */
  async refresh(): Promise<readonly ExamEvent[]> {
    this.#events = (await this.#read()).events;
    return this.events;
  }

  /** The first event. @throws UserError when it cannot be written: an exam that nothing remembers must not begin */
  async begin(event: ExamEvent): Promise<void> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await this.#write([event]);
    } catch (error) {
      throw explained(error, this.file);
    }
  }

  /** It has happened at once; it is on disk when the promise resolves, if the disk lets us. */
  append(event: ExamEvent): Promise<void> {
    this.#unwritten = [...this.#unwritten, event];
    this.#writing = this.#writing.then(async () => {
      try {
        await withLock(`${this.file}.lock`, async () => {
          const { events } = await this.#read();
          const written = this.#unwritten;
          await this.#write([...events, ...written]);
          this.#unwritten = this.#unwritten.filter((one) => !written.includes(one));
        });
      } catch (error) {
        const known = explained(error, this.file);
        this.onNotice(known instanceof UserError ? `${known.message} ${known.action}` : String(known));
      }
    });
    return this.#writing;
  }

  /** Is everything that happened on disk? */
  get isWhole(): boolean {
    return this.#unwritten.length === 0;
  }

  settled(): Promise<void> {
    return this.#writing;
  }

  async #write(events: readonly ExamEvent[]): Promise<void> {
    const database = await this.#database({ version: 1, events });
    await database.write();
    this.#events = events;
  }

  async #read(): Promise<Content> {
    const empty: Content = { version: 1, events: [] };
    const database = await this.#database(empty);
    try {
      await database.read();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw explained(error, this.file);
      return this.#repair();
    }
    const content = database.data as Partial<Content> | null;
    if (typeof content?.version === 'number' && content.version > 1) throw new UserError(`${this.file} was written by a newer cka.`, 'Update this cka.');
    return Array.isArray(content?.events) ? (content as Content) : this.#repair();
  }

  /** What this process still remembers outlives a damaged file. @throws UserError when it remembers nothing */
  async #repair(): Promise<Content> {
    const copy = `${this.file}.damaged`;
    await copyFile(this.file, copy);
    if (this.#events.length === 0) throw new UserError(`${this.file} is damaged; a copy of it is ${copy}.`, 'This exam cannot be continued. `cka exam list` shows the others.');
    this.onNotice(`${this.file} was damaged and has been written anew.`);
    await this.#write(this.#events);
    return { version: 1, events: this.#events };
  }

  async #database(data: Content) {
    const [{ Low }, { JSONFile }] = await Promise.all([import('lowdb'), import('lowdb/node')]);
    return new Low<Content>(new JSONFile<Content>(this.file), data);
  }
}

function explained(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new UserError(`The disk is full: the exam could not be written to ${file}.`, 'Free some space; the exam goes on meanwhile, and the next thing that you do writes all of it.');
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') return new UserError(`${file} cannot be written (${code}).`, 'Give yourself access to that folder, or set CKA_HOME to one that you can write to.');
  return error;
}
