/**
 * Which screen is shown, and what moves between them. Labs that were opened stay open while the learner is elsewhere.
 * Computes nothing: it asks the services and draws their answers.
 */
import { Box } from 'ink';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { ClusterInfo } from '../cluster/cluster.ts';
import { assert } from '../base/assert.ts';
import { useAsked } from './hooks/use-asked.ts';
import { HelpContext } from './hooks/use-help.ts';
import { useKeys } from './hooks/use-keys.ts';
import type { OpenLab } from './hooks/use-terminal.ts';
import { UiContext, useStage, useUi, type Ui } from './hooks/use-ui.ts';
import { Openings } from './opening.ts';
import { Crash } from './panes/Crash.tsx';
import { Lines } from './panes/Lines.tsx';
import { ClusterScreen } from './screens/ClusterScreen.tsx';
import { DoctorScreen } from './screens/DoctorScreen.tsx';
import { ExamReportScreen } from './screens/ExamReportScreen.tsx';
import { ExamScreen } from './screens/ExamScreen.tsx';
import { ExamsScreen } from './screens/ExamsScreen.tsx';
import { HomeScreen } from './screens/HomeScreen.tsx';
import { LabScreen } from './screens/LabScreen.tsx';
import { ReadingScreen } from './screens/ReadingScreen.tsx';
import { ReviewScreen } from './screens/ReviewScreen.tsx';
import { StartingScreen } from './screens/StartingScreen.tsx';
import type { RunningExam } from './services.ts';
import { line, wrap } from './text/lines.ts';

type Where = { readonly screen: 'home' | 'clusters' | 'doctor' } | { readonly screen: 'exams' } | { readonly screen: 'exam' | 'review'; readonly exam: RunningExam } | { readonly screen: 'examReport' | 'examOpening' | 'reviewOpening'; readonly id: string } | { readonly screen: 'starting' | 'lab'; readonly lab: string };

/** @param lab opened at once; or `exam`, by its id */
export function App({ ui, lab, exam }: { ui: Ui; lab?: string | undefined; exam?: string | undefined }): ReactNode {
  return (
    <UiContext.Provider value={ui}>
      <Crash fallback={(error, tryAgain) => <CrashScreen error={error} onAgain={tryAgain} />}>
        <Everywhere>
          <Screens lab={lab} exam={exam} />
        </Everywhere>
      </Crash>
    </UiContext.Provider>
  );
}

/** The keys that work on every screen. */
function Everywhere({ children }: { children: ReactNode }): ReactNode {
  const { quit, stage } = useUi();
  const [keys, setKeys] = useState(0);
  useLayoutEffect(() => stage.onKey(() => setKeys((count) => count + 1)), [stage]);
  // Drawn together with whatever the key did elsewhere.
  useLayoutEffect(() => stage.drawn(), [stage, keys]);
  const [isOpen, setOpen] = useState(false);
  useKeys(['everywhere'], { quit, help: () => setOpen(true) }, 'always');
  const help = useMemo(() => ({ isOpen, close: () => setOpen(false) }), [isOpen]);
  return <HelpContext.Provider value={help}>{children}</HelpContext.Provider>;
}

function Screens({ lab, exam }: { lab: string | undefined; exam: string | undefined }): ReactNode {
  const { services, now } = useUi();
  const openings = useMemo(() => new Openings(services, now), [services, now]);
  const [where, setWhere] = useState<Where>(exam !== undefined ? { screen: 'examOpening', id: exam } : lab === undefined ? { screen: 'home' } : { screen: 'starting', lab });
  const [at, setAt] = useState(lab);
  const open = useRef(new Map<string, OpenLab>());
  const clusters = useClusters(where.screen === 'home');
  const home = () => setWhere({ screen: 'home' });

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
          onExams={services.exams && (() => setWhere({ screen: 'exams' }))}
        />
      );
    case 'exams':
    case 'exam':
    case 'review':
    case 'examReport':
    case 'examOpening':
    case 'reviewOpening':
      return <ExamScreens where={where} onWhere={setWhere} />;
    case 'clusters':
      return <ClusterScreen onBack={home} />;
    case 'doctor':
      return <DoctorScreen onBack={home} />;
    case 'starting':
      return (
        <StartingScreen
          id={where.lab}
          openings={openings}
          title={services.labs().find((listing) => listing.lab.id === where.lab)?.lab.title ?? where.lab}
          onStarted={(running) => {
            // One lab at a time has the cluster: the terminals of the others would work on something that is gone.
            closeAll(open.current);
            open.current.set(where.lab, { running });
            setWhere({ screen: 'lab', lab: where.lab });
          }}
          onBack={home}
        />
      );
    case 'lab': {
      const opened = open.current.get(where.lab);
      if (!opened) return null;
      const stopped = () => {
        closeAll(open.current);
        home();
      };
      return <LabScreen key={where.lab} open={opened} onBack={home} onStopped={stopped} />;
    }
  }
}

type ExamWhere = Extract<Where, { screen: 'exams' | 'exam' | 'review' | 'examReport' | 'examOpening' | 'reviewOpening' }>;

function ExamScreens({ where, onWhere }: { where: ExamWhere; onWhere: (where: Where) => void }): ReactNode {
  const { services } = useUi();
  const { exams } = services;
  assert(exams, 'exams where there are none');
  const toExams = () => onWhere({ screen: 'exams' });
  const running = (exam: RunningExam) => onWhere(exam.state().status === 'graded' ? { screen: 'examReport', id: exam.plan.id } : { screen: 'exam', exam });
  switch (where.screen) {
    case 'exams':
      return <ExamsScreen exams={exams} onBack={() => onWhere({ screen: 'home' })} onRunning={running} onReport={(id) => onWhere({ screen: 'examReport', id })} />;
    case 'exam':
      return <ExamScreen exam={where.exam} onBack={toExams} onGraded={() => onWhere({ screen: 'examReport', id: where.exam.plan.id })} />;
    case 'review':
      return <ReviewScreen exam={where.exam} onBack={() => onWhere({ screen: 'examReport', id: where.exam.plan.id })} />;
    case 'examReport':
      return <ExamReportScreen exams={exams} id={where.id} onBack={toExams} onReview={() => onWhere({ screen: 'reviewOpening', id: where.id })} />;
    case 'examOpening':
      return <ExamOpening open={() => exams.open(where.id)} onOpen={running} onBack={toExams} />;
    case 'reviewOpening':
      return <ExamOpening open={() => exams.open(where.id)} onOpen={(exam) => onWhere({ screen: 'review', exam })} onBack={toExams} />;
  }
}

/** While an exam is read from disk. */
function ExamOpening({ open, onOpen, onBack }: { open: () => Promise<RunningExam>; onOpen: (exam: RunningExam) => void; onBack: () => void }): ReactNode {
  const [asked] = useAsked(async () => onOpen(await open()));
  return <ReadingScreen title="exam" asked={asked} waiting="Opening the exam." lines={() => []} onBack={onBack} />;
}

function closeAll(open: Map<string, OpenLab>): void {
  for (const { pane } of open.values()) {
    if (pane && 'screen' in pane) pane.close();
  }
  open.clear();
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

function CrashScreen({ error, onAgain }: { error: Error; onAgain: () => void }): ReactNode {
  const { quit } = useUi();
  const { columns, rows } = useStage();
  useKeys(['answers', 'overview', 'everywhere'], { refresh: onAgain, back: onAgain, quit }, 'always');
  const stack = (error.stack ?? '').split('\n').slice(1, Math.max(2, rows - 8));
  return (
    <Box paddingX={1} flexDirection="column">
      <Lines
        lines={[
          ...wrap(line('The screen could not be drawn. Your cluster and your lab are not affected.', 'fail'), columns - 2),
          ...wrap(line(error.message, 'strong'), columns - 2),
          ...stack.map((frame) => line(frame, 'dim')),
          line('r goes back to the home screen, Ctrl-C quits.'),
        ]}
      />
    </Box>
  );
}
