# Completion of sluice, sluice-client and sluice-server for bash. The options and their words are taken from --help, so
# that they are always those of the program that is there.
_sluice() {
    local program=$1 word=${COMP_WORDS[COMP_CWORD]} before=$3 help words

    COMPREPLY=()
    help=$("$program" --help 2>/dev/null) || return
    # --option WORD|WORD: one of these; what a file or a folder names is completed as such
    words=$(sed -n -e "s/^ *\(-., *\)\{0,1\}$before \([^ ]*\)\( .*\)\{0,1\}$/\2/p" \
        -e "s/^ *$before, --[a-z-]* \([^ ]*\)\( .*\)\{0,1\}$/\1/p" <<<"$help" | head -n 1)
    case $before in
    -*)
        case $words in
        *'|'*) mapfile -t COMPREPLY < <(compgen -W "${words//|/ }" -- "$word"); return ;;
        DIR | FOLDER | ROOT) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
        FILE | LIST) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        [A-Z.]*) return ;; # a number, a size, an address: nothing to offer
        esac
        ;;
    esac
    case $word in
    -*)
        words=$(sed -n 's/^  *\(-[^ ]*\(, --[^ ]*\)*\).*/\1/p' <<<"$help" | tr ' ,' '\n\n' | grep '^-')
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        ;;
    *)
        case ${program##*/} in
        sluice-server) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
        sluice-client) mapfile -t COMPREPLY < <(compgen -W 'http:// sluice://' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
        esac
        ;;
    esac
}
complete -o filenames -F _sluice sluice sluice-server
complete -o nospace -F _sluice sluice-client
