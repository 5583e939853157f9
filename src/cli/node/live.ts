/** Joins this terminal to a command on a node: bytes both ways, size, raw mode while it runs. */
import { UserError } from '../../base/user-error.ts';
import { nodeNamed } from '../../cluster/node-names.ts';
import type { Cluster, SessionIo } from '../../cluster/cluster.ts';
import { runHere } from '../run-here.ts';

/** @returns the command's exit code @throws UserError for an unknown node */
export async function runOnNode(cluster: Cluster, node: string, command: readonly string[], tty: boolean): Promise<number> {
  const name = nodeNamed(cluster.info, node);
  if (name === undefined) throw new UserError(`Cluster ${cluster.info.name} has no node "${node}".`, `Its nodes: ${cluster.info.nodes.join(', ')}.${cluster.info.machines ? ` Machines beside it: ${cluster.info.machines.join(', ')}.` : ''}`, 2);
  const direct = cluster.commandOn?.(name, command, tty);
  if (direct) return runHere({ file: direct[0]!, args: direct.slice(1) });
  const { stdin, stdout, stderr } = process;
  const io: SessionIo = {
    tty,
    ...(tty ? { columns: stdout.columns, rows: stdout.rows } : {}),
    stdin(listener) {
      stdin.on('data', (bytes: Buffer) => listener(bytes));
      stdin.on('end', () => listener(undefined));
      stdin.resume();
    },
    stdout: (bytes) => void stdout.write(bytes),
    stderr: (bytes) => void stderr.write(bytes),
    onResize(listener) {
      if (tty) stdout.on('resize', () => listener(stdout.columns, stdout.rows));
    },
  };
  if (tty) stdin.setRawMode(true);
  try {
    return await cluster.session({ node: name }, command, io);
  } finally {
    if (tty) stdin.setRawMode(false);
    stdin.pause();
  }
}
