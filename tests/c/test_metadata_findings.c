/* What is wrong with metadata: told with its place, while the rest is used. */
#include "fixture.h"

#define COLUMN(name, type) "<xs:element name='" name "' type='xs:" type "' minOccurs='0'/>"
#define TABLE(name, columns) \
    "<xs:element name='" name "'><xs:complexType><xs:sequence>" columns "</xs:sequence></xs:complexType></xs:element>"
#define SCHEMA                                                                                                        \
    "<xs:schema id='D' xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element name='D'><xs:complexType><xs:choice>"  \
    TABLE("DeviceDetail", COLUMN("Acronym", "string") COLUMN("FramesPerSecond", "int") COLUMN("Name", "string"))      \
    TABLE("MeasurementDetail",                                                                                        \
          COLUMN("SignalID", "string") COLUMN("ID", "string") COLUMN("PointTag", "string")                            \
          COLUMN("DeviceAcronym", "string") COLUMN("Enabled", "boolean") COLUMN("UpdatedOn", "dateTime")               \
          COLUMN("Adder", "double") COLUMN("Multiplier", "double"))                                                   \
    "</xs:choice></xs:complexType></xs:element></xs:schema>\n"

#define MEASUREMENT(number, fields)                                                                     \
    "<MeasurementDetail><SignalID>7e000000-0000-0000-0000-00000000000" number "</SignalID><ID>G:" number \
    "</ID><PointTag>T" number "</PointTag>" fields "</MeasurementDetail>\n"

#define DIRTY                                                                                               \
    "<?xml version='1.0' encoding='iso-8859-1'?>\n<D>" SCHEMA                                                \
    "<DeviceDetail><Acronym>A</Acronym><FramesPerSecond>29.97</FramesPerSecond><Name>Z\xFCrich</Name></DeviceDetail>\n" \
    MEASUREMENT("1", "<DeviceAcronym>A</DeviceAcronym><Enabled>maybe</Enabled>")                            \
    MEASUREMENT("2", "<DeviceAcronym>B</DeviceAcronym><Enabled>true</Enabled>"                               \
                     "<UpdatedOn>29.11.2026 16:46:59</UpdatedOn><Adder>-0.5</Adder><Multiplier>4</Multiplier>")                                           \
    MEASUREMENT("1", "<Enabled>true</Enabled><UpdatedOn>once</UpdatedOn>") "</D>"

static sttp_metadata *parse(const char *xml) {
    sttp_metadata *metadata = NULL;
    CHECK_OK(sttp_metadata_parse(xml, strlen(xml), &metadata));
    return metadata;
}

static size_t count_of(const sttp_metadata *metadata, int32_t kind) {
    size_t count = SIZE_MAX;
    CHECK_OK(sttp_metadata_finding_count(metadata, kind, &count));
    return count;
}

static void check_dirty(void) {
    sttp_metadata *metadata = parse(DIRTY);
    sttp_finding finding;
    sttp_device device;
    sttp_measurement_metadata measurement;
    sttp_guid selected[4];
    size_t count = 0;
    CHECK(count_of(metadata, STTP_FINDING_READ_FREELY) == 3);
    CHECK(count_of(metadata, STTP_FINDING_UNREADABLE) == 1);
    CHECK(count_of(metadata, STTP_FINDING_REPEATED_SIGNAL_ID) == 1);
    CHECK(count_of(metadata, STTP_FINDING_UNKNOWN_DEVICE) == 1);
    /* Those, and the key and the tag of the repeated signal. */
    CHECK(count_of(metadata, STTP_FINDING_ANY) == 8);
    CHECK(count_of(metadata, STTP_FINDING_REPEATED_NAME) == 2);
    memset(&finding, 0, sizeof finding);
    CHECK_OK(sttp_metadata_finding(metadata, 0, &finding, sizeof finding));
    CHECK_TEXT(finding.table, "DeviceDetail");
    CHECK_TEXT(finding.column, "FramesPerSecond");
    CHECK(finding.row == 0 && finding.kind == STTP_FINDING_READ_FREELY && finding.line == 3 && finding.character > 40);
    CHECK(strstr(finding.message, "\"29.97\" is not how XML writes a Int32 value: it is read as 30") != NULL);
    CHECK(strstr(finding.message, "DeviceDetail, row 0, FramesPerSecond (line 3, column ") == finding.message);
    for (size_t index = 0; sttp_metadata_finding(metadata, index, &finding, sizeof finding) == STTP_OK; index++) {
        count++;
        if (finding.kind == STTP_FINDING_REPEATED_SIGNAL_ID) {
            CHECK(finding.row == 2 && finding.line == 0 && finding.character == 0);
            CHECK_TEXT(finding.column, "SignalID");
        }
    }
    CHECK(count == 8);
    CHECK_STATUS(sttp_metadata_finding(metadata, count, &finding, sizeof finding), STTP_ERR_NOT_FOUND);

    CHECK_OK(sttp_metadata_device(metadata, 0, &device, sizeof device));
    CHECK(device.frames_per_second == 30);
    CHECK_TEXT(device.name, "Z\xC3\xBCrich");
    CHECK_OK(sttp_metadata_measurement(metadata, 0, &measurement, sizeof measurement));
    CHECK(measurement.enabled == 1);
    CHECK_OK(sttp_metadata_measurement(metadata, 1, &measurement, sizeof measurement));
    CHECK(measurement.updated_on == 639315676190000000LL);
    CHECK(measurement.adder == -0.5 && measurement.multiplier == 4);
    CHECK_OK(sttp_metadata_select(metadata, "FILTER ActiveMeasurements WHERE True", selected, 4, &count));
    CHECK(count == 2); /* Each signal once, also the one whose Enabled cannot be read. */
    sttp_metadata_free(metadata);
}

static void check_many(void) {
    static const char row[] = "<MeasurementDetail><UpdatedOn>once</UpdatedOn></MeasurementDetail>";
    size_t size = sizeof SCHEMA + 500 * sizeof row + 64;
    char *xml = (char *)calloc(1, size);
    sttp_finding finding;
    strcat(xml, "<D>" SCHEMA);
    char *end = xml + strlen(xml);
    for (int i = 0; i < 500; i++) {
        memcpy(end, row, sizeof row);
        end += sizeof row - 1;
    }
    strcpy(end, "</D>");
    sttp_metadata *metadata = parse(xml);
    CHECK(count_of(metadata, STTP_FINDING_UNREADABLE) == 500 && count_of(metadata, STTP_FINDING_NO_SIGNAL_ID) == 500);
    CHECK_OK(sttp_metadata_finding(metadata, 199, &finding, sizeof finding));
    CHECK_STATUS(sttp_metadata_finding(metadata, 200, &finding, sizeof finding), STTP_ERR_NOT_FOUND);
    sttp_metadata_free(metadata);
    free(xml);
}

static void check_refused(void) {
    sttp_metadata *metadata = NULL;
    static const char *const none[] = {"<html><body>404 Not Found</body></html>",
                                       "<D><MeasurementDetail><ID>G:1</ID></MeasurementDetail></D>", "<Error/>", ""};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        CHECK_STATUS(sttp_metadata_parse(none[i], strlen(none[i]), &metadata), STTP_ERR_METADATA);
    }
    CHECK(metadata == NULL);
}

static void check_arguments(void) {
    sttp_metadata *metadata = make_metadata();
    sttp_finding finding;
    size_t count = 0;
    CHECK(count_of(metadata, STTP_FINDING_ANY) == 0);
    CHECK_STATUS(sttp_metadata_finding_count(metadata, -2, &count), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_finding_count(metadata, 1000, &count), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_finding_count(metadata, 0, NULL), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_finding_count(NULL, 0, &count), STTP_ERR_INVALID_ARGUMENT);
    CHECK_STATUS(sttp_metadata_finding(metadata, 0, &finding, sizeof finding), STTP_ERR_NOT_FOUND);
    CHECK_STATUS(sttp_metadata_finding(NULL, 0, &finding, sizeof finding), STTP_ERR_INVALID_ARGUMENT);
    CHECK_TEXT(sttp_finding_name(STTP_FINDING_UNKNOWN_DEVICE), "UnknownDevice");
    CHECK_TEXT(sttp_finding_name(STTP_FINDING_ANY), "unknown finding");
    sttp_metadata_free(metadata);
}

int main(void) {
    check_dirty();
    check_many();
    check_refused();
    check_arguments();
    return check_report("test_metadata_findings");
}
