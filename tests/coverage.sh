# coverage.sh: which lines and branches the tests reach: `make coverage`. Needs gcc and its gcov.
#
# Three builds below $B, whose counts are added: the codec's tests that use no threads, whose counters need no care and
# so cost little; the codec's loops that a processor with SIMD never runs, in a build without it; and all the rest,
# counted by atomic additions. What goes through every case (*_proof_test) reaches nothing that the others do not. Of
# what gcov says of deflate/, inflate/ and net/, what a header gives to several files counts once, and as reached if it is
# in one of them. The last line is "coverage: N passed, N failed": each folder has its least share of lines and of
# branches, and each line of the codec that no test reaches must stand in tests/COVERAGE.md with the reason: as it is in
# the source, in a row `file: line`. Lines that only a debug build has (assert) are left out by NDEBUG. KEEP=true: no
# new tests, only a new sum.
B=${B:-build}
built=$B/coverage codec=$B/coverage-codec plain=$B/coverage-portable
list=tests/COVERAGE.md
sources=$(ls tests/deflate/*_test.c tests/deflate/format/*_test.c tests/inflate/*_test.c)
without_simd='adler checksum path_test parse sweep write_test deflate/bits deflate_test paths inflate/block'

# tests FOLDER: the programs, in that build, of the sources that are read
tests() { sed "s|^tests/\(.*\)\.c$|$1/tests/\1|" | tr '\n' ' '; }

# pass FOLDER FLAGS VARIABLE=VALUE...: the product with those flags, its tests without, which are faster so
pass() {
    folder=$1 flags=$2
    shift 2
    mkdir -p "$folder"
    find "$folder" -name '*.gcda' -exec rm -f {} +
    set -- B="$folder" CC=gcc WARN='-Wall -Wextra -Wno-unused' WATCHED=-coverage "$@"
    make -s "$@" CFLAGS="-O1 -g -DNDEBUG --coverage -fno-inline $flags" all &&
        make -s "$@" CFLAGS='-O2 -g' LDFLAGS='-pthread --coverage' test >"$folder.log" 2>&1 || tail -n 40 "$folder.log"
    tail -n 1 "$folder.log"
}

mkdir -p "$built"
if [ "$KEEP" != true ]; then
    umask 0 # a server that root starts becomes another user, who counts too
    pass "$codec" '' TEST_SH= FUZZ= FAULTY= TESTS="$(echo "$sources" | grep -v -e parallel -e proof | tests "$codec")"
    pass "$plain" '' SLUICE_PORTABLE=1 TEST_SH= FUZZ= FAULTY= \
        TESTS="$(echo "$sources" | grep $(printf -- '-e %s ' $without_simd) | tests "$plain")"
    pass "$built" -fprofile-update=atomic \
        TESTS="$( (echo "$sources" | grep parallel; ls tests/net/*_test.c tests/app/*_test.c tests/faults/*_test.c) |
            tests "$built")" \
        TEST_SH="$(ls tests/*/*_test.sh | grep -v -e products -e dist -e install -e examples -e header -e readme |
            tr '\n' ' ')"
fi

rm -rf "$built/gcov"
mkdir -p "$built/gcov"
for objects in "$built" "$codec" "$plain"; do
    for source in deflate/format/*.c deflate/*.c inflate/*.c net/*.c; do
        object=$objects/obj/${source%.c}.o
        [ -f "${object%.o}.gcno" ] || continue # another system's
        folder=$built/gcov/$(basename "$objects")_$(echo "${source%.c}" | tr / _)
        mkdir -p "$folder"
        gcov -b -c -p -r -o "$object" "$source" >/dev/null 2>&1
        mv ./*.gcov "$folder" 2>/dev/null
    done
done

find "$built/gcov" -name '*.gcov' | sort | xargs awk '
    /^ *-: *0:Source:/ { sub(/^.*Source:/, ""); sub(/^\.\//, ""); file = $0; line = 0; n = 0; next }
    /^ *[^:]*: *[0-9]+:/ {
        split($0, part, ":")
        count = part[1]; line = part[2]; gsub(/[ *]/, "", count); line += 0; n = 0
        if (line == 0 || count == "-" || file ~ /^\//) next
        key = file SUBSEP line
        text = $0; sub(/^[^:]*:[^:]*:/, "", text); sub(/^ */, "", text)
        source[key] = text
        if (!(key in hit)) hit[key] = 0
        if (count !~ /^[#=]/) hit[key] = 1
        next
    }
    /^branch/ {
        if (file ~ /^\// || !(file SUBSEP line in hit)) next
        key = file SUBSEP line SUBSEP n++
        if (!(key in taken)) taken[key] = 0
        if ($0 !~ /never executed/ && $4 > 0) taken[key] = 1
    }
    END {
        for (key in hit) {
            split(key, part, SUBSEP); folder = part[1]; sub(/\/.*/, "", folder)
            lines[folder]++; reached[folder] += hit[key]
            if (!hit[key]) print "line\t" part[1] "\t" part[2] "\t" source[key]
        }
        for (key in taken) {
            split(key, part, SUBSEP); folder = part[1]; sub(/\/.*/, "", folder)
            branches[folder]++; went[folder] += taken[key]
            if (!taken[key]) print "branch\t" part[1] "\t" part[2] "\t" source[part[1] SUBSEP part[2]]
        }
        for (folder in lines)
            printf "folder\t%s\t%d\t%d\t%d\t%d\n", folder, reached[folder], lines[folder], went[folder],
                branches[folder]
    }' >"$built/gcov/all"

grep '^line' "$built/gcov/all" | sort -t'	' -k2,2 -k3,3n >"$built/gcov/lines"
grep '^branch' "$built/gcov/all" | sort -t'	' -k2,2 -k3,3n | uniq >"$built/gcov/branches"

passed=0 failed=0
# share NAME REACHED ALL LEAST
share() {
    if [ $(($2 * 1000)) -ge $(($3 * $4)) ]; then
        passed=$((passed + 1)) verdict=
    else
        failed=$((failed + 1)) verdict="  FAILED: least $(($4 / 10)).$(($4 % 10)) %"
    fi
    echo "$1: $2 of $3, $(($2 * 1000 / $3 / 10)).$(($2 * 1000 / $3 % 10)) %$verdict"
}
for row in deflate:990:950 inflate:990:950 net:950:0; do
    folder=${row%%:*} least=${row#*:}
    set -- $(awk -F'\t' -v folder="$folder" '$1 == "folder" && $2 == folder { print $3, $4, $5, $6 }' "$built/gcov/all")
    share "$folder lines" "$1" "$2" "${least%:*}"
    share "$folder branches" "$3" "$4" "${least#*:}"
done

# Is every line that is not reached explained?
while IFS='	' read -r kind file line text; do
    case $file in net/*) continue ;; esac
    if grep -qF -- "$file: \`$text\`" "$list"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not reached, and not in $list: $file:$line: \`$text\`"
    fi
done <"$built/gcov/lines"
echo "coverage: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
