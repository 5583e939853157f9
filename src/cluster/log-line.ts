/** The simulator's log: lines with the time, on standard error, which its starter led to a file. Knows nothing of what is told. */

/** A log that cannot be written, on a full disk say, must not end what it tells about. */
export function logLine(line: string): void {
  try {
    if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => undefined);
    process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  } catch {
    // Said in `status` as well.
  }
}
