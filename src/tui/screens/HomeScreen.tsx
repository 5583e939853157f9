/** Home: labs by domain, the one under the pointer in detail, what else there is. */
import { Box } from 'ink';
import { useState, type ReactNode } from 'react';
import type { ClusterInfo } from '../../cluster/cluster.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import { Frame } from '../panes/Frame.tsx';
import { Lines } from '../panes/Lines.tsx';
import type { LabListing } from '../services.ts';
import { BLANK, line, truncate, type Line } from '../text/lines.ts';
import { aroundLabs, clusterPhrase, homeRows, inOrder, labFacts } from '../views/home.ts';

export interface HomeProps {
  readonly labs: readonly LabListing[];
  readonly clusters: readonly ClusterInfo[] | undefined;
  /** The lab that the pointer starts at. */
  readonly at?: string | undefined;
  readonly onOpen: (lab: string) => void;
  readonly onClusters: () => void;
  readonly onDoctor: () => void;
}

/** From this width on the lab under the pointer is described at the side. */
const SIDE_COLUMNS = 110;
const SIDE_WIDTH = 38;

export function HomeScreen({ labs, clusters, at, onOpen, onClusters, onDoctor }: HomeProps): ReactNode {
  const { services, theme, quit } = useUi();
  const { columns, rows } = useStage();
  const ordered = inOrder(labs);
  const [selected, setSelected] = useState(at ?? ordered[0]?.lab.id);
  /** Only one lab runs: starting this one ends that one. */
  const [ending, setEnding] = useState<{ readonly title: string; readonly start: string }>();
  const index = Math.max(0, ordered.findIndex(({ lab }) => lab.id === selected));
  const hasSide = columns >= SIDE_COLUMNS;
  const width = hasSide ? columns - SIDE_WIDTH - 6 : columns - 2;

  const list = homeRows(labs, selected, width, theme.symbols);
  const around: Line[] = labs.length === 0 ? [line('There are no labs. The folder `labs` of the installation is empty.', 'fail')] : aroundLabs(services.firstRun === true, width);
  const listHeight = Math.max(3, Math.min(list.length, rows - 4 - around.length));
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
  useKeys(['home'], {
    up: () => select(index - 1),
    down: () => select(index + 1),
    pageUp: () => select(index - listHeight),
    pageDown: () => select(index + listHeight),
    open: () => ordered[index] && open(ordered[index]),
    clusters: onClusters,
    doctor: onDoctor,
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
    <Frame title={`trainer ${services.version}`} right={line(clusterPhrase(clusters), 'dim')} contexts={['home', 'everywhere']} question={ending && `This ends "${truncate(ending.title, 30)}". Start?`}>
      <Box paddingX={1} flexDirection="column" width={width + 2}>
        <Lines lines={[BLANK, ...list.slice(scroll.offset, scroll.offset + listHeight).map((row) => row.line)]} />
        <Box height={1} flexShrink={0} />
        <Lines lines={around} />
      </Box>
      {hasSide && ordered[index] && (
        <Box marginLeft={3} flexDirection="column" width={SIDE_WIDTH}>
          <Lines lines={[BLANK, ...labFacts(ordered[index], SIDE_WIDTH)]} />
        </Box>
      )}
    </Frame>
  );
}
