/** chown and chgrp: see POSIX, "chown". */
import type { FileStat } from '../../machine/files.ts';
import { findUser, groupName, userName } from '../../machine/users.ts';
import { below, each } from './paths.ts';
import { type Tool, tool } from './tool.ts';

function owner(name: 'chown' | 'chgrp') {
  return tool({
    name, short: 'RvcfP', long: { recursive: 'R', verbose: 'v', changes: 'c', quiet: 'f', silent: 'f' }, absent: ['h', 'no-dereference', 'L', 'H', 'reference', 'from'], withoutEffect: { P: 'links below a directory are never followed' },
    async run(t) {
      const [spec, ...paths] = t.operands;
      if (spec === undefined || paths.length === 0) return await t.usage(spec === undefined || !t.gnu ? 'missing operand' : `missing operand after '${spec}'`);
      t.operands = paths;
      const { files } = t.process;
      const [userPart = '', groupPart] = name === 'chgrp' ? ['', spec] : spec.split(/[:.]/);
      const user = userPart === '' ? undefined : findUser(userPart, files);
      const group = groupPart === undefined || groupPart === '' ? undefined : findUser(`0:${groupPart}`, files);
      if ((userPart !== '' && !user) || (groupPart && !group)) return await t.refuse(t.gnu ? `invalid ${userPart !== '' && !user ? 'user' : 'group'}: '${name === 'chown' ? spec : groupPart}'` : `unknown ${userPart !== '' && !user ? 'user' : 'group'} ${userPart !== '' && !user ? userPart : groupPart}`);
      return await each(t, async (operand, path) => {
        for (const one of t.has('R') ? below(t, path) : [path]) {
          if (t.has('R') && files.lstat(one).type === 'symlink') continue;
          const before = files.stat(one);
          files.chown(one, user?.uid ?? before.uid, group?.gid ?? before.gid);
          await tell(t, operand + one.slice(path.length), before, user, group);
        }
      }, (operand) => (t.gnu ? (files.exists(t.path(operand)) ? `changing ownership of '${operand}'` : `cannot access '${operand}'`) : operand), t.has('f') && t.gnu);
    },
  });
}

/** `-v` tells of every file, `-c` of those that changed. Only what was asked for is named. */
async function tell(t: Tool, name: string, before: FileStat, user: { readonly uid: number } | undefined, group: { readonly gid: number } | undefined): Promise<void> {
  const { files } = t.process;
  const uid = user?.uid ?? before.uid;
  const gid = group?.gid ?? before.gid;
  const changed = uid !== before.uid || gid !== before.gid;
  if (!t.has('v') && !(t.has('c') && (changed || !t.gnu))) return;
  if (!t.gnu) return await t.write(`changed ownership of '${name}' to ${uid}:${gid}\n`);
  const shown = (u: number, g: number) => [...(user ? [userName(u, files)] : []), ...(group ? [groupName(g, files)] : [])].join(':');
  const what = user ? 'ownership' : 'group';
  await t.write(changed ? `changed ${what} of '${name}' from ${shown(before.uid, before.gid)} to ${shown(uid, gid)}\n` : `${what} of '${name}' retained as ${shown(uid, gid)}\n`);
}

export const chown = owner('chown');
export const chgrp = owner('chgrp');
