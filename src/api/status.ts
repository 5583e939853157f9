/**
 * Refusals as the API server words them: every one is a Kubernetes `Status`.
 * Knows nothing of HTTP but the code that a Status carries. See apimachinery/pkg/api/errors/errors.go.
 */
import type { FieldError } from './field-error.ts';
import { describeFieldError, FIELD_ERROR_REASONS } from './field-error.ts';

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** meta/v1 Status. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

export type StatusReason =
  | 'NotFound' | 'AlreadyExists' | 'Conflict' | 'Invalid' | 'BadRequest' | 'Forbidden' | 'Unauthorized' | 'MethodNotAllowed' | 'NotAcceptable'
  | 'UnsupportedMediaType' | 'Expired' | 'Gone' | 'InternalError' | 'TooManyRequests' | 'Timeout' | 'ServerTimeout' | 'ServiceUnavailable'
  | 'RequestEntityTooLarge' | 'Unknown';

/** What a resource is called in refusals: `pods`, `deployments.apps`. */
export interface GroupResource {
  readonly group: string;
  readonly plural: string;
}

/** What a type is called in refusals: `Pod`, `Deployment.apps`. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** Thrown by the registry, caught at the door (HTTP request, controller step). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: Status;

  constructor(code: number, reason: StatusReason, message: string, details?: StatusDetails, metadata: Status['metadata'] = {}) {
    super(message);
    this.status = { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, ...(reason !== 'Unknown' && { reason }), ...(details && { details }), code };
  }

  get reason(): StatusReason {
    return (this.status.reason as StatusReason | undefined) ?? 'Unknown';
  }

  get code(): number {
    return this.status.code ?? 500;
  }
}

/** Is it a refusal of this reason? */
export function isApiError(error: unknown, reason: StatusReason): error is ApiError {
  return error instanceof ApiError && error.reason === reason;
}

/** The answer to a deletion that left nothing to show, and to other things done. */
export function success(details?: StatusDetails): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(details && { details }) };
}

const qualified = (group: string, name: string) => (group ? `${name}.${group}` : name);
const about = (of: GroupResource, name: string): StatusDetails => ({ ...(name && { name }), ...(of.group && { group: of.group }), kind: of.plural });

export function notFound(of: GroupResource, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(of.group, of.plural)} "${name}" not found`, about(of, name));
}

/** A path or a kind that the server does not serve. */
export function unknownResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(of: GroupResource, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${qualified(of.group, of.plural)} "${name}" already exists`, about(of, name));
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(of: GroupResource, name: string, why: string = MODIFIED): ApiError {
  return new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(of.group, of.plural)} "${name}": ${why}`, about(of, name));
}

/** 422 with one cause per wrong field; the message joins them as Go's error aggregate does. */
export function invalid(of: GroupKind, name: string, errors: readonly FieldError[]): ApiError {
  const lines = [...new Set(errors.map((error) => `${error.path}: ${describeFieldError(error)}`))];
  const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${qualified(of.group, of.kind)} "${name}" is invalid: ${text}`, {
    ...(name && { name }),
    ...(of.group && { group: of.group }),
    kind: of.kind,
    causes: errors.map((error) => ({ reason: FIELD_ERROR_REASONS[error.type], message: describeFieldError(error), field: error.path })),
  });
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

/** The body names another object than the URL does. */
export function nameMismatch(given: string | undefined, name: string): ApiError {
  return badRequest(`the name of the object (${given ?? ''}) does not match the name on the URL (${name})`);
}

export function forbidden(of: GroupResource, name: string, why: string): ApiError {
  const what = qualified(of.group, of.plural) || 'forbidden';
  const message = name ? `${what} "${name}" is forbidden: ${why}` : `${what} is forbidden: ${why}`;
  return new ApiError(403, 'Forbidden', message, about(of, name));
}

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}

export function methodNotSupported(of: GroupResource, action: string): ApiError {
  return new ApiError(405, 'MethodNotAllowed', `${action} is not supported on resources of kind "${qualified(of.group, of.plural)}"`, {
    ...(of.group && { group: of.group }),
    kind: of.plural,
  });
}

/** A verb on a path that has other verbs. */
export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/** A watch or a page that begins before what the store still remembers. */
export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return new ApiError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
}

export function notAcceptable(accepted: readonly string[]): ApiError {
  return new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

export function requestEntityTooLarge(why: string): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', `Request entity is too large: ${why}`);
}

export function internal(why: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] });
}

export function tooManyRequests(message: string, retryAfterSeconds: number, causes?: readonly StatusCause[]): ApiError {
  return new ApiError(429, 'TooManyRequests', message, {
    ...(causes && { causes }),
    ...(retryAfterSeconds && { retryAfterSeconds }),
  });
}

export function timeout(message: string, details: StatusDetails = {}): ApiError {
  return new ApiError(504, 'Timeout', `Timeout: ${message}`, details);
}

export function serviceUnavailable(message: string): ApiError {
  return new ApiError(503, 'ServiceUnavailable', message);
}
