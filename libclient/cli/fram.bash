# Completion of `fram` in bash.  What there is comes from the command's own help, which needs
# no service: commands, options, and the keys of `fram config`.

# The first words of the table below a heading of a help: `_fram_table Commands servers`.
_fram_table ()
{
  fram "${@:2}" --help 2>/dev/null \
    | sed -n -e "/^$1:\$/,/^\$/ s/^  \([a-z][a-z-]*\) .*/\1/p"
}

_fram_options ()
{
  fram "$@" --help 2>/dev/null | sed -n -e 's/^  \(-., \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

# What may follow the option $1.  Returns 1 if it is a flag, so that anything may.
_fram_value ()
{
  case $1 in
    --credential) echo none long-term shared-secret ;;
    --policy) echo all mdns nohost relay ;;
    --role) echo controlling controlled ;;
    --components | --count | --dscp | --interval | --label | --limit | --name | --position | --server | --session | --streams | --uri | --user) ;;
    *) return 1 ;;
  esac
}

_fram ()
{
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} words=
  local -a chosen=("$command")

  case ${COMP_WORDS[COMP_CWORD - 1]} in
    --password-file | --ca-file)
      COMPREPLY=()
      compopt -o default # names of files
      return
      ;;
  esac
  if [[ $command == report && $COMP_CWORD -gt 1 && $word != -* ]]; then
    COMPREPLY=()
    compopt -o default
    return
  fi
  [[ $command == servers && $COMP_CWORD -gt 2 ]] && chosen+=("${COMP_WORDS[2]}")
  if ! words=$(_fram_value "${COMP_WORDS[COMP_CWORD - 1]}"); then
    case $COMP_CWORD/$command/$word in
      1/*) words=$(_fram_table Commands) ;;
      */-*) words=$(_fram_options "${chosen[@]}") ;;
      2/servers/*) words=$(_fram_table Commands servers) ;;
      2/config/*) words='list get set reset' ;;
      3/config/*) words=$(_fram_table Settings config) ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _fram fram
