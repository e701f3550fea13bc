#!/bin/bash
# Prints what a shell needs to complete the command line of a tool: its options, the words that they can have, and files.
#   completions.sh bash|zsh|fish TOOL
set -eu

shell=${1:?usage: completions.sh bash|zsh|fish TOOL}
tool=${2:?usage: completions.sh bash|zsh|fish TOOL}
name=$(basename "$tool")
. "$(dirname "$0")/commands.sh"

# The options of a tool or of one of its commands, a line each: name, value, words, text, with tabs between them.
list() { # [COMMAND...]
    "$tool" "$@" --help=list
}

# What AWK programs below have of a line.
fields='
    function quoted(text) { gsub(/\x27/, "\x27\\\x27\x27", text); return text }
    BEGIN { FS = "\t" }
    { option = "--" $1; has_value = $2 != ""; words = $3; gsub(/,/, " ", words); is_file = $2 ~ /^FILE/ }'

# -- bash --

# What completes the word at $current, when the one before is $previous.
bash_body() { # [COMMAND...]
    list "$@" | awk "$fields"'
        { all = all " " option }
        words != "" { printf "        %s) COMPREPLY=($(compgen -W \"%s\" -- \"$current\")); return ;;\n", option, words; next }
        is_file { files = files (files ? "|" : "") option; next }
        has_value { others = others (others ? "|" : "") option }
        END {
            if (files) printf "        %s) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n", files
            if (others) printf "        %s) return ;;\n", others
            printf "        esac\n        [[ $current != -* ]] || COMPREPLY=($(compgen -W \"%s\" -- \"$current\"))\n", substr(all, 2)
        }'
}

print_bash() {
    local function=_${name//-/_} words
    echo "# Completes the command line of $name; made from its --help."
    echo "$function() {"
    # shellcheck disable=SC2016 # for the shell that completes
    echo '    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}'
    echo '    COMPREPLY=()'
    if [ -z "$(commands_of "$tool")" ]; then
        # shellcheck disable=SC2016
        echo '    case $previous in'
        bash_body
    else
        # shellcheck disable=SC2016
        echo '    if [ "$COMP_CWORD" -eq 1 ]; then'
        echo "        COMPREPLY=(\$(compgen -W \"$(commands_of "$tool" | cut -d ' ' -f 1 | uniq | paste -sd ' ') --help --version\" -- \"\$current\"))"
        echo '        return'
        echo '    fi'
        # shellcheck disable=SC2016
        echo '    case "${COMP_WORDS[1]} ${COMP_WORDS[2]}" in'
        commands_of "$tool" | while read -r words; do
            echo "    \"$words\"*)"
            # shellcheck disable=SC2016
            echo '        case $previous in'
            # shellcheck disable=SC2086 # words of a command
            bash_body $words
            echo '        ;;'
        done
        # shellcheck disable=SC2016
        echo '    relay\ *) [ "$COMP_CWORD" -ne 2 ] || COMPREPLY=($(compgen -W "in out" -- "$current")) ;;'
        echo '    esac'
    fi
    echo '}'
    # Arguments may be files.
    echo "complete -o default -F $function $name"
}

# -- zsh --

zsh_body() { # [COMMAND...]
    list "$@" | awk "$fields"'
        {
            text = $4
            gsub(/[][\\:]/, "\\\\&", text)
            value = $2
            gsub(/[][\\:]/, "\\\\&", value)
            action = words != "" ? "(" words ")" : is_file ? "_files" : " "
            printf "        \x27*%s[%s]%s\x27 \\\n", option, quoted(text), has_value ? ":" quoted(value) ":" action : ""
        }'
    echo "        '*:argument:_files'"
}

print_zsh() {
    local words
    echo "#compdef $name"
    echo "# Completes the command line of $name; made from its --help."
    if [ -z "$(commands_of "$tool")" ]; then
        printf '    _arguments -S \\\n'
        zsh_body
        return
    fi
    # shellcheck disable=SC2016 # for the shell that completes
    echo 'if (( CURRENT == 2 )); then'
    echo "    compadd $(commands_of "$tool" | cut -d ' ' -f 1 | uniq | paste -sd ' ') --help --version"
    echo '    return'
    echo 'fi'
    # shellcheck disable=SC2016
    echo 'if [[ $words[2] == relay ]] && (( CURRENT == 3 )); then'
    echo '    compadd in out'
    echo '    return'
    echo 'fi'
    # shellcheck disable=SC2016
    echo 'case "$words[2] $words[3]" in'
    commands_of "$tool" | while read -r words; do
        echo "${words// /\\ }*)"
        # shellcheck disable=SC2086 # words of a command
        set -- $words
        echo "    shift $# words"
        echo "    (( CURRENT -= $# ))"
        printf '    _arguments -S \\\n'
        zsh_body "$@"
        echo '    ;;'
    done
    echo 'esac'
}

# -- fish --

# Where `condition` is true, in the words of fish.
fish_body() { # CONDITION [COMMAND...]
    local condition=$1
    shift
    list "$@" | awk -v program="$name" -v condition="$condition" "$fields"'
        {
            gsub(/\\/, "\\\\", $4)
            gsub(/\x27/, "\\\x27", $4)
            how = words != "" ? " -x -a \x27" words "\x27" : is_file ? " -r -F" : has_value ? " -x" : ""
            printf "complete -c %s%s -l %s%s -d \x27%s\x27\n", program, condition, $1, how, $4
        }'
}

print_fish() {
    local words word condition
    echo "# Completes the command line of $name; made from its --help."
    if [ -z "$(commands_of "$tool")" ]; then
        fish_body ""
        return
    fi
    echo "complete -c $name -n __fish_use_subcommand -f -a '$(commands_of "$tool" | cut -d ' ' -f 1 | uniq | paste -sd ' ')'"
    echo "complete -c $name -n '__fish_seen_subcommand_from relay; and not __fish_seen_subcommand_from in out' -f -a 'in out'"
    commands_of "$tool" | while read -r words; do
        condition=
        for word in $words; do
            condition+="${condition:+; and }__fish_seen_subcommand_from $word"
        done
        # shellcheck disable=SC2086 # words of a command
        fish_body " -n '$condition'" $words
    done
}

case $shell in
bash | zsh | fish) "print_$shell" ;;
*) echo "there are completions for bash, zsh and fish, not for $shell" >&2 && exit 2 ;;
esac
