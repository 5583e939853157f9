/** How a transfer failed: curl's exit code and sentence. See curl.1, "EXIT CODES". */
export class CurlError extends Error {
  override readonly name = 'CurlError';
  constructor(
    readonly code: number,
    message: string,
    /** A name that does not resolve leaves the meter's line open. */
    readonly endsMeter = true,
  ) {
    super(message);
  }
}
