import type { CommandChoices } from './choices.js';
import { posixTables } from './posix.js';

export function zshScript(commands: readonly CommandChoices[]): string {
  return `#compdef wsprobe
# Completion of wsprobe for zsh: source <(wsprobe completion zsh), after compinit

${posixTables(commands)}
_wsprobe_offer_kind() {
  case "$1" in
    files) _files ;;
    folders) _files -/ ;;
    environments) compadd -- \${(f)"$("\${words[1]}" completion environments 2>/dev/null)"} ;;
  esac
}

_wsprobe() {
  local command="\${words[2]}" before="\${words[CURRENT-1]}" current="\${words[CURRENT]}" values=""
  if (( CURRENT <= 2 )); then
    compadd -- ${commands.map(({ name }) => name).join(' ')} --help --version
    return
  fi
  if [[ "$current" == --*=* ]]; then
    before="\${current%%=*}"
    compset -P '*='
  fi
  values="$(_wsprobe_values "$command $before")"
  if [[ -n "$values" ]]; then
    compadd -- \${\${(s: :)values}[2,-1]}
    _wsprobe_offer_kind "\${values%% *}"
    return
  fi
  if [[ "$current" == -* ]]; then
    compadd -- \${(s: :)"$(_wsprobe_options "$command")"}
    return
  fi
  if (( CURRENT == 3 )) && [[ -n "$(_wsprobe_first "$command")" ]]; then
    compadd -- \${(s: :)"$(_wsprobe_first "$command")"}
    return
  fi
  _wsprobe_offer_kind "$(_wsprobe_files "$command")"
}

compdef _wsprobe wsprobe
`;
}
