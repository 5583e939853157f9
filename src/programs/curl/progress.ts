/** curl's progress meter, as libcurl's lib/progress.c draws it. Knows numbers only. */
import type { Disposer } from '../../base/clock.ts';
import type { Process } from '../../machine/program.ts';

const HEAD = '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n';

/** The meter of one transfer; `write` goes nowhere when curl is silent. */
export class ProgressMeter {
  received = 0;
  sent = 0;
  expected: number | undefined;
  expectedToSend: number | undefined;
  #stopTicking: Disposer | undefined;
  readonly #startedAt: number;

  constructor(
    private readonly process: Process,
    private readonly shown: boolean,
  ) {
    this.#startedAt = process.machine.clock.now();
  }

  async begin(): Promise<void> {
    if (!this.shown) return;
    await this.process.stderr.write(HEAD + this.#line());
    const tick = () => {
      this.#stopTicking = this.process.machine.clock.schedule(1000, () => {
        void this.process.stderr.write(this.#line()).catch(() => undefined);
        tick();
      });
    };
    tick();
  }

  stop(): void {
    this.#stopTicking?.();
  }

  async end(): Promise<void> {
    this.stop();
    if (this.shown) await this.process.stderr.write(`${this.#line()}\n`);
  }

  #line(): string {
    const elapsedMs = this.process.machine.clock.now() - this.#startedAt;
    const speed = (bytes: number) => (bytes === 0 ? 0 : Math.round((bytes * 1000) / Math.max(elapsedMs, 0.001)));
    const total = (this.expected ?? this.received) + (this.expectedToSend ?? this.sent);
    const percent = (now: number, of: number | undefined) => String(of ? Math.floor((now * 100) / of) : 0).padStart(3);
    const totalSeconds = this.expected && this.received > 0 ? Math.floor(this.expected / speed(this.received)) : 0;
    const spent = Math.floor(elapsedMs / 1000);
    const current = Math.round(((this.received + this.sent) * 1000) / Math.max(1, Math.round(elapsedMs)));
    return (
      `\r${percent(this.received + this.sent, total)} ${short(total)}  ${percent(this.received, this.expected)} ${short(this.received)}  ` +
      `${percent(this.sent, this.expectedToSend)} ${short(this.sent)}  ${short(speed(this.received))}  ${short(speed(this.sent))} ` +
      `${clockTime(totalSeconds)} ${clockTime(spent)} ${clockTime(totalSeconds > spent ? totalSeconds - spent : 0)} ${short(current)}`
    );
  }
}

/** At most five characters: 12345, 1234k, 12.3M. */
function short(bytes: number): string {
  const k = 1024;
  if (bytes < 100_000) return String(bytes).padStart(5);
  if (bytes < 10_000 * k) return `${String(Math.floor(bytes / k)).padStart(4)}k`;
  if (bytes < 100 * k * k) return `${String(Math.floor(bytes / (k * k))).padStart(2)}.${Math.floor((bytes % (k * k)) / ((k * k) / 10))}M`;
  if (bytes < 10_000 * k * k) return `${String(Math.floor(bytes / (k * k))).padStart(4)}M`;
  return `${String(Math.floor(bytes / (k * k * k))).padStart(4)}G`;
}

function clockTime(seconds: number): string {
  if (seconds <= 0) return '--:--:--';
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(Math.floor(seconds / 3600)).padStart(2)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
