/**
 * Colours of the outer terminal, and how the richer ones of a program in the pane come down to them.
 * Knows nothing of cells. See ECMA-48 SGR and the xterm 256-colour palette.
 */

/** How many colours the terminal in front of the learner shows. */
export type ColorDepth = 'truecolor' | '256' | '16' | 'none';

/** Reads what terminals announce: `COLORTERM`, `TERM`. */
export function colorDepth(env: Readonly<Record<string, string | undefined>>): ColorDepth {
  const term = env['TERM'] ?? '';
  if (term === '' || term === 'dumb' || term.startsWith('vt')) return 'none';
  if (/^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '') || /-direct$|^xterm-(kitty|ghostty)$/.test(term)) return 'truecolor';
  return term.includes('256') ? '256' : '16';
}

/**
 * SGR parameters for a palette colour.
 * @param ground 30 for the text, 40 for what is behind it
 * @param isOf256 the program named one of 256 colours. Some terminals brighten bold text in the first of sixteen, but not in those.
 */
export function paletteSgr(index: number, ground: 30 | 40, depth: ColorDepth, isOf256 = false): string {
  if (depth === 'none') return '';
  if (isOf256 && depth !== '16') return `;${ground + 8};5;${index}`;
  if (index < 8) return `;${ground + index}`;
  if (index < 16) return `;${ground + 52 + index}`;
  if (depth === '16') return paletteSgr(nearest16(paletteRgb(index)), ground, depth);
  return `;${ground + 8};5;${index}`;
}

/** SGR parameters for a 24-bit colour. */
export function rgbSgr(rgb: number, ground: 30 | 40, depth: ColorDepth): string {
  if (depth === 'truecolor') return `;${ground + 8};2;${(rgb >> 16) & 255};${(rgb >> 8) & 255};${rgb & 255}`;
  if (depth === '256') return `;${ground + 8};5;${nearest256(rgb)}`;
  return depth === '16' ? paletteSgr(nearest16(rgb), ground, depth) : '';
}

const LEVELS = [0, 95, 135, 175, 215, 255];
// xterm's own sixteen.
const SIXTEEN = [
  0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
  0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
];

function paletteRgb(index: number): number {
  if (index < 16) return SIXTEEN[index]!;
  if (index >= 232) return (8 + (index - 232) * 10) * 0x010101;
  const cube = index - 16;
  return (LEVELS[Math.floor(cube / 36)]! << 16) | (LEVELS[Math.floor(cube / 6) % 6]! << 8) | LEVELS[cube % 6]!;
}

function nearest(rgb: number, from: number, to: number): number {
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (let index = from; index < to; index++) {
    const other = paletteRgb(index);
    const red = ((rgb >> 16) & 255) - ((other >> 16) & 255);
    const green = ((rgb >> 8) & 255) - ((other >> 8) & 255);
    const blue = (rgb & 255) - (other & 255);
    const distance = red * red + green * green + blue * blue;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

const remembered = new Map<number, number>();

function nearest256(rgb: number): number {
  let index = remembered.get(rgb);
  // The first sixteen are left out: a learner's theme changes them.
  if (index === undefined) remembered.set(rgb, (index = nearest(rgb, 16, 256)));
  return index;
}

const nearest16 = (rgb: number): number => nearest(rgb, 0, 16);
