/** Every target there is. Adding one is a file beside this one and a line here. */
import type { TargetKind } from '../extension.ts';
import { connmark } from './connmark.ts';
import { dnat } from './dnat.ts';
import { log } from './log.ts';
import { mark } from './mark.ts';
import { masquerade } from './masquerade.ts';
import { nflog } from './nflog.ts';
import { ct, notrack } from './notrack.ts';
import { redirect } from './redirect.ts';
import { reject } from './reject.ts';
import { set } from './set.ts';
import { snat } from './snat.ts';
import { tcpmss } from './tcpmss.ts';
import { trace } from './trace.ts';
import { ttl } from './ttl.ts';
import { accept, drop, returnTarget } from './verdicts.ts';

export const targetKinds: readonly TargetKind[] = [accept, connmark, ct, dnat, drop, log, mark, masquerade, nflog, notrack, redirect, reject, returnTarget, set, snat, tcpmss, trace, ttl];
