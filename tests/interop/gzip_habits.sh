# gzip_habits.sh: the same command lines through the installed gzip and through ours, in twin folders. What must agree:
# the exit status, the files that are there afterwards (names, kinds, modes, times to the nanosecond), what they hold
# (compressed files: once decoded), and standard output where it is data.
#
# Each row of the table is   what | how the folder is prepared | arguments   , run with standard input from /dev/null.
# Where we differ on purpose a second table says so, with our exit status and the reason; its rows must differ.
. tests/support/check.sh
if ! command -v gzip >/dev/null; then
    echo "SKIPPED: no gzip here to compare with"
    report interop/gzip_habits
fi
begin
ours=$BUILD/sluice
theirs=$(command -v gzip)
gzip --version | head -n 1

# ---- How folders are prepared
stamp() { touch -d '2001-09-09T01:46:40.123456789Z' "$@"; }
text() { # FILE...
    for file; do
        awk 'BEGIN { for (i = 0; i < 500; i++) print i, "sluices and locks" }' >"$file"
        stamp "$file"
    done
}
packed() { # FILE... : made by their gzip
    text original
    for result; do
        "$theirs" -c original >"$result"
        stamp "$result"
    done
    rm original
}
shorten() { # FILE BYTES
    dd if="$1" of=part bs="$2" count=1 2>/dev/null
    mv part "$1"
    stamp "$1"
}

# ---- What is compared
state() { # of the current folder
    find . ! -name . | sort | while read -r name; do
        case $(stat -c %F "$name") in
        directory) echo "$name $(stat -c '%F %a' "$name")" ;;
        *link) echo "$name $(stat -c '%F' "$name") $(readlink "$name")" ;;
        regular*)
            echo "$name $(stat -c '%F %a %h %y' "$name")"
            case $name in
            *gz | *z | *own | *.GZ) "$theirs" -dcf <"$name" 2>/dev/null | cksum ;;
            *) cksum <"$name" ;;
            esac
            ;;
        *) echo "$name $(stat -c '%F' "$name")" ;;
        esac
    done
}

twin() { # WHAT PREPARATION ARGUMENTS: both programs in twin folders
    for side in theirs ours; do
        rm -rf "../$side"
        mkdir "../$side"
        (
            cd "../$side" || exit 1
            umask 022
            eval "$2"
            [ $side = ours ] && program=$ours || program=$theirs
            eval "exec \"$program\" $3" >../$side.out 2>../$side.err </dev/null
        )
        echo $? >../$side.code
        (cd "../$side" && state) >../$side.state
    done
    theirs_code=$(cat ../theirs.code) ours_code=$(cat ../ours.code)
}

# Standard output is data (and not a list or a text) when -c is among the arguments.
same_output() {
    case " $1 " in
    *" -d"*c* | *" -c"*d*) cmp -s ../theirs.out ../ours.out ;;
    *" -"*c*)
        [ "$("$theirs" -dc <../theirs.out 2>/dev/null | cksum)" = "$("$theirs" -dc <../ours.out 2>/dev/null | cksum)" ]
        ;;
    *) ;;
    esac
}

row() {
    twin "$@"
    if [ "$theirs_code" = "$ours_code" ] && cmp -s ../theirs.state ../ours.state && same_output "$3"; then
        pass
        return
    fi
    fail "$1: gzip $3"
    echo "    exit status: theirs $theirs_code, ours $ours_code"
    diff ../theirs.state ../ours.state | sed 's/^/    /'
    sed 's/^/    theirs says: /' ../theirs.err
    sed 's/^/    ours says:   /' ../ours.err
}

differs() { # WHAT PREPARATION ARGUMENTS OUR-CODE WHY
    twin "$1" "$2" "$3"
    if [ "$ours_code" != "$4" ]; then
        fail "$1: gzip $3: ours gives $ours_code, not $4"
    elif [ "$theirs_code" = "$ours_code" ] && cmp -s ../theirs.state ../ours.state; then
        fail "$1: gzip $3: no difference any more ($5)"
    else
        pass
    fi
}

# what              | folder                                        | arguments
while IFS='|' read -r what folder arguments; do
    case $what in
    '' | '#'*) continue ;;
    esac
    row "$(echo $what)" "$folder" "$arguments"
done <<'TABLE'
compress            | text a                                        | a
several             | text a b c                                    | a b c
keep                | text a                                        | -k a
long keep           | text a                                        | --keep a
level 1             | text a                                        | -1 a
level 9             | text a                                        | -9 a
fast                | text a                                        | --fast a
best                | text a                                        | --best a
rsyncable           | text a                                        | --rsyncable a
last level counts   | text a                                        | -1k9 a
no name             | text a                                        | -n a
standard output     | text a                                        | -c a
several to it       | text a b                                      | -c a b
-kc                 | text a                                        | -kc a
empty file          | : >a; stamp a                                 | a
mode 600            | text a; chmod 600 a                           | a
mode 755            | text a; chmod 755 a                           | a
mode 444            | text a; chmod 444 a                           | a
mode 000            | text a; chmod 000 a                           | -c a
decompress          | packed a.gz                                   | -d a.gz
long decompress     | packed a.gz                                   | --decompress a.gz
uncompress          | packed a.gz                                   | --uncompress a.gz
its mode            | packed a.gz; chmod 640 a.gz                   | -d a.gz
without suffix      | packed a.gz                                   | -d a
-dk without suffix  | packed a.gz                                   | -dk a
decompress to out   | packed a.gz                                   | -dc a.gz
several to out      | packed a.gz b.gz                              | -dc a.gz b.gz
--stdout            | packed a.gz                                   | -d --stdout a.gz
name of the header  | packed a.gz                                   | -dN a.gz
name, kept          | packed a.gz                                   | -dkN a.gz
no name             | packed a.gz                                   | -dn a.gz
in a folder         | mkdir d; packed d/a.gz                        | -dN d/a.gz
-gz                 | packed a-gz                                   | -d a-gz
.z                  | packed a.z                                    | -d a.z
-z                  | packed a-z                                    | -d a-z
_z                  | packed a_z                                    | -d a_z
.tgz                | packed a.tgz                                  | -d a.tgz
.taz                | packed a.taz                                  | -d a.taz
.GZ                 | packed a.GZ                                   | -d a.GZ
only a suffix       | packed .gz                                    | -d .gz
unknown suffix      | packed a.x                                    | -d a.x
unknown, forced     | packed a.x                                    | -df a.x
own suffix          | text a                                        | -S .own a
own suffix, back    | packed a.own                                  | -d -S .own a.own
own, without dot    | text a                                        | -S own a
empty suffix        | text a                                        | -S "" a
suffix there        | packed a.gz                                   | a.gz
suffix there, -f    | packed a.gz                                   | -f a.gz
suffix there, -c    | packed a.gz                                   | -c a.gz
.tgz there          | packed a.tgz                                  | a.tgz
.z there            | packed a.z                                    | a.z
result there        | text a; echo x >a.gz; stamp a.gz              | a
result there, -k    | text a; echo x >a.gz; stamp a.gz              | -k a
result there, -f    | text a; echo x >a.gz; stamp a.gz              | -f a
result there, -q    | text a; echo x >a.gz; stamp a.gz              | -q a
result there, -d    | packed a.gz; text a                           | -d a.gz
result there, -df   | packed a.gz; echo x >a                        | -df a.gz
result is a folder  | text a; mkdir a.gz                            | a
link in the way     | text a; ln -s b a.gz                          | a
link in the way, -f | text a; ln -s b a.gz                          | -f a
not there           | text a                                        | b
one not there       | text a                                        | b a
not there, -d       | text a                                        | -d b
empty name          | text a                                        | ""
symbolic link       | text a; ln -s a l                             | l
link, -k            | text a; ln -s a l                             | -k l
link, -f            | text a; ln -s a l                             | -f l
link, -c            | text a; ln -s a l                             | -c l
link to nothing     | ln -s a l                                     | l
link to nothing, -f | ln -s a l                                     | -f l
link, -d            | packed a.gz; ln -s a.gz l.gz                  | -d l.gz
link, -df           | packed a.gz; ln -s a.gz l.gz                  | -df l.gz
hard link           | text a; ln a b                                | a
hard link, -k       | text a; ln a b                                | -k a
hard link, -f       | text a; ln a b                                | -f a
hard link, -c       | text a; ln a b                                | -c a
folder              | mkdir d                                       | d
folder, -c          | mkdir d                                       | -c d
FIFO                | mkfifo f                                      | f
FIFO, -f            | mkfifo f                                      | -f f
device              | :                                             | /dev/null
set-user-ID         | text a; chmod u+s a                           | a
set-user-ID, -f     | text a; chmod u+s a                           | -f a
set-group-ID        | text a; chmod g+s,g+x a                       | a
sticky              | text a; chmod +t a                            | a
sticky, -f          | text a; chmod +t a                            | -f a
-r                  | mkdir -p d/e; text d/a d/e/b                  | -r d
-r, twice           | mkdir -p d/e; text d/a; packed d/e/b.gz       | -r d
-r, a slash         | mkdir d; text d/a                             | -r d/
-rk                 | mkdir d; text d/a                             | -rk d
-dr                 | mkdir -p d/e; packed d/a.gz d/e/b.gz          | -dr d
-dr, plain files    | mkdir d; packed d/a.gz; text d/b              | -dr d
-tr                 | mkdir d; packed d/a.gz                        | -tr d
-r of a file        | text a                                        | -r a
-r, empty folder    | mkdir d                                       | -r d
-r, link in it      | mkdir d; text a; ln -s ../a d/l               | -r d
-r, linked folder   | mkdir d; text d/a; ln -s d l                  | -r l
test                | packed a.gz                                   | -t a.gz
test, verbose       | packed a.gz                                   | -tv a.gz
test, without suff. | packed a.gz                                   | -t a
test, other name    | packed a                                      | -t a
test of a text      | text a                                        | -t a
list                | packed a.gz                                   | -l a.gz
list, verbose       | packed a.gz                                   | -lv a.gz
list, several       | packed a.gz b.gz                              | -l a.gz b.gz
list, one not there | packed a.gz                                   | -l a.gz b.gz
list of a text      | text a                                        | -l a
text as gzip        | text a.gz                                     | -d a.gz
text, -c            | text a                                        | -dc a
text, -cf           | text a                                        | -dcf a
text and gzip, -cf  | text a; packed b.gz                           | -dcf a b.gz
empty, -d           | : >a.gz; stamp a.gz                                    | -d a.gz
empty, -cdf         | : >a.gz; stamp a.gz                                    | -cdf a.gz
cut in the header   | packed a.gz; shorten a.gz 9                       | -d a.gz
cut in the data     | packed a.gz; shorten a.gz 100                     | -d a.gz
cut, over a file    | packed a.gz; shorten a.gz 100; text a             | -d a.gz
cut, -t             | packed a.gz; shorten a.gz 100                     | -t a.gz
cut, -c             | packed a.gz; shorten a.gz 20                      | -t a.gz
garbage behind      | packed a.gz; echo x >>a.gz; stamp a.gz        | -d a.gz
garbage behind, -q  | packed a.gz; echo x >>a.gz; stamp a.gz        | -dq a.gz
garbage behind, -t  | packed a.gz; echo x >>a.gz; stamp a.gz        | -t a.gz
garbage behind, -c  | packed a.gz; echo x >>a.gz; stamp a.gz        | -dc a.gz
zeros behind        | packed a.gz; printf "\0\0\0" >>a.gz; stamp a.gz | -d a.gz
zeros behind, -t    | packed a.gz; printf "\0\0\0" >>a.gz; stamp a.gz | -t a.gz
two members         | packed a.gz; cat a.gz a.gz >b.gz; stamp b.gz  | -d b.gz
two members, -c     | packed a.gz; cat a.gz a.gz >b.gz; stamp b.gz  | -dc b.gz
standard input      | :                                             | -c
dash                | :                                             | -
no input, -d        | :                                             | -d
no input, -t        | :                                             | -t
dash among files    | text a                                        | -c a -
unknown option      | text a                                        | -x a
unknown long option | text a                                        | --nothing a
missing value       | text a                                        | a -S
help                | :                                             | --help
version             | :                                             | --version
license             | :                                             | --license
-h                  | :                                             | -h
-V                  | :                                             | -V
-L                  | :                                             | -L
verbose             | text a                                        | -v a
verbose, -d         | packed a.gz                                   | -dv a.gz
quiet               | text a                                        | -q a
quiet and verbose   | text a                                        | -qv a
behind a dash       | text ./-a                                     | -- -a
options at the end  | text a                                        | a -k
names with blanks   | text "a b"                                    | "a b"
names with slashes  | mkdir d; text d/a                             | ./d//a
TABLE

# ---- Where we differ, and why:  what | folder | arguments | our exit status | the reason
while IFS='|' read -r what folder arguments code why; do
    case $what in
    '' | '#'*) continue ;;
    esac
    differs "$(echo $what)" "$folder" "$arguments" "$(echo $code)" "$why"
done <<'TABLE'
bad and good        | packed a.gz b.gz; shorten a.gz 100 | -d a.gz b.gz | 1 | gzip stops at the first damaged file, we do the others
zeros behind, -tv   | packed a.gz; printf "\0" >>a.gz    | -tv a.gz     | 0 | padding is not worth a warning, verbose or not
levels above 9      | text a                             | -19 a        | 1 | to gzip this is -1 -9; we have levels of two digits
abbreviations       | packed a.gz                        | --decomp a.gz| 1 | what is short today may be ambiguous tomorrow
-a                  | text a                             | -a a         | 1 | conversion of line ends, which does nothing on Unix
TABLE
# ---- The table of options in docs/gzip.md has every option of theirs
sed -n 's/^| \(`-.*\)/\1/p' "$TOP/docs/gzip.md" | sed 's/ | .*//' | tr '`' '\n' |
    sed -n 's/^\(-[^= ]*\).*/\1/p' >spelled
for program in gzip pigz; do
    command -v $program >/dev/null || continue
    $program --help 2>&1 | sed -n 's/^  *\(-.*\)/\1/p' | sed 's/   .*//' | tr ' ,=' '\n\n\n' | grep '^-.' |
        sort -u >options
    ok "$program has options" test "$(wc -l <options)" -gt 20
    while read -r option; do
        ok "docs/gzip.md has $program's $option" grep -qx -e "$option" spelled
    done <options
done
report interop/gzip_habits
