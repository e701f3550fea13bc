/* What came of each device of a subscription: how much of what should have come, how far its clock is off, and whether it is
 * silent. */
#ifndef STTP_DEVICE_REPORT_H
#define STTP_DEVICE_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"
#include "sttp.h"
#include "tally.h"

/* What is known besides. */
struct device_report_plan {
    const char *peer;
    uint64_t connections;    /* that there were; more than one: the connection was lost */
    double end;              /* of tool_clock, */
    int64_t end_time;        /* and the same in ticks */
    double lag;              /* seconds that a time may be behind this machine's clock, */
    double lead;             /* and ahead of it */
    int has_every_frame;     /* else completeness says nothing: throttled */
    int is_live;             /* else clocks and silence say nothing: historical data */
};

/* A device with the signals that are subscribed to. Seconds. */
struct device_line {
    char name[128];
    int frames_per_second; /* 0: the metadata do not tell */
    uint64_t signals;
    uint64_t granted; /* of which the latest list has so many */
    uint64_t silent_signals; /* of which nothing came */
    uint64_t measurements;
    uint64_t flagged;
    uint64_t timed;      /* of which the latency is known */
    double expected;     /* measurements; 0: it is not known how many, */
    uint64_t counted;    /* of which so many came */
    double completeness; /* of 1; negative: not known */
    int64_t last;        /* ticks; 0: never */
    double silence;      /* since something came; negative: not known */
    double latency_minimum;
    double latency_mean;
    double latency_maximum;
    int is_silent;
    int is_incomplete;
    int has_bad_clock;
};

struct device_report {
    struct device_report_plan plan;
    double seconds; /* from the first measurement to the end; 0: none came */
    int64_t began;  /* ticks; 0: none came */
    struct device_line *devices;
    size_t count;
};

/* What the subscriber's settings say of a plan: limits of times, and whether every frame comes. NULL, over a link, which has no
 * such settings, is the same as the defaults. */
void device_report_limits(struct device_report_plan *plan, const sttp_subscriber *subscriber);

/* How many measurements of a signal should have come up to `end`, of tool_clock; 0: so few that it says nothing. */
double device_report_expected(const struct tally *signal, int frames_per_second, double end);

/* `metadata` may be NULL, then all signals are of no device. 0, or -1 after saying why not; to be freed in any case. */
int device_report_make(struct device_report *report, const struct device_report_plan *plan, const struct tallies *tallies,
                       const sttp_metadata *metadata);
void device_report_free(struct device_report *report);

/* How many devices have something wrong. */
size_t device_report_count_wrong(const struct device_report *report);

/* A table for people, with sentences below it of what is wrong. */
void device_report_add_text(struct text *text, const struct device_report *report);

/* An object. */
void device_report_add_json(struct text *text, const struct device_report *report);

#endif
