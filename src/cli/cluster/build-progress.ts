/**
 * Draws the building of a cluster: a bar, the running step, the last lines of its log; one line per step that has ended.
 * Without a terminal, lines only. Knows steps by their titles.
 */
import { stripVTControlCharacters } from 'node:util';
import type { StepEvent } from '../../cluster/steps/step.ts';

const SHOWN_LINES = 3;

export class BuildProgress {
  readonly #write: (text: string) => void;
  readonly #isTerminal: boolean;
  readonly #columns: number;
  #drawn = 0;
  #lines: string[] = [];

  constructor(write: (text: string) => void, { isTerminal, columns }: { readonly isTerminal: boolean; readonly columns: number }) {
    this.#write = write;
    this.#isTerminal = isTerminal;
    this.#columns = columns;
  }

  show(event: StepEvent): void {
    const { step, index, count } = event;
    if (event.type === 'end') {
      this.#erase();
      this.#write(`${event.failed ? '✗' : '✓'} ${step.title} (${(event.tookMs / 1000).toFixed(1)} s)\n`);
      return;
    }
    if (event.type === 'begin') this.#lines = [];
    else this.#lines = [...this.#lines, event.line].slice(-SHOWN_LINES);
    if (!this.#isTerminal) {
      if (event.type === 'line') this.#write(`  ${event.line}\n`);
      else this.#write(`[${index}/${count}] ${step.title}\n`);
      return;
    }
    this.#erase();
    const bar = `${'█'.repeat(index - 1)}${'░'.repeat(count - index + 1)}`;
    const rows = [`${bar} ${index}/${count} ${step.title}`, ...this.#lines.map((line) => `  ${line}`)].map((row) => stripVTControlCharacters(row).replace(/\p{Cc}/gu, '').slice(0, this.#columns - 1));
    this.#write(`${rows.join('\n')}\n`);
    this.#drawn = rows.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#write(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
  }
}
