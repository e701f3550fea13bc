# Shows include/sttp.h to Doxygen in its own words: the manual at the top becomes the first page, each part between
# '==== NAME ====' a group, and '*Thread*:' and its like a paragraph with a heading.

function text(line) {
    sub(/^ \* ?/, "", line)
    return line
}

function end_group() {
    if (group) print "/** \\} */"
}

# Two empty lines begin an example and end it, as the header is made.
function print_introduction(line) {
    line = text(line)
    if (line == "") {
        if (++blanks == 2) print (in_example = !in_example) ? "\\code{.c}" : "\\endcode"
        else print ""
        return
    }
    blanks = 0
    print line
}

# A line of a comment as Doxygen reads it: '*Thread*: any' is a paragraph with that heading, and what stands between
# backticks and has a quote in it stands between two of them.
function paragraph(line,   heading, read) {
    while (match(line, /`[^`']*'[^`]*`/)) {
        read = read substr(line, 1, RSTART - 1) "`" substr(line, RSTART, RLENGTH) "`"
        line = substr(line, RSTART + RLENGTH)
    }
    line = read line
    if (!match(line, /^ +\* \*(Thread|Blocks|From a callback|Ownership|Errors)\*: /)) return line
    heading = substr(line, 1, RLENGTH)
    sub(/^ +\* \*/, "", heading)
    sub(/\*:.*/, "", heading)
    return " * \\par " heading "\n * " substr(line, RLENGTH + 1)
}

function tell(name, what,   i) {
    for (i = 1; i <= lines; i++) if (index(comment[i], "\\param " name " ")) return
    print " * \\param " name "  " what
}

# What the manual says once, and comments do not repeat, Doxygen wants to be told of each function: that the first
# parameter is the handle, and what is registered by a function with _on_ in its name.
function print_comment(declaration,   i, handle, is_registration, is_told) {
    if (match(declaration, /^[a-z].*\((const )?struct sttp_[a-z0-9_]+ \*[a-z0-9_]+[,)]/)) {
        handle = substr(declaration, 1, RLENGTH - 1)
        sub(/.*\*/, "", handle)
    }
    is_registration = declaration ~ /^int32_t sttp_[a-z0-9_]+_on_[a-z_]+\(/
    for (i = 1; i <= lines; i++) {
        if (!is_told && (comment[i] ~ /^ \* (\\|\*[A-Z])/ || comment[i] ~ /^ \*\//)) {
            is_told = 1
            if (handle) tell(handle, "The handle.")
            if (is_registration) {
                tell("callback", "The callback, in the place of an earlier one; NULL removes that.")
                tell("user_data", "Handed to every call.")
                tell("destroy", "Called with `user_data` after the last call has ended; may be NULL.")
            }
        }
        print paragraph(comment[i])
    }
    lines = 0
}

NR == 1 {
    print "/** \\mainpage The C API"
    print "Programs include `sttp.h` and link with `sttp`. The parts of the API are under *Modules*."
    print "\\verbatim"
    in_manual = 1
    next
}
in_manual && /^ \* CONTENTS/ {
    print "\\endverbatim */"
    print "/** \\file sttp.h The C API of libsttp. */"
    in_manual = 0
    in_contents = 1
    next
}
in_manual { print text($0); next }
in_contents { if (/\*\//) in_contents = 0; next }

/^\/\* ==== / {
    end_group()
    name = $0
    sub(/^\/\* ==== /, "", name)
    sub(/ ====.*/, "", name)
    print "/** \\defgroup part" ++group " " name
    blanks = in_example = 0
    in_introduction = !/\*\/$/
    if (!in_introduction) print "\\{ */"
    next
}
in_introduction && /^ \*\// {
    if (in_example) print "\\endcode"
    print "\\{ */"
    in_introduction = 0
    next
}
in_introduction { print_introduction($0); next }

/^#ifdef __cplusplus/ && group { end_group(); group = 0 }


# A comment waits for what it is about.
/^\/\*\*/ { lines = 0 }
/^\/\*\*/, /^ \*\// { comment[++lines] = $0; next }
lines { print_comment($0) }
{ print paragraph($0) }
