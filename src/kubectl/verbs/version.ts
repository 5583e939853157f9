/** `kubectl version`. See kubectl/pkg/cmd/version/version.go. The client's version is the Kubernetes that this kubectl was written after. */
import type { Verb } from '../command.ts';
import { plainError } from '../io.ts';
import { toYaml } from '../output/yaml.ts';

const CLIENT = { major: '1', minor: '33', gitVersion: 'v1.33.1', gitCommit: '', gitTreeState: 'clean', buildDate: '1970-01-01T00:00:00Z', goVersion: 'none', compiler: 'node' };
const KUSTOMIZE = 'v5.6.0';

type Info = Readonly<Record<string, string>>;

export const version: Verb = {
  name: 'version', short: 'Print the client and server version information', long: 'Print the client and server version information for the current context.', examples: '# Print the client and server versions for the current context\nkubectl version', usage: 'version [options]',
  flags: [{ name: 'client', type: 'bool', value: false, help: 'If true, shows client version only (no server required).' }, { name: 'output', short: 'o', type: 'string', value: '', help: "One of 'yaml' or 'json'." }],
  run: async (run) => {
    if (run.args.length > 0) throw plainError(`extra arguments: [${run.args.join(' ')}]`);
    const output = run.flags.text('output');
    if (output !== '' && output !== 'yaml' && output !== 'json') throw plainError("--output must be 'yaml' or 'json'");
    const client: Info = { ...CLIENT, platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}` };
    const show = (server: Info | undefined) => {
      const all = { clientVersion: client, kustomizeVersion: KUSTOMIZE, ...(server ? { serverVersion: server } : {}) };
      if (output === 'yaml') run.out(`${toYaml(all)}\n`);
      else if (output === 'json') run.out(`${JSON.stringify(all, null, 2)}\n`);
      else run.out(`Client Version: ${client['gitVersion']}\nKustomize Version: ${KUSTOMIZE}\n${server ? `Server Version: ${server['gitVersion']}\n` : ''}`);
    };
    if (run.flags.bool('client')) {
      show(undefined);
      return 0;
    }
    let server: Info;
    try {
      server = await run.client.json<Info>('GET', '/version');
    } catch (error) {
      show(undefined);
      throw error;
    }
    show(server);
    const skew = Math.abs(Number.parseInt(server['minor'] ?? '0', 10) - Number(CLIENT.minor));
    if (skew > 1) run.err(`WARNING: version difference between client (${CLIENT.major}.${CLIENT.minor}) and server (${server['major']}.${server['minor']}) exceeds the supported minor version skew of +/-1\n`);
    return 0;
  },
};
