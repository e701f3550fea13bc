/* Times of Unix and times that count from now. */
#include <time.h>

#include "check.h"

static void check_times(void) {
    int64_t ticks = 0;
    int64_t seconds = 0;
    uint32_t nanoseconds = 0;
    struct timespec time = {1700000000, 123456789};
    CHECK_OK(sttp_time_from_unix((int64_t)time.tv_sec, (uint32_t)time.tv_nsec, &ticks));
    CHECK(ticks == 638355968001234567LL);
    CHECK_OK(sttp_time_to_unix(ticks, &seconds, &nanoseconds));
    CHECK(seconds == 1700000000 && nanoseconds == 123456700);
    CHECK_OK(sttp_time_to_unix_nanoseconds(ticks, &seconds));
    CHECK(seconds == 1700000000123456700LL && sttp_time_from_unix_nanoseconds(seconds) == ticks);
    CHECK_STATUS(sttp_time_to_unix_nanoseconds(0, &seconds), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_time_from_unix(0, 1000000000, &ticks), STTP_ERR_INVALID_ARGUMENT);
    int64_t now = sttp_time_now();
    CHECK_OK(sttp_time_parse("*-20m", &ticks));
    CHECK(ticks >= now - 12000000000LL && ticks <= sttp_time_now() - 12000000000LL);
    CHECK_STATUS(sttp_time_parse("*-20", &ticks), STTP_ERR_INVALID_ARGUMENT);
}

int main(void) {
    check_times();
    return check_report("test_times");
}
