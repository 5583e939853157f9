/**
 * Markdown as styled lines of a given width. marked reads it; every construct that labs use has a shape here, and what
 * is not known is shown as its source rather than dropped.
 */
import { lexer, type Token, type Tokens } from 'marked';
import { BLANK, fit, line, lineText, lineWidth, span, wrap, type Line, type Span, type Style } from './lines.ts';

/** @param width columns */
export function markdown(text: string, width: number): Line[] {
  return trimBlank(blocks(lexer(text), width));
}

function blocks(tokens: readonly Token[], width: number): Line[] {
  return tokens.flatMap((token) => block(token, width));
}

function block(token: Token, width: number): Line[] {
  switch (token.type) {
    case 'space':
    case 'def':
      return [];
    case 'heading':
      return [...wrap(inline((token as Tokens.Heading).tokens, token['depth'] === 1 ? 'title' : 'heading'), width), BLANK];
    case 'paragraph':
      return [...wrap(inline((token as Tokens.Paragraph).tokens), width), BLANK];
    case 'text': {
      const { tokens, text } = token as Tokens.Text;
      return wrap(tokens ? inline(tokens) : [span(decode(text))], width);
    }
    case 'code':
      return [...(token as Tokens.Code).text.split('\n').flatMap((code) => codeLine(code, width)), BLANK];
    case 'list':
      return [...list(token as Tokens.List, width), BLANK];
    case 'blockquote':
      return [...trimBlank(blocks((token as Tokens.Blockquote).tokens, width - 2)).map((quoted): Line => [span('│ ', 'dim'), ...quoted]), BLANK];
    case 'table':
      return [...table(token as Tokens.Table, width), BLANK];
    case 'hr':
      return [line('─'.repeat(width), 'dim'), BLANK];
    default:
      return [...wrap([span(token.raw.trim())], width), BLANK];
  }
}

/** Code goes on in the next line where the width ends, spaces and all, with a mark that is not part of it. */
function codeLine(code: string, width: number): Line[] {
  const lines: Line[] = [];
  let rest = code;
  do {
    let head = '';
    for (const character of rest) {
      if (lineWidth(line(head + character)) > width - 4 && head !== '') break;
      head += character;
    }
    lines.push([span(lines.length === 0 ? '  ' : '  ↳ ', 'dim'), span(head, 'code')]);
    rest = rest.slice(head.length);
  } while (rest !== '');
  return lines;
}

function list(token: Tokens.List, width: number): Line[] {
  return token.items.flatMap((item, index) => {
    const bullet = item.task ? (item.checked ? '[x] ' : '[ ] ') : token.ordered ? `${Number(token.start) + index}. ` : '• ';
    // marked repeats the check box among the item's own tokens.
    const content = item.tokens.filter(({ type }) => type !== 'checkbox');
    const body = trimBlank(blocks(content, width - bullet.length));
    const lines = body.map((text, row): Line => [span(row === 0 ? bullet : ' '.repeat(bullet.length), 'dim'), ...text]);
    return token.loose && index < token.items.length - 1 ? [...lines, BLANK] : lines;
  });
}

function table(token: Tokens.Table, width: number): Line[] {
  const rows = [token.header, ...token.rows].map((row) => row.map((cell) => lineText(inline(cell.tokens))));
  const columns = token.header.map((_, column) => Math.max(...rows.map((row) => lineWidth(line(row[column] ?? '')))));
  // The widest column gives way until the table fits.
  while (columns.reduce((sum, size) => sum + size + 2, -2) > width && Math.max(...columns) > 4) {
    columns[columns.indexOf(Math.max(...columns))]! -= 1;
  }
  const draw = (row: readonly string[], style: Style): Line => line(row.map((cell, column) => fit(cell, columns[column] ?? 0)).join('  ').trimEnd(), style);
  return [draw(rows[0]!, 'strong'), line(columns.map((size) => '─'.repeat(size)).join('  '), 'dim'), ...rows.slice(1).map((row) => draw(row, 'plain'))];
}

function inline(tokens: readonly Token[] | undefined, style: Style = 'plain'): Span[] {
  return (tokens ?? []).flatMap((token): Span[] => {
    switch (token.type) {
      case 'strong':
        return inline((token as Tokens.Strong).tokens, style === 'plain' ? 'strong' : style);
      case 'em':
        return inline((token as Tokens.Em).tokens, style === 'plain' ? 'emphasis' : style);
      case 'del':
        return inline((token as Tokens.Del).tokens, 'deleted');
      case 'codespan':
        return [span(decode((token as Tokens.Codespan).text), 'code')];
      case 'br':
        return [span('\n', style)];
      case 'link': {
        const { href, tokens: label } = token as Tokens.Link;
        const shown = inline(label, 'link');
        return lineText(shown) === href ? shown : [...shown, span(` (${href})`, 'dim')];
      }
      case 'image':
        return [span(`[${(token as Tokens.Image).text}]`, 'dim')];
      case 'text': {
        const { tokens: inner, text } = token as Tokens.Text;
        return inner ? inline(inner, style) : [span(decode(text.replace(/\n/g, ' ')), style)];
      }
      case 'escape':
        return [span((token as Tokens.Escape).text, style)];
      default:
        return [span(token.raw, style)];
    }
  });
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&#39;': "'", '&nbsp;': ' ' };

const decode = (text: string): string => text.replace(/&(?:lt|gt|amp|quot|#39|nbsp);/g, (entity) => ENTITIES[entity]!);

function trimBlank(lines: readonly Line[]): Line[] {
  const kept = [...lines];
  while (kept.length > 0 && kept.at(-1)!.length === 0) kept.pop();
  return kept;
}
