# aliases.sh PAGE...: for each manual page of section 3 a line "PAGE NAME" for every further name that its NAME section
# lists, as files are called: "sluice_inflate.3 sluice_inflate_next.3". So `man` finds the page by each function.
for page; do
    name=$(basename "$page")
    sed -n '/^\.SH NAME$/,/\\-/p' "$page" | sed '1d; s/ *\\-.*//' | tr ', ' '\n\n' | sed '/^$/d; s/$/.3/' |
        while read -r alias; do
            [ "$alias" = "$name" ] || echo "$name $alias"
        done
done
