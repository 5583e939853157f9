/** fold: long lines broken. See POSIX, "fold". */
import { perLine } from './per-line.ts';

export const fold = perLine('fold', 'w:sb', (line, _index, t) => {
  const width = Number(t.value('w') ?? 80);
  return line.match(new RegExp(`.{1,${width}}`, 'gs'))?.join('\n') ?? '';
});
