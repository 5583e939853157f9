/**
 * Which screen is shown, and what moves between them. Labs that were opened stay open while the learner is elsewhere.
 * Computes nothing: it asks the services and draws their answers.
 */
import { Box } from 'ink';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import type { ClusterInfo } from '../cluster/cluster.ts';
import { useKeys } from './hooks/use-keys.ts';
import type { OpenLab } from './hooks/use-terminal.ts';
import { UiContext, useStage, useUi, type Ui } from './hooks/use-ui.ts';
import { isTooSmall, MINIMUM } from './layout.ts';
import { Crash } from './panes/Crash.tsx';
import { Lines } from './panes/Lines.tsx';
import { ClusterScreen } from './screens/ClusterScreen.tsx';
import { DoctorScreen } from './screens/DoctorScreen.tsx';
import { HelpScreen } from './screens/HelpScreen.tsx';
import { HomeScreen } from './screens/HomeScreen.tsx';
import { LabScreen } from './screens/LabScreen.tsx';
import { StartingScreen } from './screens/StartingScreen.tsx';
import { line, wrap } from './text/lines.ts';

type Where =
  | { readonly screen: 'home' | 'clusters' | 'doctor' | 'help' }
  | { readonly screen: 'starting' | 'lab'; readonly lab: string };

export interface AppProps {
  readonly ui: Ui;
  /** Open this lab at once. */
  readonly lab?: string | undefined;
  readonly onQuit: () => void;
}

export function App({ ui, lab, onQuit }: AppProps): ReactNode {
  return (
    <UiContext.Provider value={ui}>
      <Crash fallback={(error, tryAgain) => <CrashScreen error={error} onAgain={tryAgain} onQuit={onQuit} />}>
        <Screens lab={lab} onQuit={onQuit} />
      </Crash>
    </UiContext.Provider>
  );
}

function Screens({ lab, onQuit }: { lab: string | undefined; onQuit: () => void }): ReactNode {
  const { services } = useUi();
  const size = useStage();
  const [where, setWhere] = useState<Where>(lab === undefined ? { screen: 'home' } : { screen: 'starting', lab });
  const [at, setAt] = useState(lab);
  const open = useRef(new Map<string, OpenLab>());
  const clusters = useClusters(where.screen === 'home');
  const home = () => setWhere({ screen: 'home' });

  if (isTooSmall(size)) return <TooSmall onQuit={onQuit} />;
  switch (where.screen) {
    case 'home':
      return (
        <HomeScreen
          labs={services.labs()}
          clusters={clusters}
          at={at}
          onOpen={(id) => {
            setAt(id);
            setWhere({ screen: open.current.has(id) ? 'lab' : 'starting', lab: id });
          }}
          onClusters={() => setWhere({ screen: 'clusters' })}
          onDoctor={() => setWhere({ screen: 'doctor' })}
          onHelp={() => setWhere({ screen: 'help' })}
          onQuit={onQuit}
        />
      );
    case 'clusters':
      return <ClusterScreen onBack={home} onQuit={onQuit} />;
    case 'doctor':
      return <DoctorScreen onBack={home} onQuit={onQuit} />;
    case 'help':
      return <HelpScreen onBack={home} onQuit={onQuit} />;
    case 'starting':
      return (
        <StartingScreen
          id={where.lab}
          title={services.labs().find((listing) => listing.lab.id === where.lab)?.lab.title ?? where.lab}
          onStarted={(running) => {
            open.current.set(where.lab, { running });
            setWhere({ screen: 'lab', lab: where.lab });
          }}
          onBack={home}
          onQuit={onQuit}
        />
      );
    case 'lab': {
      const opened = open.current.get(where.lab);
      if (!opened) return null;
      const stopped = () => {
        if (opened.pane && 'screen' in opened.pane) opened.pane.close();
        open.current.delete(where.lab);
        home();
      };
      return <LabScreen key={where.lab} open={opened} onBack={home} onStopped={stopped} onQuit={onQuit} />;
    }
  }
}

/** Asked each time the home screen opens; the first frame does not wait for it. */
function useClusters(isHome: boolean): readonly ClusterInfo[] | undefined {
  const { services } = useUi();
  const [clusters, setClusters] = useState<readonly ClusterInfo[]>();
  const ask = useCallback(async () => {
    try {
      setClusters(await services.clusters());
    } catch {
      // The cluster screen says what is wrong; the header only names what runs.
      setClusters([]);
    }
  }, [services]);
  useEffect(() => {
    if (isHome) void ask();
  }, [isHome, ask]);
  return clusters;
}

function TooSmall({ onQuit }: { onQuit: () => void }): ReactNode {
  const { columns, rows } = useStage();
  useKeys(['home', 'everywhere'], { quit: onQuit });
  const text = `This terminal has ${columns}x${rows} characters. At least ${MINIMUM.columns}x${MINIMUM.rows} are needed: make the window larger or the letters smaller. q quits.`;
  return <Lines lines={wrap(line(text), columns)} />;
}

function CrashScreen({ error, onAgain, onQuit }: { error: Error; onAgain: () => void; onQuit: () => void }): ReactNode {
  const { columns, rows } = useStage();
  useKeys(['overview', 'everywhere'], { refresh: onAgain, back: onAgain, quit: onQuit });
  const stack = (error.stack ?? '').split('\n').slice(1, Math.max(2, rows - 8));
  return (
    <Box paddingX={1} flexDirection="column">
      <Lines
        lines={[
          line('The screen could not be drawn. Your cluster and your lab are not affected.', 'fail'),
          ...wrap(line(error.message, 'strong'), columns - 2),
          ...stack.map((frame) => line(frame, 'dim')),
          line('r goes back to the home screen, Ctrl-C quits.'),
        ]}
      />
    </Box>
  );
}
