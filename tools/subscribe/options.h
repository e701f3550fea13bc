/* The command line of sttp-subscribe. */
#ifndef STTP_SUBSCRIBE_OPTIONS_H
#define STTP_SUBSCRIBE_OPTIONS_H

#include <stdint.h>

enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSONL, FORMAT_NONE };

#define EVERYTHING "FILTER ActiveMeasurements WHERE True"

/* What numbers are that were not given, so that they leave alone what the connection string says. */
#define INTERVAL_NOT_GIVEN INT32_MIN
#define DELAY_NOT_GIVEN UINT32_MAX

struct options {
    const char *connection_string; /* NULL: none; else there is no address */
    const char *address;
    int listens; /* on `address`, else it connects there */
    const char *filter; /* NULL: that of the connection string */
    const char *output;
    const char *metadata_output;
    const char *blocks;  /* NULL: nowhere */
    const char *command; /* what user command `command_number` carries; NULL: none */
    uint64_t command_number;
    int follows;
    enum format format;
    uint64_t count;  /* 0: no limit */
    double duration; /* 0: no limit */
    double timeout;  /* 0: no limit */
    uint64_t protocol; /* 0: not given */
    int once;
    int tssc;
    int gzip;
    const char *start; /* of historical data; NULL: live data */
    const char *stop;  /* NULL: open */
    const char *time_parameters;
    int32_t processing_interval;
    int recover;
    int recovery_detailed; /* options were given that say more about it */
    uint32_t recovery_delay_ms;
    const char *outage_log; /* NULL: none */
    int throttled;
    uint32_t interval_ms; /* of a throttled subscription; 0: the publisher decides */
    int nan_filter;
    int with_time;
    int milliseconds;
    int local_clock;
    int check_times;
    uint32_t lag_time_ms;  /* 0: not given */
    uint32_t lead_time_ms; /* 0: not given */
    int udp;
    uint64_t udp_port;       /* 0: any free one */
    uint64_t receive_buffer; /* 0: the system's */
    const char *group;       /* NULL: no multicast */
    const char *interface;   /* NULL: the one that leads to the publisher */
    int statistics;
    int latency;
    const char *signal_statistics; /* NULL: nowhere */
};

/* Reads the command line. 0 to go on, or -1 with the exit code in `exit_code`, after saying what there is to say. */
int options_parse(struct options *options, int argc, char **argv, int *exit_code);

#endif
