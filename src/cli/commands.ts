/** Every command, in the order of the help. */
import { clusterDown, clusterReset } from './cluster/down.ts';
import { clusterBackend, clusterBundle, clusterProxyMode } from './cluster/real.ts';
import { clusterKubeconfig, clusterShell } from './cluster/shell.ts';
import { clusterList, clusterStatus } from './cluster/status.ts';
import { clusterUp } from './cluster/up.ts';
import type { CliCommand } from './command.ts';
import { completion } from './completion.ts';
import { doctor } from './doctor.ts';
import { drill } from './drill.ts';
import { examFinish, examReportCommand, examReview } from './exam/finish.ts';
import { examResume, examStart } from './exam/start.ts';
import { examList, examStatus } from './exam/status.ts';
import { examContinue, examEnv, examFlag, examPause, examShell, examTask } from './exam/work.ts';
import { kubectl } from './kubectl.ts';
import { labCheck } from './lab/check.ts';
import { labEnv } from './lab/env.ts';
import { labHint } from './lab/hint.ts';
import { labList } from './lab/list.ts';
import { labDebrief, labShow, labSolution } from './lab/pages.ts';
import { labReset, labStop } from './lab/reset.ts';
import { labShell } from './lab/shell.ts';
import { labStart } from './lab/start.ts';
import { next } from './next.ts';
import { packTrust } from './pack/agree.ts';
import { packNew } from './pack/new.ts';
import { packLint, packTest } from './pack/prove.ts';
import { packExport, packInstall, packList, packRemove } from './pack/share.ts';
import { nodeExec, nodeList, ssh } from './node/commands.ts';
import { nodeTools } from './node/tools.ts';
import { sim } from './sim.ts';
import { trace } from './trace.ts';

export const commands: readonly CliCommand[] = [
  labList, labShow, labStart, labShell, labEnv, labCheck, labHint, labSolution, labDebrief, labReset, labStop,
  examStart, examStatus, examTask, examShell, examEnv, examFlag, examPause, examContinue, examResume, examFinish, examReportCommand, examReview, examList,
  next, drill,
  packList, packNew, packLint, packTest, packInstall, packTrust, packRemove, packExport,
  clusterUp, clusterStatus, clusterList, clusterKubeconfig, clusterShell, clusterReset, clusterDown, clusterBackend, clusterProxyMode, clusterBundle,
  nodeList, nodeExec, nodeTools, ssh, trace, sim, kubectl, doctor,
  ...completion(() => commands),
];
