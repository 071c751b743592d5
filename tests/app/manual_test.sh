# manual_test.sh: the manual pages say all that there is: every option of each program's --help; every function,
# status, type, flag and limit of sluice.h, with the statuses' numbers; and the version.
. tests/support/check.sh
begin
version=$(sed -n 's/^#define SLUICE_VERSION "\(.*\)"/\1/p' "$TOP/sluice.h")

plain() { sed 's/\\-/-/g; s/\\f[BIR]//g' "$@"; }

# ---- Options
for program in sluice sluice-client sluice-server; do
    page=$TOP/app/man/$program.1
    plain "$page" >manual
    "$BUILD/$program" --help | sed -n 's/^  *\(-.*\)/\1/p' | tr ' ,' '\n\n' | grep '^-.' | sort -u >options
    ok "$program has options" test "$(wc -l <options)" -gt 15
    while read -r option; do
        ok "$program.1 has $option" grep -q -e "$option" manual
    done <options
done

# ---- The library. A page per idea; what a page is about stands in its NAME line.
plain "$TOP"/app/man/*.3 >manual
sh "$TOP/app/package/aliases.sh" "$TOP"/app/man/*.3 | sed 's/.* //; s/\.3$//' >named
(cd "$TOP/app/man" && ls *.3 | sed 's/\.3$//') >>named
sed -n 's/^SLUICE_API.*[ *]\(sluice_[a-z0-9_]*\)(.*/\1/p' "$TOP/sluice.h" >functions
ok "there are functions" test "$(wc -l <functions)" -ge 30
while read -r function; do
    ok "man 3 $function" grep -qx "$function" named
    ok "$function has a synopsis" grep -q "[ *]$function(" manual
done <functions
ok "no name is on two pages: $(sort named | uniq -d | tr '\n' ' ')" test -z "$(sort named | uniq -d)"
sed -n 's/^ *\(SLUICE_[A-Z0-9_]*\) = .*/\1/p; s/^#define \(SLUICE_VERSION[A-Z_]*\) .*/\1/p' "$TOP/sluice.h" >constants
ok "there are constants" test "$(wc -l <constants)" -ge 60
while read -r constant; do
    ok "a page tells of $constant" grep -q "$constant[^A-Z_]\|$constant\$" manual
done <constants
sed -n 's/^} \(sluice_[a-z_]*\);.*/\1/p' "$TOP/sluice.h" >types
while read -r type; do
    ok "a page tells of $type" grep -q "$type" manual
done <types
sed -n 's/^ *\(SLUICE_[A-Z0-9_]*\) = \(-*[0-9]*\),* .*/\1 \2/p' "$TOP/sluice.h" | sed '/ 0$/,/SLUICE_BLOCK/b
/ -/!d' | grep '_ERR_' >statuses
ok "there are errors" test "$(wc -l <statuses)" -ge 30
plain "$TOP/app/man/sluice_status.3" >manual
while read -r status number; do
    ok "sluice_status.3: $status is $number" grep -q "^\.BR $status \" ($number)\"\$" manual
done <statuses

# ---- References lead to pages; the version is the header's
for page in "$TOP"/app/man/*.[13]; do
    ok "${page##*/} has the version" grep -q "^\.TH .*\"sluice $version\"" "$page"
    plain "$page" | sed -n 's/^\.BR \(sluice[a-z0-9_-]*\) (\([13]\)).*/\1 \2/p' >references
    while read -r name section; do
        if [ "$section" = 1 ]; then
            ok "${page##*/}: $name(1)" test -e "$TOP/app/man/$name.1"
        else
            ok "${page##*/}: $name(3)" grep -qx "$name" named
        fi
    done <references
done
for example in $(grep -ho 'app/examples/[a-z_]*\.c' "$TOP"/app/man/*.3); do
    ok "$example" test -e "$TOP/$example"
done
if command -v mandoc >/dev/null; then
    for page in "$TOP"/app/man/*.[13]; do
        try 0 "${page##*/} is good" mandoc -T lint -W warning "$page"
    done
fi
report app/manual
