/* Devices of C37.118 on the command line. */
#ifndef STTP_C37118_DEVICES_H
#define STTP_C37118_DEVICES_H

#include <stddef.h>

#include "../common/metrics.h"
#include "../common/options.h"
#include "sttp.h"

/* How DEVICE is written, for the texts of --help. */
#define DEVICE_SYNTAX                                                                                                  \
    "DEVICE is HOST or HOST:PORT (without a port 4712), or what connection strings say of a C37.118 input:\n"          \
    "'device=192.0.2.20; accessID=235', 'transport=spontaneousUdp; dataPort=4713'; docs/connection-strings.md."

/* What all devices have that do not say otherwise. */
#define OPTIONS_DEVICE                                                                                                 \
    {"id", "N", NULL, BY_KEY(STTP_SETTING_ACCESS_I_D), .role = STTP_ROLE_C37118_INPUT, .see = "c37118.md"},             \
    {"transport", "KIND", NULL, BY_KEY(STTP_SETTING_TRANSPORT), .role = STTP_ROLE_C37118_INPUT},                       \
    {"data-port", "PORT", NULL, BY_KEY(STTP_SETTING_DATA_PORT), .role = STTP_ROLE_C37118_INPUT},                       \
    {"group", "ADDR", NULL, BY_KEY(STTP_SETTING_MULTICAST_GROUP), .role = STTP_ROLE_C37118_INPUT, .needs = "data-port"}, \
    {"interface", "ADDR", NULL, BY_KEY(STTP_SETTING_DATA_INTERFACE), .role = STTP_ROLE_C37118_INPUT},                  \
    {"configuration-frame", "KIND", NULL, BY_KEY(STTP_SETTING_CONFIGURATION_FRAME), .role = STTP_ROLE_C37118_INPUT}

/* What takes the place of a device. */
#define OPTIONS_CAPTURE                                                                                                \
    {"capture", "FILE", NULL, BY_KEY(STTP_SETTING_CAPTURE), .role = STTP_ROLE_C37118_INPUT, .see = "c37118.md"},        \
    {"speed", "PERCENT", NULL, BY_KEY(STTP_SETTING_CAPTURE_SPEED), .role = STTP_ROLE_C37118_INPUT, .needs = "capture"}, \
    {"times", "KIND", NULL, BY_KEY(STTP_SETTING_CAPTURE_TIMES), .role = STTP_ROLE_C37118_INPUT, .needs = "capture"},   \
    {"loop", NULL, NULL, FLAG_BY_KEY(STTP_SETTING_CAPTURE_LOOP, "true"), .role = STTP_ROLE_C37118_INPUT,               \
     .needs = "capture"}

/* How settings of devices are made; the handle is a sttp_c37118_input. */
extern const struct settings_of settings_of_devices;

/* Adds a device as it stands on the command line; NULL for one that the options describe. TOOL_DONE, or TOOL_FAILED after saying why not. */
int devices_add(sttp_c37118_input *input, const char *device);

/* Whether nothing comes of any device any more: captures have ended, and there is no attempt to connect. */
int devices_have_ended(const sttp_c37118_input *input);

/* Part of the object of --stats: `"devices":[...]`, with what was counted of each. TOOL_DONE, or TOOL_FAILED after saying
 * why not. */
int devices_report(const sttp_c37118_input *input);

/* The same as metrics, with the number of each device as its label. */
void devices_add_metrics(struct text *text, const sttp_c37118_input *input);

#endif
