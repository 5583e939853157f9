/**
 * The STAT column of ps: `Ss` for who leads a session, `+` for who is in the foreground of its terminal. Read from the
 * table alone. See ps(1), PROCESS STATE CODES, and tcsetpgrp(3) for what an interactive shell does to its jobs.
 */
import type { Task } from '../../machine/processes.ts';
import { basename } from './names.ts';

/** @param self the task that looks: the only one that runs at that moment */
export function stateOf(task: Task, all: readonly Task[], self: Task | undefined): string {
  return `${task === self ? 'R' : 'S'}${leadsSession(task) ? 's' : ''}${isInForeground(task, all) ? '+' : ''}`;
}

function leadsSession({ pid, parent, options: { terminal } }: Task): boolean {
  return terminal ? parent?.options.terminal !== terminal : pid === 1 || parent === undefined;
}

/**
 * An interactive shell gives the terminal to each job that it waits for and takes it back afterwards, so a shell is in the
 * foreground only while nothing runs under it, and what it started only unless it was put in the background.
 */
function isInForeground(task: Task, all: readonly Task[]): boolean {
  const { terminal } = task.options;
  if (!terminal) return false;
  const session = all.filter((other) => other.options.terminal === terminal && !isBehind(other));
  if (!session.includes(task)) return false;
  const shells = session.filter(isInteractiveShell);
  const owner = shells.find((shell) => !shells.some((other) => other !== shell && descends(other, shell)));
  if (!owner) return true;
  const jobs = session.filter((other) => other !== owner && descends(other, owner));
  return jobs.length > 0 ? jobs.includes(task) : task === owner;
}

/** Is it, or what started it, a background job? Those have a process group of their own; so has whoever entered another PID namespace. */
function isBehind(task: Task): boolean {
  const { parent } = task;
  if (!parent || parent.options.terminal !== task.options.terminal) return false;
  return (parent.options.machine === task.options.machine && parent.group !== task.group) || isBehind(parent);
}

function isInteractiveShell({ argv }: Task): boolean {
  return /^-?(?:ba|a|da)?sh$/.test(basename(argv[0] ?? '')) && argv.slice(1).every((word) => /^-[^c]*$/.test(word));
}

function descends(task: Task, from: Task): boolean {
  for (let at = task.parent; at; at = at.parent) if (at === from) return true;
  return false;
}
