/** What `kubectl create <type> NAME` have in common: a name, an object made from flags, one request. */
import { StatusError } from '../../client.ts';
import type { Run, Verb } from '../../command.ts';
import type { Flag } from '../../flags.ts';
import { plainError, usageError } from '../../io.ts';
import type { KubeObject } from '../../object.ts';
import { dryRunOf } from '../../result.ts';
import { CREATE_FLAGS, sendNew, type Place } from '../../send.ts';

export interface Generator {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly short: string;
  readonly usage: string;
  readonly examples: string;
  readonly flags: readonly Flag[];
  readonly required?: readonly string[];
  readonly place: Place;
  /** Before `failed to create …`; without it the server's refusal stands alone. */
  readonly noun?: string;
  /** Answers the typed object; flags are judged here. */
  build(run: Run, name: string, args: readonly string[]): KubeObject | Promise<KubeObject>;
}

/** An empty time, as Go's structs print it: gone from Kubernetes 1.34 on. */
export const CREATED = { creationTimestamp: null } as const;

export function generatorVerb(generator: Generator): Verb {
  return {
    name: generator.name,
    ...(generator.aliases ? { aliases: generator.aliases } : {}),
    short: generator.short,
    long: `${generator.short}.`,
    examples: generator.examples,
    usage: `create ${generator.usage} [options]`,
    flags: [...generator.flags, ...CREATE_FLAGS],
    ...(generator.required ? { required: generator.required } : {}),
    run: async (run) => {
      const name = nameArgument(run);
      const dryRun = dryRunOf(run);
      const object = await generator.build(run, name, run.args.slice(1));
      try {
        await sendNew(run, generator.place, object, dryRun);
      } catch (error) {
        if (!(error instanceof StatusError) || !generator.noun) throw error;
        throw plainError(`failed to create ${generator.noun}: ${error.status.message}`);
      }
      return 0;
    },
  };
}

/** @throws KubectlError unless one NAME stands there; words behind `--` are a command */
export function nameArgument(run: Run): string {
  const names = run.dashAt >= 0 ? run.args.slice(0, run.dashAt) : run.args;
  if (names.length !== 1 && !(run.dashAt < 0 && names.length > 1 && takesCommand(run))) throw usageError(run.command, `exactly one NAME is required, got ${names.length}`);
  return names[0]!;
}

/** Deployments, jobs and cron jobs take a command behind the name. */
const takesCommand = (run: Run) => /(?:deployment|cronjob|job)$/.test(run.command);
