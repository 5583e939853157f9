/** rev: the characters of each line backwards. See rev(1). */
import { perLine } from './per-line.ts';

export const rev = perLine('rev', '', (line) => [...line].reverse().join(''));
