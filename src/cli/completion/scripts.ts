/** The small scripts by which each shell asks this program at a TAB. */

export const SHELLS = ['bash', 'zsh', 'fish', 'kubectl'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The words are taken from the line and not from COMP_WORDS, which bash cuts at each `=` and `:`; candidates after an `=`
 * are values alone, as bash replaces only what stands behind it.
 */
const bash = `# bash completion for kubectl-frigate_health. Load it: source <(kubectl frigate-health completion bash)
_kubectl_frigate_health() {
  local line="\${COMP_LINE:0:COMP_POINT}" words answer
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  answer=$(kubectl-frigate_health __complete "\${words[@]:1}" 2>/dev/null) || return 0
  local directive="\${answer##*:}" candidate
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    [[ -n "$candidate" && "$candidate" != :[0-9]* ]] && COMPREPLY+=("$candidate")
  done <<< "$answer"
  [[ "$directive" == 0 && \${#COMPREPLY[@]} == 0 ]] && compopt -o default
  return 0
}
complete -F _kubectl_frigate_health kubectl-frigate_health
`;

const zsh = `#compdef kubectl-frigate_health
# zsh completion for kubectl-frigate_health. Load it: source <(kubectl frigate-health completion zsh)
_kubectl_frigate_health() {
  local answer directive line
  local -a lines described
  answer=$(kubectl-frigate_health __complete "\${(@)words[2,CURRENT]}" 2>/dev/null) || return 1
  lines=("\${(@f)answer}")
  directive="\${lines[-1]}"
  lines[-1]=()
  for line in "\${lines[@]}"; do
    described+=("\${\${line//:/\\\\:}/$'\\t'/:}")
  done
  [[ "$PREFIX" == --*=* ]] && compset -P '*='
  if [[ "$directive" == ":0" && \${#described} -eq 0 ]]; then
    _files
  else
    _describe 'frigate-health' described
  fi
}
compdef _kubectl_frigate_health kubectl-frigate_health
`;

/** fish replaces the whole word, so that what stands before the value is put in front of each candidate again. */
const fish = `# fish completion for kubectl-frigate_health. Load it: kubectl frigate-health completion fish | source
function __kubectl_frigate_health
  set -l current (commandline -ct)
  set -l before (string match -r -- '^--[^=]+=' $current)
  set -l words (commandline -opc) $current
  test -z "$current"; and set words (commandline -opc) ""
  set -l answer (kubectl-frigate_health __complete $words[2..-1] 2>/dev/null)
  if test "$answer" = ":0"
    set answer (__fish_complete_path (string replace -- "$before" "" $current))
  end
  for line in $answer
    string match -qr '^:\\d+$' -- $line; or echo -- "$before$line"
  end
end
complete -c kubectl-frigate_health -f -a '(__kubectl_frigate_health)'
`;

/** kubectl (1.26 and later) runs a program of this name on PATH for the words after \`kubectl frigate-health\`. */
export const KUBECTL_COMPLETER = 'kubectl_complete-frigate_health';

const kubectl = `#!/bin/sh
exec kubectl-frigate_health __complete "$@"
`;

export const scriptFor = (shell: Shell): string => ({bash, zsh, fish, kubectl})[shell];
