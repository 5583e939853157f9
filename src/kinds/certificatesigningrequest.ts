/**
 * CertificateSigningRequest: a wish for a client certificate.
 * Differs from Kubernetes: stored, approved and shown; nobody signs it yet.
 */
import { humanDuration } from '../api/duration.ts';
import { required, type FieldError } from '../api/field-error.ts';
import { column, defineKind, nameColumn, type Loose } from './define.ts';
import { age } from './cells.ts';

export const certificatesigningrequest = defineKind({
  group: 'certificates.k8s.io',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  subresources: ['approval', 'status'],
  defaults(object) {
    const spec = (object['spec'] ??= {});
    spec.usages ??= ['digital signature', 'key encipherment'];
  },
  prepareForCreate(object) {
    object['status'] = {};
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    if (!spec.request) errors.push(required('spec.request'));
    if (!spec.signerName) errors.push(required('spec.signerName'));
    return errors;
  },
  selectableFields: { 'spec.signerName': (csr) => csr['spec'].signerName ?? '' },
  columns: [
    nameColumn<Loose>(),
    column('Age', (csr, now) => age(csr.metadata.creationTimestamp, now)),
    column('SignerName', (csr) => csr['spec'].signerName || '<none>'),
    column('Requestor', (csr) => csr['spec'].username ?? ''),
    column('RequestedDuration', (csr) => (csr['spec'].expirationSeconds === undefined ? '<none>' : humanDuration(csr['spec'].expirationSeconds * 1000))),
    column('Condition', condition),
  ],
});

function condition({ status }: Loose): string {
  const types = ((status?.conditions ?? []) as { type: string }[]).map((entry) => entry.type);
  const words: string[] = [];
  if (types.includes('Approved')) words.push('Approved');
  else if (types.includes('Denied')) words.push('Denied');
  else words.push('Pending');
  if (types.includes('Failed')) words.push('Failed');
  if (status?.certificate) words.push('Issued');
  return words.join(',');
}
