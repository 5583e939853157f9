/**
 * Following a packet: choose where from and where to, see its way. In front of the lab, whose state stays behind it. Knows
 * nothing of networks: what is drawn is what the services answer.
 */
import { Box } from 'ink';
import { useState, type ReactNode } from 'react';
import { useAsked } from '../hooks/use-asked.ts';
import { useKeys } from '../hooks/use-keys.ts';
import { useTyping } from '../hooks/use-typing.ts';
import { useStage, useUi } from '../hooks/use-ui.ts';
import { Frame } from '../panes/Frame.tsx';
import { Lines } from '../panes/Lines.tsx';
import type { TraceServices } from '../services.ts';
import { line, wrap } from '../text/lines.ts';
import { choosingLines, matching, tracedLines } from '../views/trace.ts';
import { ReadingScreen } from './ReadingScreen.tsx';

const TITLE = 'follow a packet';

export function TraceScreen({ tracing, onBack }: { tracing: TraceServices; onBack: () => void }): ReactNode {
  const [from, setFrom] = useState<string>();
  const [to, setTo] = useState<string>();
  if (from !== undefined && to !== undefined) return <Traced tracing={tracing} from={from} to={to} onBack={() => setTo(undefined)} />;
  const choose = from === undefined ? setFrom : setTo;
  const back = from === undefined ? onBack : () => setFrom(undefined);
  return <Choose key={from === undefined ? 'from' : 'to'} tracing={tracing} from={from} onChosen={choose} onBack={back} />;
}

function Choose({ tracing, from, onChosen, onBack }: { tracing: TraceServices; from: string | undefined; onChosen: (name: string) => void; onBack: () => void }): ReactNode {
  const { theme } = useUi();
  const { columns, rows } = useStage();
  const [asked] = useAsked(() => tracing.ends());
  const [typed, setTyped] = useState('');
  const [pointed, setPointed] = useState(0);
  const all = asked.is === 'answered' ? asked.answer[from === undefined ? 'sources' : 'targets'] : [];
  const names = matching(all, typed);
  const at = Math.max(0, Math.min(pointed, names.length - 1));
  useTyping((change) => {
    setTyped(change);
    setPointed(0);
  }, true);
  useKeys(['tracing'], {
    up: () => setPointed(Math.max(0, at - 1)),
    down: () => setPointed(Math.min(names.length - 1, at + 1)),
    // The name as text: its port can be changed.
    nextTab: () => names[at] !== undefined && setTyped(names[at]),
    open: () => {
      const name = names[at] ?? typed.trim();
      if (name !== '') onChosen(name);
    },
    back: onBack,
  });
  const width = Math.min(100, columns - 4);
  const body =
    asked.is === 'failed' ? [...wrap(line(asked.problem.what, 'fail'), width), ...wrap(line(asked.problem.action), width)]
    : choosingLines({ from, typed, names, at }, width, rows - 2, theme.symbols);
  return (
    <Frame title={TITLE} contexts={['tracing']}>
      <Box paddingX={2} paddingTop={1}>
        <Lines lines={body} />
      </Box>
    </Frame>
  );
}

function Traced({ tracing, from, to, onBack }: { tracing: TraceServices; from: string; to: string; onBack: () => void }): ReactNode {
  const { theme } = useUi();
  const [asked, again] = useAsked(() => tracing.follow(from, to));
  return <ReadingScreen title={TITLE} asked={asked} waiting={`A packet is on its way from ${from} to ${to}.`} lines={(trace, width) => tracedLines(trace, width, theme.symbols)} onBack={onBack} onAgain={again} />;
}
