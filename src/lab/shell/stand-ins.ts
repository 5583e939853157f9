/**
 * The folder that comes first in a lab shell's PATH: `cka`; `kubectl` where the machine has none; and an `ssh` that
 * reaches the cluster's nodes and hands every other host to the real one; likewise `scp`.
 */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../cluster/find-program.ts';
import { commandLine, quote } from './quote.ts';
import { scp } from './scp.ts';

export interface StandInOptions {
  readonly folder: string;
  /** The command line that starts this program. */
  readonly self: readonly string[];
  readonly cluster: string;
  readonly nodes: readonly string[];
  readonly path: string | undefined;
}

/** Write the folder anew. Idempotent. */
export async function writeStandIns(options: StandInOptions): Promise<void> {
  const { folder, self, path } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await script(join(folder, 'cka'), `exec ${commandLine(self)} "$@"`);
  await script(join(folder, 'ssh'), ssh(options));
  await script(join(folder, 'scp'), scp(options));
  const kubectl = join(folder, 'kubectl');
  if (findProgram('kubectl', path, folder)) await rm(kubectl, { force: true });
  else await script(kubectl, `exec ${commandLine(self)} kubectl "$@"`);
}

/** An executable of ours. */
export async function script(file: string, body: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o700);
}

/** Options of ssh that are followed by a value. */
const WITH_VALUE = '-[BbcDEeFIiJLlmOoPpQRSWw]';

/** Sets `host` and `count`: finds the host among the arguments as ssh does, the first that is neither an option nor an option's value. */
export const FIND_HOST = `takes_value=0
count=0
for word in "$@"; do
  count=$((count + 1))
  if [ $takes_value = 1 ]; then takes_value=0; continue; fi
  case "$word" in
    ${WITH_VALUE}) takes_value=1 ;;
    -*) ;;
    *) host=\${word##*@}; break ;;
  esac
done`;

/** Takes the host away, and options that come after it: ssh knows them there too. What is left is the command. */
export const SHIFT_TO_COMMAND = `shift "$count"
while [ $# -gt 0 ]; do
  case "$1" in
    --) shift; break ;;
    ${WITH_VALUE}) shift; [ $# = 0 ] || shift ;;
    -?*) shift ;;
    *) break ;;
  esac
done`;

function ssh({ self, cluster, nodes, folder }: StandInOptions): string {
  return `${FIND_HOST}
case "\${host-}" in
  ${nodes.map((node) => quote(node)).join(' | ') || "''"})
    ${SHIFT_TO_COMMAND}
    if [ $# = 0 ]; then exec ${commandLine([...self, 'ssh', '--name', cluster])} "$host"; fi
    exec ${commandLine([...self, 'ssh', '--name', cluster])} "$host" -- "$@"
    ;;
esac
IFS=:
for folder in $PATH; do
  if [ "$folder" != ${quote(folder)} ] && [ -x "$folder/ssh" ]; then unset IFS; exec "$folder/ssh" "$@"; fi
done
echo "ssh: only the nodes of the lab can be reached here: ${nodes.join(' ')}" >&2
exit 255`;
}
