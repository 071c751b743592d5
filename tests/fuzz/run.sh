# run.sh: replays the seeds of each harness and fuzzes it for a while: `make fuzz` and `make check`.
#
# usage: run.sh SECONDS [NAME...]     SECONDS for each harness; NAMEs: these alone
#
# Where clang has libFuzzer it is used, with AddressSanitizer and UBSan, and what it finds worth keeping stays in
# $B/libfuzzer/corpus/NAME. Elsewhere, or with ENGINE=driver, driver.c replays and mutates with nothing but $CC.
# ENGINE=afl: AFL++, if afl-clang-fast is there. An input that breaks something is left in $B/fuzz/found/.
# The last line is "fuzz: N passed, N failed", a harness being one.
seconds=${1:?usage: run.sh SECONDS [NAME...]}
shift
B=${B:-build}
CC=${CC:-cc}
names=${*:-$(cd tests/fuzz && ls ./*_fuzz.c | sed 's|^\./||; s|_fuzz\.c$||')}
passed=0 failed=0
found=$PWD/$B/fuzz/found
mkdir -p "$found"

sanitizers='address,undefined'
options='-O2 -g -fno-omit-frame-pointer -fno-sanitize-recover=all'
export ASAN_OPTIONS=abort_on_error=1:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

has_libfuzzer() {
    mkdir -p "$B/fuzz"
    echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n) { (void)p; (void)n; return 0; }' >"$B/fuzz/probe.c"
    clang -fsanitize=fuzzer "$B/fuzz/probe.c" -o "$B/fuzz/probe" 2>/dev/null && "$B/fuzz/probe" -runs=1 2>/dev/null
}

engine=${ENGINE:-}
if [ -z "$engine" ]; then
    if has_libfuzzer; then
        engine=libfuzzer
    else
        engine=driver
        echo "no clang with libFuzzer here: the built-in driver mutates, which measures no coverage"
    fi
fi

# verdict NAME CODE TEXT
verdict() {
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1"
        tail -n 60 "$B/fuzz/$1.log"
    fi
    printf '%-16s %s\n' "$1" "$3"
}

# Seeds as files, by the plain build of the harness.
unpack() {
    rm -rf "$2.seeds"
    mkdir -p "$2" "$2.seeds"
    [ ! -f "tests/fuzz/seeds/$1.seeds" ] || "$B/fuzz/$1" --unpack "$2.seeds" "tests/fuzz/seeds/$1.seeds"
    "$B/fuzz/$1" --words >"$2.words"
}

plain=
for name in $names; do plain="$plain $B/fuzz/$name"; done
make -s B="$B" CC="$CC" $plain || { echo "fuzz: 0 passed, 1 failed"; exit 1; }

case $engine in
libfuzzer)
    built=$B/libfuzzer
    make -s B="$built" CC=clang CFLAGS="$options -fsanitize=$sanitizers,fuzzer-no-link" \
        FUZZ_MAIN= FUZZ_LDFLAGS="-fsanitize=$sanitizers,fuzzer" $(for n in $names; do echo "$built/fuzz/$n"; done) ||
        { echo "fuzz: 0 passed, 1 failed"; exit 1; }
    for name in $names; do
        corpus=$built/corpus/$name
        unpack "$name" "$corpus"
        words=
        [ ! -s "$corpus.words" ] || words="-dict=$corpus.words"
        "$built/fuzz/$name" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 -print_final_stats=1 \
            -verbosity=1 -artifact_prefix="$found/$name-" $words -max_len=4096 "$corpus" "$corpus.seeds" \
            >"$B/fuzz/$name.log" 2>&1
        code=$?
        verdict "$name" $code "$(sed -n 's/^stat::number_of_executed_units: */executions /p' "$B/fuzz/$name.log") $(
            grep -E 'cov: ' "$B/fuzz/$name.log" | tail -n 1 |
                sed -n 's/.*\(cov: [0-9]* ft: [0-9]* corp: [^ ]*\).*/\1/p')"
    done
    ;;
afl)
    built=$B/afl
    make -s B="$built" CC=afl-clang-fast CFLAGS='-O2 -g' $(for n in $names; do echo "$built/fuzz/$n"; done) ||
        { echo "fuzz: 0 passed, 1 failed"; exit 1; }
    export AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1
    for name in $names; do
        corpus=$built/corpus/$name
        unpack "$name" "$corpus"
        [ -n "$(ls "$corpus.seeds")" ] || echo x >"$corpus.seeds/x"
        words=
        [ ! -s "$corpus.words" ] || words="-x $corpus.words"
        rm -rf "$built/out/$name"
        mkdir -p "$built/out"
        timeout "$((seconds + 60))" afl-fuzz -V "$seconds" -t 5000 -i "$corpus.seeds" -o "$built/out/$name" $words \
            -- "$built/fuzz/$name" @@ >"$B/fuzz/$name.log" 2>&1
        stats=$built/out/$name/default/fuzzer_stats
        crashes=$(sed -n 's/^saved_crashes *: //p' "$stats" 2>/dev/null)
        verdict "$name" "${crashes:-1}" "$(sed -n 's/^execs_done *: /executions /p; s/^edges_found *: /edges /p
            s/^saved_hangs *: /hangs /p' "$stats" 2>/dev/null | tr '\n' ' ')"
    done
    ;;
*)
    for name in $names; do
        seeds=
        [ ! -f "tests/fuzz/seeds/$name.seeds" ] || seeds=tests/fuzz/seeds/$name.seeds
        "$B/fuzz/$name" --seconds "$seconds" --seed "${SEED:-1}" --found "$found/$name" $seeds >"$B/fuzz/$name.log" 2>&1
        verdict "$name" $? "$(sed -n 's/.*: \([0-9]*\) passed.*/executions \1/p' "$B/fuzz/$name.log" | tail -n 1)"
    done
    ;;
esac
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
