# Tells the commands of a tool that has several; to be sourced by what is made of its --help.

commands_of() { # TOOL
    "$1" --help | awk '/^Commands:$/ { inside = 1; next } /^$/ { inside = 0 } inside { sub(/ +$/, "", $0); print substr($0, 3, 10) }'
}
