#!/bin/bash
# What 'make install-viewers', 'make install-parquet' and 'make install-nats' lay down, and that nothing of it stays: programs,
# manual pages, completions, units of systemd.
#   install_test.sh PROGRAMS_FOLDER
set -eu
programs=$(realpath "${1:?usage: install_test.sh PROGRAMS_FOLDER}")
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/c/check.sh
names="sttp-top sttp-view sttp-parquet"
installed=$work/stage/opt/sttp

makes() { # TARGET...
    make --no-print-directory "$@" PROGRAMS_IN="$work/built" DESTDIR="$work/stage" PREFIX=/opt/sttp
}

refuses() { # TARGET
    ! makes "$1" >"$work/said" 2>&1 && grep -q "Build it first: make ${1#install-}$" "$work/said"
}

is_page() { # NAME
    local page=$installed/share/man/man1/$1.1
    grep -q "^.TH ${1^^}" <(sed 's/\\-/-/g' "$page") && grep -q '^.SH EXIT STATUS' "$page" && grep -q -- 'log\\-format' "$page" &&
        grep -A1 '^.SH EXIT STATUS' "$page" | grep -q "^0 done, 1 failed, 2 wrong usage"
}

# What bash offers for a word, when the one before is another.
bash_offers() { # NAME PREVIOUS WORD
    bash -c '. "$1"; COMP_WORDS=("$2" "$3" "$4"); COMP_CWORD=2; "_${2//-/_}"; printf "%s\n" "${COMPREPLY[@]}"' - \
        "$installed/share/bash-completion/completions/$1" "$@"
}

offers_every_option() { # NAME
    "$installed/bin/$1" --help | grep -oE '^  --[a-z0-9-]+' | sed 's/^ *//' | sort >"$work/wanted"
    bash_offers "$1" x -- | sort | diff "$work/wanted" -
}

offers_words() { # NAME
    [ "$(bash_offers "$1" --log-format j | paste -sd ' ')" = "json journal" ]
}

# Whatever it has to say is a mistake, though it may succeed all the same.
is_unit() { # UNIT
    systemd-analyze verify --man=no "$1" 2>&1 | tee "$work/verified"
    [ ! -s "$work/verified" ] && systemd-analyze security --offline=true --threshold=20 "$1"
}

for target in install-viewers install-parquet install-nats; do
    check "nothing is built" refuses $target
done
mkdir -p "$work/built/bin"
for name in $names sttp-nats; do
    cp "$programs/$name" "$work/built/bin"
done
check "pages" makes pages-of-viewers pages-of-parquet pages-of-nats
check "installation" makes install-viewers install-parquet install-nats
for name in $names; do
    check "it runs" "$installed/bin/$name" --version
    check "a manual page" is_page "$name"
    check "bash knows every option" offers_every_option "$name"
    check "and words" offers_words "$name"
    for shell in zsh fish; do
        [ $shell = zsh ] && file=$installed/share/zsh/site-functions/_$name || file=$installed/share/fish/vendor_completions.d/$name.fish
        check "completions of $shell" grep -q -- "log-format" "$file"
        if command -v $shell >/dev/null; then
            check "$shell reads them" $shell -n "$file"
        else
            echo "SKIPPED: reading completions with $shell, which is missing (apt install $shell)"
        fi
    done
done
check "it runs" "$installed/bin/sttp-nats" --version
for command in "" -ingest -serve -rights -tstp-out -tstp-in; do
    check "a manual page" grep -q "^.TH sttp-nats$command 1" "$installed/share/man/man1/sttp-nats$command.1"
done
check "with exit codes" grep -q "^Exit codes: 0 done, 1 failed, 2 " "$installed/share/man/man1/sttp-nats.1"
for file in bash-completion/completions/sttp-nats zsh/site-functions/_sttp-nats fish/vendor_completions.d/sttp-nats.fish; do
    check "completions" grep -q -- "log-format" "$installed/share/$file"
done
units=$installed/lib/systemd/system
check "the unit starts what was installed" grep -q "^ExecStart=/opt/sttp/bin/sttp-view --config /etc/sttp/view-%i.conf " \
    "$units/sttp-view@.service"
check "units of sttp-nats" test "$(find "$units" -name 'sttp-nats-*@.service' | wc -l)" = 4
if command -v systemd-analyze >/dev/null; then
    for unit in "$units"/*@.service; do
        check "it tells when it is ready" grep -qx "Type=notify" "$unit"
        # One that is started, with a program that is there.
        started=$work/$(basename "${unit/@/@north}")
        sed "s:/opt/sttp:$installed:" "$unit" >"$started"
        check "the unit $(basename "$unit")" is_unit "$started"
    done
else
    echo "SKIPPED: units of systemd, without systemd-analyze (apt install systemd)"
fi
check "what others have laid down" touch "$installed/bin/other" "$units/other@.service"
check "uninstallation" makes uninstall-viewers uninstall-parquet uninstall-nats
check "nothing stays but that" test "$(find "$installed" -type f -printf '%f\n' | sort | paste -sd ' ')" = "other other@.service"

echo "Installation of programs: $passed passed, $failed failed"
[ $failed -eq 0 ]
