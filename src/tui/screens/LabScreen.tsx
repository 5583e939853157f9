/**
 * A running lab: the panel with task, criteria, hints, solution and debrief beside the terminal; on a narrow screen
 * the one that has the keyboard. Knows nothing of how a lab is graded or how a terminal is drawn.
 */
import { useState, type ReactNode } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { useLab } from '../hooks/use-lab.ts';
import { usePaneKeys } from '../hooks/use-pane-keys.ts';
import { usePlace } from '../hooks/use-place.ts';
import { useScroll } from '../hooks/use-scroll.ts';
import { useTerminal, type OpenLab } from '../hooks/use-terminal.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import { Frame } from '../panes/Frame.tsx';
import { LabPanel, panelPage } from '../panes/LabPanel.tsx';
import { Lines } from '../panes/Lines.tsx';
import { OwnTerminal } from '../panes/OwnTerminal.tsx';
import { TerminalView } from '../panes/TerminalView.tsx';
import { pasteLine, pasteLines } from '../paste-line.ts';
import { line, span } from '../text/lines.ts';
import { criterionStrip, summary, TABS, type Tab } from '../views/lab.ts';
import { TraceScreen } from './TraceScreen.tsx';

export interface LabScreenProps {
  readonly open: OpenLab;
  readonly onBack: () => void;
  readonly onStopped: () => void;
}

interface Question {
  readonly text: string;
  readonly yes: () => void;
}

export function LabScreen({ open, onBack, onStopped }: LabScreenProps): ReactNode {
  const { running } = open;
  const { stage, theme, services } = useUi();
  const state = useStage();
  const control = useLab(running);
  const { view } = control;
  const [tab, setTab] = useState<Tab>('task');
  const [isRevealed, setRevealed] = useState(false);
  const [question, setQuestion] = useState<Question>();
  const [isTracing, setTracing] = useState(false);

  const place = usePlace();
  const { layout, isSplit } = place;
  const terminal = useTerminal(open, { columns: place.terminal.width, rows: place.terminal.height });
  const { pane, because } = terminal;
  const paneKeys = usePaneKeys({ terminal, place, context: 'lab' });
  const page = panelPage({
    tab,
    view,
    isRevealed,
    width: place.panelWidth,
    height: place.panelHeight,
    symbols: theme.symbols,
    note: because !== undefined && !isSplit ? [line('In your own second terminal:', 'dim'), ...pasteLines(pasteLine(services, running), place.panelWidth)] : [],
  });
  const scroll = useScroll(page.lines.length, page.height);

  const turnTo = (next: Tab) => {
    setTab(next);
    scroll.toTop();
    place.unzoom();
  };
  const showSolution = () => {
    running.readSolution?.();
    setRevealed(true);
    turnTo('solution');
  };
  useKeys(
    paneKeys.contexts,
    {
      ...scroll.handlers,
      ...paneKeys.handlers,
      check: () => {
        turnTo('criteria');
        control.check();
      },
      hint: () => {
        control.hint();
        turnTo('hints');
      },
      task: () => turnTo('task'),
      criteria: () => turnTo('criteria'),
      hints: () => {
        control.observe();
        turnTo('hints');
      },
      debrief: () => turnTo('debrief'),
      nextTab: () => turnTo(TABS[(TABS.indexOf(tab) + 1) % TABS.length]!),
      left: () => turnTo(TABS[(TABS.indexOf(tab) + TABS.length - 1) % TABS.length]!),
      solution: () => (isRevealed ? turnTo('solution') : setQuestion({ text: 'Show the solution?', yes: showSolution })),
      reset: () =>
        setQuestion({
          text: 'Back to the start? What you made is lost.',
          yes: () => control.reset((tookMs) => stage.notify(`Reset in ${(tookMs / 1000).toFixed(1)} s.`)),
        }),
      trace: () => (services.trace ? setTracing(true) : stage.notify('Packets cannot be followed here.')),
      stop: () => setQuestion({ text: 'End the lab and remove what it made?', yes: () => control.stop(onStopped) }),
      practice: () => {
        control.togglePractice();
        stage.notify(view.practice ? 'Checks only on c.' : 'Checks run by themselves.');
      },
      back: onBack,
    },
    question === undefined && !isTracing,
  );
  useKeys(
    ['confirm'],
    {
      yes: () => {
        setQuestion(undefined);
        question?.yes();
      },
      no: () => setQuestion(undefined),
    },
    question !== undefined,
  );

  if (isTracing && services.trace) return <TraceScreen tracing={services.trace(running)} onBack={() => setTracing(false)} />;
  return (
    <Frame
      title={running.lab.title}
      right={[span(control.busy === undefined ? '' : `${control.busy}  `, 'accent'), ...criterionStrip(view, theme.symbols), span('  '), ...summary(view)]}
      contexts={paneKeys.offered}
      question={question?.text}
    >
      {layout.panel && <LabPanel rect={layout.panel} tab={tab} page={page} scroll={scroll} hasKeyboard={state.focus === 'panel'} />}
      {layout.ruleColumn !== undefined && (
        <Lines lines={Array.from({ length: state.rows - 2 }, () => line(theme.symbols.bar, state.focus === 'panel' ? 'dim' : 'accent'))} />
      )}
      {layout.terminal && pane && <TerminalView rect={layout.terminal} />}
      {layout.terminal && because !== undefined && <OwnTerminal rect={layout.terminal} running={running} because={because} />}
    </Frame>
  );
}
