/** Text broken at blanks, as the help and `explain` break it. See github.com/mitchellh/go-wordwrap. */
export function wordWrap(text: string, limit: number): string {
  let out = '';
  let column = 0;
  let word = '';
  let space = '';
  const flush = () => {
    out += space + word;
    column += space.length + word.length;
    space = '';
    word = '';
  };
  for (const char of text) {
    if (char === '\n') {
      if (word === '' && column + space.length > limit) space = '';
      flush();
      out += '\n';
      column = 0;
    } else if (char === ' ' || char === '\t') {
      if (space === '' || word !== '') flush();
      space += char;
    } else {
      word += char;
      if (column + space.length + word.length > limit && word.length < limit) {
        out += '\n';
        column = 0;
        space = '';
      }
    }
  }
  if (word !== '' || column + space.length <= limit) flush();
  return out;
}
