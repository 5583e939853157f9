/**
 * One wrong field, and how the API server says it. See apimachinery/pkg/util/validation/field/errors.go.
 */

export interface FieldError {
  /** `spec.containers[0].image` */
  readonly path: string;
  readonly type: FieldErrorType;
  /** The offending value, printed as the real server prints it. */
  readonly value?: unknown;
  readonly detail: string;
  /** For NotSupported: what would have been. */
  readonly supported?: readonly string[];
}

export type FieldErrorType = 'Required' | 'Invalid' | 'Forbidden' | 'Duplicate' | 'NotSupported' | 'TooLong' | 'TooMany' | 'NotFound' | 'TypeInvalid';

/** `reason` of a Status cause. */
export const FIELD_ERROR_REASONS: Readonly<Record<FieldErrorType, string>> = {
  Required: 'FieldValueRequired',
  Invalid: 'FieldValueInvalid',
  Forbidden: 'FieldValueForbidden',
  Duplicate: 'FieldValueDuplicate',
  NotSupported: 'FieldValueNotSupported',
  TooLong: 'FieldValueTooLong',
  TooMany: 'FieldValueTooMany',
  NotFound: 'FieldValueNotFound',
  TypeInvalid: 'FieldValueTypeInvalid',
};

const WORDS: Readonly<Record<FieldErrorType, string>> = {
  Required: 'Required value',
  Invalid: 'Invalid value',
  Forbidden: 'Forbidden',
  Duplicate: 'Duplicate value',
  NotSupported: 'Unsupported value',
  TooLong: 'Too long',
  TooMany: 'Too many',
  NotFound: 'Not found',
  TypeInvalid: 'Invalid value',
};

/** The message without its path: `Invalid value: "a b": must be …`. */
export function describeFieldError(error: FieldError): string {
  const withoutValue = error.type === 'Required' || error.type === 'Forbidden' || error.type === 'TooLong';
  const head = withoutValue ? WORDS[error.type] : `${WORDS[error.type]}: ${printValue(error.value)}`;
  const detail = error.supported ? `supported values: ${error.supported.map((value) => JSON.stringify(value)).join(', ')}` : error.detail;
  return detail ? `${head}: ${detail}` : head;
}

/** Strings quoted as Go's %q, numbers plain, the rest as JSON. */
function printValue(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

export const required = (path: string, detail = ''): FieldError => ({ path, type: 'Required', detail });
export const invalidValue = (path: string, value: unknown, detail: string): FieldError => ({ path, type: 'Invalid', value, detail });
export const forbiddenField = (path: string, detail: string): FieldError => ({ path, type: 'Forbidden', detail });
export const duplicate = (path: string, value: unknown): FieldError => ({ path, type: 'Duplicate', value, detail: '' });
export const notSupported = (path: string, value: unknown, supported: readonly string[]): FieldError => ({ path, type: 'NotSupported', value, detail: '', supported });
export const tooLong = (path: string, bytes: number): FieldError => ({ path, type: 'TooLong', detail: `may not be more than ${bytes} bytes` });
export const notFoundValue = (path: string, value: unknown): FieldError => ({ path, type: 'NotFound', value, detail: '' });
