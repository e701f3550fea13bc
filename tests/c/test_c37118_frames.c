/* C37.118 with sockets of one's own: what a device says is built, written, found in a stream of bytes and read again. */
#include <math.h>

#include "fixture.h"

#define ID_CODE 235
#define TIME_BASE 1000000
#define LARGEST_FRAME 65535
#define QUALITY 0x21U
#define FORMATS 16
#define POLAR 1U
#define FLOAT_PHASORS 2U
#define FLOAT_ANALOGS 4U
#define FLOAT_FREQUENCY 8U

/* 2023-11-14T22:13:20.5Z */
static const int64_t TIME = 638355968005000000;

/* -- building -- */

static sttp_c37118_builder *begin(void) {
    sttp_c37118_builder *builder = NULL;
    sttp_c37118_stream stream;
    memset(&stream, 0, sizeof stream);
    stream.id_code = ID_CODE;
    stream.data_rate = -2;
    stream.time_base = TIME_BASE;
    stream.version = 2;
    CHECK_OK(sttp_c37118_builder_new(&stream, sizeof stream, &builder));
    return builder;
}

static sttp_c37118_phasor voltage(void) {
    sttp_c37118_phasor phasor;
    memset(&phasor, 0, sizeof phasor);
    phasor.name = "Bus 1 V+";
    phasor.per_count = 9.15527;
    phasor.angle_offset = 0.25;
    phasor.component = '+';
    phasor.flags = 0x0240;
    phasor.user = 3;
    return phasor;
}

static sttp_c37118_phasor current(void) {
    sttp_c37118_phasor phasor;
    memset(&phasor, 0, sizeof phasor);
    phasor.name = "Line 1 IA";
    phasor.per_count = 0.5;
    phasor.is_current = 1;
    return phasor;
}

/* A PMU with two phasors, an analog value, and a digital word. */
static void add_pmu(sttp_c37118_builder *builder, const char *station, uint32_t id_code, uint32_t format) {
    const char *names[16] = {"Breaker 1", NULL, "Alarm"};
    sttp_c37118_pmu pmu;
    sttp_c37118_pmu_details details;
    sttp_c37118_phasor volts = voltage();
    sttp_c37118_phasor amperes = current();
    sttp_c37118_analog analog;
    sttp_c37118_digital_word word;
    memset(&pmu, 0, sizeof pmu);
    memset(&details, 0, sizeof details);
    memset(&analog, 0, sizeof analog);
    pmu.station = station;
    pmu.id_code = id_code;
    pmu.format = format;
    pmu.nominal_frequency = 50;
    pmu.change_count = 4;
    details.global_id[15] = 9;
    details.latitude = 50.5;
    details.longitude = -7.25;
    details.elevation = INFINITY;
    details.service_class = 'P';
    details.window = 40000;
    details.group_delay = 20000;
    analog.name = "Power";
    analog.code = 1;
    analog.factor = -5;
    analog.offset = 0.5;
    word.names = names;
    word.normal = 0x00F0;
    word.valid = 0x0FFF;
    CHECK_OK(sttp_c37118_builder_add_pmu(builder, &pmu, sizeof pmu));
    CHECK_OK(sttp_c37118_builder_set_details(builder, &details, sizeof details));
    CHECK_OK(sttp_c37118_builder_add_phasor(builder, &volts, sizeof volts));
    CHECK_OK(sttp_c37118_builder_add_phasor(builder, &amperes, sizeof amperes));
    CHECK_OK(sttp_c37118_builder_add_analog(builder, &analog, sizeof analog));
    CHECK_OK(sttp_c37118_builder_add_digital(builder, &word, sizeof word));
}

/* -- frames on their way -- */

struct found {
    int frames;
    sttp_c37118_frame frame;
    uint8_t bytes[LARGEST_FRAME];
    char content[64];
    sttp_c37118_configuration *configuration;
};

static void take_frame(void *user_data, const sttp_c37118_frame *frame, const sttp_c37118_configuration *configuration) {
    struct found *found = (struct found *)user_data;
    found->frames++;
    found->frame = *frame;
    memcpy(found->bytes, frame->bytes, frame->length);
    CHECK((frame->content == NULL) == (frame->content_length == 0) && frame->content_length < sizeof found->content);
    snprintf(found->content, sizeof found->content, "%.*s", (int)frame->content_length,
             frame->content != NULL ? (const char *)frame->content : "");
    if (configuration != NULL) {
        sttp_c37118_configuration_free(found->configuration);
        CHECK_OK(sttp_c37118_configuration_clone(configuration, &found->configuration));
    }
}

/* The frame comes in two pieces. */
static void deliver(const uint8_t *frame, size_t length, struct found *found) {
    sttp_c37118_assembler *assembler = NULL;
    memset(found, 0, sizeof *found);
    CHECK_OK(sttp_c37118_assembler_new(&assembler));
    CHECK_OK(sttp_c37118_assembler_receive(assembler, frame, length / 2, take_frame, found));
    CHECK_OK(sttp_c37118_assembler_receive(assembler, frame + length / 2, length - length / 2, take_frame, found));
    sttp_c37118_assembler_free(assembler);
}

/* -- configurations -- */

static void check_channels(const sttp_c37118_configuration *configuration, int32_t form) {
    sttp_c37118_phasor phasor;
    sttp_c37118_analog analog;
    sttp_c37118_digital_word word;
    const int is_long = form == 3;
    CHECK_OK(sttp_c37118_configuration_phasor(configuration, 1, 0, &phasor, sizeof phasor));
    CHECK_TEXT(phasor.name, "Bus 1 V+");
    CHECK(fabs(phasor.per_count - 9.15527) < 1e-6 && phasor.is_current == 0);
    CHECK(phasor.angle_offset == (is_long ? 0.25 : 0) && phasor.component == (is_long ? '+' : 0));
    CHECK(phasor.flags == (is_long ? 0x0240U : 0) && phasor.user == (is_long ? 3U : 0));
    CHECK_OK(sttp_c37118_configuration_phasor(configuration, 1, 1, &phasor, sizeof phasor));
    CHECK(phasor.per_count == 0.5 && phasor.is_current == 1 && phasor.component == 0);
    CHECK_OK(sttp_c37118_configuration_analog(configuration, 1, 0, &analog, sizeof analog));
    CHECK_TEXT(analog.name, "Power");
    CHECK(analog.factor == -5 && analog.offset == (is_long ? 0.5 : 0) && analog.code == (is_long ? -1 : 1));
    CHECK_OK(sttp_c37118_configuration_digital(configuration, 1, 0, &word, sizeof word));
    CHECK(word.normal == 0x00F0 && word.valid == 0x0FFF);
    CHECK_TEXT(word.names[0], "Breaker 1");
    CHECK_TEXT(word.names[1], "");
    CHECK_TEXT(word.names[2], "Alarm");
}

static void check_details(const sttp_c37118_configuration *configuration, int32_t form) {
    sttp_c37118_pmu_details details;
    if (form != 3) {
        CHECK_STATUS(sttp_c37118_configuration_details(configuration, 0, &details, sizeof details), STTP_ERR_NOT_FOUND);
        return;
    }
    CHECK_OK(sttp_c37118_configuration_details(configuration, 0, &details, sizeof details));
    CHECK(details.global_id[0] == 0 && details.global_id[15] == 9);
    CHECK(details.latitude == 50.5 && details.longitude == -7.25 && isinf(details.elevation));
    CHECK(details.service_class == 'P' && details.window == 40000 && details.group_delay == 20000);
    CHECK_STATUS(sttp_c37118_configuration_details(configuration, 2, &details, sizeof details), STTP_ERR_NOT_FOUND);
}

static void test_configuration(int32_t form, int32_t type) {
    static uint8_t frame[LARGEST_FRAME];
    static uint8_t again[LARGEST_FRAME];
    static struct found found;
    size_t length = 0;
    size_t again_length = 0;
    sttp_c37118_configuration *configuration = NULL;
    sttp_c37118_stream stream;
    sttp_c37118_pmu pmu;
    sttp_c37118_builder *builder = begin();
    add_pmu(builder, "Shelby", 7, 0);
    add_pmu(builder, "Fellbridge", 8, FORMATS - 1);
    CHECK_OK(sttp_c37118_builder_finish(builder, form, &configuration));
    CHECK_STATUS(sttp_c37118_configuration_encode(configuration, TIME, QUALITY, NULL, 0, &length),
                 STTP_ERR_BUFFER_TOO_SMALL);
    CHECK(length > 300 && length < 1000);
    CHECK_STATUS(sttp_c37118_configuration_encode(configuration, TIME, QUALITY, frame, length - 1, NULL),
                 STTP_ERR_BUFFER_TOO_SMALL);
    CHECK_OK(sttp_c37118_configuration_encode(configuration, TIME, QUALITY, frame, length, NULL));

    deliver(frame, length, &found);
    CHECK(found.frames == 1 && found.frame.type == type && found.frame.version == 2);
    CHECK(found.frame.id_code == ID_CODE && found.frame.second == 1700000000);
    CHECK(found.frame.fraction == (QUALITY << 24 | TIME_BASE / 2) && found.frame.command == 0);
    CHECK(found.configuration != NULL);
    CHECK_OK(sttp_c37118_configuration_stream(found.configuration, &stream, sizeof stream));
    CHECK(stream.id_code == ID_CODE && stream.pmu_count == 2 && stream.data_rate == -2);
    CHECK(stream.time_base == TIME_BASE && stream.version == 2 && stream.form == form);
    CHECK_OK(sttp_c37118_configuration_pmu(found.configuration, 1, &pmu, sizeof pmu));
    CHECK_TEXT(pmu.station, "Fellbridge");
    CHECK(pmu.id_code == 8 && pmu.format == FORMATS - 1 && pmu.nominal_frequency == 50 && pmu.change_count == 4);
    CHECK(pmu.phasor_count == 2 && pmu.analog_count == 1 && pmu.digital_count == 1);
    check_channels(found.configuration, form);
    check_details(found.configuration, form);
    /* What was read is written as the same bytes. */
    CHECK_OK(sttp_c37118_configuration_encode(found.configuration, TIME, QUALITY, again, sizeof again, &again_length));
    CHECK(again_length == length && memcmp(again, frame, length) == 0);
    sttp_c37118_configuration_free(found.configuration);
    sttp_c37118_configuration_free(configuration);
    sttp_c37118_builder_free(builder);
}

/* A CFG-3 that one frame cannot hold is several. */
static void test_pieces(void) {
    enum { PMUS = 500 };
    static struct found found;
    static uint8_t frames[4 * LARGEST_FRAME];
    size_t length = 0;
    sttp_c37118_configuration *configuration = NULL;
    sttp_c37118_stream stream;
    sttp_c37118_builder *builder = begin();
    for (uint32_t number = 1; number <= PMUS; number++) {
        add_pmu(builder, "A name of some length for a station of a grid", number, 0);
    }
    CHECK_OK(sttp_c37118_builder_finish(builder, 3, &configuration));
    CHECK_OK(sttp_c37118_configuration_encode(configuration, TIME, 0, frames, sizeof frames, &length));
    CHECK(length > LARGEST_FRAME && frames[2] == 0xFF && frames[3] == 0xFF && frames[LARGEST_FRAME] == 0xAA);
    deliver(frames, length, &found);
    CHECK(found.frames >= 2 && found.configuration != NULL);
    CHECK_OK(sttp_c37118_configuration_stream(found.configuration, &stream, sizeof stream));
    CHECK(stream.pmu_count == PMUS && stream.form == 3);
    sttp_c37118_configuration_free(found.configuration);
    sttp_c37118_configuration_free(configuration);
    CHECK_OK(sttp_c37118_builder_finish(builder, 2, &configuration));
    CHECK_STATUS(sttp_c37118_configuration_encode(configuration, TIME, 0, frames, sizeof frames, &length),
                 STTP_ERR_INVALID_ARGUMENT);
    sttp_c37118_configuration_free(configuration);
    for (int number = 0; number < 3000; number++) {
        add_pmu(builder, "Another", 9, FORMATS - 1);
    }
    CHECK_STATUS(sttp_c37118_builder_finish(builder, 3, &configuration), STTP_ERR_INVALID_ARGUMENT);
    sttp_c37118_builder_free(builder);
}

/* -- data -- */

static int is_near(double number, double expected, double tolerance) {
    return fabs(number - expected) <= tolerance;
}

static void check_raw_phasor(const sttp_c37118_configuration *configuration, const uint8_t *frame, size_t length,
                             uint32_t format) {
    /* 1000 V at 60 degrees, and a quarter of a radian is added by who reads. */
    const double radians = 3.14159265358979 / 3 - 0.25;
    const double unit = (format & FLOAT_PHASORS) != 0 ? 1 : 1 / 9.15527;
    sttp_c37118_raw_phasor raw[2];
    CHECK_OK(sttp_c37118_data_raw_phasors(configuration, frame, length, 0, raw, 2));
    if ((format & POLAR) != 0) {
        CHECK(is_near(raw[0].first, 1000 * unit, 0.51));
        CHECK(is_near(raw[0].second, (format & FLOAT_PHASORS) != 0 ? radians : radians * 1e4, 0.51));
    } else {
        CHECK(is_near(raw[0].first, 1000 * unit * cos(radians), 0.51));
        CHECK(is_near(raw[0].second, 1000 * unit * sin(radians), 0.51));
    }
    CHECK(isnan(raw[1].first) && isnan(raw[1].second));
}

/* What was read as it was sent is sent as the same bytes. */
static void check_copy(const sttp_c37118_configuration *configuration, const uint8_t *frame, size_t length) {
    uint8_t copy[200];
    size_t copy_length = 0;
    int64_t timestamp = 0;
    uint32_t quality = 0;
    sttp_c37118_pmu_data data;
    sttp_c37118_raw_phasor raw[2];
    double analog = 0;
    uint16_t digital = 0;
    sttp_c37118_pmu_values values;
    memset(&values, 0, sizeof values);
    CHECK_OK(sttp_c37118_data_time(configuration, frame, length, &timestamp, &quality));
    CHECK_OK(sttp_c37118_data_pmu(configuration, frame, length, 0, &data, sizeof data));
    CHECK_OK(sttp_c37118_data_raw_phasors(configuration, frame, length, 0, raw, 2));
    CHECK_OK(sttp_c37118_data_analogs(configuration, frame, length, 0, &analog, 1));
    CHECK_OK(sttp_c37118_data_digitals(configuration, frame, length, 0, &digital, 1));
    values.raw_phasors = raw;
    values.analogs = &analog;
    values.digitals = &digital;
    values.frequency = data.frequency;
    values.rate_of_change = data.rate_of_change;
    values.status = data.status;
    CHECK_OK(sttp_c37118_data_encode(configuration, timestamp, quality, &values, 1, sizeof values, copy, sizeof copy,
                                     &copy_length));
    CHECK(copy_length == length && memcmp(copy, frame, length) == 0);
}

static void test_data(uint32_t format) {
    static struct found found;
    uint8_t frame[200];
    size_t length = 0;
    int64_t timestamp = 0;
    uint32_t quality = 0;
    const sttp_c37118_polar phasors[2] = {{1000, 60}, {NAN, 0}};
    sttp_c37118_polar told[2];
    const double analog = -1234;
    double told_analog = 0;
    const uint16_t digital = 0xA5F0;
    uint16_t told_digital = 0;
    sttp_c37118_pmu_data data;
    sttp_c37118_pmu_values values;
    sttp_c37118_configuration *configuration = NULL;
    sttp_c37118_builder *builder = begin();
    add_pmu(builder, "Shelby", 7, format);
    CHECK_OK(sttp_c37118_builder_finish(builder, 3, &configuration));
    memset(&values, 0, sizeof values);
    values.phasors = phasors;
    values.analogs = &analog;
    values.digitals = &digital;
    values.frequency = 49.75;
    values.rate_of_change = -0.25;
    values.status = 0x2A5F;
    CHECK_OK(sttp_c37118_data_encode(configuration, TIME, QUALITY, &values, 1, sizeof values, frame, sizeof frame,
                                     &length));
    deliver(frame, length, &found);
    CHECK(found.frames == 1 && found.frame.type == STTP_C37118_DATA && found.frame.length == length);
    CHECK_OK(sttp_c37118_data_time(configuration, found.bytes, length, &timestamp, &quality));
    CHECK(timestamp == TIME && quality == QUALITY);
    CHECK_OK(sttp_c37118_data_pmu(configuration, found.bytes, length, 0, &data, sizeof data));
    CHECK(data.frequency == 49.75 && data.rate_of_change == -0.25 && data.status == 0x2A5F);
    CHECK_OK(sttp_c37118_data_phasors(configuration, found.bytes, length, 0, told, 2));
    CHECK(is_near(told[0].magnitude, 1000, (format & FLOAT_PHASORS) != 0 ? 0.001 : 7));
    CHECK(is_near(told[0].angle, 60, (format & FLOAT_PHASORS) != 0 ? 0.001 : 0.4));
    CHECK(isnan(told[1].magnitude) && isnan(told[1].angle));
    check_raw_phasor(configuration, found.bytes, length, format);
    CHECK_OK(sttp_c37118_data_analogs(configuration, found.bytes, length, 0, &told_analog, 1));
    CHECK_OK(sttp_c37118_data_digitals(configuration, found.bytes, length, 0, &told_digital, 1));
    CHECK(told_analog == analog && told_digital == digital);
    check_copy(configuration, found.bytes, length);
    sttp_c37118_configuration_free(configuration);
    sttp_c37118_builder_free(builder);
}

/* What is not given is absent, and says so. */
static void test_absent_values(void) {
    uint8_t frame[200];
    size_t length = 0;
    sttp_c37118_polar phasors[2];
    double analog = 0;
    uint16_t digital = 1;
    sttp_c37118_pmu_data data;
    sttp_c37118_pmu_values values;
    sttp_c37118_configuration *configuration = NULL;
    sttp_c37118_builder *builder = begin();
    add_pmu(builder, "Shelby", 7, 0);
    CHECK_OK(sttp_c37118_builder_finish(builder, 2, &configuration));
    memset(&values, 0, sizeof values);
    values.frequency = NAN;
    values.rate_of_change = NAN;
    values.status = 0x8000;
    CHECK_OK(sttp_c37118_data_encode(configuration, TIME, 0, &values, 1, sizeof values, frame, sizeof frame, &length));
    CHECK_OK(sttp_c37118_data_pmu(configuration, frame, length, 0, &data, sizeof data));
    CHECK_OK(sttp_c37118_data_phasors(configuration, frame, length, 0, phasors, 2));
    CHECK_OK(sttp_c37118_data_analogs(configuration, frame, length, 0, &analog, 1));
    CHECK_OK(sttp_c37118_data_digitals(configuration, frame, length, 0, &digital, 1));
    CHECK(isnan(data.frequency) && isnan(data.rate_of_change) && data.status == 0x8000);
    CHECK(isnan(phasors[0].magnitude) && isnan(phasors[1].angle) && isnan(analog) && digital == 0);
    sttp_c37118_configuration_free(configuration);
    sttp_c37118_builder_free(builder);
}

/* -- other frames -- */

static void test_texts(void) {
    static struct found found;
    static uint8_t large[LARGEST_FRAME];
    uint8_t frame[100];
    size_t length = 0;
    sttp_c37118_configuration *configuration = NULL;
    sttp_c37118_builder *builder = begin();
    const uint8_t *text = (const uint8_t *)"Shelby substation";
    CHECK_OK(sttp_c37118_builder_finish(builder, 2, &configuration));
    CHECK_OK(sttp_c37118_header_encode(configuration, TIME, QUALITY, text, 17, frame, sizeof frame, &length));
    deliver(frame, length, &found);
    CHECK(found.frames == 1 && found.frame.type == STTP_C37118_HEADER && found.frame.id_code == ID_CODE);
    CHECK(found.frame.fraction == (QUALITY << 24 | TIME_BASE / 2));
    CHECK_TEXT(found.content, "Shelby substation");
    CHECK_STATUS(sttp_c37118_header_encode(configuration, TIME, QUALITY, text, 17, frame, length - 1, &length),
                 STTP_ERR_BUFFER_TOO_SMALL);
    CHECK_STATUS(sttp_c37118_header_encode(configuration, TIME, 256, text, 17, frame, sizeof frame, NULL),
                 STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_c37118_header_encode(configuration, TIME, 0, large, 65519, large, sizeof large, &length));
    CHECK(length == LARGEST_FRAME);
    CHECK_STATUS(sttp_c37118_header_encode(configuration, TIME, 0, large, 65520, large, sizeof large, &length),
                 STTP_ERR_INVALID_ARGUMENT);

    CHECK_OK(sttp_c37118_extended_command(ID_CODE, 2, TIME, text, 17, frame, sizeof frame, &length));
    deliver(frame, length, &found);
    CHECK(found.frame.type == STTP_C37118_COMMAND && found.frame.command == STTP_C37118_EXTENDED);
    CHECK_TEXT(found.content, "Shelby substation");
    CHECK_OK(sttp_c37118_extended_command(ID_CODE, 2, TIME, large, 65517, large, sizeof large, &length));
    CHECK(length == LARGEST_FRAME);
    CHECK_STATUS(sttp_c37118_extended_command(ID_CODE, 2, TIME, large, 65518, large, sizeof large, &length),
                 STTP_ERR_INVALID_ARGUMENT);
    CHECK_OK(sttp_c37118_command(ID_CODE, 1, TIME, STTP_C37118_SEND_CONFIGURATION_3, frame, sizeof frame));
    deliver(frame, 18, &found);
    CHECK(found.frame.command == STTP_C37118_SEND_CONFIGURATION_3 && found.content[0] == '\0');
    CHECK_STATUS(sttp_c37118_command(ID_CODE, 1, TIME, 0, frame, sizeof frame), STTP_ERR_INVALID_ARGUMENT);
    sttp_c37118_configuration_free(configuration);
    sttp_c37118_builder_free(builder);
}

/* -- what is refused -- */

static void test_refused_streams_and_pmus(void) {
    sttp_c37118_builder *builder = NULL;
    sttp_c37118_configuration *configuration = NULL;
    sttp_c37118_stream stream;
    sttp_c37118_pmu pmu;
    sttp_c37118_pmu_details details;
    sttp_c37118_phasor phasor = voltage();
    memset(&stream, 0, sizeof stream);
    memset(&pmu, 0, sizeof pmu);
    memset(&details, 0, sizeof details);
    CHECK_STATUS(sttp_c37118_builder_new(NULL, sizeof stream, &builder), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_c37118_builder_new(&stream, sizeof stream, &builder), STTP_ERR_INVALID_ARGUMENT);
    CHECK(strstr(sttp_last_error(), "id_code is 0; give 1 to 65534") != NULL ||
          strstr(sttp_last_error(), "data_rate is 0") != NULL);
    builder = begin();
    /* Channels are those of a PMU. */
    CHECK_STATUS(sttp_c37118_builder_add_phasor(builder, &phasor, sizeof phasor), STTP_ERR_INVALID_STATE);
    details.service_class = 'M';
    CHECK_STATUS(sttp_c37118_builder_set_details(builder, &details, sizeof details), STTP_ERR_INVALID_STATE);
    pmu.station = "Shelby";
    pmu.id_code = 65535;
    pmu.nominal_frequency = 60;
    CHECK_STATUS(sttp_c37118_builder_add_pmu(builder, &pmu, sizeof pmu), STTP_ERR_INVALID_ARGUMENT);
    pmu.id_code = 7;
    pmu.nominal_frequency = 55;
    CHECK_STATUS(sttp_c37118_builder_add_pmu(builder, &pmu, sizeof pmu), STTP_ERR_INVALID_ARGUMENT);
    pmu.nominal_frequency = 60;
    pmu.format = 16;
    CHECK_STATUS(sttp_c37118_builder_add_pmu(builder, &pmu, sizeof pmu), STTP_ERR_INVALID_ARGUMENT);
    pmu.format = 0;
    pmu.station = NULL;
    CHECK_STATUS(sttp_c37118_builder_add_pmu(builder, &pmu, sizeof pmu), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_c37118_builder_finish(builder, 4, &configuration), STTP_ERR_INVALID_ARGUMENT);
    pmu.station = "Shelby";
    CHECK_OK(sttp_c37118_builder_add_pmu(builder, &pmu, sizeof pmu));
    details.service_class = 'X';
    CHECK_STATUS(sttp_c37118_builder_set_details(builder, &details, sizeof details), STTP_ERR_INVALID_ARGUMENT);
    phasor.component = 'X';
    CHECK_STATUS(sttp_c37118_builder_add_phasor(builder, &phasor, sizeof phasor), STTP_ERR_INVALID_ARGUMENT);
    phasor.component = 0;
    phasor.per_count = NAN;
    CHECK_STATUS(sttp_c37118_builder_add_phasor(builder, &phasor, sizeof phasor), STTP_ERR_INVALID_ARGUMENT);
    /* A scale that only CFG-3 can tell. */
    phasor.per_count = 200;
    CHECK_OK(sttp_c37118_builder_add_phasor(builder, &phasor, sizeof phasor));
    CHECK_STATUS(sttp_c37118_builder_finish(builder, 2, &configuration), STTP_ERR_INVALID_ARGUMENT);
    CHECK(strstr(sttp_last_error(), "Bus 1 V+ of Shelby has 200 per count") != NULL);
    CHECK_OK(sttp_c37118_builder_finish(builder, 3, &configuration));
    sttp_c37118_configuration_free(configuration);
    sttp_c37118_builder_free(builder);
    sttp_c37118_builder_free(NULL);
}

static void test_codes_of_analogs(void) {
    static const int32_t codes[] = {-1, 0, 1, 2, 65, 255};
    static const int32_t refused[] = {-2, 3, 64, 256};
    sttp_c37118_analog analog;
    sttp_c37118_configuration *configuration = NULL;
    sttp_c37118_builder *builder = begin();
    add_pmu(builder, "Shelby", 7, 0);
    memset(&analog, 0, sizeof analog);
    analog.name = "Voltage";
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        analog.code = codes[i];
        CHECK_OK(sttp_c37118_builder_add_analog(builder, &analog, sizeof analog));
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        analog.code = refused[i];
        CHECK_STATUS(sttp_c37118_builder_add_analog(builder, &analog, sizeof analog), STTP_ERR_INVALID_ARGUMENT);
    }
    CHECK_OK(sttp_c37118_builder_finish(builder, 2, &configuration));
    sttp_c37118_configuration_free(configuration);
    sttp_c37118_builder_free(builder);
}

static void test_refused_data(void) {
    uint8_t frame[200];
    size_t length = 0;
    const sttp_c37118_polar phasors[2] = {{1000, 60}, {0, 0}};
    const sttp_c37118_raw_phasor raw[2] = {{1000, 60}, {0, 0}};
    sttp_c37118_pmu_values values;
    sttp_c37118_configuration *configuration = NULL;
    sttp_c37118_builder *builder = begin();
    add_pmu(builder, "Shelby", 7, 0);
    CHECK_OK(sttp_c37118_builder_finish(builder, 2, &configuration));
    memset(&values, 0, sizeof values);
    CHECK_STATUS(sttp_c37118_data_encode(configuration, TIME, 0, NULL, 0, sizeof values, frame, sizeof frame, &length),
                 STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_c37118_data_encode(configuration, TIME, 0, NULL, 1, sizeof values, frame, sizeof frame, &length),
                 STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_c37118_data_encode(configuration, TIME, 0, &values, 1, sizeof values, frame, 20, &length),
                 STTP_ERR_BUFFER_TOO_SMALL);
    CHECK(length == 16 + 2 + 8 + 4 + 2 + 2);
    values.status = 0x10000;
    CHECK_STATUS(sttp_c37118_data_encode(configuration, TIME, 0, &values, 1, sizeof values, frame, sizeof frame, &length),
                 STTP_ERR_INVALID_ARGUMENT);
    values.status = 0;
    values.phasors = phasors;
    values.raw_phasors = raw;
    CHECK_STATUS(sttp_c37118_data_encode(configuration, TIME, 0, &values, 1, sizeof values, frame, sizeof frame, &length),
                 STTP_ERR_INVALID_ARGUMENT);
    sttp_c37118_configuration_free(configuration);
    sttp_c37118_builder_free(builder);
}

int main(void) {
    test_configuration(1, STTP_C37118_CONFIGURATION_1);
    test_configuration(2, STTP_C37118_CONFIGURATION_2);
    test_configuration(3, STTP_C37118_CONFIGURATION_3);
    test_pieces();
    for (uint32_t format = 0; format < FORMATS; format++) {
        test_data(format);
    }
    test_absent_values();
    test_texts();
    test_refused_streams_and_pmus();
    test_codes_of_analogs();
    test_refused_data();
    return check_report("test_c37118_frames");
}
