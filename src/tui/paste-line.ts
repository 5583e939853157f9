/** The line that gives any other terminal the shell of a lab. */
import type { AppServices, RunningLab } from './services.ts';

export const pasteLine = (services: AppServices, running: RunningLab): string => services.pasteLine?.(running) ?? `npx cka lab shell ${running.lab.id}`;
