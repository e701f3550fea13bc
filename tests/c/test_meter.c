/* How sttp-c37118 show measures: the source of the tool, fed with arrivals that are known. */
#include "../../tools/c37118/meter.c"

#include "check.h"

#define RATE 25
#define SECOND INT64_C(10000000)

/* 2023-11-14T22:13:20Z */
static const int64_t BEGIN = 638355968000000000;

static int is_near(double number, double expected) {
    return fabs(number - expected) < 1e-6;
}

/* Counts frames from number `first` on, of a device whose clock is `behind` seconds behind ours; even ones take `early`
 * seconds on their way, odd ones `late`. */
static void count_frames(struct meter *meter, int first, int count, double behind, double early, double late) {
    for (int number = first; number < first + count; number++) {
        const double sent = (double)number / RATE;
        const double arrived = sent + (number % 2 == 0 ? early : late);
        const int64_t timestamp = BEGIN + (int64_t)number * SECOND / RATE;
        const int64_t now = BEGIN + (int64_t)((arrived + behind) * (double)SECOND + 0.5);
        meter_count(meter, timestamp, 1000 + arrived, now);
    }
}

static void test_regular_frames(void) {
    struct meter meter;
    struct meter_reading reading;
    memset(&meter, 0, sizeof meter);
    CHECK(!meter_read(&meter, 1000, &reading));
    count_frames(&meter, 0, 1, 0, 0.02, 0.02);
    CHECK(!meter_read(&meter, 1000.02, &reading));
    count_frames(&meter, 1, RATE, 0, 0.02, 0.02);
    CHECK(meter_read(&meter, 1001.02, &reading));
    CHECK(is_near(reading.rate, RATE) && is_near(reading.delay, 0.02) && is_near(reading.jitter, 0));
}

static void test_jitter(void) {
    struct meter meter;
    struct meter_reading reading;
    memset(&meter, 0, sizeof meter);
    /* Half of the frames 30 ms late: that is 15 ms on either side of the mean. */
    count_frames(&meter, 0, 1 + 2 * RATE, 0, 0.01, 0.04);
    CHECK(meter_read(&meter, 1002.01, &reading));
    CHECK(is_near(reading.rate, RATE) && is_near(reading.delay, 0.025) && is_near(reading.jitter, 0.015));
    /* A clock of three years ago is a delay, and no jitter. */
    memset(&meter, 0, sizeof meter);
    count_frames(&meter, 0, 1 + 2 * RATE, 1e8, 0.01, 0.04);
    CHECK(meter_read(&meter, 1002.01, &reading));
    CHECK(fabs(reading.delay - 1e8 - 0.025) < 1e-4 && is_near(reading.jitter, 0.015));
}

static void test_readings_begin_anew(void) {
    struct meter meter;
    struct meter_reading reading;
    memset(&meter, 0, sizeof meter);
    count_frames(&meter, 0, 1 + RATE, 0, 0.2, 0.4);
    CHECK(meter_read(&meter, 1001.2, &reading));
    CHECK(!meter_read(&meter, 1001.3, &reading));
    /* Half a second of frames, and half a second of none. */
    count_frames(&meter, RATE + 1, RATE / 2, 0, 0.01, 0.01);
    CHECK(meter_read(&meter, 1002.2, &reading));
    CHECK(is_near(reading.rate, RATE / 2) && is_near(reading.delay, 0.01) && is_near(reading.jitter, 0));
}

int main(void) {
    test_regular_frames();
    test_jitter();
    test_readings_begin_anew();
    return check_report("test_meter");
}
