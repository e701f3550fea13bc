# Counts what passes, fails and is skipped, and builds for another system; to be sourced by tests/cross.sh.

passed=0
failed=0
skipped=0

# Runs a part of a target, and tells how it went and how long it took; $ok is empty when it failed. What it says is in its
# log. Never to be called in a condition, in which nothing ends with the first command that fails.
part() { # TITLE FUNCTION ARGUMENT...
    local title=$1 began=$SECONDS log code=0
    shift
    log=$out/${title// /-}.log
    { ("$@") & } >"$log" 2>&1
    wait $! || code=$?
    if [ $code -eq 0 ]; then
        ok=yes
        passed=$((passed + 1))
        grep '^SKIPPED' "$log" || true
        echo "PASSED $title ($((SECONDS - began)) s)"
    else
        ok=
        failed=$((failed + 1))
        echo "FAILED $title ($((SECONDS - began)) s); the whole output is in $log" >&2
        tail -n 40 "$log" | sed 's/^/    /' >&2
    fi
}

skip() { # TITLE REASON
    skipped=$((skipped + 1))
    echo "SKIPPED $1: $2"
}

# Whether Debian packages are there that a command shows, which are installed where that may be done. Else says which.
has_packages() { # TITLE "PACKAGE..." COMMAND...
    local title=$1 packages=$2 command missing=
    shift 2
    for command in "$@"; do
        command -v "$command" >/dev/null || missing=$command
    done
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    ! tests/packages.sh $packages || return 0
    skip "$title" "$missing is missing: apt install $packages"
    return 1
}

# Whether Rust's standard library for a target is there, which is fetched where rustup is. Else says what to do.
has_rust() { # TITLE TRIPLE
    [ ! -d "$(rustc --print sysroot)/lib/rustlib/$2/lib" ] || return 0
    if command -v rustup >/dev/null && rustup target add "$2" >"$out/rustup.log" 2>&1; then
        return 0
    fi
    skip "$1" "Rust's standard library for it is missing: rustup target add $2"
    return 1
}

build_library() { # TRIPLE
    "$cargo" build --profile "$profile" --target "$1" --lib
}

# Where cargo leaves what it has built.
built() { # TRIPLE
    local folder=$profile
    [ "$folder" != dev ] || folder=debug
    echo "${CARGO_TARGET_DIR:-target}/$1/$folder"
}

# Compiles all tools, and the examples that have no need of POSIX, to FOLDER.
build_programs() { # FOLDER SUFFIX LINK...
    local folder=$1 suffix=$2 tool example objects source
    shift 2
    rm -rf "$out/objects"
    mkdir -p "$folder" "$out/objects"
    for tool in common publish subscribe metadata relay c37118; do
        objects=()
        mkdir -p "$out/objects/$tool"
        for source in tools/$tool/*.c; do
            objects+=("$out/objects/$tool/$(basename "$source" .c).o")
            compile -c "$source" -o "${objects[-1]}" &
            [ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n
        done
        wait
        if [ "$tool" = common ]; then
            rm -f "$out/common.a"
            ar rcs "$out/common.a" "${objects[@]}"
        else
            compile "${objects[@]}" "$out/common.a" -o "$folder/sttp-$tool$suffix" "$@"
        fi
    done
    for example in simple_publish simple_subscribe gateway merge_publishers; do
        compile "examples-c/$example.c" -o "$folder/$example$suffix" "$@"
    done
    ls "$folder"
}

# Compiles C tests and runs them; those that use what only POSIX has are left out.
run_c_tests() { # FOLDER SUFFIX "TEST LEFT OUT..." LINK...
    local folder=$1 suffix=$2 left_out=" $3 " source name code=0
    shift 3
    mkdir -p "$folder"
    for source in tests/c/test_*.c; do
        name=$(basename "$source" .c)
        if [[ $left_out == *" $name "* ]]; then
            echo "SKIPPED $name: it uses what only POSIX has, or what the emulator lacks"
            continue
        fi
        compile -Itests/c "$source" -o "$folder/$name$suffix" "$@"
        timeout 600 "${runner[@]}" "$folder/$name$suffix" >"$out/$name.out" 2>"$out/$name.err" || {
            echo "$name: exit code $?"
            cat "$out/$name.err"
            code=1
        }
        tail -n 1 "$out/$name.out"
    done
    return $code
}
