/** What GNU wget shows of a download: a bar on a terminal, a dot for each kilobyte elsewhere. See src/progress.c. */

export interface Download {
  readonly name: string;
  /** What the server announced. */
  readonly length: number | undefined;
  readonly received: number;
  readonly tookMs: number;
}

/** One dot per kilobyte, fifty in a row; the last row says how it went. */
export function dots({ length, received, tookMs }: Download): string {
  const { meter } = rate((received * 1000) / tookMs);
  const count = Math.floor(received / 51_200) + 1;
  return Array.from({ length: count }, (_, row) => {
    const grouped = '.'.repeat(Math.min(50, Math.floor((received - row * 51_200) / 1024))).replaceAll(/.{10}(?=.)/g, '$& ').padEnd(54);
    const done = length ? Math.floor((Math.min(received, (row + 1) * 51_200) * 100) / length) : undefined;
    return `${String(row * 50).padStart(6)}K ${grouped} ${done === undefined ? '    ' : `${String(done).padStart(3)}%`} ${meter}${row === count - 1 ? `=${(tookMs / 1000).toFixed(1).replace(/\.0$/, '')}s` : ''}\n`;
  }).join('');
}

/** The bar as it looks before the first byte: a name too long for its place will scroll through it. */
export function emptyBar(name: string, length: number | undefined, columns: number): string {
  const { nameWidth, barWidth } = geometry(columns);
  const shown = name.length > nameWidth ? name.slice(0, Math.ceil(nameWidth / 2)).padStart(nameWidth) : name.padEnd(nameWidth);
  return `\r${shown} ${length ? '  0%' : '    '}[${(length ? '' : '<=>').padEnd(barWidth)}]       0  --.-KB/s               `;
}

/** The bar when everything is there; a rate is shown only of what took longer than the first measurement. */
export function fullBar({ name, length, received, tookMs }: Download, columns: number): string {
  const { nameWidth, barWidth } = geometry(columns);
  const bar = length ? `${'='.repeat(barWidth - 1)}>` : '<=>'.padStart(barWidth);
  const speed = tookMs < MEASURED_MS ? '  --.-KB/s' : `  ${rate((received * 1000) / tookMs).bar}`;
  return `\r${name.slice(0, nameWidth).padEnd(nameWidth)} ${length ? '100%' : '    '}[${bar}] ${short(received).padStart(7)}${speed}${`    in ${took(tookMs)}`.padEnd(15)}\n`;
}

/** How fast it was: in a row of dots, behind the bar, and in the last line's words. */
export function rate(bytesPerSecond: number): { readonly meter: string; readonly bar: string; readonly words: string } {
  const units = ['B', 'K', 'M', 'G'];
  let value = bytesPerSecond;
  let unit = 0;
  while (value >= 1024 && unit < 3) {
    value /= 1024;
    unit++;
  }
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  const name = unit === 0 ? 'B' : `${units[unit]}B`;
  return { meter: `${value.toFixed(digits).padStart(4)}${units[unit]}`, bar: `${value.toFixed(digits).padStart(4)}${name}/s`, words: `${value.toFixed(digits)} ${name}/s` };
}

/** Rates are measured over this long. */
const MEASURED_MS = 150;

/** A quarter of the line for the name; what size, rate and time leave for the bar. */
function geometry(columns: number): { readonly nameWidth: number; readonly barWidth: number } {
  const nameWidth = Math.floor((columns - 1) / 4);
  return { nameWidth, barWidth: Math.max(3, columns - 1 - (nameWidth + 1) - 39) };
}

function short(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  const kibi = bytes / 1024;
  return kibi < 1024 ? `${kibi.toFixed(2)}K` : `${(kibi / 1024).toFixed(2)}M`;
}

function took(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 0.0005) return '0s';
  if (seconds >= 10) return `${Math.round(seconds)}s`;
  return `${seconds.toFixed(seconds < 0.01 ? 3 : seconds < 0.1 ? 2 : 1)}s`;
}
