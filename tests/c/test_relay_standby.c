/* What a relay holds ready of a source whose signals come from another one. */
#include "check.h"

/* A part of the program, as it is. */
#include "../../tools/relay/standby.c"

/* Never called here: there is memory. */
void tool_error(const char *format, ...) { (void)format; CHECK(0); }

static sttp_measurement measurement_at(int64_t time) {
    sttp_measurement measurement;
    memset(&measurement, 0, sizeof measurement);
    measurement.timestamp = time;
    return measurement;
}

static int64_t time_at(const struct standby *standby, size_t number) { return standby_at(standby, number)->timestamp; }

int main(void) {
    struct standby standby;
    memset(&standby, 0, sizeof standby);
    for (int64_t time = 1; time <= STANDBY_MOST; time++) {
        sttp_measurement measurement = measurement_at(time);
        standby_add(&standby, &measurement, "a source");
    }
    CHECK(standby.count == STANDBY_MOST && standby.lost == 0);
    CHECK(time_at(&standby, 0) == 1 && time_at(&standby, STANDBY_MOST - 1) == STANDBY_MOST);
    for (int64_t time = 1; time <= 10; time++) {
        sttp_measurement measurement = measurement_at(STANDBY_MOST + time);
        standby_add(&standby, &measurement, "a source");
    }
    CHECK(standby.count == STANDBY_MOST && standby.lost == 10);
    CHECK(time_at(&standby, 0) == 11 && time_at(&standby, STANDBY_MOST - 1) == STANDBY_MOST + 10);
    /* Every second one is kept, over the end of the ring. */
    for (size_t i = 0; i < STANDBY_MOST / 2; i++) {
        standby_move(&standby, 2 * i, i);
    }
    standby_keep(&standby, STANDBY_MOST / 2);
    CHECK(standby.count == STANDBY_MOST / 2);
    CHECK(time_at(&standby, 0) == 11 && time_at(&standby, 1) == 13);
    CHECK(time_at(&standby, standby.count - 1) == 11 + STANDBY_MOST - 2);
    standby_clear(&standby);
    CHECK(standby.count == 0 && standby.lost == 0);
    standby_free(&standby);
    return check_report("test_relay_standby");
}
