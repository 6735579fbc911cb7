# bash completion of distrolab.
#   eval "$(distrolab completion bash)"
# or, with bash-completion, once:
#   distrolab completion bash >~/.local/share/bash-completion/completions/distrolab

_distrolab() {
  local current=$2 line=${COMP_LINE:0:COMP_POINT} kind='' word i
  COMPREPLY=()

  # What follows -- is a command of its own.
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == -- ]]; then
      if declare -F _command_offset >/dev/null; then
        _command_offset $((i + 1))
      elif ((COMP_CWORD == i + 1)); then
        _distrolab_reply < <(compgen -c -- "$current")
      else
        _distrolab_files -f "$current"
      fi
      return
    fi
  done

  while IFS= read -r word; do
    if [[ -z $kind ]]; then
      kind=$word
    else
      COMPREPLY+=("$word")
    fi
  done < <("${1/#\~\//$HOME/}" __complete bash "$line" "$current" 2>/dev/null)

  case $kind in
    files) _distrolab_files -f "$current" ;;
    folders) _distrolab_files -d "$current" ;;
  esac
}

_distrolab_reply() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done
}

# bash 3.2, as on macOS, has no compopt: names are then offered as they are.
_distrolab_files() {
  compopt -o filenames 2>/dev/null
  _distrolab_reply < <(compgen "$1" -- "$2")
}

complete -F _distrolab distrolab
