# check.sh: for tests in shell; to be sourced. A folder of the test's own, counted checks, and the closing line.
#
#   . tests/support/check.sh
#   begin                       makes an empty folder and goes there; $BUILD is where the programs are
#   try CODE WHAT COMMAND...    runs the command: CODE must be its exit status. Its output is in $out and $err (files)
#   ok WHAT COMMAND...          the command must succeed
#   not COMMAND...              succeeds if the command fails
#   says TEXT                   $err holds TEXT;  shows TEXT: $out does
#   dies_at_work FILES OPTION...    sluice with these options and this input is ended by a signal; nothing is left of it
#   report NAME                 removes the folder and ends the test
passed=0 failed=0
case ${B:-build} in
/*) BUILD=${B:-build} ;;
*) BUILD=$(pwd)/${B:-build} ;;
esac
TOP=$(pwd)

begin() {
    FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/sluice-test-XXXXXX") || exit 1
    mkdir "$FOLDER/work" || exit 1
    trap 'cd /; chmod -R u+rwx "$FOLDER"; rm -rf "$FOLDER"' 0
    trap 'exit 1' 1 2 15
    out=$FOLDER/out err=$FOLDER/err
    : >"$out"
    : >"$err"
    cd "$FOLDER/work" || exit 1
}

pass() { passed=$((passed + 1)); }

fail() {
    failed=$((failed + 1))
    echo "FAILED: $1"
}

try() {
    want=$1 what=$2
    shift 2
    "$@" >"$out" 2>"$err" </dev/null
    code=$?
    if [ "$code" -eq "$want" ]; then
        pass
    else
        fail "$what: exit status $code, not $want: $*"
        sed 's/^/    /' "$err" | head -n 5
    fi
}

ok() {
    what=$1
    shift
    if "$@"; then pass; else fail "$what: $*"; fi
}

not() { if "$@"; then return 1; else return 0; fi; }

holds() {
    if grep -qF -e "$2" "$1"; then
        pass
    else
        fail "$what: no '$2' in"
        sed 's/^/    /' "$1" | head -n 5
    fi
}

says() { holds "$err" "$1"; }
shows() { holds "$out" "$1"; }

quiet() { ok "$what: nothing is said" not test -s "$err"; }

# Equal to the nanosecond: neither is newer.
same_time() { [ -z "$(find "$1" -newer "$2")" ] && [ -z "$(find "$2" -newer "$1")" ]; }

mode_is() { [ "$(ls -ld "$2" | cut -c 1-10)" = "$1" ]; }

# All names in the folder, hidden ones too.
names_are() { [ "$(ls -A | tr '\n' ' ')" = "$1" ]; }

# The input is a FIFO that stays open behind the files.
dies_at_work() {
    files=$1
    shift
    mkfifo fifo
    echo precious >target
    "$BUILD/sluice" "$@" -f -o target <fifo 2>"$err" &
    pid=$!
    exec 3>fifo
    cat $files >&3
    tries=0
    until [ -n "$(ls -A | grep sluice-part)" ] || [ $tries -ge 5000 ]; do tries=$((tries + 1)); done
    kill -TERM $pid
    wait $pid 2>/dev/null
    code=$?
    exec 3>&-
    ok "SIGTERM ends it" [ $code -gt 128 ]
    ok "the target is as it was" [ "$(cat target)" = precious ]
    ok "no temporary file is left" [ -z "$(ls -A | grep sluice-part)" ]
    rm fifo target
}

report() {
    echo "$1: $passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
