/* Records measurements in a database of SQLite, in a thread's own time: they are read, not called back, and each reading
 * is one transaction. Ends with Ctrl-C, or after so many measurements.
 *
 *   cc read_into_sqlite.c $(pkg-config --cflags --libs sttp sqlite3) -o read_into_sqlite
 *   ./read_into_sqlite localhost:7175 measurements.db 1000000
 */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>
#include <sttp.h>

/* What is read at once, and how much the library keeps meanwhile. When that is full, the publisher has to wait. */
#define MOST_AT_ONCE 10000
#define QUEUE "; readQueue=100000"

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

static void check(int32_t status, const char *what) {
    if (status != STTP_OK) {
        fprintf(stderr, "Cannot %s: %s (%s)\n", what, sttp_last_error(), sttp_status_name(status));
        exit(1);
    }
}

static void check_database(sqlite3 *database, int result, const char *what) {
    if (result != SQLITE_OK && result != SQLITE_DONE) {
        fprintf(stderr, "Cannot %s: %s\n", what, sqlite3_errmsg(database));
        exit(1);
    }
}

static void say(void *user_data, int32_t level, const char *message) {
    (void)user_data;
    if (level <= STTP_LOG_WARNING) {
        fprintf(stderr, "%s\n", message);
    }
}

static sqlite3 *open_database(const char *path, sqlite3_stmt **insert) {
    sqlite3 *database = NULL;
    check_database(database, sqlite3_open(path, &database), "open the database");
    check_database(database,
                   sqlite3_exec(database,
                                "PRAGMA journal_mode = WAL;"
                                "CREATE TABLE IF NOT EXISTS measurement ("
                                "signal_id BLOB NOT NULL, time INTEGER NOT NULL, value REAL, flags INTEGER NOT NULL)",
                                NULL, NULL, NULL),
                   "make the table");
    check_database(database,
                   sqlite3_prepare_v2(database, "INSERT INTO measurement VALUES (?, ?, ?, ?)", -1, insert, NULL),
                   "prepare the insertion");
    return database;
}

/* 16 bytes in the order of RFC 4122, ticks of 100 ns since 0001-01-01, NULL for NaN. */
static void insert_row(sqlite3 *database, sqlite3_stmt *insert, const sttp_measurement *measurement) {
    sqlite3_bind_blob(insert, 1, &measurement->signal_id, (int)sizeof measurement->signal_id, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 2, measurement->timestamp);
    sqlite3_bind_double(insert, 3, measurement->value);
    sqlite3_bind_int64(insert, 4, measurement->flags);
    check_database(database, sqlite3_step(insert), "insert a row");
    sqlite3_reset(insert);
}

int main(int argc, char **argv) {
    static sttp_measurement measurements[MOST_AT_ONCE];
    sttp_subscriber *subscriber = NULL;
    sqlite3_stmt *insert = NULL;
    unsigned long long recorded = 0;
    unsigned long long wanted = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
    char settings[512];

    if (argc < 3) {
        fprintf(stderr, "usage: read_into_sqlite PUBLISHER DATABASE [MEASUREMENTS]\n");
        return 2;
    }
    sqlite3 *database = open_database(argv[2], &insert);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupt}, NULL);
    snprintf(settings, sizeof settings, "server=%s; filterExpression={FILTER ActiveMeasurements WHERE True}" QUEUE,
             argv[1]);
    check(sttp_subscriber_new(NULL, &subscriber), "make a subscriber");
    check(sttp_subscriber_on_message(subscriber, say, NULL, NULL), "register a callback");
    check(sttp_subscriber_open(subscriber, settings), "connect");

    while (!interrupted && (wanted == 0 || recorded < wanted)) {
        size_t count = 0;
        int32_t status = sttp_subscriber_read(subscriber, measurements, MOST_AT_ONCE, 500, &count);
        if (status == STTP_ERR_TIMEOUT || status == STTP_ERR_NOT_CONNECTED || status == STTP_ERR_NO_SIGNALS) {
            continue; /* quiet, or the connection is being made again, or the publisher has nothing yet */
        }
        if (status == STTP_ERR_CLOSED) {
            break;
        }
        check(status, "read");
        check_database(database, sqlite3_exec(database, "BEGIN", NULL, NULL, NULL), "begin");
        for (size_t i = 0; i < count && (wanted == 0 || recorded < wanted); i++, recorded++) {
            insert_row(database, insert, &measurements[i]);
        }
        check_database(database, sqlite3_exec(database, "COMMIT", NULL, NULL, NULL), "commit");
    }

    sttp_subscriber_free(subscriber);
    sqlite3_finalize(insert);
    check_database(database, sqlite3_close(database), "close the database");
    printf("%llu measurements recorded\n", recorded);
    return 0;
}
