# option_values_test.sh: every option that --help of a program shows, with values that are good, with values that are
# not, without one, and with one where none belongs. A bad value is told of with the option's name and exit status 1.
# An option with a value that is in no table here is a failure: so is a row for an option that is not there.
. tests/support/check.sh
begin
cp "$TOP/README.md" README.md
: >file
mkdir folder

# program | option | good values | bad values      ('' stands for an empty value)
cat >table <<'END'
sluice | -o           | out -            | ''
sluice | --output     | out              | ''
sluice | -S           | .x gz            | '' a/b
sluice | --suffix     | .x               | '' /
sluice | -C           | note             | ''
sluice | --comment    | note             | ''
sluice | -F           | gzip zlib raw auto | GZIP deflate 1 ''
sluice | --format     | gzip             | gz zlib|raw
sluice | -D           | README.md        | absent folder ''
sluice | --dictionary | README.md        | ''
sluice | -p           | 0 1 256          | -1 257 two 1k 99999999999999999999 ''
sluice | --processes  | 2                | 1.5
sluice | -b           | 1 512 65536      | 0 65537 x 128K ''
sluice | --blocksize  | 32               | 0x20
sluice | --progress   | auto always never | often a ''
sluice-client | -o         | out - a/b             | ''
sluice-client | --output   | out                   | ''
sluice-client | -O         | . folder              | ''
sluice-client | --folder   | .                     | ''
sluice-client | --compare  | file                  | ''
sluice-client | --input    | file -                | ''
sluice-client | -j         | 1 64                  | 0 65 -1 x 2k ''
sluice-client | --at-once  | 8                     | 1e3
sluice-client | --retries  | 0 1000                | -1 1001 many ''
sluice-client | --coding   | gzip deflate identity | br GZIP ''
sluice-client | --header   | X-A:1 Authorization:x | Range:bytes=0-1 X A\ B:1 :x ''
sluice-client | --timeout  | 0 0.5 60              | -1 soon 1,5 1e0 ''
sluice-client | --max-time | 0.001 3600            | 0 -1 later ''
sluice-client | --max-size | 1 64k 2G 16M          | 0 -1 x 1KB 99999999999T ''
sluice-client | --limit-rate | 1 20k 1T            | 0 x 2T ''
sluice-client | --progress | auto always never     | sometimes ''
sluice-client | --block    | 1 64k 16M             | 0 17M x ''
END

cut -d '|' -f 1 table | sort -u | while read -r program; do echo "$program"; done >programs
while read -r program; do
    "$BUILD/$program" --help >help
    # "-x, --long WORD" or "--long WORD" in the column of options: those with a value, and those without
    sed -n 's/^ \{2,6\}\(-.*\)/\1/p' help | sed 's/  .*//' >shown
    grep ' [^ -][^ ]*$' shown | sed 's/ [^ -][^ ]*$//' | tr ' ,' '\n\n' | grep '^-' | sort -u >valued
    grep -v ' [^ -][^ ]*$' shown | tr ' ,' '\n\n' | grep '^-' | sort -u >plain
    ok "$program has both" test -s valued -a -s plain
    sed -n "s/^$program  *| *\([^ ]*\) .*/\1/p" table | sort -u >tabled
    ok "the table has each option of $program: $(comm -3 valued tabled | tr '\t\n' '  ')" cmp -s valued tabled
    while read -r option; do
        try 1 "$program $option without its value" "$BUILD/$program" $option
        says "$option: a value is missing"
    done <valued
    grep '^--' plain | grep -v '^--no-' | while read -r option; do printf '%s\n' "$option"; done >long
    while read -r option; do
        try 1 "$program $option with a value" "$BUILD/$program" "$option=1"
        says "$option: takes no value"
        case $option in
        --license | --version) continue ;; # they end the reading
        esac
        try 0 "$program $option" "$BUILD/$program" "$option" --help
    done <long
    try 1 "$program: an option that is none" "$BUILD/$program" --no-such-thing
    says "--no-such-thing: no such option"
    try 1 "$program: the beginning of one" "$BUILD/$program" --hel
    says "--hel: no such option; --help?"
done <programs

while IFS='|' read -r program option good bad; do
    program=$(echo $program) option=$(echo "$option" | tr -d ' ')
    eval "set -- $(printf '%s' "$good")"
    for value; do
        case $option in
        --*) try 0 "$program $option=$value" "$BUILD/$program" "$option=$value" --help ;;
        esac
        try 0 "$program $option $value" "$BUILD/$program" "$option" "$value" --help
    done
    eval "set -- $(printf '%s' "$bad" | sed 's/|/\\|/g')"
    ok "$program $option has bad values" test $# -gt 0
    for value; do
        try 1 "$program $option '$value'" "$BUILD/$program" "$option" "$value" --help
        ok "$option '$value': nothing is done" not test -s "$out"
        case $option in
        --*) says "$option" ;;
        -D) says "$value" ;;
        *) says "sluice" ;;
        esac
    done
done <table
report app/option_values
