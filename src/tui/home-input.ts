/** What the home screen says beside its labs, asked of the services: the same for the first frame and for every later one. */
import type { AppServices } from './services.ts';
import { examsPhrase } from './views/exams-phrase.ts';
import type { HomeInput } from './views/home.ts';

export const homeInput = (services: AppServices): Pick<HomeInput, 'firstRun' | 'exams' | 'next' | 'streakDays'> => ({
  firstRun: services.firstRun === true,
  exams: services.exams && examsPhrase(services.exams.past()),
  next: services.next?.(),
  streakDays: services.streakDays?.(),
});
