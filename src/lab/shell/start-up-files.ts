/**
 * What the learner's own shell reads when it starts on a lab: their start-up file first (read, never written), then
 * ours: the lab's environment, `k` with completion, the lab's name before their prompt, a history file of our own.
 */
import { quote, quoteFish } from './quote.ts';

export interface StartUp {
  readonly labName: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Our folder of stand-ins: first in PATH, whatever the learner's files did to it. */
  readonly bin: string;
  readonly history: string;
  readonly color: boolean;
  /** More lines, at the end. */
  readonly also?: { readonly bash: string; readonly zsh: string; readonly fish: string };
}

/** Lines for a POSIX shell to `eval`. PATH is extended, not replaced. */
export function exports(environment: Readonly<Record<string, string>>, bin: string): string {
  const others = Object.entries(environment).filter(([name]) => name !== 'PATH');
  return [...others.map(([name, value]) => `export ${name}=${quote(value)}`), `case "$PATH" in ${quote(`${bin}:`)}*) ;; *) export PATH=${quote(bin)}:"$PATH" ;; esac`].join('\n');
}

/** The same for fish. */
export function exportsFish(environment: Readonly<Record<string, string>>, bin: string): string {
  const others = Object.entries(environment).filter(([name]) => name !== 'PATH');
  return [...others.map(([name, value]) => `set -gx ${name} ${quoteFish(value)}`), `set -gx PATH ${quoteFish(bin)} $PATH`].join('\n');
}

/** What completion scripts take from the package bash-completion, for a bash that has none. */
export const WITHOUT_BASH_COMPLETION = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
  _get_comp_words_by_ref() { words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=\${COMP_WORDS[COMP_CWORD]}; prev=\${COMP_WORDS[COMP_CWORD-1]}; }
  __ltrim_colon_completions() { :; }
fi`;

export function bashFile(start: StartUp): string {
  const label = start.color ? `\\[\\e[36m\\][${start.labName}]\\[\\e[0m\\]` : `[${start.labName}]`;
  return `# Written by cka for one lab; your own files stay as they are.
[ -r /etc/bash.bashrc ] && . /etc/bash.bashrc
[ -r ~/.bashrc ] && . ~/.bashrc
${exports(start.environment, start.bin)}
HISTFILE=${quote(start.history)}
alias k=kubectl
: "\${PROMPT_DIRTRIM:=2}"

# The lab's name before your own prompt, whatever builds that.
__cka_prompt() { case "$PS1" in *${quote(`[${start.labName}]`)}*) ;; *) PS1=${quote(`${label} `)}"$PS1" ;; esac; }
case "$(declare -p PROMPT_COMMAND 2>/dev/null)" in
  "declare -a"*) PROMPT_COMMAND+=(__cka_prompt) ;;
  *) PROMPT_COMMAND="\${PROMPT_COMMAND:+$PROMPT_COMMAND
}__cka_prompt" ;;
esac

# Completion loads at the first Tab: it costs a tenth of a second.
__cka_complete() {
  if ! declare -F _get_comp_words_by_ref >/dev/null; then
    for file in /usr/share/bash-completion/bash_completion /opt/homebrew/etc/profile.d/bash_completion.sh /usr/local/etc/profile.d/bash_completion.sh; do
      [ -r "$file" ] && . "$file" && break
    done
  fi
  ${WITHOUT_BASH_COMPLETION.replaceAll('\n', '\n  ')}
  complete -r kubectl k cka 2>/dev/null
  eval "$(kubectl completion bash 2>/dev/null)"
  declare -F __start_kubectl >/dev/null && complete -o default -F __start_kubectl kubectl k
  eval "$(cka completion bash 2>/dev/null)"
  return 124
}
complete -o default -F __cka_complete kubectl k cka
${start.also?.bash ?? ''}`;
}

/** Goes into a ZDOTDIR of ours as `.zshrc`. */
export function zshFile(start: StartUp, userDotDir: string): string {
  const label = start.color ? `%F{cyan}[${start.labName}]%f` : `[${start.labName}]`;
  return `# Written by cka for one lab; your own files stay as they are.
ZDOTDIR=${quote(userDotDir)}
[ -r "$ZDOTDIR/.zshrc" ] && . "$ZDOTDIR/.zshrc"
${exports(start.environment, start.bin)}
HISTFILE=${quote(start.history)}
alias k=kubectl
__cka_prompt() { case "$PS1" in *${quote(`[${start.labName}]`)}*) ;; *) PS1=${quote(`${label} `)}"$PS1" ;; esac; }
autoload -Uz add-zsh-hook && add-zsh-hook precmd __cka_prompt
whence compdef >/dev/null || { autoload -Uz compinit && compinit -D; }
eval "$(kubectl completion zsh 2>/dev/null)"
whence _kubectl >/dev/null && compdef k=kubectl
eval "$(cka completion zsh 2>/dev/null)"
${start.also?.zsh ?? ''}true
`;
}

export function fishFile(start: StartUp): string {
  return `# Written by cka for one lab; your own files stay as they are.
${exportsFish(start.environment, start.bin)}
# An empty name keeps the session's history out of your files.
set -g fish_history ''
alias k=kubectl
functions -q fish_prompt; and functions -c fish_prompt __cka_own_prompt
function fish_prompt
  echo -n ${quoteFish(`[${start.labName}] `)}
  functions -q __cka_own_prompt; and __cka_own_prompt
end
kubectl completion fish 2>/dev/null | source
complete -c k -w kubectl
cka completion fish 2>/dev/null | source
${start.also?.fish ?? ''}`;
}

/** For dash, ash and the like, through ENV. */
export function shFile(start: StartUp): string {
  return `${exports(start.environment, start.bin)}
HISTFILE=${quote(start.history)}
alias k=kubectl
PS1=${quote(`[${start.labName}] $ `)}
`;
}
