/** `kubectl completion`: small scripts that ask `kubectl __complete`. See spf13/cobra's completions. */
import type { Verb } from '../command.ts';
import { usageError } from '../io.ts';

const BASH = `# bash completion for kubectl
__start_kubectl() {
    local cur="\${COMP_WORDS[COMP_CWORD]}" line words=("\${COMP_WORDS[@]:1:COMP_CWORD}") directive
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :* ]]; then directive="\${line#:}"; else COMPREPLY+=("\${line%%$'\\t'*}"); fi
    done < <(kubectl __completeNoDesc "\${words[@]}" 2>/dev/null)
    if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
    if [[ $directive -eq 0 && \${#COMPREPLY[@]} -eq 0 ]]; then compopt -o default 2>/dev/null; fi
}
complete -F __start_kubectl kubectl
`;

const ZSH = `#compdef kubectl
compdef _kubectl kubectl
_kubectl() {
    local -a found; local line directive
    while IFS= read -r line; do
        if [[ $line == :* ]]; then directive="\${line#:}"; else found+=("\${line%%$'\\t'*}"); fi
    done < <(kubectl __completeNoDesc "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)
    if (( \${#found} )); then compadd -- "\${found[@]}"; elif [[ $directive == 0 ]]; then _files; fi
}
if [ "$funcstack[1]" = "_kubectl" ]; then _kubectl; fi
`;

const FISH = `# fish completion for kubectl
function __kubectl_complete
    set -l words (commandline -opc) (commandline -ct)
    kubectl __complete $words[2..-1] 2>/dev/null | string match -v -r '^:'
end
complete -c kubectl -f -a '(__kubectl_complete)'
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };

export const completion: Verb = {
  name: 'completion', short: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)', long: 'Output shell completion code for the specified shell (bash, zsh, or fish). The shell code must be evaluated to provide interactive completion of kubectl commands.', examples: '# Load the kubectl completion code for bash into the current shell\nsource <(kubectl completion bash)', usage: 'completion SHELL', flags: [],
  run: async (run) => {
    if (run.args.length === 0) throw usageError(run.command, 'Shell not specified.');
    if (run.args.length > 1) throw usageError(run.command, 'Too many arguments. Expected only the shell type.');
    const script = SCRIPTS[run.args[0]!];
    if (script === undefined) throw usageError(run.command, `Unsupported shell type ${JSON.stringify(run.args[0])}.`);
    run.out(script);
    return 0;
  },
};
