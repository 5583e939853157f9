/**
 * Lines for the start-up file of a shell in an exam: after each command they append when it was typed, how it ended, on
 * which host, and what it was. The learner's own history file is not touched. `sh` and dash offer no hook: nothing is recorded there.
 */
import { quote, quoteFish } from '../shell/quote.ts';

export interface RecordOptions {
  readonly file: string;
  readonly host: string;
}

/** For bash 3.2 and later: `history 1` knows the command whole, whatever lines it had. */
export function recordBash({ file, host }: RecordOptions): string {
  return `HISTTIMEFORMAT='%s '
__cka_typed() {
  local code=$? line
  line=$(history 1)
  # At the first prompt the newest entry is an older shell's.
  [ -z "$__cka_ready" ] && __cka_last=$line && __cka_ready=1
  if [ "$line" != "$__cka_last" ]; then
    __cka_last=$line
    # The entry's number, its time, then the words.
    read -r _ __cka_at line <<< "\${line//$'\\n'/\\\\n}"
    printf '%s\\t%s\\t%s\\t%s\\n' "$__cka_at" "$code" ${quote(host)} "$line" >> ${quote(file)} 2>/dev/null
  fi
  return $code
}
PROMPT_COMMAND="__cka_typed\${PROMPT_COMMAND:+
$PROMPT_COMMAND}"
`;
}

export function recordZsh({ file, host }: RecordOptions): string {
  return `__cka_preexec() { __cka_line=$1; __cka_at=$(date +%s); }
__cka_typed() {
  local code=$?
  [ -n "$__cka_line" ] && printf '%s\\t%s\\t%s\\t%s\\n' "$__cka_at" "$code" ${quote(host)} "\${__cka_line//$'\\n'/\\\\n}" >> ${quote(file)} 2>/dev/null
  __cka_line=
  return $code
}
autoload -Uz add-zsh-hook && add-zsh-hook preexec __cka_preexec && precmd_functions=(__cka_typed $precmd_functions)
`;
}

export function recordFish({ file, host }: RecordOptions): string {
  return `function __cka_typed --on-event fish_postexec
  printf '%s\\t%s\\t%s\\t%s\\n' (date +%s) $status ${quoteFish(host)} (string join '\\\\n' -- (string split \\n -- $argv[1])) >> ${quoteFish(file)} 2>/dev/null
end
`;
}
