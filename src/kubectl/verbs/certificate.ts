/** `kubectl certificate approve|deny`. See kubectl/pkg/cmd/certificates/certificates.go. */
import type { Verb } from '../command.ts';
import { each } from '../each.ts';
import { FILE_FLAGS } from '../files.ts';
import { plainError } from '../io.ts';
import { fetch, namedObjects, pathTo } from '../named.ts';
import { dig, type KubeObject } from '../object.ts';
import { printResult, RESULT_FLAGS } from '../result.ts';

interface Condition {
  readonly type: string;
  readonly [field: string]: unknown;
}

function judge(name: 'approve' | 'deny', done: 'approved' | 'denied', type: 'Approved' | 'Denied', reason: string): Verb {
  const title = name === 'approve' ? 'Approve' : 'Deny';
  return {
    name, short: `${title} a certificate signing request`, long: `${title} a certificate signing request.`, examples: `# ${title} CSR 'csr-sqgzp'\nkubectl certificate ${name} csr-sqgzp`, usage: `certificate ${name} (-f FILENAME | NAME) [options]`,
    flags: [...FILE_FLAGS, ...RESULT_FLAGS, { name: 'force', type: 'bool', value: false, help: `Update the CSR even if it is already ${done}.` }],
    run: async (run) => {
      if (run.args.length === 0 && run.flags.list('filename').length === 0) throw plainError('one or more CSRs must be specified as <name> or -f <filename>');
      return each(run, await namedObjects(run, run.args.length > 0 ? ['certificatesigningrequests', ...run.args] : [], { many: false }), async (one) => {
        const request = await fetch(run, one);
        const conditions = (dig(request, 'status', 'conditions') as Condition[] | undefined) ?? [];
        const opposite = type === 'Approved' ? 'Denied' : 'Approved';
        if (conditions.some((each) => each.type === opposite)) throw plainError(`certificate signing request ${JSON.stringify(one.name)} is already ${opposite}`);
        if (conditions.some((each) => each.type === type) && !run.flags.bool('force')) return printResult(run, request, done);
        const now = `${new Date().toISOString().slice(0, 19)}Z`;
        const added = { type, status: 'True', reason, message: `This CSR was ${done} by kubectl certificate ${name}.`, lastUpdateTime: now };
        const body = { ...request, status: { ...(request['status'] as object | undefined), conditions: [...conditions.filter((each) => each.type !== type), added] } };
        printResult(run, await run.client.json<KubeObject>('PUT', pathTo(one, 'approval'), { body }), done);
      });
    },
  };
}

export const certificate: Verb = {
  name: 'certificate', short: 'Modify certificate resources', long: 'Modify certificate resources.', helpTo: 'stdout', examples: '', usage: 'certificate SUBCOMMAND [options]', flags: [],
  verbs: [judge('approve', 'approved', 'Approved', 'KubectlApprove'), judge('deny', 'denied', 'Denied', 'KubectlDeny')],
};
