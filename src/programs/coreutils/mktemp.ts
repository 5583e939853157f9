/** mktemp: a name that nobody has yet. See mktemp(1). */
import { joined } from './names.ts';
import { reason, tool } from './tool.ts';

export const mktemp = tool({
  name: 'mktemp', short: 'dqup:t', long: { directory: 'd', quiet: 'q', tmpdir: 'p', 'dry-run': 'u' }, absent: ['suffix'],
  async run(t) {
    const { files, machine, env } = t.process;
    const template = t.operands[0] ?? (t.gnu ? 'tmp.XXXXXXXXXX' : 'tmp.XXXXXX');
    const xs = /X{3,}$/.exec(template);
    if (!xs) return await t.usage(t.gnu ? `too few X's in template '${template}'` : `(null): Invalid argument`);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    const name = template.slice(0, xs.index) + machine.rng.text(xs[0].length, letters);
    const path = template.includes('/') ? name : t.operands[0] !== undefined && !t.has('p') && !t.has('t') ? name : joined(t.value('p') || env.get('TMPDIR') || '/tmp', name);
    try {
      if (t.has('d')) files.mkdir(t.path(path), { mode: 0o700 });
      else if (!t.has('u')) files.open(t.path(path), { write: true, create: true, exclusive: true, mode: 0o600 });
    } catch (error) {
      const cause = reason(error);
      if (!t.has('q')) await t.complain(t.gnu ? `failed to create ${t.has('d') ? 'directory' : 'file'} via template '${template}': ${cause}` : `${template}: ${cause}`);
      return 1;
    }
    await t.write(`${path}\n`);
    return 0;
  },
});
