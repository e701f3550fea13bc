#!/bin/bash
# Prints the manual page of a tool: what its --help says, with the tables of options that docs/tools.md has as well.
#   man.sh TOOL VERSION
set -eu

tool=${1:?usage: man.sh TOOL VERSION}
version=${2:?usage: man.sh TOOL VERSION}
name=$(basename "$tool")
. "$(dirname "$0")/commands.sh"

# Text of --help=markdown, and plain text, as troff.
functions='
    function plain(text) {
        gsub(/\\/, "\\e", text)
        gsub(/-/, "\\-", text)
        if (text ~ /^[.\x27]/) text = "\\&" text
        return text
    }
    function marked(text,    parts, count, i, result) {
        gsub(/\\\|/, "|", text)
        while (match(text, /\[[^]]*\]\([^)]*\)/)) {
            link = substr(text, RSTART + 1, index(substr(text, RSTART), "]") - 2)
            text = substr(text, 1, RSTART - 1) link substr(text, RSTART + RLENGTH)
        }
        count = split(text, parts, "`")
        result = ""
        for (i = 1; i <= count; i++) result = result (i % 2 ? plain(parts[i]) : "\\fB" plain(parts[i]) "\\fR")
        return result
    }'

# What --help says around its sections of options: usage, what the tool does, notes behind the options.
part_of_help() { # PART COMMAND...
    local part=$1
    shift
    "$@" --help | awk -v part="$part" "$functions"'
        { lines[NR] = $0 }
        END {
            where = "usage"
            for (i = 1; i <= NR; i++) {
                line = lines[i]
                if (where == "usage" && line !~ /^(Usage:|      ) /) where = "about"
                if (line ~ /^[A-Z].*:$/ && lines[i + 1] ~ /^  [-a-z]/) where = "options"
                else if (where == "options" && line ~ /^[^ ]/) where = "notes"
                if (line ~ /^Exit codes: /) where = "exit"
                if (where == part) print where == "usage" ? substr(line, 8) : line
            }
        }'
}

# Paragraphs of plain text; lines that are indented stay as they are.
paragraphs() {
    awk "$functions"'
        /^ / && !inside { print ".PP\n.EX"; inside = 1 }
        !/^ / && inside { print ".EE"; inside = 0 }
        /^$/ { print ".PP"; next }
        { print plain($0) }
        END { if (inside) print ".EE" }'
}

synopsis() { # COMMAND...
    part_of_help usage "$@" | awk "$functions"'{ print (NR > 1 ? ".br\n" : "") plain($0) }'
}

options() { # COMMAND...
    "$@" --help=markdown | awk "$functions"'
        /^### / { print ".SS " plain(substr($0, 5)) }
        /^\| `/ {
            split($0, halves, /` \| /)
            text = substr($0, length(halves[1]) + 5)
            print ".TP\n" marked(substr(halves[1], 3) "`")
            print marked(substr(text, 1, length(text) - 2))
        }'
}

notes() { # COMMAND...
    local text
    text=$(part_of_help notes "$@")
    [ -z "$text" ] || { echo ".SS Notes" && paragraphs <<<"$text"; }
}

upper() {
    tr '[:lower:]' '[:upper:]' <<<"$*"
}

summary=$(part_of_help about "$tool" | head -n 1 | sed -E 's/( until.*|[.:]( .*)?)$//; s/^(.)/\L\1/')
echo ".TH $(upper "$name" | sed 's/-/\\-/g') 1 \"\" \"libsttp $version\" \"User Commands\""
echo ".SH NAME"
echo "${name//-/\\-} \\- ${summary//-/\\-}"
echo ".SH SYNOPSIS"
synopsis "$tool"
echo ".SH DESCRIPTION"
part_of_help about "$tool" | paragraphs
if [ -z "$(commands_of "$tool")" ]; then
    echo ".SH OPTIONS"
    options "$tool"
    notes "$tool"
fi
commands_of "$tool" | while read -r words; do
    read -ra words <<<"$words"
    echo ".SH $(upper "${words[@]}")"
    synopsis "$tool" "${words[@]}"
    echo ".PP"
    part_of_help about "$tool" "${words[@]}" | paragraphs
    options "$tool" "${words[@]}"
    notes "$tool" "${words[@]}"
done
echo ".SH EXIT STATUS"
"$tool" --help | sed -n 's/^Exit codes: //p'
echo ".SH SEE ALSO"
for other in sttp-c37118 sttp-metadata sttp-publish sttp-relay sttp-subscribe; do
    [ "$other" = "$name" ] || echo "\\fB${other//-/\\-}\\fR(1),"
done
echo "and the folder docs of libsttp, which has the pages that are named here."
