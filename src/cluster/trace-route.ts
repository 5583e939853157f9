/** `GET /cka/v1/trace?from=…&to=…&namespace=…`: asks the simulation, and words what went wrong as HTTP does. */
import type { Trace, TraceWish } from './trace.ts';

export interface Traceable {
  trace(wish: TraceWish): Promise<Trace>;
}

export function answerTrace(simulation: Traceable, url: string, answer: (code: number, body: unknown) => void): void {
  const asked = new URL(url, 'https://localhost').searchParams;
  const namespace = asked.get('namespace');
  simulation.trace({ from: asked.get('from') ?? '', to: asked.get('to') ?? '', ...(namespace === null ? {} : { namespace }) }).then(
    (trace) => answer(200, trace),
    (error: Error) => answer(error.name === 'TraceRefusal' ? 400 : 500, { message: error.message }),
  );
}
