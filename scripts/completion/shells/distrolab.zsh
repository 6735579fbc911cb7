#compdef distrolab
# zsh completion of distrolab.
#   source <(distrolab completion zsh)
# or once, for a folder of your $fpath:
#   distrolab completion zsh >~/.zfunc/_distrolab

_distrolab() {
  local kind name described line dashes
  local -a before lines names texts

  # What follows -- is a command of its own.
  dashes=${words[(i)--]}
  if ((dashes < CURRENT)); then
    shift $dashes words
    ((CURRENT -= dashes))
    _normal
    return
  fi

  before=("${(@Q)words[2,CURRENT-1]}")
  lines=("${(@f)$("${${(Q)words[1]}/#\~\//$HOME/}" __complete zsh "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)}")
  kind=${lines[1]}
  # The value of --flag=value is completed by itself.
  [[ $PREFIX == --*=* ]] && compset -P '--*='

  case $kind in
    files) _files ;;
    folders) _files -/ ;;
    words)
      for line in "${(@)lines[2,-1]}"; do
        name=${line%%$'\t'*}
        [[ -n $IPREFIX && $name == "$IPREFIX"* ]] && name=${name#"$IPREFIX"}
        described=${line#*$'\t'}
        names+=("$name")
        texts+=("${name}${described:+  -- $described}")
      done
      ((${#names})) && compadd -l -d texts -a names
      ;;
  esac
}

if [[ ${funcstack[1]} == _distrolab ]]; then
  _distrolab "$@"
else
  compdef _distrolab distrolab
fi
