/** chmod: see POSIX, "chmod". */
import type { Program } from '../../machine/program.ts';
import { changeMode, modeLetters } from './mode.ts';
import { below, each } from './paths.ts';
import { type Tool, tool, withArguments } from './tool.ts';

/** A mode such as `-x` looks like an option, so `--` is put before it. */
const beforeModes = (argv: readonly string[]): string[] => {
  const at = argv.findIndex((arg, index) => index > 0 && /^-[rwxXst]+(,|$)/.test(arg) && !/^-[RvfcT]+$/.test(arg));
  return at < 0 ? [...argv] : [...argv.slice(0, at), '--', ...argv.slice(at)];
};

const chmodTool = tool({
  name: 'chmod', short: 'Rvfc', long: { recursive: 'R', verbose: 'v', changes: 'c', quiet: 'f', silent: 'f' }, absent: ['reference'],
  async run(t) {
    const [spec, ...paths] = t.operands;
    if (spec === undefined) return await t.usage('missing operand');
    if (paths.length === 0) return await t.usage(t.gnu ? `missing operand after '${spec}'` : 'missing operand');
    if (changeMode(spec, 0, false) === undefined) return await t.usage(t.gnu ? `invalid mode: '${spec}'` : `invalid mode '${spec}'`);
    t.operands = paths;
    const { files } = t.process;
    return await each(t, async (operand, path) => {
      for (const one of t.has('R') ? below(t, path) : [path]) {
        const type = files.lstat(one).type;
        if (type === 'symlink' && t.has('R')) continue;
        const before = files.stat(one).mode;
        const mode = changeMode(spec, before, type === 'directory')!;
        files.chmod(one, mode);
        await tell(t, operand + one.slice(path.length), before, mode);
      }
    }, (operand) => (t.gnu ? (files.exists(t.path(operand)) ? `changing permissions of '${operand}'` : `cannot access '${operand}'`) : operand), t.has('f') && t.gnu);
  },
});

/** `-v` tells of every file, `-c` of those that changed. */
async function tell(t: Tool, name: string, before: number, mode: number): Promise<void> {
  if (!t.has('v') && !(t.has('c') && (before !== mode || !t.gnu))) return;
  const shown = (bits: number) => `${bits.toString(8).padStart(4, '0')} (${modeLetters({ type: 'file', mode: bits }).slice(1)})`;
  await t.write(!t.gnu ? `mode of '${name}' changed to ${shown(mode)}\n` : before === mode ? `mode of '${name}' retained as ${shown(mode)}\n` : `mode of '${name}' changed from ${shown(before)} to ${shown(mode)}\n`);
}

export const chmod: Program = { name: 'chmod', run: (process) => chmodTool.run(withArguments(process, beforeModes(process.argv))) };
