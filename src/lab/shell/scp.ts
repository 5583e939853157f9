/**
 * The text of an `scp` for a lab's shell: copies to and from the cluster's nodes through `cka node exec`, and hands
 * everything that names no node to the real one. Knows no backend.
 */
import { commandLine, quote } from './quote.ts';

export interface ScpOptions {
  readonly folder: string;
  /** The command line that starts this program. */
  readonly self: readonly string[];
  readonly cluster: string;
  readonly nodes: readonly string[];
}

/** As scp(1): options, then sources, then a target; `[user@]node:path` is on a node. */
export function scp({ self, cluster, nodes, folder }: ScpOptions): string {
  const onNode = commandLine([...self, 'node', 'exec', '--name', cluster]);
  return `is_node() {
  case "$1" in *:*) ;; *) return 1 ;; esac
  case "\${1%%:*}" in */*) return 1 ;; esac
  name=\${1%%:*}; name=\${name##*@}
  case "$name" in ${nodes.map((node) => quote(node)).join(' | ') || "''"}) return 0 ;; esac
  return 1
}
node_of() { name=\${1%%:*}; printf %s "\${name##*@}"; }
path_of() { path=\${1#*:}; case "$path" in '') path=. ;; '~/'*) path=\${path#??} ;; esac; case "$path" in /*) printf %s "$path" ;; *) printf '/root/%s' "$path" ;; esac; }
ours=0
for word in "$@"; do if is_node "$word"; then ours=1; fi; done
if [ $ours = 0 ]; then
  IFS=:
  for folder in $PATH; do
    if [ "$folder" != ${quote(folder)} ] && [ -x "$folder/scp" ]; then unset IFS; exec "$folder/scp" "$@"; fi
  done
  echo "scp: only the nodes of the lab can be reached here: ${nodes.join(' ')}" >&2
  exit 255
fi
recursive=0
while [ $# -gt 0 ]; do
  case "$1" in
    --) shift; break ;;
    -[cDFiJloPSX]) shift 2 ;;
    -*) case "$1" in *r*) recursive=1 ;; esac; shift ;;
    *) break ;;
  esac
done
if [ $# -lt 2 ]; then echo 'usage: scp [-r] source ... target' >&2; exit 1; fi
for target in "$@"; do :; done
status=0
while [ $# -gt 1 ]; do
  source=$1; shift
  if is_node "$source" && is_node "$target"; then
    echo 'scp: from node to node goes in two steps, by way of this machine' >&2; status=1
  elif is_node "$target"; then
    if [ -d "$source" ] && [ $recursive = 0 ]; then echo "scp: local \\"$source\\" is not a regular file" >&2; status=1; continue; fi
    if [ ! -e "$source" ]; then echo "scp: stat local \\"$source\\": No such file or directory" >&2; status=1; continue; fi
    base=\${source%/}; base=\${base##*/}
    if [ -d "$source" ]; then
      tar -C "$source" -cf - . | ${onNode} "$(node_of "$target")" -- sh -c 'to=$0; [ -d "$to" ] && to=$to/$1; mkdir -p "$to" && tar -C "$to" -xf -' "$(path_of "$target")" "$base" || status=1
    else
      ${onNode} "$(node_of "$target")" -- sh -c 'to=$0; [ -d "$to" ] && to=$to/$1; cat >"$to"' "$(path_of "$target")" "$base" <"$source" || status=1
    fi
  else
    from=$(path_of "$source"); base=\${from%/}; base=\${base##*/}; to=$target
    if [ $recursive = 1 ]; then
      if [ -d "$to" ]; then to=$to/$base; fi
      mkdir -p "$to" && ${onNode} "$(node_of "$source")" -- tar -C "$from" -cf - . </dev/null | tar -C "$to" -xf - || status=1
    else
      if [ -d "$to" ]; then to=$to/$base; fi
      if ${onNode} "$(node_of "$source")" -- cat "$from" </dev/null >"$to.part"; then mv "$to.part" "$to"; else rm -f "$to.part"; status=1; fi
    fi
  fi
done
exit $status`;
}
