/** Every command, in the order of the help. */
import { clusterDown, clusterReset } from './cluster/down.ts';
import { clusterKubeconfig, clusterShell } from './cluster/shell.ts';
import { clusterList, clusterStatus } from './cluster/status.ts';
import { clusterUp } from './cluster/up.ts';
import type { CliCommand } from './command.ts';
import { completion } from './completion.ts';
import { doctor } from './doctor.ts';
import { kubectl } from './kubectl.ts';
import { labCheck } from './lab/check.ts';
import { labEnv } from './lab/env.ts';
import { labHint } from './lab/hint.ts';
import { labList } from './lab/list.ts';
import { labDebrief, labShow, labSolution } from './lab/pages.ts';
import { labReset, labStop } from './lab/reset.ts';
import { labShell } from './lab/shell.ts';
import { labStart } from './lab/start.ts';
import { nodeExec, nodeList, ssh } from './node/commands.ts';
import { sim } from './sim.ts';

export const commands: readonly CliCommand[] = [
  labList, labShow, labStart, labShell, labEnv, labCheck, labHint, labSolution, labDebrief, labReset, labStop,
  clusterUp, clusterStatus, clusterList, clusterKubeconfig, clusterShell, clusterReset, clusterDown,
  nodeList, nodeExec, ssh, sim, kubectl, doctor,
  ...completion(() => commands),
];
