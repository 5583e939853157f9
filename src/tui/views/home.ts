/**
 * The home screen in words: labs by exam domain with state, best score and time, and what stands around them.
 * Knows nothing of drawing or of keys.
 */
import type { ClusterInfo } from '../../cluster/cluster.ts';
import type { Domain } from '../../lab/lab.ts';
import type { LabListing } from '../services.ts';
import { BLANK, fit, justify, line, lineWidth, span, wrap, type Line, type Style } from '../text/lines.ts';
import type { Symbols } from '../theme.ts';
import { clock, plural } from './format.ts';

/** The exam's domains, heaviest first, with their weight in percent (curriculum v1.35). */
export const DOMAINS: readonly (readonly [Domain, number])[] = [
  ['Troubleshooting', 30],
  ['Cluster Architecture, Installation and Configuration', 25],
  ['Services and Networking', 20],
  ['Workloads and Scheduling', 15],
  ['Storage', 10],
];

/** The labs that have all of these words somewhere. */
export function found(labs: readonly LabListing[], query: string): readonly LabListing[] {
  const words = query.toLowerCase().split(' ').filter((word) => word !== '');
  return labs.filter(({ lab }) => {
    const text = `${lab.title} ${lab.id} ${lab.competency} ${lab.domain} ${lab.difficulty}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The labs in the order that the screen lists them. */
export function inOrder(labs: readonly LabListing[]): readonly LabListing[] {
  return DOMAINS.flatMap(([domain]) => labs.filter(({ lab }) => lab.domain === domain));
}

/** A row is a line that belongs to a lab, or to none. */
export interface HomeRow {
  readonly line: Line;
  readonly lab?: string;
}

/** @param selected id of the lab that the pointer is at */
export function homeRows(labs: readonly LabListing[], selected: string | undefined, width: number, symbols: Symbols, isFinding = false): HomeRow[] {
  const rows: HomeRow[] = [];
  for (const [domain, percent] of DOMAINS) {
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
export function aroundLabs(firstRun: boolean, width: number, exams: Line): Line[] {
  return [
    ...wrap([span('Exams  ', 'strong'), ...exams], width),
    ...(firstRun
      ? [BLANK, ...wrap([span('First time here? ', 'accent'), span('Choose a lab and press Enter. A cluster starts by itself; nothing on your machine is changed, and your own kubeconfig is left alone.')], width)]
      : []),
  ];
}

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
}

/** The body of the screen, before it is scrolled. */
export interface HomeParts {
  readonly list: readonly HomeRow[];
  /** Rows of the list that are seen. */
  readonly listHeight: number;
  readonly around: readonly Line[];
  readonly side: readonly Line[];
  readonly width: number;
}

export function homeParts({ labs, selected, firstRun, query, size, symbols, exams }: HomeInput): HomeParts {
  const hasSide = size.columns >= SIDE_COLUMNS;
  const width = hasSide ? size.columns - SIDE_WIDTH - GAP - 2 : size.columns - 2;
  const list = homeRows(labs, selected, width, symbols, query !== undefined);
  const around =
    query !== undefined ? (labs.length === 0 ? [line('No lab has all of these words.', 'dim')] : [])
    : labs.length === 0 ? wrap(line('There are no labs. The folder `labs` of the installation is empty.', 'fail'), width) : aroundLabs(firstRun, width, exams ?? line('Mock exams cannot be taken here.', 'dim'));
  const at = labs.find(({ lab }) => lab.id === selected);
  return {
    list,
    listHeight: Math.max(3, Math.min(list.length, size.rows - 4 - around.length)),
    around,
    side: hasSide && at ? labFacts(at, SIDE_WIDTH) : [],
    width,
  };
}

/** The body, line by line. */
export function homeLines({ list, listHeight, around, side, width }: HomeParts, offset: number): Line[] {
  const left = [...list.slice(offset, offset + listHeight).map((row) => row.line), BLANK, ...around];
  const lines = Array.from({ length: Math.max(left.length, side.length) }, (_, row): Line => {
    const own = left[row] ?? BLANK;
    const beside = side[row];
    return [span(' '), ...own, ...(beside === undefined ? [] : [span(' '.repeat(width - lineWidth(own) + GAP)), ...beside])];
  });
  return [BLANK, ...lines];
}

/** One phrase about clusters for the header; undefined while nobody has answered yet. */
export function clusterPhrase(clusters: readonly ClusterInfo[] | undefined): string {
  if (clusters === undefined) return 'clusters: looking';
  const running = clusters.filter((cluster) => cluster.running);
  if (running.length === 0) return clusters.length === 0 ? 'no cluster yet' : 'no cluster running';
  const [first] = running;
  return running.length === 1 ? `${first!.name} (${first!.backend}) running` : `${running.length} clusters running`;
}
