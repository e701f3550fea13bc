/* Subscribes to twenty signals of a publisher and prints what comes until Enter is pressed.
 *
 *   cc simple_subscribe.c $(pkg-config --cflags --libs sttp) -o simple_subscribe
 *   ./simple_subscribe localhost:7175
 */
#include <stdio.h>

#include <sttp.h>

static void print_message(void *user_data, int32_t level, const char *message) {
    (void)user_data;
    fprintf(level <= STTP_LOG_WARNING ? stderr : stdout, "%s\n", message);
}

/* Called on the library's thread, once per packet. Return soon: the next packet waits. */
static void print_measurements(void *user_data, const sttp_measurement *measurements, size_t count) {
    (void)user_data;
    for (size_t i = 0; i < count; i++) {
        char signal[STTP_GUID_TEXT_SIZE];
        char time[STTP_TIME_TEXT_SIZE];
        sttp_guid_format(&measurements[i].signal_id, signal, sizeof signal);
        sttp_time_format(measurements[i].timestamp, time, sizeof time);
        printf("%s @ %s = %.3f\n", signal, time, measurements[i].value);
    }
}

int main(int argc, char **argv) {
    const char *address = argc > 1 ? argv[1] : "localhost:7175";
    sttp_subscriber *subscriber = NULL;

    if (sttp_subscriber_new(NULL, &subscriber) != STTP_OK ||
        sttp_subscriber_on_message(subscriber, print_message, NULL, NULL) != STTP_OK ||
        sttp_subscriber_on_measurements(subscriber, print_measurements, NULL, NULL) != STTP_OK ||
        sttp_subscriber_subscribe(subscriber, "FILTER TOP 20 ActiveMeasurements WHERE True") != STTP_OK ||
        sttp_subscriber_connect(subscriber, address) != STTP_OK) {
        fprintf(stderr, "Cannot subscribe: %s\n", sttp_last_error());
        sttp_subscriber_free(subscriber);
        return 1;
    }

    /* The library connects, and reconnects, on a thread of its own. */
    getchar();

    sttp_subscriber_free(subscriber);
    return 0;
}
