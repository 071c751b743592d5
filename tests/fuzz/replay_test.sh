# replay_test.sh: what fuzzing has found worth keeping, run once more with each harness, and a few mutations of it.
B=${B:-build}
folder=$(mktemp -d)
passed=0 failed=0
for source in tests/fuzz/*_fuzz.c; do
    name=$(basename "$source" _fuzz.c)
    if "$B/fuzz/$name" --runs 100 --found "$folder/$name" "tests/fuzz/seeds/$name.seeds" >"$folder/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name, with this input:"
        tail -n 20 "$folder/log"
        [ ! -f "$folder/$name" ] || "$B/fuzz/$name" --pack "$folder/$name"
    fi
done
rm -rf "$folder"
echo "fuzz/replay: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
