/**
 * Who asks for a certificate is what the server saw, not what the request says.
 * See pkg/registry/certificates/certificates/strategy.go.
 */
import type { Loose } from '../define.ts';
import type { Admission } from './index.ts';

export const certificateRequestor: Admission = {
  name: 'CertificateRequestor',
  create({ kind, object, options }) {
    if (kind.plural !== 'certificatesigningrequests' || !options.user) return;
    const { username, uid, groups } = options.user;
    Object.assign((object as Loose)['spec'], { username, groups: [...groups], ...(uid && { uid }) });
  },
};
