# Runs each test program and script given, in a folder of its own, and adds up what they say.
# A test's last line is "NAME: N passed, N failed"; a test that ends without one counts as a failure. What a test had to
# leave out it tells in lines that begin with SKIPPED: they are shown, and with STRICT=true each is a failure.
# A test that hangs is ended after LIMIT seconds, where there is a timeout command.
passed=0 failed=0
bounded=
command -v timeout >/dev/null 2>&1 && bounded="timeout -k 5 ${LIMIT:-900}"
for t in "$@"; do
    log=${B:-build}/$(echo "$t" | tr / _).log
    case $t in
    *.sh) $bounded sh "$t" >"$log" 2>&1 ;;
    *) $bounded "$t" >"$log" 2>&1 ;;
    esac
    code=$?
    line=$(tail -n 1 "$log")
    p=$(echo "$line" | sed -n 's/^.*: \([0-9]*\) passed, \([0-9]*\) failed$/\1/p')
    f=$(echo "$line" | sed -n 's/^.*: \([0-9]*\) passed, \([0-9]*\) failed$/\2/p')
    if [ -z "$p" ] || { [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; }; then
        echo "$t: ended with status $code and no verdict"
        tail -n 20 "$log"
        failed=$((failed + 1))
        continue
    fi
    [ "$f" -gt 0 ] && grep -v 'passed, 0 failed$' "$log" | tail -n 40
    grep '^SKIPPED' "$log"
    [ "$STRICT" != true ] || f=$((f + $(grep -c '^SKIPPED' "$log")))
    echo "$line"
    passed=$((passed + p)) failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
