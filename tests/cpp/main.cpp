// Runs all tests, or those whose names are given, or all but those given with `-` in front. The last line counts all
// checks.
#include "check.hpp"

int main(int argc, char **argv) {
    for (const auto &[name, body] : check::tests()) {
        bool chosen = argc < 2 || argv[1][0] == '-';
        for (int i = 1; i < argc; i++) {
            const std::string_view given = argv[i];
            chosen = given == name || (chosen && given != std::string("-") + name);
        }
        if (!chosen) {
            continue;
        }
        const int before = check::failed;
        try {
            body();
        } catch (const std::exception &problem) {
            std::fprintf(stderr, "%s: %s\n", name, problem.what());
            check::failed++;
        }
        if (check::failed != before) {
            std::fprintf(stderr, "%s failed\n", name);
        }
    }
    std::printf("tests: %d passed, %d failed\n", check::passed.load(), check::failed.load());
    return check::failed == 0 ? 0 : 1;
}
