/** chmod: see POSIX, "chmod". */
import type { Program } from '../../machine/program.ts';
import { changeMode } from './mode.ts';
import { below, each } from './paths.ts';
import { tool, withArguments } from './tool.ts';

/** A mode such as `-x` looks like an option, so `--` is put before it. */
const beforeModes = (argv: readonly string[]): string[] => {
  const at = argv.findIndex((arg, index) => index > 0 && /^-[rwxXst]+(,|$)/.test(arg) && !/^-[RvfcT]+$/.test(arg));
  return at < 0 ? [...argv] : [...argv.slice(0, at), '--', ...argv.slice(at)];
};

const chmodTool = tool({
  name: 'chmod', short: 'Rvfc', long: { recursive: 'R', verbose: 'v', changes: 'c', quiet: 'f' },
  async run(t) {
    const [spec, ...paths] = t.operands;
    if (spec === undefined) return await t.usage('missing operand');
    if (paths.length === 0) return await t.usage(t.gnu ? `missing operand after '${spec}'` : 'missing operand');
    if (changeMode(spec, 0, false) === undefined) return await t.usage(t.gnu ? `invalid mode: '${spec}'` : `invalid mode '${spec}'`);
    t.operands = paths;
    const { files } = t.process;
    return await each(t, (_operand, path) => {
      for (const one of t.has('R') ? below(t, path) : [path]) {
        const stat = files.lstat(one);
        if (stat.type === 'symlink' && t.has('R')) continue;
        files.chmod(one, changeMode(spec, files.stat(one).mode, stat.type === 'directory')!);
      }
    }, (operand) => (t.gnu ? (files.exists(t.path(operand)) ? `changing permissions of '${operand}'` : `cannot access '${operand}'`) : operand));
  },
});

export const chmod: Program = { name: 'chmod', run: (process) => chmodTool.run(withArguments(process, beforeModes(process.argv))) };
