#include "connection.h"

#include <string.h>

#include "../../tools/common/tool.h"

static void add_up(struct connection *connection, const sttp_measurement *measurements, size_t count) {
    uint64_t values = 0;
    uint64_t times = 0;
    uint64_t indexes = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &measurements[i].value, sizeof bits);
        values += bits;
        times += (uint64_t)measurements[i].timestamp;
        indexes += measurements[i].signal_index;
    }
    connection->value_sum += values;
    connection->time_sum += times;
    connection->index_sum += indexes;
}

void connection_take(struct connection *connection, const sttp_measurement *measurements, size_t count) {
    histogram_add(&connection->latency, sttp_time_now() - measurements[0].timestamp);
    connection->last_measurement = tool_clock();
    if (connection->measurements == 0) {
        connection->first_measurement = connection->last_measurement;
        connection->first_arrival();
    }
    add_up(connection, measurements, count);
    connection->measurements += count;
    if (connection->first_frame == 0.0 && connection->measurements >= connection->signals) {
        connection->first_frame = tool_clock();
    }
}
