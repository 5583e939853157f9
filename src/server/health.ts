/**
 * `/healthz`, `/livez`, `/readyz`: always well, since a server that answers is up; `?verbose` lists the checks by name.
 * See apiserver/pkg/server/healthz.
 */
import type { Exchange } from './exchange.ts';
import { sendPageNotFound, sendText } from './exchange.ts';

/**
 * The checks of a real server, as far as we have the part that they look at.
 * Differs from Kubernetes: post-start hooks of parts that are not there (aggregation, CRDs, flow control) are not listed.
 */
const CHECKS = ['ping', 'log', 'etcd', 'poststarthook/start-apiserver-admission-initializer', 'poststarthook/rbac/bootstrap-roles', 'poststarthook/scheduling/bootstrap-system-priority-classes'];
const READY_CHECKS = [...CHECKS.slice(0, 3), 'etcd-readiness', 'informer-sync', ...CHECKS.slice(3), 'shutdown'];

export function serveHealth(exchange: Exchange, which: 'healthz' | 'livez' | 'readyz', check: string): Promise<void> {
  const checks = which === 'readyz' ? READY_CHECKS : CHECKS;
  if (check !== '') return checks.includes(check) ? sendText(exchange, 200, 'ok') : sendPageNotFound(exchange);
  if (!exchange.query.has('verbose')) return sendText(exchange, 200, 'ok');
  const excluded = new Set(exchange.query.getAll('exclude'));
  const lines = checks.map((name) => (excluded.has(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`));
  return sendText(exchange, 200, `${lines.join('\n')}\n${which} check passed\n`);
}
