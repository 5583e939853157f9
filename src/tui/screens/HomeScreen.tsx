/** Home: labs by domain, the one under the pointer in detail, what else there is. */
import { useState, type ReactNode } from 'react';
import type { ClusterInfo } from '../../cluster/cluster.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useTyping } from '../hooks/use-typing.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import { homeInput } from '../home-input.ts';
import { Frame } from '../panes/Frame.tsx';
import { Lines } from '../panes/Lines.tsx';
import type { LabListing } from '../services.ts';
import { line, truncate } from '../text/lines.ts';
import { found } from '../views/find.ts';
import { clusterPhrase, firstPointed, homeLines, homeParts, inOrder } from '../views/home.ts';

export interface HomeProps {
  readonly labs: readonly LabListing[];
  readonly clusters: readonly ClusterInfo[] | undefined;
  /** The lab that the pointer starts at. */
  readonly at?: string | undefined;
  readonly onOpen: (lab: string) => void;
  readonly onClusters: () => void;
  readonly onDoctor: () => void;
  readonly onExams?: (() => void) | undefined;
}

export function HomeScreen({ labs, clusters, at, onOpen, onClusters, onDoctor, onExams }: HomeProps): ReactNode {
  const { services, theme, quit } = useUi();
  const size = useStage();
  const [query, setQuery] = useState<string>();
  const shown = query === undefined ? labs : found(labs, query);
  const ordered = inOrder(shown);
  const [selected, setSelected] = useState(() => at ?? firstPointed(labs, services.next?.()?.lab));
  /** Only one lab runs: starting this one ends that one. */
  const [ending, setEnding] = useState<{ readonly title: string; readonly start: string }>();
  const index = Math.max(0, ordered.findIndex(({ lab }) => lab.id === selected));
  const parts = homeParts({ ...homeInput(services), labs: shown, query, selected: ordered[index]?.lab.id, size, symbols: theme.symbols });
  const { list, listHeight } = parts;
  // Whoever comes back finds the lab that they come from.
  const scroll = useScroll(list.length, listHeight, list.findIndex(({ lab }) => lab !== undefined && lab === selected));

  const select = (next: number) => {
    const listing = ordered[Math.max(0, Math.min(ordered.length - 1, next))];
    if (!listing) return;
    setSelected(listing.lab.id);
    scroll.show(list.findIndex(({ lab }) => lab === listing.lab.id));
  };
  const open = ({ lab, state }: LabListing) => {
    const other = labs.find((listing) => listing.state === 'running' && listing.lab.id !== lab.id);
    if (other && state !== 'running') setEnding({ title: other.lab.title, start: lab.id });
    else onOpen(lab.id);
  };
  const isFinding = query !== undefined;
  useTyping(
    (change) => {
      setQuery((before) => change(before ?? ''));
      scroll.toTop();
    },
    isFinding && ending === undefined,
  );
  useKeys([isFinding ? 'find' : 'home'], {
    find: () => setQuery(''),
    back: () => setQuery(undefined),
    up: () => select(index - 1),
    down: () => select(index + 1),
    nextDomain: () => select(nextDomain(ordered, index)),
    previousDomain: () => select(previousDomain(ordered, index)),
    next: () => {
      const id = services.next?.()?.lab;
      if (id !== undefined) select(ordered.findIndex(({ lab }) => lab.id === id));
    },
    pageUp: () => select(index - listHeight),
    pageDown: () => select(index + listHeight),
    open: () => ordered[index] && open(ordered[index]),
    clusters: onClusters,
    doctor: onDoctor,
    ...(onExams ? { exams: onExams } : {}),
    quit,
  }, ending === undefined);
  useKeys(
    ['confirm'],
    {
      yes: () => ending && onOpen(ending.start),
      no: () => setEnding(undefined),
    },
    ending !== undefined,
  );

  return (
    <Frame title={isFinding ? `find: ${query}_` : `trainer ${services.version}`} right={line(clusterPhrase(clusters, size.columns), 'dim')} contexts={isFinding ? ['find'] : ['home', 'everywhere']} question={ending && `This ends "${truncate(ending.title, 30)}". Start?`}>
      <Lines lines={homeLines(parts, scroll.offset)} />
    </Frame>
  );
}

/** The first lab of the next domain; of the last one, its last. */
function nextDomain(ordered: readonly LabListing[], index: number): number {
  const next = ordered.findIndex(({ lab }, at) => at > index && lab.domain !== ordered[index]?.lab.domain);
  return next < 0 ? ordered.length - 1 : next;
}

/** The first lab of the domain; from there, of the one before. */
function previousDomain(ordered: readonly LabListing[], index: number): number {
  const before = ordered[index - 1];
  return before ? ordered.findIndex(({ lab }) => lab.domain === before.lab.domain) : 0;
}
