/**
 * The home screen in words: labs by exam domain with state, best score and time, and what stands around them.
 * Knows nothing of drawing or of keys.
 */
import { backendLine } from '../../cluster/choice.ts';
import type { ClusterInfo } from '../../cluster/cluster.ts';
import { DOMAINS, DOMAIN_WEIGHTS } from '../../lab/exam/domains.ts';
import type { LabListing } from '../services.ts';
import { BLANK, fit, justify, line, lineWidth, span, wrap, type Line, type Style } from '../text/lines.ts';
import type { Symbols } from '../theme.ts';
import { FACET_WORDS } from './find.ts';
import { clock, plural } from './format.ts';

/** The labs in the order that the screen lists them. */
export function inOrder(labs: readonly LabListing[]): readonly LabListing[] {
  return DOMAINS.flatMap((domain) => labs.filter(({ lab }) => lab.domain === domain));
}

/** Where the pointer starts: at the lab that runs, else at what is to be practised now, so that Enter alone is a good choice. */
export function firstPointed(labs: readonly LabListing[], next: string | undefined): string | undefined {
  const ordered = inOrder(labs);
  return (ordered.find(({ state }) => state === 'running') ?? ordered.find(({ lab }) => lab.id === next) ?? ordered[0])?.lab.id;
}

/** A row is a line that belongs to a lab, or to none. */
export interface HomeRow {
  readonly line: Line;
  readonly lab?: string;
}

/** @param selected id of the lab that the pointer is at */
export function homeRows(labs: readonly LabListing[], selected: string | undefined, width: number, symbols: Symbols, isFinding = false): HomeRow[] {
  const rows: HomeRow[] = [];
  for (const [domain, percent] of DOMAIN_WEIGHTS) {
    const own = labs.filter(({ lab }) => lab.domain === domain);
    if (isFinding && own.length === 0) continue;
    const title = own.length === 0 ? 'dim' : 'strong';
    const note = own.length === 0 ? `no labs yet ${symbols.dot} ${percent} % of the exam` : `${percent} % of the exam`;
    rows.push({ line: justify(line(domain, title), line(note, 'dim'), width) });
    for (const listing of own) rows.push({ line: labRow(listing, listing.lab.id === selected, width, symbols), lab: listing.lab.id });
    if (own.length > 0) rows.push({ line: BLANK });
  }
  return rows;
}

function labRow(listing: LabListing, isSelected: boolean, width: number, symbols: Symbols): Line {
  const { lab, best } = listing;
  const [mark, style] = markOf(listing, symbols);
  const score = best ? `${best.points}/${best.of}`.padStart(7) + clock(best.tookMs).padStart(8) : ' '.repeat(15);
  const facts = `${lab.difficulty.padEnd(6)} ${`${lab.minutes} min`.padStart(6)}${score}`;
  const title = fit(lab.title, Math.max(10, width - 4 - facts.length - 1));
  return [
    span(isSelected ? symbols.pointer : ' ', 'accent'),
    span(` ${mark} `, style),
    span(title, isSelected ? 'selected' : 'plain'),
    span(` ${facts}`, 'dim'),
  ];
}

function markOf({ state }: LabListing, symbols: Symbols): readonly [string, Style] {
  switch (state) {
    case 'solved':
      return [symbols.pass, 'pass'];
    case 'running':
      return [symbols.running, 'accent'];
    case 'tried':
      return [symbols.fail, 'fail'];
    case 'new':
      return [symbols.open, 'dim'];
  }
}

/** What the lab under the pointer is about. */
export function labFacts({ lab, state, attempts, best }: LabListing, width: number): Line[] {
  const states = { new: 'not begun', running: 'running', tried: 'tried', solved: 'solved' };
  return [
    ...wrap(line(lab.title, 'title'), width),
    ...wrap(line(lab.competency, 'dim'), width),
    BLANK,
    line(`${lab.difficulty}, about ${plural(lab.minutes, 'minute')}, ${plural(lab.criteria.reduce((sum, { points }) => sum + points, 0), 'point')}`),
    line(`${states[state]}${attempts > 0 ? `, ${plural(attempts, 'attempt')}` : ''}`),
    ...(best ? [line(`best ${best.points} of ${best.of} in ${clock(best.tookMs)}`)] : []),
    ...(lab.hints.length > 0 ? [line(plural(lab.hints.length, 'hint'))] : []),
  ];
}

/** The lines under the labs. */
function aroundLabs({ firstRun, exams, next, streakDays = 0 }: HomeInput, width: number): Line[] {
  // A streak is a pleasure from the second day on; nobody is told what they have lost.
  const streak = streakDays < 2 ? [] : [span(`  ${streakDays} days in a row.`, 'dim')];
  return [
    ...(next ? wrap([span('Next   ', 'strong'), span(next.title), span(`: ${next.because}.`, 'dim'), ...streak], width, [], line('       ')) : []),
    ...wrap([span('Exams  ', 'strong'), ...(exams ?? line('Mock exams cannot be taken here.', 'dim'))], width),
    ...(firstRun
      ? [BLANK, ...wrap([span('First time here? ', 'accent'), span('Choose a lab and press Enter. A cluster starts by itself; nothing on your machine is changed, and your own kubeconfig is left alone.')], width)]
      : []),
  ];
}

/** On wider screens the eye would lose the row between a title and its minutes. */
const WIDEST_LIST = 112;

/** From this width on the lab under the pointer is described at the side. */
const SIDE_COLUMNS = 110;
const SIDE_WIDTH = 38;
const GAP = 4;

export interface HomeInput {
  readonly labs: readonly LabListing[];
  readonly selected: string | undefined;
  readonly firstRun: boolean;
  /** Words to find; undefined shows every lab. */
  readonly query?: string | undefined;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly symbols: Symbols;
  /** A phrase about exams; undefined where there are none. */
  readonly exams?: Line | undefined;
  /** What to practise now, and why. */
  readonly next?: { readonly lab: string; readonly title: string; readonly because: string } | undefined;
  readonly streakDays?: number | undefined;
}

const FACET_HINT = `Type words of a title, topic or domain, or what a lab is: ${FACET_WORDS.join(', ')}.`;

/** The body of the screen, before it is scrolled. */
export interface HomeParts {
  readonly list: readonly HomeRow[];
  /** Rows of the list that are seen. */
  readonly listHeight: number;
  readonly around: readonly Line[];
  readonly side: readonly Line[];
  readonly width: number;
}

export function homeParts(input: HomeInput): HomeParts {
  const { labs, selected, query, size, symbols } = input;
  const hasSide = size.columns >= SIDE_COLUMNS;
  const width = hasSide ? Math.min(WIDEST_LIST, size.columns - SIDE_WIDTH - GAP - 2) : size.columns - 2;
  const list = homeRows(labs, selected, width, symbols, query !== undefined);
  const around =
    query !== undefined ? labs.length === 0 ? wrap(line(`No lab fits all of these words. ${FACET_HINT}`, 'dim'), width) : query === '' ? wrap(line(FACET_HINT, 'dim'), width) : []
    : labs.length === 0 ? wrap(line('There are no labs. The folder `labs` of the installation is empty.', 'fail'), width) : aroundLabs(input, width);
  const at = labs.find(({ lab }) => lab.id === selected);
  return {
    list,
    listHeight: Math.max(3, Math.min(list.length, size.rows - 4 - around.length)),
    around,
    side: hasSide && at ? labFacts(at, SIDE_WIDTH) : [],
    width,
  };
}

/** How far the list is scrolled when the screen opens: the pointer's lab stands in the middle where it can. */
export function firstOffset({ list, listHeight }: HomeParts, selected: string | undefined): number {
  const at = list.findIndex(({ lab }) => lab !== undefined && lab === selected);
  return Math.max(0, Math.min(list.length - listHeight, at - Math.floor(listHeight / 2)));
}

/** The body, line by line. */
export function homeLines({ list, listHeight, around, side, width }: HomeParts, offset: number): Line[] {
  const left = [...list.slice(offset, offset + listHeight).map((row) => row.line), moreLine(list, offset, listHeight), ...around];
  const lines = Array.from({ length: Math.max(left.length, side.length) }, (_, row): Line => {
    const own = left[row] ?? BLANK;
    const beside = side[row];
    return [span(' '), ...own, ...(beside === undefined ? [] : [span(' '.repeat(width - lineWidth(own) + GAP)), ...beside])];
  });
  return [BLANK, ...lines];
}

/** How many labs the list has beyond what is seen. */
function moreLine(list: readonly HomeRow[], offset: number, height: number): Line {
  const labsIn = (rows: readonly HomeRow[]) => rows.filter(({ lab }) => lab !== undefined).length;
  const [above, below] = [labsIn(list.slice(0, offset)), labsIn(list.slice(offset + height))];
  const said = [...(above > 0 ? [`${above} above`] : []), ...(below > 0 ? [`${below} below`] : [])];
  return said.length === 0 ? BLANK : line(`   ${said.join(', ')}`, 'dim');
}

/** One phrase about clusters for the header, with the reason of the backend where there is room; undefined while nobody has answered yet. */
export function clusterPhrase(clusters: readonly ClusterInfo[] | undefined, columns = 0): string {
  if (clusters === undefined) return 'clusters: looking';
  const [first, ...others] = clusters.filter((cluster) => cluster.running);
  if (!first) return clusters.length === 0 ? 'no cluster yet' : 'no cluster running';
  if (others.length > 0) return `${others.length + 1} clusters running`;
  return `${first.name} on ${columns >= SIDE_COLUMNS ? backendLine(first) : first.backend}`;
}
