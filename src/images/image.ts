/**
 * What a container image is: files, a command line, an environment, and which tags its repository has.
 * Knows nothing of pods; the kubelet unpacks it and starts its command.
 */
import type { FileSystem } from '../machine/files.ts';

export interface ImageRecipe {
  /** Normalised, without tag: `docker.io/library/nginx`. */
  readonly repository: string;
  /** Whether the repository has this tag. */
  tags(tag: string): boolean;
  /** Write the root file system of that tag into `files`. */
  files(files: FileSystem, tag: string): void;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Environment that differs from tag to tag (`NGINX_VERSION`); wins over `env`. */
  envOf?(tag: string): Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly user?: string;
  readonly exposes?: readonly number[];
  /** SIGTERM unless the image says otherwise. */
  readonly stopSignal?: 'SIGTERM' | 'SIGQUIT' | 'SIGINT' | 'SIGWINCH';
  /** Compressed, as the kubelet reports it after a pull. */
  readonly sizeBytes: number;
}

/** Where Debian, Alpine and BusyBox look for programs; what `env` prints in their images. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
