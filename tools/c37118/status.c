#include "status.h"

#include <stddef.h>
#include <stdio.h>

#define STATUS_NOT_SYNCHRONIZED 0x2000U
#define STATUS_SORTED_BY_ARRIVAL 0x1000U
#define STATUS_TRIGGER 0x0800U
#define STATUS_CONFIGURATION_CHANGES 0x0400U
#define STATUS_MODIFIED 0x0200U

#define LEAP_DELETED 0x40U
#define LEAP_OCCURRED 0x20U
#define LEAP_PENDING 0x10U

static const char *const data_states[] = {"good", "PMU error", "test mode, or absent data", "PMU error, not to be used"};

static const char *const time_qualities[] = {
    NULL, "below 100 ns", "below 1 us", "below 10 us", "below 100 us", "below 1 ms", "below 10 ms", "10 ms or more, or unknown",
};

static const char *const unlocked_times[] = {NULL, "for 10 to 100 s", "for 100 to 1000 s", "for 1000 s or more"};

static const char *const triggers[] = {
    "manual",         "magnitude low", "magnitude high", "phase angle difference", "frequency high or low",
    "df/dt high",     "reserved (6)",  "digital",        "user-defined (8)",       "user-defined (9)",
    "user-defined (10)", "user-defined (11)", "user-defined (12)", "user-defined (13)", "user-defined (14)",
    "user-defined (15)",
};

static const char *const clocks[] = {
    "locked",           "within 1 ns of UTC",   "within 10 ns of UTC", "within 100 ns of UTC",
    "within 1 us of UTC", "within 10 us of UTC",  "within 100 us of UTC", "within 1 ms of UTC",
    "within 10 ms of UTC", "within 100 ms of UTC", "within 1 s of UTC",   "within 10 s of UTC",
    "reserved (12)",    "reserved (13)",        "reserved (14)",       "failed, time not reliable",
};

struct status_words status_words(uint32_t status) {
    struct status_words words;
    words.data = data_states[(status >> 14) & 3];
    words.is_synchronized = (status & STATUS_NOT_SYNCHRONIZED) == 0;
    words.is_sorted_by_arrival = (status & STATUS_SORTED_BY_ARRIVAL) != 0;
    words.trigger = (status & STATUS_TRIGGER) != 0 ? triggers[status & 15] : NULL;
    words.changes_soon = (status & STATUS_CONFIGURATION_CHANGES) != 0;
    words.is_modified = (status & STATUS_MODIFIED) != 0;
    words.time_quality = time_qualities[(status >> 6) & 7];
    words.unlocked = unlocked_times[(status >> 4) & 3];
    return words;
}

void status_print(uint32_t status) {
    struct status_words words = status_words(status);
    printf("%s", words.data);
    if (!words.is_synchronized) {
        printf(", not synchronised");
    }
    if (words.time_quality != NULL) {
        printf(", time error %s", words.time_quality);
    }
    if (words.unlocked != NULL) {
        printf(", unlocked %s", words.unlocked);
    }
    if (words.is_sorted_by_arrival) {
        printf(", sorted by arrival");
    }
    if (words.trigger != NULL) {
        printf(", trigger: %s", words.trigger);
    }
    if (words.changes_soon) {
        printf(", configuration changes");
    }
    if (words.is_modified) {
        printf(", modified");
    }
}

const char *clock_words(uint32_t quality) {
    return clocks[quality & 15];
}

const char *leap_words(uint32_t quality) {
    int is_deleted = (quality & LEAP_DELETED) != 0;
    if ((quality & LEAP_PENDING) != 0) {
        return is_deleted ? "leap second to be deleted" : "leap second to be added";
    }
    if ((quality & LEAP_OCCURRED) != 0) {
        return is_deleted ? "leap second deleted" : "leap second added";
    }
    return NULL;
}
