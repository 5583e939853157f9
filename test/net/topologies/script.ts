/**
 * How a topology is written. A script's line is `ns a b …`, `veth a:eth0 b:eth0`, `serve a 80`, `serveudp a 53`, or
 * `a: command`. A probe is `a ping [-s size] [-t ttl] [-D] address`, `a tcp address port`, `a udp address port`, or
 * `a says command`: what that prints, asked in order when the other probes are done.
 */
export interface Topology {
  readonly title: string;
  readonly script: string;
  /** What is asked, and what must come of it. */
  readonly probes: readonly (readonly [probe: string, outcome: string])[];
}

/** A script's line, read. */
export type Step =
  | { readonly do: 'namespaces'; readonly names: readonly string[] }
  | { readonly do: 'cable'; readonly ends: readonly { readonly host: string; readonly device: string }[] }
  | { readonly do: 'serve'; readonly host: string; readonly protocol: 'tcp' | 'udp'; readonly port: number }
  /** For `sh -e -c`. */
  | { readonly do: 'run'; readonly host: string; readonly commands: string };

/** A script's steps; commands that follow each other on one host are one step, since starting processes is what costs. */
export function readScript(script: string): readonly Step[] {
  const steps: Step[] = [];
  for (const raw of script.split('\n')) {
    const line = raw.trim();
    if (line === '') continue;
    const step = readLine(line);
    const last = steps.at(-1);
    if (step.do === 'run' && last?.do === 'run' && last.host === step.host) steps[steps.length - 1] = { ...last, commands: `${last.commands}\n${step.commands}` };
    else steps.push(step);
  }
  return steps;
}

function readLine(line: string): Step {
  const command = /^(\w+): (.*)$/.exec(line);
  if (command) return { do: 'run', host: command[1]!, commands: command[2]! };
  const [verb, ...words] = line.split(' ');
  switch (verb) {
    case 'ns':
      return { do: 'namespaces', names: words };
    case 'veth':
      return { do: 'cable', ends: words.map((end) => ({ host: end.split(':')[0]!, device: end.split(':')[1]! })) };
    case 'serve':
    case 'serveudp':
      return { do: 'serve', host: words[0]!, protocol: verb === 'serve' ? 'tcp' : 'udp', port: Number(words[1]) };
    default:
      throw new Error(`cannot read: ${line}`);
  }
}

/** A probe, read. */
export type Probe =
  | { readonly kind: 'ping'; readonly host: string; readonly to: string; readonly size?: number; readonly ttl?: number; readonly dontFragment: boolean }
  | { readonly kind: 'tcp' | 'udp'; readonly host: string; readonly to: string; readonly port: number }
  | { readonly kind: 'says'; readonly host: string; readonly command: string };

/** Reads a probe's text. */
export function readProbe(text: string): Probe {
  const [host, kind, ...words] = text.split(' ') as [string, string, ...string[]];
  if (kind === 'says') return { kind, host, command: words.join(' ') };
  if (kind === 'tcp' || kind === 'udp') return { kind, host, to: words[0]!, port: Number(words[1]) };
  const number = (option: string) => (words.includes(option) ? Number(words[words.indexOf(option) + 1]) : undefined);
  const [size, ttl] = [number('-s'), number('-t')];
  return { kind: 'ping', host, to: words.at(-1)!, dontFragment: words.includes('-D'), ...(size === undefined ? {} : { size }), ...(ttl === undefined ? {} : { ttl }) };
}

/** What a command printed, without the blanks that some versions put at the ends of lines. */
export const trimmed = (output: string): string => output.split('\n').map((line) => line.trimEnd()).join('\n').trim();
