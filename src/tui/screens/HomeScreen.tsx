/** Home: labs by domain, the one under the pointer in detail, what else there is. */
import { useState, type ReactNode } from 'react';
import type { ClusterInfo } from '../../cluster/cluster.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useTyping } from '../hooks/use-typing.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import { Frame } from '../panes/Frame.tsx';
import { Lines } from '../panes/Lines.tsx';
import type { LabListing } from '../services.ts';
import { line, truncate } from '../text/lines.ts';
import { clusterPhrase, found, homeLines, homeParts, inOrder } from '../views/home.ts';
import { examsPhrase } from '../views/exams-phrase.ts';

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
  const [selected, setSelected] = useState(at ?? ordered[0]?.lab.id);
  /** Only one lab runs: starting this one ends that one. */
  const [ending, setEnding] = useState<{ readonly title: string; readonly start: string }>();
  const index = Math.max(0, ordered.findIndex(({ lab }) => lab.id === selected));
  const parts = homeParts({ labs: shown, query, selected: ordered[index]?.lab.id, firstRun: services.firstRun === true, exams: services.exams && examsPhrase(services.exams.past()), size, symbols: theme.symbols });
  const { list, listHeight } = parts;
  const scroll = useScroll(list.length, listHeight);

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
    <Frame title={isFinding ? `find: ${query}_` : `trainer ${services.version}`} right={line(clusterPhrase(clusters), 'dim')} contexts={isFinding ? ['find'] : ['home', 'everywhere']} question={ending && `This ends "${truncate(ending.title, 30)}". Start?`}>
      <Lines lines={homeLines(parts, scroll.offset)} />
    </Frame>
  );
}
