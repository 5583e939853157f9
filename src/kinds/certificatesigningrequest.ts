/**
 * CertificateSigningRequest: a wish for a client certificate; `controllers/csr-signing.ts` fulfils it.
 * See pkg/apis/certificates/validation/validation.go.
 */
import { humanDuration } from '../base/duration.ts';
import { invalidValue, notSupported, required, type FieldError } from '../api/field-error.ts';
import { column, defineKind, nameColumn, type Loose } from './define.ts';
import { age } from './cells.ts';

const USAGES = [
  'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only', 'digital signature', 'email protection', 'encipher only', 'ipsec end system',
  'ipsec tunnel', 'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping',
];

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
    else if (!pemOf(spec.request).startsWith('-----BEGIN CERTIFICATE REQUEST-----')) errors.push(invalidValue('spec.request', spec.request, 'PEM block type must be CERTIFICATE REQUEST'));
    if (!spec.usages?.length) errors.push(required('spec.usages'));
    (spec.usages ?? []).forEach((usage: string, index: number) => {
      if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${index}]`, usage, USAGES));
    });
    if (!spec.signerName) errors.push(required('spec.signerName'));
    else if (!/^[^/]+\.[^/]+\/.+$/.test(spec.signerName)) errors.push(invalidValue('spec.signerName', spec.signerName, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
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

/** The request is base64 of PEM; what is not base64 is no PEM either. */
function pemOf(request: string): string {
  try {
    return atob(request).trimStart();
  } catch {
    return '';
  }
}

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
