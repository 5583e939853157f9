/**
 * Stands in for the kubelets: containers whose programs are a few lines of TypeScript. `exit N`, `cat`, `echo …`,
 * `stderr …`, `size` (prints every terminal size), `big N` (N bytes), `sleep` (until the client leaves).
 */
import { badRequest } from '../../src/api/status.ts';
import type { ContainerStreams, StreamIo } from '../../src/server/containers.ts';

export class FakeContainers implements ContainerStreams {
  /** What happened, for tests to look at. */
  readonly heard: string[] = [];
  readonly ports = new Map<number, (text: string) => string>();
  logs = 'one\ntwo\nthree\n';
  /** Lines that a follower gets after the log, until it leaves. */
  readonly followers = new Set<(line: string) => void>();

  async exec(_target: unknown, command: readonly string[], io: StreamIo): Promise<{ exitCode: number }> {
    const [program, ...args] = command;
    this.heard.push(`${program} runs`);
    switch (program) {
      case 'exit':
        return { exitCode: Number(args[0]) };
      case 'echo':
        await io.stdout.write(`${args.join(' ')}\n`);
        return { exitCode: 0 };
      case 'stderr':
        await io.stdout.write('out\n');
        await io.stderr.write(`${args.join(' ')}\n`);
        return { exitCode: 0 };
      case 'cat':
        for (let bytes = await io.stdin?.read(); bytes !== undefined; bytes = await io.stdin?.read()) await io.stdout.write(bytes);
        return { exitCode: 0 };
      case 'read-line': {
        let line = '';
        while (!line.includes('\n') && !line.includes('\r')) line += (await io.stdin?.read()) ?? '\n';
        await io.stdout.write(`got ${line.trim()}\r\n`);
        return { exitCode: 0 };
      }
      case 'big': {
        const chunk = Array.from({ length: 10_000 }, (_, i) => String.fromCharCode(i % 256)).join('');
        for (let left = Number(args[0]); left > 0; left -= chunk.length) await io.stdout.write(chunk.slice(0, Math.min(left, chunk.length)));
        return { exitCode: 0 };
      }
      case 'size':
        return new Promise((resolve) => {
          io.onResize?.((columns, rows) => {
            this.heard.push(`${columns}x${rows}`);
            void io.stdout.write(`${columns}x${rows}\r\n`).then(() => resolve({ exitCode: 0 }));
          });
        });
      case 'sleep':
        return new Promise((_resolve, reject) => {
          io.signal.addEventListener('abort', () => {
            this.heard.push('client gone');
            reject(io.signal.reason as Error);
          });
        });
      default:
        throw badRequest(`unable to upgrade connection: exec: "${program}": executable file not found in $PATH`);
    }
  }

  async attach(_target: unknown, io: StreamIo): Promise<{ exitCode: number }> {
    await io.stdout.write('attached\n');
    return io.stdin ? this.exec(_target, ['cat'], io) : { exitCode: 0 };
  }

  async log(_target: unknown, options: Parameters<ContainerStreams['log']>[1], write: (bytes: string) => Promise<void> | void, signal: AbortSignal): Promise<void> {
    if (options.previous) throw badRequest('previous terminated container "c" in pod "web" not found');
    const lines = this.logs.split('\n').slice(0, -1);
    const tail = options.tailLines === undefined ? lines : lines.slice(lines.length - options.tailLines);
    for (const line of tail) await write(`${line}\n`);
    if (!options.follow) return;
    await new Promise<void>((resolve) => {
      const onLine = (line: string) => (line === 'END' ? resolve() : void write(`${line}\n`));
      this.followers.add(onLine);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  async portForward(_target: unknown, port: number, data: Parameters<ContainerStreams['portForward']>[2]): Promise<void> {
    const answer = this.ports.get(port);
    if (!answer) throw new Error(`error forwarding port ${port} to pod web, uid : failed to connect to localhost:${port}: connection refused`);
    const text = (await data.read()) ?? '';
    await data.write(answer(text));
    data.end();
  }

  async nodeExec(node: string, command: readonly string[], io: StreamIo): Promise<{ exitCode: number }> {
    await io.stdout.write(`${node}: `);
    return this.exec(undefined, command, io);
  }
}
