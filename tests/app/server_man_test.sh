# server_man_test.sh: the manual page of sluice-server has every option that --help has.
. tests/support/check.sh
begin
sed 's/\\-/-/g; s/\\f[BIR]//g' "$TOP/app/man/sluice-server.1" >manual
"$BUILD/sluice-server" --help | grep '^  *-' | tr ' ,' '\n\n' | grep '^-.' | sort -u >options
ok "there are options" test "$(wc -l <options)" -gt 15
while read -r option; do
    ok "the manual has $option" grep -q -e "$option" manual
done <options
report app/server_man
