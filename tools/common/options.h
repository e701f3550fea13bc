/* The options of a program, each stated once, as a row of a table: from it come what the command line is taken for,
 * --help, and the tables of docs/tools.md. A program has one command line, so what was read is kept here. */
#ifndef STTP_OPTIONS_H
#define STTP_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* What the value of an option is, and the type of the place that it is written to. */
enum option_kind {
    OPTION_TEXT,    /* const char * */
    OPTION_FLAG,    /* int, which becomes 1; the option has no value */
    OPTION_WHOLE,   /* uint64_t, from `least` to `most` */
    OPTION_DECIMAL, /* double, not negative */
    OPTION_SECONDS, /* double with milliseconds; `least` and `most` count milliseconds */
    OPTION_CHOICE,  /* int: the place of the value in `choices` */
    OPTION_BY_KEY   /* what the setting of its `key` has; no place */
};

/* One of several values that an option may have. */
struct option_choice {
    const char *name;    /* NULL behind the last one */
    const char *setting; /* as `setting` of a row; NULL: none */
};

struct option_row {
    const char *name;  /* without dashes; NULL: the row begins a section, and `text` is its heading */
    const char *value; /* what the value is called; NULL: there is none */
    const char *text;  /* sentences; `code` is quoted like that. NULL: what the library says of `key` */
    enum option_kind kind;
    void *place; /* where the value goes; NULL: nowhere */
    uint64_t least;
    uint64_t most;
    const struct option_choice *choices;
    /* What it asks of the library, as a connection string; %s is the value, numbers times `scale` (0: as they are). */
    const char *setting;
    uint64_t scale;
    const char *key; /* in place of `setting`: the setting that becomes the value, whose text and default are the option's */
    const char *to;  /* what the setting of an option without a value becomes */
    const char *needs; /* another option, without which it makes no sense; NULL: none */
    int (*take)(const char *value); /* in place of all these; 0, or -1 after saying what is wrong with the value */
    const char *standard;           /* the value when it is not given; NULL: none, or the text tells */
    const char *see;                /* a page of docs/ that says more; NULL: none */
    int32_t role;                   /* STTP_ROLE_... of `key` or `setting`; 0: that of the command line */
};

/* Shorter rows. */
#define OPTIONS_SECTION(heading) {.text = (heading)}
#define TO_FLAG(variable) .kind = OPTION_FLAG, .place = &(variable)
#define TO_TEXT(variable) .kind = OPTION_TEXT, .place = &(variable)
#define TO_DECIMAL(variable) .kind = OPTION_DECIMAL, .place = &(variable)
#define TO_WHOLE(variable, from, to) .kind = OPTION_WHOLE, .place = &(variable), .least = (from), .most = (to)
#define TO_CHOICE(variable, names) .kind = OPTION_CHOICE, .place = &(variable), .choices = (names)
#define BY_KEY(setting) .kind = OPTION_BY_KEY, .key = (setting)
#define FLAG_BY_KEY(setting, becomes) .kind = OPTION_FLAG, .key = (setting), .to = (becomes)
#define TEXT_SETTING(string) .kind = OPTION_TEXT, .setting = (string)
#define WHOLE_SETTING(string, from, to) .kind = OPTION_WHOLE, .setting = (string), .least = (from), .most = (to)
#define SECONDS_SETTING(string, from) \
    .kind = OPTION_SECONDS, .setting = (string), .least = (from), .most = UINT64_C(4000000000)
#define CHOICE_SETTING(names) .kind = OPTION_CHOICE, .choices = (names)

/* The rows of TLS: what is in front of their names, what they secure, who is on the other side, a sentence more about
 * certificates, and whose settings they are. */
#define OPTIONS_TLS_OF(prefix, secures, peers, more, of)                                                         \
    {prefix "certificate", "FILE", secures " by TLS, with this own certificate, PEM or DER." more,               \
     TEXT_SETTING("securityMode=TLS; localCertificate={%s}"), .role = (of), .see = "security.md"},               \
    {prefix "private-key", "FILE", "Its private key, when it is not in the same file.",                          \
     TEXT_SETTING("localPrivateKey={%s}"), .role = (of), .needs = prefix "certificate"},                         \
    {prefix "trust", "FILES", "Certificates of " peers ": files or folders with commas between them.",           \
     TEXT_SETTING("remoteCertificate={%s}"), .role = (of), .needs = prefix "certificate"}

/* The same of the command line's own role. */
#define OPTIONS_TLS(secures, peers, more) OPTIONS_TLS_OF("", secures, peers, more, 0)

/* A setting that the program makes by an option of its own, so that --set would have no effect. */
struct own_setting {
    const char *key; /* NULL behind the last one */
    const char *advice;
};

/* A command line: what may stand on it, and what --help says besides. */
struct command_line {
    const char *name;  /* of the program */
    const char *usage; /* lines: how it is called */
    const char *about; /* lines: what it does */
    const char *notes; /* lines at the end of --help; NULL: none */
    const struct option_row *rows;
    size_t row_count;
    int (*take_argument)(const char *argument); /* what is no option; NULL: there is no such thing */
    int32_t role;                               /* STTP_ROLE_...: whose settings the rows have */
    int takes_settings;                         /* has --set */
    int runs_long;                              /* its log lines tell times unless they are asked for otherwise */
    const struct own_setting *own_settings;     /* not by --set; NULL: none */
};

/* Reads the command line behind argv[0], and before it the files of --config that it names; what stands on it goes over
 * what stands in these. Begins the log as the options say. 0 to go on, or -1 with the exit code in `exit_code`, after
 * saying what there is to say. */
int options_read(const struct command_line *line, int argc, char **argv, int *exit_code);

/* How settings of a role are made: sttp_publisher_configure and sttp_publisher_set, or those of others. */
struct settings_of {
    int32_t role; /* STTP_ROLE_... */
    int32_t (*configure)(void *handle, const char *settings);
    int32_t (*set)(void *handle, const char *key, const char *value);
};

/* Makes the settings of the role that the options ask for; --set is for the role of the command line. TOOL_DONE, or
 * TOOL_FAILED after saying which option the library refused, and why. */
int options_configure(const struct command_line *line, const struct settings_of *functions, void *handle);

/* Whether an option was given, on the command line or in a file of --config. */
int options_given(const struct command_line *line, const char *name);

/* The name of an option that was given and makes a setting of the role of the command line, or `set`; NULL when there is none. */
const char *options_first_setting(const struct command_line *line);

/* What every program has besides, but for --set, --help and --version. */
extern const struct option_row options_general[];
extern const size_t options_general_count;

#endif
