/**
 * Every key of the terminal UI, in one table: the footer, the help screen and the dispatch are all made from it.
 * Adding a key is one row here and one handler where it acts.
 */

/** Where a key works. */
export type KeyContext = 'everywhere' | 'home' | 'find' | 'lab' | 'into' | 'pane' | 'reading' | 'confirm' | 'starting' | 'overview' | 'answers' | 'terminal' | 'copy' | 'tracing' | 'exams' | 'exam' | 'examList' | 'noting' | 'review' | 'examReport';

/** What a key does. */
export type Action =
  | 'quit' | 'help' | 'back'
  | 'up' | 'down' | 'pageUp' | 'pageDown' | 'top' | 'bottom' | 'left' | 'right' | 'lineStart' | 'lineEnd'
  | 'open' | 'find' | 'next' | 'nextDomain' | 'previousDomain' | 'clusters' | 'doctor' | 'refresh'
  | 'check' | 'hint' | 'task' | 'criteria' | 'hints' | 'solution' | 'debrief' | 'reset' | 'stop' | 'zoom' | 'focusTerminal' | 'copyMode' | 'paste' | 'literal' | 'widen'
  | 'nextTab' | 'practice' | 'trace'
  | 'exams' | 'nextTask' | 'previousTask' | 'tasks' | 'flag' | 'note' | 'pause' | 'finish' | 'review'
  | 'yes' | 'no'
  | 'prefix' | 'select' | 'copy' | 'leave';

/** The actions of copy mode. */
export type CopyAction = 'up' | 'down' | 'left' | 'right' | 'pageUp' | 'pageDown' | 'top' | 'bottom' | 'lineStart' | 'lineEnd' | 'select' | 'copy' | 'leave';

/** One row of the table. */
export interface KeyBinding {
  readonly context: KeyContext;
  readonly keys: readonly string[];
  readonly action: Action;
  /** A sentence for the help screen. */
  readonly help: string;
  /** A word or two for the footer; without it the key is only in the help. */
  readonly short?: string;
}

/** The prefix that leaves the terminal pane, unless the learner chose another. */
export const DEFAULT_PREFIX = 'ctrl-]';

export const KEYS: readonly KeyBinding[] = [
  { context: 'home', keys: ['up', 'k'], action: 'up', help: 'Previous lab.' },
  { context: 'home', keys: ['down', 'j'], action: 'down', help: 'Next lab.' },
  { context: 'home', keys: ['pageup'], action: 'pageUp', help: 'A page of labs up.' },
  { context: 'home', keys: ['pagedown'], action: 'pageDown', help: 'A page of labs down.' },
  { context: 'home', keys: ['right', 'l'], action: 'nextDomain', help: 'The next domain of the exam.' },
  { context: 'home', keys: ['left', 'h'], action: 'previousDomain', help: 'The domain before.' },
  { context: 'home', keys: ['enter'], action: 'open', help: 'Start the lab, or go on with it.', short: 'start' },
  { context: 'home', keys: ['/'], action: 'find', help: 'Find labs by words of their title, topic or domain, or by what they are: new, hard, flannel …', short: 'find' },
  { context: 'home', keys: ['n'], action: 'next', help: 'To the lab that is best practised next.', short: 'next' },
  { context: 'home', keys: ['e'], action: 'exams', help: 'Mock exams: begin one, go on, read reports.', short: 'exams' },
  { context: 'home', keys: ['c'], action: 'clusters', help: 'Clusters that this program made.', short: 'clusters' },
  { context: 'home', keys: ['d'], action: 'doctor', help: 'What works on this machine, and what to do about the rest.', short: 'doctor' },
  { context: 'home', keys: ['q'], action: 'quit', help: 'Leave. Clusters and labs stay as they are.', short: 'quit' },

  { context: 'find', keys: ['up'], action: 'up', help: 'Previous lab.' },
  { context: 'find', keys: ['down'], action: 'down', help: 'Next lab.' },
  { context: 'find', keys: ['enter'], action: 'open', help: 'Start the lab, or go on with it.', short: 'start' },
  { context: 'find', keys: ['escape'], action: 'back', help: 'All labs again.', short: 'all labs' },

  { context: 'lab', keys: ['c'], action: 'check', help: 'Check now: each criterion says pass, fail or unknown.', short: 'check' },
  { context: 'lab', keys: ['h'], action: 'hint', help: 'The next hint. Hints are counted.', short: 'hint' },
  { context: 'lab', keys: ['1', 't'], action: 'task', help: 'Read the task.' },
  { context: 'lab', keys: ['2'], action: 'criteria', help: 'What is checked, what was expected and what was seen.' },
  { context: 'lab', keys: ['3'], action: 'hints', help: 'Hints taken so far.' },
  { context: 'lab', keys: ['s', '4'], action: 'solution', help: 'Read the solution (asks first).', short: 'solution' },
  { context: 'lab', keys: ['d', '5'], action: 'debrief', help: 'Why it works, and what to remember.', short: 'debrief' },
  { context: 'lab', keys: ['right'], action: 'nextTab', help: 'The next page of the panel.' },
  { context: 'lab', keys: ['left'], action: 'left', help: 'The page before.' },
  { context: 'lab', keys: ['a'], action: 'practice', help: 'Check by itself every few seconds: on or off.' },
  { context: 'lab', keys: ['r'], action: 'reset', help: 'Back to the start of the lab (asks first).', short: 'reset' },
  { context: 'lab', keys: ['f'], action: 'trace', help: 'Follow a packet: choose its two ends, see its way and what decided about it (simulator).', short: 'follow' },
  { context: 'lab', keys: ['x'], action: 'stop', help: 'End the lab and remove what it made (asks first).' },
  { context: 'lab', keys: ['escape', 'q'], action: 'back', help: 'Home. The lab goes on.', short: 'home' },

  { context: 'exams', keys: ['up', 'k'], action: 'up', help: 'Up.' },
  { context: 'exams', keys: ['down', 'j'], action: 'down', help: 'Down.' },
  { context: 'exams', keys: ['enter'], action: 'open', help: 'Begin it, go on with it, or read its report.', short: 'open' },

  { context: 'examList', keys: ['up', 'k'], action: 'up', help: 'Previous task.' },
  { context: 'examList', keys: ['down', 'j'], action: 'down', help: 'Next task.' },
  { context: 'examList', keys: ['enter'], action: 'open', help: 'Turn to this task.', short: 'open' },

  { context: 'exam', keys: ['n', 'right'], action: 'nextTask', help: 'Next task.', short: 'next' },
  { context: 'exam', keys: ['N', 'left'], action: 'previousTask', help: 'Previous task.' },
  { context: 'exam', keys: ['l', '2'], action: 'tasks', help: 'All tasks with weights, flags and minutes.', short: 'list' },
  { context: 'exam', keys: ['t', '1'], action: 'task', help: 'Read the task.' },
  { context: 'exam', keys: ['f'], action: 'flag', help: 'Flag the task to come back to, or take the flag away.', short: 'flag' },
  { context: 'exam', keys: ['e', '3'], action: 'note', help: 'Write a note on the task.', short: 'note' },
  { context: 'exam', keys: ['P'], action: 'pause', help: 'Stop the clock, in an exam that allows it; and let it go on.' },
  { context: 'exam', keys: ['F'], action: 'finish', help: 'End the exam and grade it (asks first).', short: 'finish' },
  { context: 'exam', keys: ['escape', 'q'], action: 'back', help: 'Home. The clock goes on.', short: 'home' },

  { context: 'noting', keys: ['enter'], action: 'yes', help: 'Keep the note.', short: 'keep' },
  { context: 'noting', keys: ['escape'], action: 'no', help: 'Leave the note as it was.', short: 'do not' },

  { context: 'examReport', keys: ['v'], action: 'review', help: 'Look at the tasks again, each as you left it, with its solution.', short: 'review' },

  { context: 'review', keys: ['n', 'right'], action: 'nextTask', help: 'Next task.', short: 'next' },
  { context: 'review', keys: ['N', 'left'], action: 'previousTask', help: 'Previous task.' },
  { context: 'review', keys: ['1', 't'], action: 'task', help: 'The task.', short: 'task' },
  { context: 'review', keys: ['2'], action: 'criteria', help: 'What was expected and what was seen.', short: 'criteria' },
  { context: 'review', keys: ['s', '3'], action: 'solution', help: 'The solution.', short: 'solution' },
  { context: 'review', keys: ['d', '4'], action: 'debrief', help: 'What was to be learnt.', short: 'debrief' },
  { context: 'review', keys: ['r'], action: 'reset', help: 'Bring the final state of this task back, with a terminal on it.', short: 'bring back' },
  { context: 'review', keys: ['escape', 'q'], action: 'back', help: 'Back to the report. What was brought back goes.', short: 'back' },

  { context: 'reading', keys: ['up', 'k'], action: 'up', help: 'Scroll up.' },
  { context: 'reading', keys: ['down', 'j'], action: 'down', help: 'Scroll down.' },
  { context: 'reading', keys: ['pageup', 'b'], action: 'pageUp', help: 'A page up.' },
  { context: 'reading', keys: ['pagedown', 'space'], action: 'pageDown', help: 'A page down.', short: 'more' },
  { context: 'reading', keys: ['home', 'g'], action: 'top', help: 'To the beginning.' },
  { context: 'reading', keys: ['end', 'G'], action: 'bottom', help: 'To the end.' },

  { context: 'into', keys: ['tab', 'enter'], action: 'focusTerminal', help: 'Into the terminal.', short: 'terminal' },
  { context: 'pane', keys: ['z'], action: 'zoom', help: 'Terminal full screen, and back.', short: 'zoom' },
  { context: 'pane', keys: ['y', '['], action: 'copyMode', help: 'Copy mode: choose text of the terminal with the keyboard; the mouse is yours meanwhile.' },
  { context: 'pane', keys: ['p'], action: 'paste', help: 'Paste what was copied last into the terminal.' },
  { context: 'pane', keys: ['w'], action: 'widen', help: 'Panel full screen, and back: its text can then be chosen with the mouse alone.' },
  { context: 'pane', keys: ['v'], action: 'literal', help: 'Send the prefix key itself to the terminal.' },

  { context: 'terminal', keys: ['prefix'], action: 'prefix', help: 'Out of the terminal, to the panel and its keys; again: back in.', short: 'then' },

  { context: 'copy', keys: ['left', 'h'], action: 'left', help: 'Left.' },
  { context: 'copy', keys: ['right', 'l'], action: 'right', help: 'Right.' },
  { context: 'copy', keys: ['up', 'k'], action: 'up', help: 'Up, into older lines too.' },
  { context: 'copy', keys: ['down', 'j'], action: 'down', help: 'Down.' },
  { context: 'copy', keys: ['pageup', 'ctrl-b'], action: 'pageUp', help: 'A page up.' },
  { context: 'copy', keys: ['pagedown', 'ctrl-f'], action: 'pageDown', help: 'A page down.' },
  { context: 'copy', keys: ['home', '0'], action: 'lineStart', help: 'Start of the line.' },
  { context: 'copy', keys: ['end', '$'], action: 'lineEnd', help: 'End of the line.' },
  { context: 'copy', keys: ['g'], action: 'top', help: 'Oldest line.' },
  { context: 'copy', keys: ['G'], action: 'bottom', help: 'Newest line.' },
  { context: 'copy', keys: ['v', 'space'], action: 'select', help: 'Begin to choose, or give the choice up.', short: 'select' },
  { context: 'copy', keys: ['enter', 'y'], action: 'copy', help: 'Copy what is chosen (or the line) to the clipboard.', short: 'copy' },
  { context: 'copy', keys: ['escape', 'q', 'ctrl-c'], action: 'leave', help: 'Leave copy mode.', short: 'leave' },

  { context: 'tracing', keys: ['up'], action: 'up', help: 'The name above.' },
  { context: 'tracing', keys: ['down'], action: 'down', help: 'The name below.' },
  { context: 'tracing', keys: ['enter'], action: 'open', help: 'Take the name under the pointer, or what you typed where no name fits.', short: 'take' },
  { context: 'tracing', keys: ['tab'], action: 'nextTab', help: 'Type the name under the pointer, to change its port.', short: 'edit' },
  { context: 'tracing', keys: ['escape'], action: 'back', help: 'Back.', short: 'back' },

  { context: 'answers', keys: ['r'], action: 'refresh', help: 'Look again.', short: 'look again' },
  { context: 'overview', keys: ['escape', 'q'], action: 'back', help: 'Back.', short: 'back' },

  { context: 'starting', keys: ['r'], action: 'refresh', help: 'Try again.' },
  { context: 'starting', keys: ['escape', 'q'], action: 'back', help: 'Home. What was begun goes on.', short: 'home' },

  { context: 'confirm', keys: ['y'], action: 'yes', help: 'Yes.', short: 'yes' },
  { context: 'confirm', keys: ['n', 'escape', 'q'], action: 'no', help: 'No. So is every other key: what was typed for the terminal answers nothing.', short: 'no' },

  { context: 'everywhere', keys: ['?'], action: 'help', help: 'All keys.', short: 'help' },
  { context: 'everywhere', keys: ['ctrl-c'], action: 'quit', help: 'Leave at once (in the terminal pane Ctrl-C belongs to the program there).' },
];

/** The action of a key in the first of these contexts that has it. A question takes every key, and all but one are a no. */
export function actionOf(key: string, contexts: readonly KeyContext[]): Action | undefined {
  for (const context of contexts) {
    const binding = KEYS.find((candidate) => candidate.context === context && candidate.keys.includes(key));
    if (binding) return binding.action;
  }
  return contexts.includes('confirm') ? 'no' : undefined;
}

const NAMED: Readonly<Record<string, string>> = {
  '\r': 'enter', '\n': 'enter', '\t': 'tab', ' ': 'space', '\x1b': 'escape', '\x7f': 'backspace', '\b': 'backspace',
  '\x1b[A': 'up', '\x1b[B': 'down', '\x1b[C': 'right', '\x1b[D': 'left', '\x1b[H': 'home', '\x1b[F': 'end',
  '\x1bOA': 'up', '\x1bOB': 'down', '\x1bOC': 'right', '\x1bOD': 'left', '\x1bOH': 'home', '\x1bOF': 'end',
  '\x1b[1~': 'home', '\x1b[4~': 'end', '\x1b[7~': 'home', '\x1b[8~': 'end', '\x1b[5~': 'pageup', '\x1b[6~': 'pagedown', '\x1b[Z': 'shift-tab',
};

/** The name of what a terminal sent for one key: `enter`, `ctrl-]`, `alt-x`, or the character itself. */
export function keyName(raw: string): string {
  const named = NAMED[raw];
  if (named) return named;
  const code = raw.charCodeAt(0);
  if (raw.length === 1 && code < 32) return `ctrl-${String.fromCharCode(code + 64).toLowerCase()}`;
  if (raw.length === 2 && code === 27) return `alt-${raw[1]}`;
  return raw;
}

/** The byte behind a name like `ctrl-]`; undefined when the name is not a control key. */
export function controlByte(name: string): string | undefined {
  const letter = /^ctrl-([a-z@[\\\]^_])$/i.exec(name)?.[1];
  return letter === undefined ? undefined : String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 64);
}

/** Enter, Tab, Escape and Ctrl-C arrive as control keys too; a terminal without them would be unusable. */
export const isPossiblePrefix = (name: string): boolean => {
  const byte = controlByte(name);
  return byte !== undefined && keyName(byte) === name.toLowerCase() && name !== 'ctrl-c';
};

const SHOWN: Readonly<Record<string, string>> = {
  up: '↑', down: '↓', left: '←', right: '→', enter: 'Enter', escape: 'Esc', tab: 'Tab', space: 'Space', pageup: 'PgUp', pagedown: 'PgDn', home: 'Home', end: 'End',
};

/** How a key is written for people. */
export function showKey(key: string, prefix: string = DEFAULT_PREFIX): string {
  if (key === 'prefix') return showKey(prefix);
  if (key.startsWith('ctrl-')) return `Ctrl-${key.slice(5).toUpperCase()}`;
  return SHOWN[key] ?? key;
}
