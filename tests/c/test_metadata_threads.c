/* Many threads read the same metadata at the same time, each of them the first to ask for what is made on demand. */
#include "grid.h"

#define THREADS 8
#define ROUNDS 20

struct reader {
    pthread_t thread;
    pthread_mutex_t *start;
    const sttp_metadata *metadata;
    const char *texts[3];
};

static void read_names(struct reader *reader) {
    size_t rows = 0;
    size_t columns = 0;
    int32_t type = 0;
    size_t active = find_table(reader->metadata, "ActiveMeasurements");
    CHECK_OK(sttp_metadata_table(reader->metadata, active, &reader->texts[0], &rows, &columns));
    CHECK_OK(sttp_metadata_column(reader->metadata, 0, 3, &reader->texts[1], &type));
    CHECK(rows == GRID_SIZE - 1);
}

static void read_links(const sttp_metadata *metadata) {
    size_t found[GRID_SIZE] = {0};
    size_t count = 0;
    sttp_guid id = signal_id(GRID_ANGLE);
    CHECK_OK(sttp_metadata_find_measurement(metadata, &id, &count));
    CHECK(count == GRID_ANGLE);
    CHECK_OK(sttp_metadata_find_device(metadata, "a", &count));
    CHECK_OK(sttp_metadata_device_measurements(metadata, count, found, GRID_SIZE, &count));
    CHECK(count == 4);
    CHECK_OK(sttp_metadata_phasor_angle(metadata, 0, &count));
    CHECK(count == GRID_ANGLE);
}

static void read_rows(const sttp_metadata *metadata) {
    sttp_row rows[GRID_SIZE];
    sttp_guid signals[GRID_SIZE];
    sttp_value value;
    size_t active = find_table(metadata, "ActiveMeasurements");
    size_t count = 0;
    CHECK_OK(sttp_metadata_select(metadata, "G:2; \"A:F\"", signals, GRID_SIZE, &count));
    CHECK(count == 2);
    CHECK_OK(sttp_metadata_select_rows(metadata, active, "SignalType = 'FREQ'", rows, GRID_SIZE, &count));
    CHECK(count == 2 && rows[1].row == 3);
    CHECK_OK(sttp_metadata_evaluate(metadata, active, 3, "Len(PointTag)", &value, NULL, 0));
    CHECK(value.integer == 6);
}

static void *read_all(void *argument) {
    struct reader *reader = (struct reader *)argument;
    size_t length = 0;
    pthread_mutex_lock(reader->start);
    pthread_mutex_unlock(reader->start);
    read_rows(reader->metadata);
    read_links(reader->metadata);
    read_names(reader);
    CHECK_OK(sttp_metadata_to_xml(reader->metadata, &reader->texts[2], &length));
    CHECK(length == strlen(reader->texts[2]));
    CHECK_STATUS(sttp_metadata_evaluate(reader->metadata, 0, 0, "1 +", NULL, NULL, 0), STTP_ERR_FILTER);
    CHECK(strstr(sttp_last_error(), "line 1, column 4") != NULL);
    return NULL;
}

static void read_together(void) {
    sttp_metadata *metadata = make_grid();
    pthread_mutex_t start = PTHREAD_MUTEX_INITIALIZER;
    struct reader readers[THREADS];
    pthread_mutex_lock(&start);
    memset(readers, 0, sizeof readers);
    for (int i = 0; i < THREADS; i++) {
        readers[i].start = &start;
        readers[i].metadata = metadata;
        CHECK(pthread_create(&readers[i].thread, NULL, read_all, &readers[i]) == 0);
    }
    pthread_mutex_unlock(&start);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(readers[i].thread, NULL);
        /* What one thread was lent, all were. */
        CHECK(memcmp(readers[i].texts, readers[0].texts, sizeof readers[0].texts) == 0);
    }
    pthread_mutex_destroy(&start);
    sttp_metadata_free(metadata);
}

int main(void) {
    for (int round = 0; round < ROUNDS; round++) {
        read_together();
    }
    return check_report("test_metadata_threads");
}
