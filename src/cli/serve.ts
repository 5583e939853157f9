/**
 * `sim --serve`, which only the program itself calls: the process behind a cluster in the background. It says nothing, and
 * stops when told or idle. Past the parser of the other commands: somebody waits for it.
 */
import { parseArgs } from 'node:util';
import { UserError } from '../base/user-error.ts';
import type { ClusterSpec } from '../cluster/cluster.ts';
import { type Cli, EXIT } from './command.ts';

const text = { type: 'string' } as const;
const OPTIONS = { serve: text, name: text, cni: text, workers: text, 'proxy-mode': text, encapsulation: text, because: text } as const;

/** @param words as `serveArguments` of the simulator's starter writes them */
export async function serve(words: readonly string[], cli: Cli): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS });
    const { serve: folder = '', name = '', workers, encapsulation, because } = values;
    const { runSimulator } = await import('../cluster/simulator-process.ts');
    const running = await runSimulator({
      folder, name, workers: Number(workers), cni: values.cni as ClusterSpec['cni'], proxyMode: values['proxy-mode'] as ClusterSpec['proxyMode'],
      ...(encapsulation === undefined ? {} : { encapsulation: encapsulation as NonNullable<ClusterSpec['encapsulation']> }), ...(because === undefined ? {} : { because }),
    });
    const stop = () => void running.stop();
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
    await running.stopped;
    return EXIT.done;
  } catch (error) {
    // Whoever started us reads the last line of our log.
    const known = error instanceof UserError;
    cli.err(known ? `${error.message} ${error.action}\n` : `${(error as Error).stack}\n${(error as Error).message}\n`);
    return known ? error.exitCode : EXIT.broken;
  }
}
