import type { CommandChoices } from './choices.js';
import { posixTables } from './posix.js';

/** Also for bash 3.2: no `mapfile`; `compopt` where there is one. */
export function bashScript(commands: readonly CommandChoices[]): string {
  return `# Completion of wsprobe for bash: source <(wsprobe completion bash)

${posixTables(commands)}
_wsprobe_offer() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$@")
}

_wsprobe_offer_kind() {
  case "$1" in
    files) compopt -o filenames 2>/dev/null; _wsprobe_offer -f -- "$2" ;;
    folders) compopt -o filenames 2>/dev/null; _wsprobe_offer -d -- "$2" ;;
    environments) _wsprobe_offer -W "$("\${COMP_WORDS[0]}" completion environments 2>/dev/null)" -- "$2" ;;
  esac
}

_wsprobe() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" command="\${COMP_WORDS[1]}" values=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -le 1 ]; then
    _wsprobe_offer -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"
    return
  fi
  # bash parts --name=value at the equal sign.
  before="\${COMP_WORDS[COMP_CWORD-1]}"
  if [ "$current" = "=" ]; then current=""
  elif [ "$before" = "=" ] && [ "$COMP_CWORD" -gt 2 ]; then before="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  if [ "$COMP_CWORD" -gt 2 ]; then values="$(_wsprobe_values "$command $before")"; fi
  if [ -n "$values" ]; then
    _wsprobe_offer_kind "\${values%% *}" "$current"
    case "$values" in *' '*) _wsprobe_offer -W "\${values#* }" -- "$current" ;; esac
    return
  fi
  case "$current" in
    -*) _wsprobe_offer -W "$(_wsprobe_options "$command")" -- "$current"; return ;;
  esac
  if [ "$COMP_CWORD" -eq 2 ]; then
    _wsprobe_offer -W "$(_wsprobe_first "$command")" -- "$current"
    [ -n "$(_wsprobe_first "$command")" ] && return
  fi
  _wsprobe_offer_kind "$(_wsprobe_files "$command")" "$current"
}

complete -F _wsprobe wsprobe
`;
}
