/**
 * A running lab: the panel with task, criteria, hints, solution and debrief beside the terminal; on a narrow screen
 * the one that has the keyboard. Knows nothing of how a lab is graded or how a terminal is drawn.
 */
import type { ReactNode } from 'react';
import { useLab } from '../hooks/use-lab.ts';
import { useLabKeys, useLabPages } from '../hooks/use-lab-keys.ts';
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
import { criterionStrip, summary } from '../views/lab.ts';
import { TraceScreen } from './TraceScreen.tsx';

export interface LabScreenProps {
  readonly open: OpenLab;
  readonly onBack: () => void;
  readonly onStopped: () => void;
}

export function LabScreen({ open, onBack, onStopped }: LabScreenProps): ReactNode {
  const { running } = open;
  const { theme, services } = useUi();
  const state = useStage();
  const control = useLab(running);
  const { view } = control;
  const pages = useLabPages();
  const { tab } = pages;

  const place = usePlace();
  const { layout, isSplit } = place;
  const terminal = useTerminal(open, { columns: place.terminal.width, rows: place.terminal.height });
  const { pane, because } = terminal;
  const paneKeys = usePaneKeys({ terminal, place, context: 'lab' });
  const page = panelPage({
    tab,
    view,
    isRevealed: pages.isRevealed,
    width: place.panelWidth,
    height: place.panelHeight,
    symbols: theme.symbols,
    note: because !== undefined && !isSplit ? [line('In your own second terminal:', 'dim'), ...pasteLines(pasteLine(services, running), place.panelWidth)] : [],
  });
  const scroll = useScroll(page.lines.length, page.height);
  useLabKeys({ running, control, pages, place, scroll, paneKeys, onBack, onStopped });

  if (pages.isTracing && services.trace) return <TraceScreen tracing={services.trace(running)} onBack={() => pages.setTracing(false)} />;
  return (
    <Frame
      title={running.lab.title}
      right={[span(control.busy === undefined ? '' : `${control.busy}  `, 'accent'), ...criterionStrip(view, theme.symbols), span('  '), ...summary(view)]}
      contexts={paneKeys.offered}
      question={pages.question?.text}
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
