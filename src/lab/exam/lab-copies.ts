/** An exam's own copies of its labs, made when it begins: whatever happens to a pack afterwards, the exam goes on. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';
import { ownFolder } from '../shell/own-folder.ts';
import type { ExamPlan } from './plan.ts';

/** Everything of the labs that the exam may still need: the folders with their set-up, and the labs as they were read. */
export async function copyLabs(folder: string, plan: ExamPlan, labs: readonly Lab[]): Promise<ReadonlyMap<string, Lab>> {
  await ownFolder(folder);
  const copies = await Promise.all(plan.tasks.map(async (task, index) => {
    const lab = labs[index]!;
    const copy = join(folder, 'labs', task.id);
    await mkdir(join(folder, 'labs'), { recursive: true, mode: 0o700 });
    await cp(lab.folder, copy, { recursive: true });
    const moved = (path: string) => path.replace(lab.folder, copy);
    // As it will be read again: what varies has been drawn.
    const rest = JSON.parse(JSON.stringify(lab)) as Lab;
    const proof = { solution: moved(lab.proof.solution), alternatives: lab.proof.alternatives.map(moved), mistakes: lab.proof.mistakes.map((mistake) => ({ ...mistake, script: moved(mistake.script) })) };
    return [task.id, { ...rest, folder: copy, proof }] as const;
  }));
  await writeFile(join(folder, 'labs.json'), JSON.stringify(Object.fromEntries(copies)), { mode: 0o600 });
  return new Map(copies);
}

/** By task; a lab whose copy was lost is missing. */
export async function readLabs(folder: string): Promise<ReadonlyMap<string, Lab>> {
  const text = await readFile(join(folder, 'labs.json'), 'utf8').catch(() => '{}');
  return new Map(Object.entries(JSON.parse(text) as Record<string, Lab>));
}
