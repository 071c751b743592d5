# platforms.sh: other compilers' options and other machines: `make platforms`.
#
# usage: platforms.sh [NAME...]       NAMEs of the rows below, these alone
#
# Each row builds the codec without a warning and runs the tests of the codec that pin its bytes down (the table of
# SHA-256 of what each level writes, every vector, checksums). Machines that are not this one run under
# qemu-user, statically linked. What is not installed is skipped with a line that says so; STRICT=true makes that a
# failure. The last line is "platforms: N passed, N failed", a row being one.
B=${B:-build}
passed=0 failed=0
strict='-Wall -Wextra -Wshadow -Wconversion'
codec="deflate/determinism deflate/format/checksum deflate/format/combine_proof inflate/manifest inflate/vectors
    inflate/block deflate/flush deflate/parallel"
wanted=" $* "
mkdir -p "$B/platforms"

# row NAME TESTS RUNNER COMPILER VARIABLE=VALUE...
row() {
    name=$1 tests=$2 runner=$3 compiler=$4
    shift 4
    [ "$wanted" = "  " ] || case $wanted in *" $name "*) ;; *) return ;; esac
    folder=$B/platforms/$name
    log=$folder.log
    for needed in "${compiler%% *}" $runner; do
        command -v "$needed" >/dev/null 2>&1 || {
            echo "SKIPPED: $name: there is no $needed"
            [ "$STRICT" != true ] || failed=$((failed + 1))
            return
        }
    done
    linked=
    case $* in *-static*) linked=-static ;; esac
    echo 'int main(void) { return 0; }' >"$folder.c"
    $compiler $linked -o "$folder.out" "$folder.c" 2>/dev/null || {
        echo "SKIPPED: $name: $compiler makes no program here"
        [ "$STRICT" != true ] || failed=$((failed + 1))
        return
    }
    list=
    for t in $tests; do list="$list $folder/tests/${t}_test"; done
    (
        set -e
        make -s B="$folder" CC="$compiler" WARN="$strict" "$@" "$folder/libsluice.a" $list
        for t in $list; do $runner "$t"; done
    ) >"$log" 2>&1
    # (that a static program asks glibc's files for names of hosts, of which the linker warns, matters to no test here)
    if [ $? -eq 0 ] && ! grep -E '^(\./)?(deflate|inflate|net|app)/.*warning:' "$log" | grep -v 'statically linked'; then
        passed=$((passed + 1))
        echo "$name: $(tail -n 1 "$log")"
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 30 "$log"
    fi
}

cross='HARDEN= HARDEN_LINK= LDFLAGS=-static'
some="deflate/determinism inflate/manifest deflate/format/checksum deflate/format/combine_proof"
row gcc-O0 "$codec" "" gcc CFLAGS='-O0 -g'
row gcc-O3-native "$codec" "" gcc CFLAGS='-O3 -g -march=native'
row gcc-lto "$codec" "" gcc CFLAGS='-O2 -g -flto=auto' AR=gcc-ar
row clang-lto "$codec" "" clang CFLAGS='-O2 -g -flto' AR=llvm-ar
row clang-O0 "$codec" "" clang CFLAGS='-O0 -g'
row clang-O3-native "$codec" "" clang CFLAGS='-O3 -g -march=native'
row i386 "$some" "" 'gcc -m32 -idirafter /usr/include/x86_64-linux-gnu' $cross
row aarch64 "$some" qemu-aarch64 aarch64-linux-gnu-gcc $cross
row arm "$some" qemu-arm arm-linux-gnueabihf-gcc $cross
row s390x "$some" qemu-s390x s390x-linux-gnu-gcc $cross
row riscv64 "$some" qemu-riscv64 riscv64-linux-gnu-gcc $cross
row musl "$codec" "" 'musl-gcc -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu' $cross
echo "platforms: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
