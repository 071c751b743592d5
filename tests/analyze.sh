# analyze.sh: what static analysis has to say: `make analyze`. gcc's -fanalyzer, clang-tidy and cppcheck over the codec,
# net/ and app/; each has to be silent, but for what is suppressed here, with the reason. What is not installed is
# skipped with a line that says so. The last line is "analyze: N passed, N failed", an analyser being one.
B=${B:-build}
passed=0 failed=0
mkdir -p "$B/analyze"
sources=$(ls deflate/*.c deflate/format/*.c inflate/*.c net/*.c app/*.c app/*/*.c)
flags='-std=c11 -I. -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64'

verdict() {
    if [ -s "$2" ]; then
        failed=$((failed + 1))
        echo "FAILED: $1"
        head -n 60 "$2"
    else
        passed=$((passed + 1))
        echo "$1: silent"
    fi
}

has() {
    command -v "$1" >/dev/null 2>&1 && return
    echo "SKIPPED: there is no $1"
    [ "$STRICT" != true ] || failed=$((failed + 1))
    return 1
}

# -fanalyzer of gcc 12 follows one file at a time:
# - fd-leak, malloc-leak: what is kept in a structure that outlives the function is taken for lost.
# - use-of-uninitialized-value: tables that a callee of another file fills in.
# - fd-use-without-check: a descriptor of a caller that has checked it.
if has gcc; then
    for source in $sources; do
        gcc $flags -O1 -fanalyzer -Wno-analyzer-fd-leak -Wno-analyzer-malloc-leak \
            -Wno-analyzer-use-of-uninitialized-value -Wno-analyzer-fd-use-without-check \
            -c -o /dev/null "$source" 2>&1 | grep 'Wanalyzer'
    done >"$B/analyze/gcc"
    verdict "gcc -fanalyzer" "$B/analyze/gcc"
fi

# clang-tidy: bugprone, cert and the clang static analyser, without
# - bugprone-easily-swappable-parameters: would forbid memcpy's own signature.
# - bugprone-narrowing-conversions: -Wconversion is on, and this counts what that knows to fit.
# - bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp: feature macros are reserved names by definition.
# - bugprone-branch-clone: style.
# - bugprone-implicit-widening-of-multiplication-result: bounded constants.
# - bugprone-suspicious-memory-comparison, cert-exp42-c, cert-flp37-c: memcmp on byte strings.
# - bugprone-sizeof-expression: sizeof of an element that is a pointer, which is meant.
# - cert-err33-c: results of printf, which are judged by ferror() at the end, and of calls that cannot fail there.
# - cert-msc30-c and the like: no random numbers here.
# - clang-analyzer-security.insecureAPI.*: asks for the _s functions of Annex K, which no libc here has.
# - bugprone-bad-signal-to-kill-thread, cert-pos44-c: the one thread that is sent SIGTERM waits for it by sigwait().
# - clang-analyzer-core.uninitialized.Assign: one place, for a distance of 0, which no table has.
# - clang-analyzer-valist.Uninitialized: false in clang 14 for va_start in the same function.
if has clang-tidy; then
    checks=$(echo '
        -* bugprone-* cert-* clang-analyzer-* -bugprone-easily-swappable-parameters
        -bugprone-narrowing-conversions -bugprone-reserved-identifier -cert-dcl37-c
        -cert-dcl51-cpp
        -bugprone-branch-clone -bugprone-implicit-widening-of-multiplication-result
        -bugprone-suspicious-memory-comparison -cert-exp42-c -cert-flp37-c
        -bugprone-bad-signal-to-kill-thread -cert-pos44-c -clang-analyzer-core.uninitialized.Assign
        -bugprone-sizeof-expression -cert-err33-c
        -clang-analyzer-security.insecureAPI.* -clang-analyzer-valist.Uninitialized' | xargs | tr ' ' ',')
    for source in $sources; do
        clang-tidy --quiet --checks="$checks" \
            "$source" -- $flags 2>/dev/null | grep -E 'warning:|error:'
    done >"$B/analyze/tidy"
    verdict "clang-tidy" "$B/analyze/tidy"
fi

# cppcheck, without
# - missingIncludeSystem: it needs no system headers.
# - unusedFunction and style: one file at a time shows neither.
if has cppcheck; then
    cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --suppress=missingIncludeSystem \
        -I. -D_POSIX_C_SOURCE=200809L $sources 2>"$B/analyze/cppcheck" >/dev/null
    verdict "cppcheck" "$B/analyze/cppcheck"
fi
echo "analyze: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
