#include "options_help.h"

#include <stdio.h>
#include <string.h>

#include "sttp.h"
#include "tool.h"

#define TEXT_COLUMN 25
#define WIDTH 100

/* What every program has besides options_general, but for the first one. */
static const struct option_row last_rows[] = {
    {"set", "KEY=VALUE", "Any setting, by its key in a connection string; may be repeated, and goes over all other "
                         "options.",
     .see = "connection-strings.md"},
    {"help", NULL,
     "Tells the options; `--help=markdown` as the tables of docs/tools.md, `--help=list` as lines for programs, with tabs "
     "between name, value, words that it can be, and text.",
     .see = NULL},
    {"version", NULL, "Tells the library's version.", .see = NULL},
};

/* A way to print a table. */
struct form {
    void (*begin_section)(const char *heading);
    /* `words` are those of the value, with commas between them; empty for others. */
    void (*print_row)(const struct option_row *row, const char *words, const char *text, const char *standard);
};

static void list_words(const struct option_choice *choices, char *words, size_t size) {
    size_t length = 0;
    for (size_t i = 0; choices[i].name != NULL && length < size; i++) {
        length += (size_t)snprintf(words + length, size - length, "%s%s", i == 0 ? "" : ",", choices[i].name);
    }
}

/* Where a row says nothing of its own, the setting of its key does. */
static void print_row(const struct form *form, const struct option_row *row, int32_t role) {
    sttp_setting setting = {.words = ""};
    char summary[256] = "";
    char words[256] = "";
    const char *text = row->text;
    const char *standard = row->standard;
    if (row->key != NULL && sttp_setting_find(role, row->key, &setting, sizeof setting) == STTP_OK) {
        snprintf(summary, sizeof summary, "%s.", setting.summary);
        text = text != NULL ? text : summary;
        if (standard == NULL && row->kind == OPTION_BY_KEY && setting.default_value[0] != '\0') {
            standard = setting.default_value;
        }
    }
    if (row->kind == OPTION_CHOICE) {
        list_words(row->choices, words, sizeof words);
    } else if (row->key != NULL && row->kind == OPTION_BY_KEY) {
        snprintf(words, sizeof words, "%s", setting.words);
    }
    form->print_row(row, words, text != NULL ? text : "", standard);
}

static void print_rows(const struct form *form, const struct option_row *rows, size_t count, int32_t role) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i].name == NULL) {
            form->begin_section(rows[i].text);
        } else {
            print_row(form, &rows[i], rows[i].role != 0 ? rows[i].role : role);
        }
    }
}

static void print_all(const struct form *form, const struct command_line *line) {
    const size_t left_out = line->takes_settings ? 0 : 1;
    print_rows(form, line->rows, line->row_count, line->role);
    form->begin_section("In general");
    print_rows(form, options_general, options_general_count, line->role);
    print_rows(form, last_rows + left_out, sizeof last_rows / sizeof last_rows[0] - left_out,
               line->role);
}

/* -- lines of text -- */

/* Prints words into the column of texts, without the quotes of code. */
static void print_words(const char *text, size_t *column) {
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        size_t shown = 0;
        for (size_t i = 0; i < length; i++) {
            shown += text[i] != '`';
        }
        if (*column + 1 + shown > WIDTH) {
            printf("\n%*s", TEXT_COLUMN, "");
            *column = TEXT_COLUMN;
        } else if (*column > TEXT_COLUMN) {
            putchar(' ');
            ++*column;
        }
        for (size_t i = 0; i < length; i++) {
            if (text[i] != '`') {
                putchar(text[i]);
            }
        }
        *column += shown;
        text += length + strspn(text + length, " ");
    }
}

/* A sentence around a word, if there is one. */
static void print_sentence(const char *format, const char *word, size_t *column) {
    char sentence[128];
    if (word != NULL) {
        snprintf(sentence, sizeof sentence, format, word);
        print_words(sentence, column);
    }
}

static void begin_lines(const char *heading) {
    printf("\n%s:\n", heading);
}

static void print_lines(const struct option_row *row, const char *words, const char *text, const char *standard) {
    (void)words;
    size_t column = TEXT_COLUMN;
    int width = printf("  --%s%s%s", row->name, row->value != NULL ? " " : "", row->value != NULL ? row->value : "");
    if (width >= TEXT_COLUMN) {
        printf("\n");
        width = 0;
    }
    printf("%*s", TEXT_COLUMN - width, "");
    print_words(text, &column);
    print_sentence("Needs --%s.", row->needs, &column);
    print_sentence("Default: %s.", standard, &column);
    printf("\n");
}

/* -- tables of Markdown -- */

static void begin_table(const char *heading) {
    printf("\n### %s\n\n| option | |\n| --- | --- |\n", heading);
}

static void print_cell(const char *text) {
    for (; *text != '\0'; text++) {
        printf(*text == '|' ? "\\%c" : "%c", *text);
    }
}

static void print_table_row(const struct option_row *row, const char *words, const char *text, const char *standard) {
    (void)words;
    printf("| `--%s%s", row->name, row->value != NULL ? " " : "");
    print_cell(row->value != NULL ? row->value : "");
    printf("` | ");
    print_cell(text);
    if (row->needs != NULL) {
        printf(" Needs `--%s`.", row->needs);
    }
    if (standard != NULL) {
        printf(" Default: `%s`.", standard);
    }
    if (row->see != NULL) {
        printf(" See [%s](%s).", row->see, row->see);
    }
    printf(" |\n");
}

/* -- lines for programs -- */

static void begin_nothing(const char *heading) {
    (void)heading;
}

/* The first sentence will do where there is little room. */
static void print_listed(const struct option_row *row, const char *words, const char *text, const char *standard) {
    (void)standard;
    printf("%s\t%s\t%s\t", row->name, row->value != NULL ? row->value : "", words);
    for (; *text != '\0'; text++) {
        if (text[0] == '.' && (text[1] == ' ' || text[1] == '\0')) {
            break;
        }
        if (*text != '`') {
            putchar(*text);
        }
    }
    putchar('\n');
}

/* -- all of it -- */

void options_list(const struct command_line *line) {
    const struct form lines = {begin_lines, print_lines};
    print_rows(&lines, line->rows, line->row_count, line->role);
}

int options_help(const struct command_line *line, const char *form) {
    const struct form lines = {begin_lines, print_lines};
    const struct form tables = {begin_table, print_table_row};
    const struct form list = {begin_nothing, print_listed};
    if (form != NULL && strcmp(form, "markdown") == 0) {
        print_all(&tables, line);
        return TOOL_DONE;
    }
    if (form != NULL && strcmp(form, "list") == 0) {
        print_all(&list, line);
        return TOOL_DONE;
    }
    if (form != NULL) {
        tool_error("--help has the form markdown or list, not '%s'", form);
        return tool_usage_hint();
    }
    printf("Usage: %s\n%s\n", line->usage, line->about);
    print_all(&lines, line);
    if (line->notes != NULL) {
        printf("\n%s\n", line->notes);
    }
    printf("\nExit codes: %s.\n", TOOL_EXIT_CODES);
    return TOOL_DONE;
}
