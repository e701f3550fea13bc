#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config.h"
#include "log.h"
#include "options_help.h"
#include "sttp.h"
#include "tool.h"

#define MOST_ROWS 96
#define MOST_SETTINGS 64
#define MOST_DECIMAL 1e9

/* Codes of options: the number of a row, first those of the program and then those of all, or one of these. */
#define CODE_SET MOST_ROWS
#define CODE_HELP (MOST_ROWS + 1)
#define CODE_VERSION (MOST_ROWS + 2)
#define CODE_ARGUMENT (MOST_ROWS + 3)
/* getopt_long has them behind all characters, of which it gives '?' for what is no option. */
#define BEHIND_CHARACTERS 256

const struct option_row options_general[] = {
    {"config", "FILE",
     "Reads options from a file, a line for each: `name = value`, or `name` alone, as `listen = 127.0.0.1:7175`. Empty lines "
     "and those with `#` in front say nothing; `argument = TEXT` stands for what is no option. What is on the command line "
     "goes over the same option of the file. May be repeated.",
     .kind = OPTION_TEXT},
    {"quiet", NULL, "Tells errors only: neither warnings and progress, nor what happens.", TO_FLAG(log_settings.quiet)},
    {"log-level", "LEVEL",
     "What is told on standard error: `error`, `warning`, `info`, or `debug` with what the library itself logs. Default: what "
     "`STTP_LOG` of the environment says, else `info`.",
     TO_CHOICE(log_settings.level, log_levels)},
    {"log-format", "FORMAT",
     "How: `plain`; `text`, with times and levels; `json`, an object a line; `journal`, as journals of systemd take it. With "
     "the last three, what happens is told there too, in place of standard output. Default: times and levels for what runs "
     "long, else `plain`.",
     TO_CHOICE(log_settings.format, log_formats)},
};
const size_t options_general_count = sizeof options_general / sizeof options_general[0];

/* A word of the command line, or a line of a file: an option with what it was given, or an argument. */
struct word {
    int code;
    const char *value; /* NULL: none */
};

/* Which rows were given, what each asks of the library, NULL if nothing, and what --set asks. This stays until the
 * program ends. */
static char given[MOST_ROWS];
static char *asked[MOST_ROWS];
static const char *settings[MOST_SETTINGS];
static size_t setting_count;

static size_t count_rows(const struct command_line *line) {
    return line->row_count + options_general_count;
}

static const struct option_row *row_at(const struct command_line *line, size_t number) {
    return number < line->row_count ? &line->rows[number] : &options_general[number - line->row_count];
}

static int32_t role_of(const struct command_line *line, const struct option_row *row) {
    return row->role != 0 ? row->role : line->role;
}

/* -- values -- */

static int parse_whole(const struct option_row *row, const char *text, uint64_t *value) {
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    /* strtoull would take a sign and leading blanks. */
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < row->least || number > row->most) {
        tool_error("--%s needs a whole number from %llu to %llu, not '%s'", row->name, (unsigned long long)row->least,
                   (unsigned long long)row->most, text);
        return -1;
    }
    *value = number;
    return 0;
}

static int parse_decimal(const struct option_row *row, const char *text, double *value) {
    char *end = NULL;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(number) || number < 0.0 || number > MOST_DECIMAL) {
        tool_error("--%s needs a number from 0 to %.0f, not '%s'", row->name, MOST_DECIMAL, text);
        return -1;
    }
    *value = number;
    return 0;
}

static int parse_seconds(const struct option_row *row, const char *text, double *value) {
    if (parse_decimal(row, text, value) != 0) {
        return -1;
    }
    double milliseconds = floor(*value * 1000.0 + 0.5);
    if (milliseconds < (double)row->least || milliseconds > (double)row->most) {
        tool_error("--%s needs a number of seconds from %g to %.0f, not '%s'", row->name, (double)row->least / 1000.0,
                   (double)row->most / 1000.0, text);
        return -1;
    }
    *value = milliseconds / 1000.0;
    return 0;
}

/* "a, b or c" */
static void list_choices(const struct option_choice *choices, char *text, size_t size) {
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; choices[i].name != NULL && length < size; i++) {
        const char *between = i == 0 ? "" : choices[i + 1].name != NULL ? ", " : " or ";
        length += (size_t)snprintf(text + length, size - length, "%s%s", between, choices[i].name);
    }
}

static int parse_choice(const struct option_row *row, const char *text, int *value) {
    char allowed[256];
    for (int i = 0; row->choices[i].name != NULL; i++) {
        if (strcmp(text, row->choices[i].name) == 0) {
            *value = i;
            return 0;
        }
    }
    list_choices(row->choices, allowed, sizeof allowed);
    tool_error("--%s is %s, not '%s'", row->name, allowed, text);
    return -1;
}

/* Numbers are in the range of the setting; the library reads the rest, when it is set. */
static int parse_by_key(const struct option_row *row, int32_t role, const char *text) {
    sttp_setting setting;
    char *end = NULL;
    if (sttp_setting_find(role, row->key, &setting, sizeof setting) != STTP_OK) {
        tool_library_error("--%s", row->name);
        return -1;
    }
    if (setting.type != STTP_SETTING_TYPE_INTEGER && setting.type != STTP_SETTING_TYPE_SECONDS) {
        return 0;
    }
    double number = strtod(text, &end);
    int is_number = end != text && *end == '\0' && isfinite(number) &&
                    (setting.type == STTP_SETTING_TYPE_SECONDS || number == floor(number));
    if (!is_number || (setting.least[0] != '\0' && number < strtod(setting.least, NULL)) ||
        (setting.most[0] != '\0' && number > strtod(setting.most, NULL))) {
        tool_error("--%s needs %s, not '%s'", row->name, setting.value, text);
        return -1;
    }
    return 0;
}

/* Keeps the setting of a row, with the value in place of %s. */
static int ask(size_t number, const char *setting, const char *value) {
    if (setting == NULL) {
        return 0;
    }
    const char *mark = strstr(setting, "%s");
    size_t size = strlen(setting) + (mark != NULL ? strlen(value) : 0) + 1;
    free(asked[number]);
    asked[number] = (char *)malloc(size);
    if (asked[number] == NULL) {
        tool_error("not enough memory");
        return -1;
    }
    if (mark == NULL) {
        snprintf(asked[number], size, "%s", setting);
    } else {
        snprintf(asked[number], size, "%.*s%s%s", (int)(mark - setting), setting, value, mark + 2);
    }
    return 0;
}

/* The value of an option, read as what its row says that it is. */
struct value {
    const char *text; /* as it was given; NULL: there is none */
    uint64_t whole;
    double decimal;
    int number;
    char digits[64]; /* of a number, for a connection string */
};

static int parse(const struct option_row *row, int32_t role, struct value *value) {
    switch (row->kind) {
    case OPTION_WHOLE:
        if (parse_whole(row, value->text, &value->whole) != 0) {
            return -1;
        }
        snprintf(value->digits, sizeof value->digits, "%llu",
                 (unsigned long long)(value->whole * (row->scale != 0 ? row->scale : 1)));
        return 0;
    case OPTION_DECIMAL:
        return parse_decimal(row, value->text, &value->decimal);
    case OPTION_SECONDS:
        if (parse_seconds(row, value->text, &value->decimal) != 0) {
            return -1;
        }
        snprintf(value->digits, sizeof value->digits, "%.3f", value->decimal);
        return 0;
    case OPTION_CHOICE:
        return parse_choice(row, value->text, &value->number);
    case OPTION_FLAG:
        value->number = 1;
        return 0;
    case OPTION_BY_KEY:
        return parse_by_key(row, role, value->text);
    case OPTION_TEXT:
        return 0;
    }
    return -1;
}

static void put_in_place(const struct option_row *row, const struct value *value) {
    switch (row->kind) {
    case OPTION_WHOLE:
        *(uint64_t *)row->place = value->whole;
        break;
    case OPTION_DECIMAL:
    case OPTION_SECONDS:
        *(double *)row->place = value->decimal;
        break;
    case OPTION_CHOICE:
    case OPTION_FLAG:
        *(int *)row->place = value->number;
        break;
    case OPTION_TEXT:
        *(const char **)row->place = value->text;
        break;
    case OPTION_BY_KEY:
        break;
    }
}

static int take_option(const struct command_line *line, size_t number, const char *text) {
    const struct option_row *row = row_at(line, number);
    struct value value;
    memset(&value, 0, sizeof value);
    value.text = text;
    given[number] = 1;
    if (row->take != NULL) {
        return row->take(text);
    }
    if (parse(row, role_of(line, row), &value) != 0) {
        return -1;
    }
    if (row->place != NULL) {
        put_in_place(row, &value);
    }
    if (row->key != NULL) {
        return ask(number, "%s", row->to != NULL ? row->to : text);
    }
    return ask(number, row->kind == OPTION_CHOICE ? row->choices[value.number].setting : row->setting,
               value.digits[0] != '\0' ? value.digits : value.text);
}

static int take_standards(const struct command_line *line) {
    for (size_t i = 0; i < count_rows(line); i++) {
        const struct option_row *row = row_at(line, i);
        struct value value;
        memset(&value, 0, sizeof value);
        value.text = row->standard;
        if (row->standard != NULL && row->place != NULL) {
            if (parse(row, role_of(line, row), &value) != 0) {
                return -1;
            }
            put_in_place(row, &value);
        }
    }
    return 0;
}

/* -- the command line -- */

static int take_setting(const struct command_line *line, const char *text) {
    const char *equals = strchr(text, '=');
    size_t length = equals != NULL ? (size_t)(equals - text) : 0;
    if (length == 0) {
        tool_error("--set is KEY=VALUE, not '%s'", text);
        return -1;
    }
    for (const struct own_setting *own = line->own_settings; own != NULL && own->key != NULL; own++) {
        if (strlen(own->key) == length && strncasecmp(own->key, text, length) == 0) {
            tool_error("--set %s has no effect here; %s", own->key, own->advice);
            return -1;
        }
    }
    if (setting_count == MOST_SETTINGS) {
        tool_error("--set may be given %d times at most", MOST_SETTINGS);
        return -1;
    }
    settings[setting_count++] = text;
    return 0;
}

static struct option *add_long_option(struct option *next, const char *name, int has_value, int code) {
    next->name = name;
    next->has_arg = has_value;
    next->flag = NULL;
    next->val = BEHIND_CHARACTERS + code;
    return next + 1;
}

static void list_long_options(const struct command_line *line, struct option *next) {
    for (size_t i = 0; i < count_rows(line); i++) {
        const struct option_row *row = row_at(line, i);
        if (row->name != NULL) {
            next = add_long_option(next, row->name, row->value != NULL ? required_argument : no_argument, (int)i);
        }
    }
    if (line->takes_settings) {
        next = add_long_option(next, "set", required_argument, CODE_SET);
    }
    next = add_long_option(next, "help", optional_argument, CODE_HELP);
    next = add_long_option(next, "version", no_argument, CODE_VERSION);
    add_long_option(next, NULL, 0, 0);
}

/* The number of the row of that name; that of count_rows when there is none. */
static size_t find_row(const struct command_line *line, const char *name) {
    for (size_t i = 0; i < count_rows(line); i++) {
        if (row_at(line, i)->name != NULL && strcmp(row_at(line, i)->name, name) == 0) {
            return i;
        }
    }
    return count_rows(line);
}

/* 0 when every option has the other one that it needs, or -1 after saying what is missing. */
static int check_needs(const struct command_line *line) {
    for (size_t i = 0; i < count_rows(line); i++) {
        const struct option_row *row = row_at(line, i);
        size_t number = row->needs != NULL ? find_row(line, row->needs) : count_rows(line);
        if (given[i] && number < count_rows(line) && !given[number]) {
            const struct option_row *needed = row_at(line, number);
            tool_error("--%s needs --%s%s%s", row->name, needed->name, needed->value != NULL ? " " : "",
                       needed->value != NULL ? needed->value : "");
            return -1;
        }
    }
    return 0;
}

static int take_argument(const struct command_line *line, const char *argument) {
    if (line->take_argument == NULL) {
        tool_error("'%s' is not an option", argument);
        return -1;
    }
    return line->take_argument(argument);
}

static int take_word(const struct command_line *line, const struct word *word) {
    switch (word->code) {
    case CODE_SET:
        return take_setting(line, word->value);
    case CODE_ARGUMENT:
        return take_argument(line, word->value);
    default:
        return take_option(line, (size_t)word->code, word->value);
    }
}

/* -- files of options -- */

/* What is known of the command line while files are read. */
struct overridden {
    const struct command_line *line;
    char codes[CODE_ARGUMENT + 1]; /* which stand there */
};

static int take_entry(const struct config_entry *entry, void *user_data) {
    const struct overridden *overridden = (const struct overridden *)user_data;
    const struct command_line *line = overridden->line;
    struct word word = {0, entry->value};
    size_t number = find_row(line, entry->name);
    int has_value = 1;
    if (line->takes_settings && strcmp(entry->name, "set") == 0) {
        word.code = CODE_SET;
    } else if (line->take_argument != NULL && strcmp(entry->name, "argument") == 0) {
        word.code = CODE_ARGUMENT;
    } else if (number == count_rows(line) || strcmp(entry->name, "config") == 0) {
        tool_error("there is no option '%s' for files (--help tells all)", entry->name);
        return -1;
    } else {
        word.code = (int)number;
        has_value = row_at(line, number)->value != NULL;
    }
    if ((entry->value != NULL) != has_value) {
        tool_error(has_value ? "'%s' needs a value: %s = ..." : "'%s' has no value; leave out what is behind %s",
                   entry->name, entry->name);
        return -1;
    }
    return overridden->codes[word.code] && word.code != CODE_SET ? 0 : take_word(line, &word);
}

/* -- all of it -- */

static int wrong_usage(int *exit_code) {
    *exit_code = tool_usage_hint();
    return -1;
}

/* Collects what stands on the command line; -1 with an exit code when that is all. */
static int collect(const struct command_line *line, int argc, char **argv, struct word *words, size_t *count,
                   int *exit_code) {
    struct option long_options[MOST_ROWS + 4];
    int found;
    list_long_options(line, long_options);
    while ((found = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        int code = found - BEHIND_CHARACTERS;
        if (found == '?') {
            return wrong_usage(exit_code);
        }
        if (code == CODE_HELP) {
            *exit_code = options_help(line, optarg);
            return -1;
        }
        if (code == CODE_VERSION) {
            printf("%s, libsttp %s\n", line->name, sttp_version_text());
            return -1;
        }
        words[(*count)++] = (struct word){code, optarg};
    }
    for (; optind < argc; optind++) {
        words[(*count)++] = (struct word){CODE_ARGUMENT, argv[optind]};
    }
    return 0;
}

/* What the files say, then what the command line does. */
static int take_words(const struct command_line *line, const struct word *words, size_t count) {
    struct overridden overridden;
    size_t config = find_row(line, "config");
    memset(&overridden, 0, sizeof overridden);
    overridden.line = line;
    for (size_t i = 0; i < count; i++) {
        overridden.codes[words[i].code] = 1;
    }
    for (size_t i = 0; i < count; i++) {
        if ((size_t)words[i].code == config && config_read(words[i].value, take_entry, &overridden) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (take_word(line, &words[i]) != 0) {
            return -1;
        }
    }
    return check_needs(line);
}

int options_read(const struct command_line *line, int argc, char **argv, int *exit_code) {
    struct word *words = (struct word *)calloc((size_t)argc + 1, sizeof *words);
    size_t count = 0;
    *exit_code = TOOL_DONE;
    if (words == NULL || count_rows(line) > MOST_ROWS || take_standards(line) != 0) {
        tool_error(words == NULL ? "not enough memory" : "the table of its options is wrong");
        free(words);
        *exit_code = TOOL_FAILED;
        return -1;
    }
    int result = collect(line, argc, argv, words, &count, exit_code);
    if (result == 0 && (take_words(line, words, count) != 0 || log_begin(line->runs_long) != 0)) {
        result = wrong_usage(exit_code);
    }
    free(words);
    return result;
}

int options_given(const struct command_line *line, const char *name) {
    size_t number = find_row(line, name);
    return number < count_rows(line) ? given[number] : strcmp(name, "set") == 0 && setting_count > 0;
}

const char *options_first_setting(const struct command_line *line) {
    for (size_t i = 0; i < line->row_count; i++) {
        if (asked[i] != NULL && role_of(line, &line->rows[i]) == line->role) {
            return line->rows[i].name;
        }
    }
    return setting_count > 0 ? "set" : NULL;
}

int options_configure(const struct command_line *line, const struct settings_of *functions, void *handle) {
    for (size_t i = 0; i < line->row_count; i++) {
        const struct option_row *row = &line->rows[i];
        if (role_of(line, row) == functions->role && asked[i] != NULL &&
            (row->key != NULL ? functions->set(handle, row->key, asked[i])
                              : functions->configure(handle, asked[i])) != STTP_OK) {
            return tool_library_error("--%s", row->name);
        }
    }
    for (size_t i = 0; functions->role == line->role && i < setting_count; i++) {
        char key[64];
        const char *equals = strchr(settings[i], '=');
        snprintf(key, sizeof key, "%.*s", (int)(equals - settings[i]), settings[i]);
        if (functions->set(handle, key, equals + 1) != STTP_OK) {
            return tool_library_error("--set %s", settings[i]);
        }
    }
    return TOOL_DONE;
}
