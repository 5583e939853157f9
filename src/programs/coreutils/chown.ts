/** chown and chgrp: see POSIX, "chown". */
import { findUser } from '../../machine/users.ts';
import { below, each } from './paths.ts';
import { tool } from './tool.ts';

function owner(name: 'chown' | 'chgrp') {
  return tool({
    name, short: 'RvfhLHP', long: { recursive: 'R', verbose: 'v', 'no-dereference': 'h' },
    async run(t) {
      const [spec, ...paths] = t.operands;
      if (spec === undefined || paths.length === 0) return await t.usage(spec === undefined || !t.gnu ? 'missing operand' : `missing operand after '${spec}'`);
      t.operands = paths;
      const { files } = t.process;
      const [userPart = '', groupPart] = name === 'chgrp' ? ['', spec] : spec.split(/[:.]/);
      const user = userPart === '' ? undefined : findUser(userPart, files);
      const group = groupPart === undefined || groupPart === '' ? undefined : findUser(`0:${groupPart}`, files);
      if ((userPart !== '' && !user) || (groupPart && !group)) return await t.refuse(t.gnu ? `invalid ${userPart !== '' && !user ? 'user' : 'group'}: '${name === 'chown' ? spec : groupPart}'` : `unknown ${userPart !== '' && !user ? 'user' : 'group'} ${userPart !== '' && !user ? userPart : groupPart}`);
      return await each(t, (_operand, path) => {
        for (const one of t.has('R') ? below(t, path) : [path]) {
          const stat = files.lstat(one);
          files.chown(one, user?.uid ?? stat.uid, group?.gid ?? stat.gid);
        }
      }, (operand) => (t.gnu ? (files.exists(t.path(operand)) ? `changing ownership of '${operand}'` : `cannot access '${operand}'`) : operand));
    },
  });
}

export const chown = owner('chown');
export const chgrp = owner('chgrp');
