#!/bin/bash
# What 'make install-viewers' and 'make install-parquet' lay down: programs, manual pages, completions, a unit of systemd.
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
    grep -q "^.TH ${1^^}" <(sed 's/\\-/-/g' "$page") && grep -q '^.SH EXIT STATUS' "$page" && grep -q -- 'log\\-format' "$page"
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

for target in install-viewers install-parquet; do
    check "nothing is built" refuses $target
done
mkdir -p "$work/built/bin"
for name in $names; do
    cp "$programs/$name" "$work/built/bin"
done
check "pages" makes pages-of-viewers pages-of-parquet
check "installation" makes install-viewers install-parquet
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
unit=$installed/lib/systemd/system/sttp-view@.service
check "the unit starts what was installed" grep -q "^ExecStart=/opt/sttp/bin/sttp-view --config /etc/sttp/view-%i.conf " "$unit"
if command -v systemd-analyze >/dev/null; then
    # One that is started, with a program that is there.
    sed "s:/opt/sttp:$installed:" "$unit" >"$work/sttp-view@north.service"
    check "the unit" is_unit "$work/sttp-view@north.service"
else
    echo "SKIPPED: the unit of sttp-view, without systemd-analyze (apt install systemd)"
fi

echo "Installation of programs: $passed passed, $failed failed"
[ $failed -eq 0 ]
