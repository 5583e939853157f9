/** The screens with learners' surroundings that a test makes up: the one place where the UI is started in tests of single screens. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { AppServices } from '../../src/tui/services.ts';
import { CROSS_NODE, fakeApp, FakeLab } from './fake-app.ts';
import { show, type Show, type ShowOptions } from './frames.tsx';

/** When the lab began. */
export const BEGAN = Date.UTC(2026, 10, 21, 9, 0, 0);
/** The smallest common size, and a large one. */
export const NARROW = { columns: 80, rows: 24 };
export const WIDE = { columns: 150, rows: 42 };

let shown: Show | undefined;

afterEach(() => {
  shown?.close();
  shown = undefined;
});

/** Ninety seconds into the lab. It is closed after the test. */
export function openScreen(options: ShowOptions = {}, overrides: Partial<AppServices> = {}): Show & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cka-tui-'));
  const services = fakeApp(folder, { openLab: async () => new FakeLab(CROSS_NODE, folder, BEGAN), ...overrides });
  shown = show(services, { now: () => BEGAN + 90_000, ...options });
  return { ...shown, folder };
}
