/** People at terminals of the plain machines: each types a line and reads what comes, as long as it comes. */
import { setMaxListeners } from 'node:events';
import { utf8Decode } from '../../src/base/bytes.ts';
import { EventClock } from '../../src/base/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import { World } from '../../src/net/world.ts';
import { execIn } from '../../src/node/kubelet/streams.ts';
import { PlainMachines } from '../../src/sim/machines.ts';

setMaxListeners(0);

const ENV = new Map([['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], ['HOME', '/root'], ['SHELL', '/bin/bash'], ['LANG', 'C.UTF-8']]);
/** The end of what a shell prints when it waits for the next line; a shell behind a connection prints nothing. */
const PROMPT = /(?<![^\n])(?:root@node-\d:\S+?|\/\S* )# $/;

export class Terminals {
  readonly #clock = new EventClock(Date.UTC(2026, 0, 1));
  readonly #machines: PlainMachines;
  readonly #open = new Map<string, Person>();

  constructor() {
    const rng = seededRng(1);
    this.#machines = new PlainMachines({ world: new World({ clock: this.#clock, rng }), clock: this.#clock, rng });
  }

  /**
   * Type a line at a terminal, which is opened when it is first used: `node-0`, or `node-0 second`.
   * @returns what was printed until the prompt came back, or until `enough` was seen when the command goes on
   */
  async type(at: string, line: string, enough: RegExp = PROMPT): Promise<string> {
    const person = this.#open.get(at) ?? (await this.#sit(at));
    const from = person.screen.length;
    person.keys(line === '^C' ? '\x03' : `${line}\r`);
    const output = () => person.since(from).replace(/^[^\n]*\n?/, '');
    await this.#until(() => person.screen.slice(from).includes('\n') && enough.test(output()), () => `${at}: "${line}" shows only ${JSON.stringify(person.screen.slice(from))}`);
    return output().replace(PROMPT, '');
  }

  async #sit(at: string): Promise<Person> {
    const person = new Person();
    this.#open.set(at, person);
    const machine = this.#machines.get(at.split(' ')[0]!)!;
    void execIn(machine, ['bash'], { tty: true, columns: 200, rows: 50, stdin: person.stdin, stdout: person, stderr: person, signal: new AbortController().signal }, { env: ENV, cwd: '/root', user: 'root' });
    await this.#until(() => PROMPT.test(person.since(0)), () => `${at}: no prompt, but ${JSON.stringify(person.screen)}`);
    return person;
  }

  async #until(isOver: () => boolean, complaint: () => string): Promise<void> {
    for (let turn = 0; !isOver(); turn++) {
      if (turn > 3000) throw new Error(complaint());
      for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
      this.#clock.advanceTo(this.#clock.now() + 10);
    }
  }
}

/** What a terminal shows, without the strokes of a line editor that redraws its line. */
class Person {
  screen = '';
  #typed: string[] = [];
  #wake: ((bytes: string) => void) | undefined;

  readonly stdin = {
    read: () => {
      const next = this.#typed.shift();
      return next === undefined ? new Promise<string>((resolve) => (this.#wake = resolve)) : Promise.resolve(next);
    },
    unread: (bytes: string) => void this.#typed.unshift(bytes),
  };

  /** Lines as they stand when everything has been drawn over that is drawn over. */
  since(from: number): string {
    return this.screen.slice(from).split('\n').map((line) => line.split('\r').findLast((drawn) => drawn !== '') ?? '').join('\n');
  }

  write(bytes: string): Promise<void> {
    // oxlint-disable-next-line no-control-regex
    this.screen += utf8Decode(bytes).replaceAll(/\x1b\[[\d;?]*[a-zA-Z]/g, '').replaceAll('\r\n', '\n');
    return Promise.resolve();
  }

  keys(bytes: string): void {
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake) wake(bytes);
    else this.#typed.push(bytes);
  }
}
