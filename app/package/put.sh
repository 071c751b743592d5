# put.sh MODE FOLDER FILE...: copies the files into the folder with this mode. A file that is there is removed first,
# for it may be a program that runs.
set -e
mode=$1 folder=$2
shift 2
for file; do
    to=$folder/$(basename "$file")
    rm -f "$to"
    cp "$file" "$to"
    chmod "$mode" "$to"
done
