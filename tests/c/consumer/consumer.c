/* Uses enough of the installed library to need all that it links with: threads, sockets, memory, mathematics. */
#include <stdio.h>

#include <sttp.h>

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, sttp_last_error());
    return 1;
}

int main(void) {
    sttp_metadata *metadata = NULL;
    sttp_publisher *publisher = NULL;
    sttp_subscriber *subscriber = NULL;
    char address[64];
    if (sttp_metadata_sample(&metadata) != STTP_OK) {
        return fail("sample");
    }
    if (sttp_publisher_new(NULL, &publisher) != STTP_OK ||
        sttp_publisher_set_metadata(publisher, metadata) != STTP_OK ||
        sttp_publisher_start(publisher, "127.0.0.1:0") != STTP_OK ||
        sttp_publisher_address(publisher, address, sizeof address) != STTP_OK) {
        return fail("publisher");
    }
    if (sttp_subscriber_new(NULL, &subscriber) != STTP_OK ||
        sttp_subscriber_subscribe(subscriber, "FILTER ActiveMeasurements WHERE True") != STTP_OK ||
        sttp_subscriber_connect(subscriber, address) != STTP_OK) {
        return fail("subscriber");
    }
    sttp_subscriber_free(subscriber);
    sttp_publisher_free(publisher);
    sttp_metadata_free(metadata);
    printf("libsttp %s\n", sttp_version_text());
    return 0;
}
