# run.sh: runs every script beside it and adds up what they say, as tests/run.sh does; then repeats what was skipped, since
# a peer that is absent is nothing to pass over in silence.
scripts=$(ls tests/interop/*.sh | grep -v '/run\.sh$')
sh tests/run.sh $scripts
code=$?
for script in $scripts; do
    grep '^SKIPPED' "${B:-build}/$(echo "$script" | tr / _).log"
done
exit $code
