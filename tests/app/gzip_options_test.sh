# gzip_options_test.sh: the table in docs/gzip.md is true of ours: what it says is there is taken, what it says is not
# is refused, and no option of ours is missing in it.
. tests/support/check.sh
begin
sluice=$BUILD/sluice
cp "$TOP/README.md" .
sed -n 's/^| \(`-.*\)/\1/p' "$TOP/docs/gzip.md" | sed 's/ | /|/g' >rows
ok "there are rows" test "$(wc -l <rows)" -ge 40
: >spelled
while IFS='|' read -r options gzip pigz ours; do
    echo "$options" | tr '`' '\n' | grep '^-' >each
    while read -r option; do
        case $option in
        - | --) continue ;; # no options
        esac
        case $ours in
        'not there'*)
            try 1 "$option is not there" "$sluice" $option --help
            says "no such option"
            ;;
        *)
            case $option in
            -h | --help | -V | --version | -L | --license) try 0 "$option" "$sluice" $option ;;
            *)
                try 0 "$option" "$sluice" $option --help
                shows "Usage: sluice"
                ;;
            esac
            ;;
        esac
        printf '%s\n' "$option" | sed 's/[= ].*//' >>spelled
    done <each
done <rows
"$sluice" --help | sed -n 's/^  *\(-.*\)/\1/p' | tr ' ,' '\n\n' | grep '^-.' | sort -u >options
while read -r option; do
    ok "the table has $option" grep -qx -e "$option" spelled
done <options
report app/gzip_options
