/** kubeconfig files to be changed: each entry in the file that has it, new ones in the first. See clientcmd.ModifyConfig. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { configPaths, loadConfig, readConfigFile, type ConfigFile } from './kubeconfig.ts';
import type { KubectlIo } from './io.ts';
import { toYaml } from './output/yaml.ts';

export type Section = 'clusters' | 'contexts' | 'users';
const INNER = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;

type Entry = { name: string } & Record<string, unknown>;

export class ConfigStore {
  readonly #paths: readonly string[];
  readonly merged: ConfigFile;

  constructor(io: KubectlIo, explicit: string) {
    this.#paths = configPaths(io, explicit);
    this.merged = explicit && !readConfigFile(this.#paths[0]!) ? {} : loadConfig(io, explicit);
  }

  /** What messages name. */
  get shownPath(): string {
    return this.#paths[0]!;
  }

  fileOf(section: Section, name: string): string | undefined {
    return this.#paths.find((path) => readConfigFile(path)?.[section]?.some((one) => one.name === name));
  }

  setCurrent(name: string | undefined): void {
    const path = this.#paths.find((one) => readConfigFile(one)?.['current-context']) ?? this.#paths[0]!;
    this.#change(path, (config) => (config['current-context'] = name ?? ''));
  }

  /** @returns whether there was one before */
  set(section: Section, name: string, fields: Readonly<Record<string, unknown>>): boolean {
    const path = this.fileOf(section, name);
    this.#change(path ?? this.#paths[0]!, (config) => {
      const list = ((config[section] ??= []) as unknown) as Entry[];
      const known = list.find((one) => one.name === name);
      const inner = { ...(known?.[INNER[section]] as object | undefined), ...fields };
      const clean = Object.fromEntries(Object.entries(inner).filter(([, value]) => value !== undefined));
      if (known) known[INNER[section]] = clean;
      else list.push({ [INNER[section]]: clean, name } as Entry);
    });
    return path !== undefined;
  }

  remove(section: Section, name: string): void {
    const path = this.fileOf(section, name);
    if (path) this.#change(path, (config) => ((config as Record<string, unknown>)[section] = ((config[section] ?? []) as { name: string }[]).filter((one) => one.name !== name)));
  }

  rename(from: string, to: string): void {
    this.#change(this.fileOf('contexts', from)!, (config) => {
      for (const one of config.contexts ?? []) if (one.name === from) one.name = to;
    });
    if (this.merged['current-context'] === from) this.setCurrent(to);
  }

  /** Written whole and renamed: a crash leaves the old file. */
  #change(path: string, edit: (config: ConfigFile) => void): void {
    const config = readConfigFile(path) ?? {};
    edit(config);
    const sorted = (section: Section) => [...((config[section] ?? []) as { name: string }[])].sort((a, b) => (a.name < b.name ? -1 : 1));
    const whole = { apiVersion: 'v1', kind: 'Config', preferences: {}, ...config, clusters: sorted('clusters'), contexts: sorted('contexts'), users: sorted('users'), 'current-context': config['current-context'] ?? '' };
    const empty = Object.fromEntries((['clusters', 'contexts', 'users'] as const).filter((section) => whole[section].length === 0).map((section) => [section, null]));
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, toYaml({ ...whole, ...empty }), { mode: 0o600 });
    renameSync(temporary, path);
  }
}

/** Files named in it are read into it. */
export function flattened(config: ConfigFile): ConfigFile {
  const inline = <T extends object>(entry: T, fields: readonly string[]): T => {
    const copy = { ...entry } as Record<string, unknown>;
    for (const field of fields) {
      const path = copy[field];
      if (typeof path !== 'string') continue;
      copy[`${field}-data`] = readFileSync(path).toString('base64');
      delete copy[field];
    }
    return copy as T;
  };
  return { ...config, clusters: (config.clusters ?? []).map((one) => ({ ...one, cluster: inline(one.cluster, ['certificate-authority']) })), users: (config.users ?? []).map((one) => ({ ...one, user: inline(one.user, ['client-certificate', 'client-key']) })) };
}
