/*
 * libsttp: publish and subscribe to measurements over STTP (IEEE 2664).
 *
 * This is the manual. First what holds everywhere, then a table of contents, then each handle with an
 * introduction and its functions. Whole programs are in examples-c/.
 *
 * WHAT HOLDS UNLESS A FUNCTION SAYS OTHERWISE
 *
 *   Thread           Any, also several at once with the same handle, but not during or after its free.
 *   Blocks           No: it asks for something that is done in the background, and callbacks tell the outcome.
 *   From a callback  Allowed, of any handle.
 *   Ownership        Nothing changes hands: what is handed in is copied, or not looked at after the return.
 *                    What sttp_x_new and other functions that hand out a handle make is the caller's, who frees
 *                    it with sttp_x_free; NULL there does nothing.
 *   Statuses         A function that can fail returns an int32_t: STTP_OK (0), or a negative STTP_ERR_..., of
 *                    which its document names those that are its own. Each can give STTP_ERR_INVALID_ARGUMENT,
 *                    for a pointer that is NULL where the document does not offer NULL or that is not aligned,
 *                    a text that is not valid UTF-8, and a size that cannot be; and STTP_ERR_INTERNAL, since no
 *                    failure inside the library ends the process. What went wrong, and what to do, is in
 *                    sttp_last_error(), per thread. Results are written only on success.
 *   on_ functions    Register a callback in the place of an earlier one; NULL removes it. Each blocks while the
 *                    earlier callback runs on another thread. See "Callbacks" below.
 *
 * That a pointer is valid otherwise, only the caller can know. The first parameter is the handle that a function
 * is about, which documents do not repeat.
 *
 * WORDS
 *
 *   Row           The place of something in an array or a table, from 0.
 *   Signal        What is measured, known by a GUID for ever: `signal_id`.
 *   Signal index  A number that stands for a signal between the program and a handle, and saves looking up the
 *                 GUID: for a subscriber the row of the signal in those that
 *                 sttp_subscriber_on_subscription_updated was told last; for a publisher the row of its
 *                 measurement in the metadata. (Its number in packets, `wire_index`, is for diagnostics.)
 *   Phasor number The number of a phasor in its device, from 1: `source_index` of sttp_phasor. Not its row, and
 *                 not its `id`, by which a current names its voltage.
 *   Ticks         Time: units of 100 ns since 0001-01-01T00:00:00 UTC.
 *
 * CALLBACKS
 *
 * Each is registered with a `user_data` of the caller's, any pointer-sized value, which is handed to every call,
 * and an optional destructor for it (`destroy`, may be NULL), which runs exactly once, after the last call has
 * ended. On success `user_data` is the library's until then; a registration that fails leaves it with the caller.
 * A registration may be replaced or removed at any time, also from inside the callback. When the registering
 * function or the handle's free has returned, the earlier callback is not called any more, and no call of it is
 * running, except one that it was itself called from. So these functions wait for a call that runs on another
 * thread: do not hold a lock that the callback takes, nor let callbacks of two threads end each other. No lock of
 * the library is held during a callback. A callback must not be left by longjmp or a C++ exception. What it is
 * handed is valid until it returns.
 *
 * THREADS OF THE LIBRARY
 *
 * The library does its work on the thread of an engine, and calls callbacks there: one at a time for each handle.
 * A slow callback holds up everything on its thread. Without an engine of their own (NULL), subscribers and
 * publishers share one that the process has. Functions that ask an engine for something give
 * STTP_ERR_WOULD_BLOCK when too many requests wait, because nobody polls a polled engine.
 *
 * Signals are not delivered to threads of the library, but for those that tell of a thread's own fault: the
 * program's choice of a thread for its signals holds. A fork has none of these threads. What its parent made gives
 * STTP_ERR_FORKED there, and to free it does nothing; what it makes itself works, on a shared engine of its own. It
 * has copies of the parent's sockets, so that a connection which the parent closes ends when the fork has ended, too,
 * or has called exec, which closes them.
 *
 * MEMORY, AND RECORDS THAT GROW
 *
 * Texts are UTF-8 and end with a NUL. What a function hands out is valid as long as its document says. Nothing
 * from the library may be given to free(). A function that fills a record takes its size, sizeof(*record), and
 * writes only what fits: later versions of the library append fields, and programs compiled earlier go on. Records
 * that a callback is handed grow in the same way. Those that never change are the values sttp_guid,
 * sttp_measurement, sttp_datetime2, sttp_latency, sttp_value and sttp_row.
 *
 * CONTENTS (sttp_ in front of each function left out)
 *
 *   Statuses and levels
 *   Callbacks: destructors
 *   The library: version, last error, log
 *       version version_text status_name last_error set_log_sink
 *   Codes of commands
 *       command_name
 *   State flags of measurements
 *       flag_name flags_format
 *   Measurements
 *   Times, GUIDs and values as text
 *       time_now time_parse time_to_unix time_from_unix time_to_unix_nanoseconds
 *       time_from_unix_nanoseconds time_format guid_parse guid_format value_format
 *   Leap seconds
 *       ticks_compare ticks_to_datetime2 datetime2_to_ticks datetime2_pack datetime2_unpack
 *   Latency
 *   Callbacks: messages for operators
 *   What TLS has agreed on with a peer
 *   Operational modes: how both sides of a connection speak
 *   Certificates: a pair of certificate and private key for a first try of TLS
 *       make_certificate
 *   Engines: what subscribers and publishers run on
 *       engine_new engine_new_threads engine_new_polled engine_poll engine_descriptor
 *       engine_next_timeout engine_free
 *   Settings: all that subscribers, publishers and gateways can be told
 *       setting_count setting_at setting_find
 *   Subscribers
 *       state_name subscriber_new subscriber_free subscriber_connect subscriber_disconnect
 *       subscriber_subscribe subscriber_unsubscribe subscriber_request_metadata subscriber_state
 *       subscriber_statistics
 *   Subscribers: where the subscription stands
 *       subscriber_wait_until_subscribed subscriber_read_descriptor
 *   Subscribers: connection strings
 *       subscriber_configure subscriber_open
 *   Subscribers: listening for publishers
 *       subscriber_listen subscriber_address
 *   Subscribers: settings by their keys
 *       subscriber_set subscriber_get
 *   Subscribers: callbacks
 *       subscriber_on_connected subscriber_on_disconnected subscriber_on_reconnecting
 *       subscriber_on_metadata subscriber_on_metadata_document subscriber_on_subscription_updated
 *       subscriber_on_measurements subscriber_on_data_start_time subscriber_on_configuration_changed
 *       subscriber_on_request_succeeded subscriber_on_request_failed subscriber_on_message
 *   Subscribers: the publisher, and the signals
 *       subscriber_publisher_info subscriber_signals
 *   Subscribers: reading from a queue
 *       subscriber_read subscriber_read_signals
 *   Subscribers: historical data
 *       subscriber_update_processing_interval subscriber_on_processing_complete
 *   Subscribers: recovery of measurements that were missed while a connection was lost
 *       subscriber_on_recovered_measurements
 *   Subscribers: buffer blocks
 *       subscriber_on_buffer_block
 *   Subscribers: notifications
 *       subscriber_on_notification
 *   Subscribers: user commands
 *       subscriber_on_user_response subscriber_send_user_command
 *   Subscribers: changes of the configuration, and schemas
 *       subscriber_on_schema subscriber_request_schema
 *   Subscribers: encrypted measurements
 *       subscriber_rotate_cipher_keys
 *   Subscribers: TLS
 *       subscriber_tls subscriber_reload_certificates
 *   Subscribers: how late measurements are, and what came of each signal
 *       subscriber_latency_statistics subscriber_signal_statistics
 *   Publishers
 *       publisher_new publisher_free publisher_set_metadata publisher_start publisher_stop
 *       publisher_address publisher_publish publisher_publish_indexed publisher_publish_to
 *       publisher_signal_index publisher_flush publisher_statistics
 *   Publishers: connection strings
 *       publisher_configure publisher_open
 *   Publishers: connecting to subscribers
 *       publisher_connect publisher_disconnect_from publisher_on_reconnecting publisher_on_gave_up
 *   Publishers: TLS
 *       publisher_reload_certificates
 *   Publishers: settings by their keys
 *       publisher_set publisher_get
 *   Publishers: connections
 *       publisher_for_each_connection publisher_disconnect
 *   Publishers: rights
 *       publisher_on_admit admission_refuse admission_grant publisher_set_rights
 *       publisher_reload_rights publisher_on_audit
 *   Publishers: callbacks
 *       publisher_on_connected publisher_on_disconnected publisher_on_subscribed
 *       publisher_on_unsubscribed publisher_on_message publisher_on_processing_interval
 *   Publishers: historical data, kept in memory or read by the program
 *       history_from_memory history_tell publisher_set_history_source publisher_end_playback
 *       publisher_history_extent
 *   Publishers: buffer blocks
 *       publisher_send_buffer_block
 *   Publishers: notifications
 *       publisher_on_notification publisher_notify
 *   Publishers: user commands
 *       publisher_on_user_command publisher_send_user_response publisher_succeed_user_command
 *       publisher_fail_user_command
 *   Publishers: changes of the configuration
 *       publisher_announce_configuration_change publisher_refuse_metadata
 *   Publishers: how late measurements are
 *       publisher_latency_statistics
 *   C37.118: configurations
 *       c37118_configuration_clone c37118_configuration_free c37118_configuration_stream
 *       c37118_configuration_pmu c37118_configuration_details c37118_configuration_phasor
 *       c37118_configuration_analog c37118_configuration_digital
 *   C37.118: data frames
 *       c37118_data_time c37118_data_pmu c37118_data_phasors c37118_data_raw_phasors
 *       c37118_data_analogs c37118_data_digitals
 *   C37.118: frames
 *       c37118_assembler_new c37118_assembler_free c37118_assembler_receive
 *       c37118_assembler_receive_datagram
 *   C37.118: building configurations
 *       c37118_builder_new c37118_builder_free c37118_builder_add_pmu c37118_builder_set_details
 *       c37118_builder_add_phasor c37118_builder_add_analog c37118_builder_add_digital
 *       c37118_builder_finish
 *   C37.118: writing frames
 *       c37118_configuration_encode c37118_data_encode c37118_header_encode c37118_command
 *       c37118_extended_command
 *   C37.118: what gateways tell
 *   C37.118: devices in
 *       c37118_input_new c37118_input_free c37118_input_set c37118_input_get c37118_input_add
 *       c37118_input_remove c37118_input_devices c37118_input_device c37118_input_statistics
 *   C37.118: callbacks of devices in
 *       c37118_input_on_connected c37118_input_on_disconnected c37118_input_on_reconnecting
 *       c37118_input_on_configuration c37118_input_on_data c37118_input_on_header
 *       c37118_input_on_metadata c37118_input_on_message
 *   C37.118: streams out
 *       c37118_output_new c37118_output_free c37118_output_set c37118_output_get
 *       c37118_output_open c37118_output_close c37118_output_add c37118_output_remove
 *       c37118_output_streams c37118_output_address c37118_output_statistics
 *       c37118_output_relay_statistics c37118_output_subscription_statistics
 *   C37.118: callbacks of streams out
 *       c37118_output_on_connected c37118_output_on_disconnected c37118_output_on_reconnecting
 *       c37118_output_on_metadata c37118_output_on_configuration c37118_output_on_client_connected
 *       c37118_output_on_client_disconnected c37118_output_on_message
 *   Block links: what is known of them
 *   Block links: what they tell
 *   One side of a block link
 *       block_link_new block_link_free block_link_get block_link_open block_link_close
 *       block_link_subscribe block_link_unsubscribe block_link_request_metadata
 *       block_link_set_metadata block_link_set_configuration block_link_publish
 *       block_link_publish_frame block_link_reload_certificates block_link_flush block_link_state
 *       block_link_agreed block_link_address block_link_statistics
 *   One side of a block link: callbacks
 *       block_link_on_opened block_link_on_agreed block_link_on_closed block_link_on_reopening
 *       block_link_on_metadata block_link_on_measurements block_link_on_configuration
 *       block_link_on_frame block_link_on_subscribed block_link_on_answered block_link_on_message
 *   Block links to STTP
 *       block_link_input_new block_link_input_free block_link_input_set block_link_input_get
 *       block_link_input_add block_link_input_remove block_link_input_links block_link_input_state
 *       block_link_input_agreed block_link_input_address block_link_input_statistics
 *   Block links to STTP: callbacks
 *       block_link_input_on_opened block_link_input_on_agreed block_link_input_on_closed
 *       block_link_input_on_reopening block_link_input_on_metadata block_link_input_on_configuration
 *       block_link_input_on_frame block_link_input_on_message
 *   STTP to block links
 *       block_link_output_new block_link_output_free block_link_output_set block_link_output_get
 *       block_link_output_open block_link_output_close block_link_output_add
 *       block_link_output_remove block_link_output_links block_link_output_state
 *       block_link_output_agreed block_link_output_address block_link_output_statistics
 *       block_link_output_subscription_statistics
 *   STTP to block links: callbacks
 *       block_link_output_on_connected block_link_output_on_disconnected
 *       block_link_output_on_reconnecting block_link_output_on_metadata block_link_output_on_opened
 *       block_link_output_on_agreed block_link_output_on_closed block_link_output_on_reopening
 *       block_link_output_on_subscribed block_link_output_on_message
 *   Metadata: reading, writing
 *       metadata_parse metadata_sample metadata_clone metadata_free metadata_to_xml
 *       metadata_schema_version
 *   Metadata: records of devices, measurements and phasors
 *       metadata_device_count metadata_device metadata_measurement_count metadata_measurement
 *       metadata_find_measurement metadata_find_measurement_by_key metadata_find_measurement_by_tag
 *       metadata_phasor_count metadata_phasor
 *   Metadata: how devices, measurements and phasors belong together
 *       metadata_find_device metadata_find_device_by_name metadata_find_phasor
 *       metadata_device_measurements metadata_device_phasors metadata_device_children
 *       metadata_device_parent metadata_measurement_device metadata_measurement_phasor
 *       metadata_phasor_device metadata_phasor_magnitude metadata_phasor_angle
 *   Metadata: signal references, which say what of a device a signal is
 *       signal_reference_parse signal_kind_code
 *   Metadata: types and values of cells and expressions
 *       type_name
 *   Metadata: tables
 *       metadata_table_count metadata_table metadata_find_table metadata_column
 *       metadata_find_column metadata_cell metadata_cell_string
 *   Metadata: selecting
 *       metadata_select metadata_select_rows metadata_filter_table
 *   Metadata: values of expressions
 *       metadata_evaluate
 *   Metadata: what is wrong with them
 *       metadata_finding_count metadata_finding finding_name
 *   Metadata: adding some to others
 *       metadata_append metadata_merge
 *   Filters: compiled once, used often
 *       filter_new filter_free filter_select filter_select_rows filter_portable filter_adjustment
 *   Expressions: compiled once, evaluated at many rows
 *       expression_new expression_free expression_evaluate
 *   Metadata builders
 *       metadata_builder_new metadata_builder_new_empty metadata_builder_new_from
 *       metadata_builder_free metadata_builder_add_table metadata_builder_add_column
 *       metadata_builder_add_row metadata_builder_set metadata_builder_set_at
 *       metadata_builder_finish
 *   Metadata: building devices, measurements and phasors
 *       metadata_builder_add_device metadata_builder_add_measurement metadata_builder_add_phasor
 *   Counters: what they are called, and what they tell
 *       counter_at
 */


#ifndef STTP_H
#define STTP_H

/* Generated from the Rust source by 'make header'; changes belong there. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif  // __cplusplus

/* ==== Handles ==== */

/**
 * What is to be done with a peer; valid during the call that it is handed to.
 */
typedef struct sttp_admission sttp_admission;

/**
 * One side of a block link.
 */
typedef struct sttp_block_link sttp_block_link;

/**
 * Publishes what comes over block links.
 */
typedef struct sttp_block_link_input sttp_block_link_input;

/**
 * Sends what a subscriber receives over block links.
 */
typedef struct sttp_block_link_output sttp_block_link_output;

/**
 * Finds frames in a stream of bytes, and its way back after bytes that are none. One thread uses it at a time.
 */
typedef struct sttp_c37118_assembler sttp_c37118_assembler;

/**
 * Builds configurations. Used by one thread at a time; others wait.
 */
typedef struct sttp_c37118_builder sttp_c37118_builder;

/**
 * What the data frames of a device carry.
 */
typedef struct sttp_c37118_configuration sttp_c37118_configuration;

/**
 * Publishes what C37.118 devices measure.
 */
typedef struct sttp_c37118_input sttp_c37118_input;

/**
 * Serves what a subscriber receives as streams of C37.118.
 */
typedef struct sttp_c37118_output sttp_c37118_output;

/**
 * Runs subscribers and publishers, either on a thread of its own or in sttp_engine_poll.
 */
typedef struct sttp_engine sttp_engine;

/**
 * A condition or calculation over the columns of a table, compiled. Immutable.
 */
typedef struct sttp_expression sttp_expression;

/**
 * Statements that select signals or rows, compiled. Immutable.
 */
typedef struct sttp_filter sttp_filter;

/**
 * Describes devices, measurements and phasors. Immutable, so that any number of threads may read the same
 * handle at the same time; clones share it.
 */
typedef struct sttp_metadata sttp_metadata;

/**
 * Builds metadata row by row. Used by one thread at a time; others wait.
 */
typedef struct sttp_metadata_builder sttp_metadata_builder;

/**
 * Sends measurements to any number of subscribers.
 */
typedef struct sttp_publisher sttp_publisher;

/**
 * Receives measurements from one publisher at a time.
 */
typedef struct sttp_subscriber sttp_subscriber;

/* ==== Statuses and levels ==== */

/**
 * The call succeeded.
 */
#define STTP_OK 0

/**
 * An argument is NULL, no valid UTF-8, or out of range; the message names it.
 */
#define STTP_ERR_INVALID_ARGUMENT -1

/**
 * The call does not fit what went before, as starting what is already started.
 */
#define STTP_ERR_INVALID_STATE -2

/**
 * There is no such signal, connection or row.
 */
#define STTP_ERR_NOT_FOUND -3

/**
 * The time that the caller gave is over.
 */
#define STTP_ERR_TIMEOUT -4

/**
 * The handle is not started, or was disconnected or stopped and nothing is left.
 */
#define STTP_ERR_CLOSED -5

/**
 * The call would have to wait for the engine from inside one of its callbacks.
 */
#define STTP_ERR_WOULD_BLOCK -6

/**
 * The operating system refused something, as an address that is in use.
 */
#define STTP_ERR_IO -7

/**
 * The peer broke the protocol.
 */
#define STTP_ERR_PROTOCOL -8

/**
 * The peer refused a command.
 */
#define STTP_ERR_REFUSED -9

/**
 * Metadata, or their XML, are invalid.
 */
#define STTP_ERR_METADATA -10

/**
 * A filter expression is invalid.
 */
#define STTP_ERR_FILTER -11

/**
 * The caller's buffer is too small; the message says how many bytes are needed.
 */
#define STTP_ERR_BUFFER_TOO_SMALL -12

/**
 * The subscriber is not connected, or not any more; it may be again.
 */
#define STTP_ERR_NOT_CONNECTED -13

/**
 * The publisher has granted the subscription, and has no signal for it.
 */
#define STTP_ERR_NO_SIGNALS -14

/**
 * The historical data that were subscribed have ended, and all of them were read.
 */
#define STTP_ERR_COMPLETE -15

/**
 * The process was forked from the one that made the handle, and has none of the library's threads; make engines,
 * subscribers and publishers anew, after the fork.
 */
#define STTP_ERR_FORKED -16

/**
 * The library failed. The handle stays safe to use and to free. Please report the message.
 */
#define STTP_ERR_INTERNAL -100

/**
 * Level of messages: something failed.
 */
#define STTP_LOG_ERROR 1

/**
 * Level of messages: something is not as it should be, but goes on.
 */
#define STTP_LOG_WARNING 2

/**
 * Level of messages: what an operator wants to know of normal work.
 */
#define STTP_LOG_INFO 3

/**
 * Level of messages: details for finding a fault.
 */
#define STTP_LOG_DEBUG 4

/* ==== Callbacks: destructors ==== */

/**
 * Called with a registration's `user_data` once the library will not use it any more: exactly
 * once for every successful registration, after the last call of its callback has ended. Runs on
 * the thread that ended the registration or on the one that the last call ran on.
 */
typedef void (*sttp_destroy_fn)(void *user_data);

/* ==== The library: version, last error, log ==== */

/**
 * Major version that this header belongs to: programs built with it need a library of the same.
 */
#define STTP_VERSION_MAJOR 0

/**
 * Minor version that this header belongs to.
 */
#define STTP_VERSION_MINOR 1

/**
 * Patch version that this header belongs to.
 */
#define STTP_VERSION_PATCH 0

/**
 * Receives the library's log.
 *
 * \param user_data  As registered.
 * \param level      STTP_LOG_ERROR to STTP_LOG_DEBUG.
 * \param target     Part of the library that the message is from; valid during the call.
 * \param message    One message without a line end; valid during the call.
 */
typedef void (*sttp_log_fn)(void *user_data, int32_t level, const char *target, const char *message);

/**
 * The version of the library in use: major in bits 16 and up, minor in bits 8 to 15, patch in bits 0
 * to 7. Compare it with STTP_VERSION_MAJOR when the library is loaded at run time.
 */
uint32_t sttp_version(void);

/**
 * The version of the library in use as text, as `0.1.0`.
 *
 * *Ownership*: the text is the library's and stays valid for ever.
 */
const char *sttp_version_text(void);

/**
 * The name of a status, as `STTP_ERR_TIMEOUT`; `unknown status` for other numbers, never NULL.
 *
 * *Ownership*: the text is the library's and stays valid for ever.
 */
const char *sttp_status_name(int32_t status);

/**
 * What went wrong in the calling thread's latest call that failed, as a sentence in English that says
 * what to do; empty when none failed, never NULL. Calls that succeed do not change it.
 *
 * *Thread*: any; each has its own.
 * *Ownership*: the text is the library's and stays valid until the thread's next call that fails.
 */
const char *sttp_last_error(void);

/**
 * Sends the log of the whole library to a callback, instead of an earlier one. Without one, nothing is
 * logged. What happens on one connection also comes as a message of its handle.
 *
 * \param max_level  Least important level that is logged: STTP_LOG_ERROR to STTP_LOG_DEBUG.
 * \param sink       The callback; NULL switches the log off.
 * \param user_data  Handed to every call.
 * \param destroy    Called with `user_data` after the last call; may be NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such level; STTP_ERR_INVALID_STATE in a Rust
 *         program that has its own logger.
 * *Thread*: any. The sink is called from every thread that works in the library, also from several at
 * once.
 * *Blocks*: until calls of an earlier sink on other threads have ended.
 * *From a callback*: allowed, also from the sink. What the library would log while the calling thread
 * is in the sink is left out.
 * *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
 */
int32_t sttp_set_log_sink(int32_t max_level, sttp_log_fn sink, void *user_data, sttp_destroy_fn destroy);

/* ==== Codes of commands ====
 * What sttp_subscriber_on_request_succeeded, sttp_subscriber_on_request_failed and user responses are about.
 */

/**
 * Metadata were asked for.
 */
#define STTP_COMMAND_METADATA_REFRESH 0x01

/**
 * Measurements were asked for.
 */
#define STTP_COMMAND_SUBSCRIBE 0x02

/**
 * The subscription was ended.
 */
#define STTP_COMMAND_UNSUBSCRIBE 0x03

/**
 * New keys were asked for.
 */
#define STTP_COMMAND_ROTATE_CIPHER_KEYS 0x04

/**
 * Another pace of historical data was asked for.
 */
#define STTP_COMMAND_UPDATE_PROCESSING_INTERVAL 0x05

/**
 * The form of everything that follows was agreed on: the first command of a connection.
 */
#define STTP_COMMAND_DEFINE_OPERATIONAL_MODES 0x06

/**
 * The schema of the metadata was asked for.
 */
#define STTP_COMMAND_GET_METADATA_SCHEMA 0x0C

/**
 * The schema for selecting signals was asked for.
 */
#define STTP_COMMAND_GET_SIGNAL_SELECTION_SCHEMA 0x0D

/**
 * User command 0; user command n, up to 15, has this code and n more.
 */
#define STTP_COMMAND_USER 0xD0

/**
 * The name of a command's code, as `STTP_COMMAND_SUBSCRIBE`.
 *
 * \param command  The code.
 * \return The name, never NULL and valid for ever; `STTP_COMMAND_USER` for all user commands, `unknown
 *         command` for a code without a name.
 */
const char *sttp_command_name(int32_t command);

/* ==== State flags of measurements ====
 * Quality of value and time, as bits of sttp_measurement.
 */

/**
 * Value is bad.
 */
#define STTP_FLAG_BAD_DATA 0x00000001

/**
 * Value is suspect.
 */
#define STTP_FLAG_SUSPECT_DATA 0x00000002

/**
 * Value is over its range.
 */
#define STTP_FLAG_OVER_RANGE_ERROR 0x00000004

/**
 * Value is under its range.
 */
#define STTP_FLAG_UNDER_RANGE_ERROR 0x00000008

/**
 * Value is above its high alarm limit.
 */
#define STTP_FLAG_ALARM_HIGH 0x00000010

/**
 * Value is below its low alarm limit.
 */
#define STTP_FLAG_ALARM_LOW 0x00000020

/**
 * Value is above its high warning limit.
 */
#define STTP_FLAG_WARNING_HIGH 0x00000040

/**
 * Value is below its low warning limit.
 */
#define STTP_FLAG_WARNING_LOW 0x00000080

/**
 * Value does not change.
 */
#define STTP_FLAG_FLATLINE_ALARM 0x00000100

/**
 * Value failed a comparison with another.
 */
#define STTP_FLAG_COMPARISON_ALARM 0x00000200

/**
 * Value changes too fast (rate of change).
 */
#define STTP_FLAG_RATE_OF_CHANGE_ALARM 0x00000400

/**
 * Value came marked as bad.
 */
#define STTP_FLAG_RECEIVED_AS_BAD 0x00000800

/**
 * Value was calculated.
 */
#define STTP_FLAG_CALCULATED_VALUE 0x00001000

/**
 * The calculation failed.
 */
#define STTP_FLAG_CALCULATION_ERROR 0x00002000

/**
 * The calculation warns.
 */
#define STTP_FLAG_CALCULATION_WARNING 0x00004000

/**
 * Reserved for value quality.
 */
#define STTP_FLAG_RESERVED_QUALITY 0x00008000

/**
 * Time is bad.
 */
#define STTP_FLAG_BAD_TIME 0x00010000

/**
 * Time is suspect.
 */
#define STTP_FLAG_SUSPECT_TIME 0x00020000

/**
 * Measurement came late.
 */
#define STTP_FLAG_LATE_TIME_ALARM 0x00040000

/**
 * Time lies in the future.
 */
#define STTP_FLAG_FUTURE_TIME_ALARM 0x00080000

/**
 * Value was up-sampled.
 */
#define STTP_FLAG_UP_SAMPLED 0x00100000

/**
 * Value was down-sampled.
 */
#define STTP_FLAG_DOWN_SAMPLED 0x00200000

/**
 * Value was discarded.
 */
#define STTP_FLAG_DISCARDED_VALUE 0x00400000

/**
 * Reserved for time quality.
 */
#define STTP_FLAG_RESERVED_TIME 0x00800000

/**
 * Application defined, first.
 */
#define STTP_FLAG_USER_DEFINED_1 0x01000000

/**
 * Application defined, second.
 */
#define STTP_FLAG_USER_DEFINED_2 0x02000000

/**
 * Application defined, third (IEEE 2664: base time offset in use).
 */
#define STTP_FLAG_USER_DEFINED_3 0x04000000

/**
 * Application defined, fourth (IEEE 2664: time index).
 */
#define STTP_FLAG_USER_DEFINED_4 0x08000000

/**
 * Application defined, fifth (IEEE 2664: simulated data).
 */
#define STTP_FLAG_USER_DEFINED_5 0x10000000

/**
 * The system has an error.
 */
#define STTP_FLAG_SYSTEM_ERROR 0x20000000

/**
 * The system has a warning.
 */
#define STTP_FLAG_SYSTEM_WARNING 0x40000000

/**
 * The measurement has an error.
 */
#define STTP_FLAG_MEASUREMENT_ERROR 0x80000000

/**
 * Bytes that suffice for the text of all flags, NUL included.
 */
#define STTP_FLAGS_TEXT_SIZE 768

/**
 * The name of a state flag, as `STTP_FLAG_BAD_DATA`.
 *
 * \param flag  One flag.
 * \return The name, never NULL and valid for ever; `unknown flag` when it is not exactly one flag.
 */
const char *sttp_flag_name(uint32_t flag);

/**
 * Writes the names of all flags that are set, from the lowest bit on, without `STTP_FLAG_` and with a space
 * between them: `BAD_DATA SUSPECT_TIME`. The empty text when none is set.
 *
 * \param flags   Flags of a measurement.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; STTP_FLAGS_TEXT_SIZE always suffices.
 * \return STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_flags_format(uint32_t flags, char *buffer, size_t size);

/* ==== Measurements ==== */

/**
 * A GUID: 16 bytes in the order of its text (RFC 4122), whatever the machine's byte order.
 */
typedef struct sttp_guid {
    /**
     * The bytes.
     */
    uint8_t bytes[16];
} sttp_guid;

/**
 * One measurement of one signal at one time: 40 bytes, 8-byte aligned (on 32-bit x86 4-byte).
 */
typedef struct sttp_measurement {
    /**
     * The signal.
     */
    struct sttp_guid signal_id;
    /**
     * Ticks: units of 100 ns since 0001-01-01T00:00:00 UTC. Bit 63 marks a leap second.
     */
    int64_t timestamp;
    /**
     * The value in the signal's engineering units. STTP carries it as IEEE-754 single precision.
     */
    double value;
    /**
     * STTP_FLAG_...: quality of value and time, 0 when all is well. Not every form of packet
     * carries all of them.
     */
    uint32_t flags;
    /**
     * Receiving: the signal index, always a valid one. Publishing with sttp_publisher_publish_indexed: the
     * signal index, as sttp_publisher_signal_index tells it.
     */
    uint32_t signal_index;
} sttp_measurement;

/* ==== Times, GUIDs and values as text ====
 * Texts are written into buffers of the caller; the STTP_..._TEXT_SIZE constants are always large
 * enough.
 */

/**
 * Bytes that suffice for the text of every time, NUL included.
 */
#define STTP_TIME_TEXT_SIZE 32

/**
 * Bytes that suffice for the text of every GUID, NUL included.
 */
#define STTP_GUID_TEXT_SIZE 37

/**
 * Bytes that suffice for the text of every value that is not itself a text, NUL included.
 */
#define STTP_VALUE_TEXT_SIZE 64

/**
 * The current time of the system clock in ticks: units of 100 ns since 0001-01-01T00:00:00 UTC.
 */
int64_t sttp_time_now(void);

/**
 * Reads a time as people write it: in ISO 8601, `YYYY-MM-DD[THH:MM[:SS[.fffffff]]][Z|+HH:MM|-HH:MM]`, years 1
 * to 9999, a space instead of the `T` if you like, UTC when no zone is given, where second 60 sets the leap-second
 * bit; as `M/D/YYYY h:mm:ss PM` or `D.M.YYYY hh:mm:ss`; or from now on: `*` is now, `*-20m`, `*-0.5h` and `*+500ms`
 * lie before or after it, in milliseconds, seconds, minutes, hours or days.
 *
 * \param text   The time.
 * \param ticks  Receives units of 100 ns since 0001-01-01T00:00:00 UTC.
 * \return STTP_ERR_INVALID_ARGUMENT when the text is not a time.
 */
int32_t sttp_time_parse(const char *text,
                        int64_t *ticks);

/**
 * The time as Unix has it, for instance in a `struct timespec`: seconds since 1970 without leap seconds, and
 * nanoseconds after that second. A leap second has the seconds of the second before.
 *
 * \param ticks        Units of 100 ns since 0001-01-01T00:00:00 UTC.
 * \param seconds      Receives the seconds, negative before 1970.
 * \param nanoseconds  Receives the nanoseconds, 0 to 999999900.
 */
int32_t sttp_time_to_unix(int64_t ticks, int64_t *seconds, uint32_t *nanoseconds);

/**
 * The ticks of a time of Unix. Nanoseconds that are no whole ticks are cut.
 *
 * \param seconds      Seconds since 1970 without leap seconds, negative before, as `tv_sec`.
 * \param nanoseconds  Nanoseconds after that second, 0 to 999999999, as `tv_nsec`.
 * \param ticks        Receives units of 100 ns since 0001-01-01T00:00:00 UTC.
 * \return STTP_ERR_INVALID_ARGUMENT when there are more nanoseconds, or the time is not between years 1 and 9999.
 */
int32_t sttp_time_from_unix(int64_t seconds,
                            uint32_t nanoseconds,
                            int64_t *ticks);

/**
 * The time in nanoseconds since 1970. A leap second has those of the second before.
 *
 * \param ticks        Units of 100 ns since 0001-01-01T00:00:00 UTC.
 * \param nanoseconds  Receives the nanoseconds, negative before 1970.
 * \return STTP_ERR_INVALID_ARGUMENT outside the years 1678 to 2262, where 64 bits do not hold them.
 */
int32_t sttp_time_to_unix_nanoseconds(int64_t ticks, int64_t *nanoseconds);

/**
 * The ticks of a time in nanoseconds since 1970, negative before. Nanoseconds that are no whole ticks are cut.
 *
 * \param nanoseconds  The time.
 * \return Units of 100 ns since 0001-01-01T00:00:00 UTC.
 */
int64_t sttp_time_from_unix_nanoseconds(int64_t nanoseconds);

/**
 * Writes a time as ISO 8601 in UTC: `2026-11-21T08:30:00.0333333Z`, with up to seven fraction digits,
 * trailing zeros left out. A leap second is written as second 60.
 *
 * \param ticks   Units of 100 ns since 0001-01-01T00:00:00 UTC.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; STTP_TIME_TEXT_SIZE always suffices.
 * \return STTP_ERR_INVALID_ARGUMENT when the time is after year 9999; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_time_format(int64_t ticks, char *buffer, size_t size);

/**
 * Reads a GUID: `01234567-89ab-cdef-0123-456789abcdef` in any case, also in braces or without hyphens.
 *
 * \param text  The GUID.
 * \param guid  Receives its 16 bytes.
 * \return STTP_ERR_INVALID_ARGUMENT when the text is not a GUID.
 */
int32_t sttp_guid_parse(const char *text, struct sttp_guid *guid);

/**
 * Writes a GUID as `01234567-89ab-cdef-0123-456789abcdef`.
 *
 * \param guid    The GUID.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; STTP_GUID_TEXT_SIZE suffices.
 * \return STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_guid_format(const struct sttp_guid *guid, char *buffer, size_t size);

/**
 * Writes a measurement's value as the shortest decimal text that `strtof`, or `float` of most
 * languages, reads back to the same single-precision number: `60.02`, `-0`, `1.5e-7`, `nan`, `inf`,
 * `-inf`. Numbers below 1e-5 or from 1e16 on have an exponent. The decimal sign is a point in every
 * locale.
 *
 * \param value   The value; rounded to single precision, which is what STTP carries.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; STTP_VALUE_TEXT_SIZE always suffices.
 * \return STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_value_format(double value, char *buffer, size_t size);

/* ==== Leap seconds ====
 * Ticks have marks for them in their two top bits, which STTP carries where a timestamp is sent
 * whole. sttp_datetime2 is the DateTime2 of the STTP design notes, for storing times: it sorts.
 */

/**
 * Bits of ticks that hold the time: units of 100 ns since 0001-01-01T00:00:00 UTC. Mask with it
 * before any arithmetic.
 */
#define STTP_TICKS_VALUE_MASK 0x3FFFFFFFFFFFFFFF

/**
 * Number of the bit of ticks that marks a leap second. Alone: second 60, whose value is as in
 * second 59.
 */
#define STTP_TICKS_LEAP_SECOND_BIT 63

/**
 * Number of the bit of ticks that, beside the one for leap seconds, marks second 58 of a minute
 * without second 59.
 */
#define STTP_TICKS_SECOND_DELETED_BIT 62

/**
 * Flag of sttp_datetime2: this is second 23:59:58, and 23:59:59 is deleted.
 */
#define STTP_DATETIME2_SECOND_DELETED 1

/**
 * A time of UTC that tells leap seconds apart.
 */
typedef struct sttp_datetime2 {
    /**
     * Units of 100 ns since the start of the day; 864,000,000,000 or more, but less than
     * 864,010,000,000, in the inserted leap second 23:59:60.
     */
    uint64_t ticks;
    /**
     * Days since 0001-01-01, at most 4194303.
     */
    uint32_t days;
    /**
     * 0, or STTP_DATETIME2_SECOND_DELETED; bit 1 has no meaning yet.
     */
    uint32_t flags;
} sttp_datetime2;

/**
 * Compares two times in ticks as times: a leap second comes after second 59 and before the next one.
 * (As numbers, ticks with the mark of a leap second are negative.)
 *
 * \param left   Ticks.
 * \param right  Ticks.
 * \return -1 when `left` is earlier, 0 when they are equal, 1 when `left` is later.
 */
int32_t sttp_ticks_compare(int64_t left, int64_t right);

/**
 * Converts ticks to a DateTime2.
 *
 * \param ticks      Units of 100 ns since 0001-01-01T00:00:00 UTC, with the marks of leap seconds.
 * \param datetime2  Receives the time.
 * \return STTP_ERR_INVALID_ARGUMENT when the time is after year 11483, or the mark of an inserted
 *         second is on another second than 23:59:59 UTC.
 */
int32_t sttp_ticks_to_datetime2(int64_t ticks, struct sttp_datetime2 *datetime2);

/**
 * Converts a DateTime2 to ticks. Flag bit 1 is lost.
 *
 * \param datetime2  The time.
 * \param ticks      Receives units of 100 ns since 0001-01-01T00:00:00 UTC, with the marks of leap
 *                   seconds.
 * \return STTP_ERR_INVALID_ARGUMENT when a field is out of range.
 */
int32_t sttp_datetime2_to_ticks(const struct sttp_datetime2 *datetime2, int64_t *ticks);

/**
 * Packs a DateTime2 into 64 bits, from the highest on: 22 of days, 40 of ticks, 2 of flags. Such
 * numbers sort as the times do.
 *
 * \param datetime2  The time.
 * \param packed     Receives the bits.
 * \return STTP_ERR_INVALID_ARGUMENT when a field is out of range.
 */
int32_t sttp_datetime2_pack(const struct sttp_datetime2 *datetime2, uint64_t *packed);

/**
 * Unpacks a DateTime2.
 *
 * \param packed     The bits, as of sttp_datetime2_pack.
 * \param datetime2  Receives the time.
 * \return STTP_ERR_INVALID_ARGUMENT when the ticks are more than a day has.
 */
int32_t sttp_datetime2_unpack(uint64_t packed, struct sttp_datetime2 *datetime2);

/* ==== Latency ==== */

/**
 * How late measurements were: the time by this machine's clock less `timestamp`, in ticks of 100 ns; below 0 when
 * the clock that the timestamp is of is ahead. All 0 without any measurement.
 */
typedef struct sttp_latency {
    /**
     * Measurements that this is of: those with a time.
     */
    uint64_t measurements;
    /**
     * Of the quickest one.
     */
    int64_t minimum;
    /**
     * Mean of all of them.
     */
    int64_t mean;
    /**
     * Of the slowest one.
     */
    int64_t maximum;
} sttp_latency;

/* ==== Callbacks: messages for operators ==== */

/**
 * Something that operators want to know.
 *
 * \param user_data  As registered.
 * \param level      STTP_LOG_ERROR to STTP_LOG_DEBUG.
 * \param message    One sentence without a line end; valid during the call.
 */
typedef void (*sttp_message_fn)(void *user_data, int32_t level, const char *message);

/* ==== What TLS has agreed on with a peer ==== */

/**
 * What was agreed on with a peer by TLS, and who it is by its certificate. Texts are never NULL; those of the
 * certificate are empty for a peer without one.
 */
typedef struct sttp_tls {
    /**
     * The version, as `TLS 1.3`.
     */
    const char *version;
    /**
     * The cipher suite, as `TLS13_AES_256_GCM_SHA384`.
     */
    const char *cipher_suite;
    /**
     * Whom the peer's certificate is of, as `CN=north,O=Utility`; control characters are escaped.
     */
    const char *subject;
    /**
     * Who has made it, written as the subject.
     */
    const char *issuer;
    /**
     * Its SHA-256, as `openssl x509 -fingerprint -sha256` shows it: `9F:86:...`.
     */
    const char *fingerprint;
    /**
     * From when it is valid, in ticks; 0 without a certificate.
     */
    int64_t not_before;
    /**
     * Until when it is valid, in ticks; 0 without a certificate.
     */
    int64_t not_after;
    /**
     * 1 when it is one of the pinned certificates, else 0.
     */
    int32_t pinned;
    /**
     * How many things it lacks that are tolerated; messages have told them.
     */
    uint32_t tolerated;
} sttp_tls;

/**
 * Is told what was agreed on by TLS.
 *
 * \param user_data  As given.
 * \param tls        What was agreed on, with its texts valid during the call.
 */
typedef void (*sttp_tls_fn)(void *user_data, const struct sttp_tls *tls);

/* ==== Operational modes: how both sides of a connection speak ==== */

/**
 * Texts are UTF-16, little-endian.
 */
#define STTP_ENCODING_UTF16_LE 0

/**
 * Texts are UTF-16, big-endian.
 */
#define STTP_ENCODING_UTF16_BE 1

/**
 * Texts are UTF-8.
 */
#define STTP_ENCODING_UTF8 2

/* ==== Certificates: a pair of certificate and private key for a first try of TLS ====
 * TLS itself is a setting of publishers and subscribers: `securityMode=TLS` and what goes with it, in connection
 * strings. docs/security.md tells which certificates are taken.
 */

/**
 * Makes a self-signed certificate and its private key (ECDSA on P-256), and writes both as PEM to files that do not
 * exist yet. The certificate is for both sides of TLS, and goes to the peers, who pin it (`remoteCertificate`); the
 * key can be read by its owner only, and stays.
 *
 * \param name         Whom the certificate is of: its common name, as `North gateway`.
 * \param hosts        Host names and IP addresses under which it is reached, with commas between them; NULL for none.
 *                     Where the certificate is pinned they do not matter.
 * \param days         How long it is valid, 1 or more.
 * \param certificate  File for the certificate.
 * \param private_key  File for the key.
 * \return STTP_ERR_INVALID_ARGUMENT when there can be no such certificate; STTP_ERR_IO when a file exists already, or
 *         cannot be written.
 * *Blocks*: for some milliseconds, and for the files.
 */
int32_t sttp_make_certificate(const char *name,
                              const char *hosts,
                              uint32_t days,
                              const char *certificate,
                              const char *private_key);

/* ==== Engines: what subscribers and publishers run on ====
 * Programs that are content with one thread of the library for everything need none of these: NULL in the
 * place of an engine means the process's shared one.
 *
 * An engine made by sttp_engine_new has a thread, on which the callbacks of its handles are called; one made by
 * sttp_engine_new_threads has several, on which callbacks of different handles may run at the same time. One made
 * by sttp_engine_new_polled has none: callbacks come during the program's own calls of sttp_engine_poll. Handles
 * keep their engine alive: free them in any order.
 *
 *
 * static int run_for_a_while(sttp_engine *engine) {
 *     for (int rounds = 0; rounds < 1000; rounds++) {
 *         if (sttp_engine_poll(engine, 10) != STTP_OK) {
 *             fprintf(stderr, "%s\n", sttp_last_error());
 *             return 1;
 *         }
 *     }
 *     return 0;
 * }
 *
 */

/**
 * Makes an engine with a thread of its own, for programs that want to separate slow handles from fast
 * ones.
 *
 * \param engine  Receives the engine.
 * \return STTP_ERR_IO when the system has no thread or descriptor left.
 */
int32_t sttp_engine_new(struct sttp_engine **engine);

/**
 * Makes an engine with several threads of its own, for more connections than one core can serve.
 *
 * A subscriber runs on the one of them that had the least to do when it was made; its callbacks are
 * called there. A publisher spreads the connections that it accepts over all of them and encodes what
 * it publishes once for each distinct subscription and thread; its callbacks are all called on one.
 * Each connection gets everything in order. Callbacks of different handles may run at the same time.
 * Where multicast is allowed (STTP_SETTING_ALLOW_MULTICAST), one thread serves all connections of the
 * publisher.
 *
 * \param threads  How many, 1 to 256; as many as cores that are to work for it.
 * \param engine   Receives the engine.
 * \return STTP_ERR_INVALID_ARGUMENT when there cannot be so many threads; STTP_ERR_IO when the system
 *         has no thread or descriptor left.
 */
int32_t sttp_engine_new_threads(int32_t threads, struct sttp_engine **engine);

/**
 * Makes an engine without a thread: it works, and calls callbacks, only in sttp_engine_poll.
 *
 * \param engine  Receives the engine.
 * \return STTP_ERR_IO when the system has no descriptor left.
 */
int32_t sttp_engine_new_polled(struct sttp_engine **engine);

/**
 * Does the work that is due, and calls its callbacks, on the calling thread; waits for work when none
 * is due.
 *
 * \param engine      An engine of sttp_engine_new_polled.
 * \param timeout_ms  How long to wait for work, in milliseconds: -1 for ever, 0 not at all.
 * \return STTP_OK, also when there was nothing to do; STTP_ERR_INVALID_ARGUMENT when `timeout_ms` is
 *         below -1; STTP_ERR_INVALID_STATE when the engine has a thread of its own or another thread
 *         polls it; STTP_ERR_WOULD_BLOCK from inside one of its callbacks; STTP_ERR_IO when the system
 *         cannot wait for events.
 * *Thread*: any, one at a time.
 * *Blocks*: until there was work, at most for the time-out.
 * *From a callback*: STTP_ERR_WOULD_BLOCK when the callback is of this engine.
 * *Ownership*: A callback may free the engine.
 */
int32_t sttp_engine_poll(struct sttp_engine *engine, int32_t timeout_ms);

/**
 * A descriptor that becomes readable when sttp_engine_poll has work, for a program's own poll, epoll
 * or event loop. Work also becomes due by time: see sttp_engine_next_timeout.
 *
 * \param engine      An engine of sttp_engine_new_polled.
 * \param descriptor  Receives the file descriptor.
 * \return STTP_ERR_INVALID_STATE on systems without such descriptors (Windows).
 * *Ownership*: the descriptor is the engine's: only wait on it, and no longer than the engine lives.
 */
int32_t sttp_engine_descriptor(const struct sttp_engine *engine, int32_t *descriptor);

/**
 * How long a program's own event loop may wait for the descriptor before it must call sttp_engine_poll
 * again.
 *
 * \param engine      An engine of sttp_engine_new_polled.
 * \param timeout_ms  Receives milliseconds, rounded up; -1 when nothing becomes due by time.
 * *Thread*: any. What other threads ask of the engine afterwards makes the descriptor readable.
 */
int32_t sttp_engine_next_timeout(const struct sttp_engine *engine, int32_t *timeout_ms);

/**
 * Frees an engine. Subscribers and publishers on it go on working, unless it is a polled one that
 * nobody can poll any more; its thread ends after the last of them was freed.
 */
void sttp_engine_free(struct sttp_engine *engine);

/* ==== Settings: all that subscribers, publishers and gateways can be told ====
 * Each has a key, STTP_SETTING_..., and a value that is a text, as in connection strings: `true`, `2.5`, `dropOldest`.
 * sttp_subscriber_set and sttp_publisher_set set one, sttp_subscriber_configure and sttp_publisher_configure any
 * number. The functions here list the table, for those who write bindings, help texts and editors.
 */

/**
 * Subscribers and publishers: Whom to connect to, host:port; a publisher may have several, with
 * commas between them.
 * The port may stand beside it. Without a server, the port is to listen on.
 * Value: host:port.
 */
#define STTP_SETTING_SERVER "server"

/**
 * Subscribers and publishers: Port of a server that is written without one, else the port to listen
 * on; 0 takes any free one.
 * Value: a port, 0 to 65535.
 *
 * C37.118 outputs: TCP port to listen on for clients, 0 for any free one; empty for none.
 * Value: a port, 0 to 65535.
 */
#define STTP_SETTING_PORT "port"

/**
 * Subscribers and publishers: Address to listen on; without it all of this machine. With a server,
 * 0.0.0.0 and :: are understood.
 * Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.
 *
 * C37.118 outputs: Address of this machine to listen on and to send from; without it all of them.
 * Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.
 */
#define STTP_SETTING_INTERFACE "interface"

/**
 * Subscribers and publishers and C37.118 outputs: Addresses from which one may connect; empty for
 * all.
 * As 192.0.2.7, 10.0.0.0/8 or fd00::/8. Connections that are made, not accepted, are not concerned,
 * nor are those that stand.
 * Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between them.
 */
#define STTP_SETTING_ALLOWED_ADDRESSES "allowedAddresses"

/**
 * Subscribers and publishers and C37.118 outputs: Addresses from which nobody may connect, also where
 * they are among the allowed ones.
 * Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between them.
 */
#define STTP_SETTING_DENIED_ADDRESSES "deniedAddresses"

/**
 * Subscribers and publishers and block links: How the TCP connections are secured: not at all, or by
 * TLS with certificates of both sides.
 * The side that connects is the TLS client, whichever of them publishes. docs/security.md tells which
 * certificates are taken. Of a block link, TLS is the same as linkEncryption=required.
 * Value: None or TLS. Default: None.
 */
#define STTP_SETTING_SECURITY_MODE "securityMode"

/**
 * Subscribers and publishers and block links: The own certificate, PEM or DER; in PEM, those of its
 * authorities may follow.
 * Who listens needs one, and so does who connects to a peer that wants one, as all of GSF do.
 * Value: a file.
 */
#define STTP_SETTING_LOCAL_CERTIFICATE "localCertificate"

/**
 * Subscribers and publishers and block links: The key of the own certificate, PKCS#8 without a pass
 * phrase; empty when it is in the same file.
 * Value: a file.
 */
#define STTP_SETTING_LOCAL_PRIVATE_KEY "localPrivateKey"

/**
 * Subscribers and publishers and block links: Certificates of peers that are trusted as they are, PEM
 * or DER.
 * Several, to rotate one. Of folders, all files ending in .cer, .crt, .der and .pem count.
 * Value: files or folders, with commas between them.
 */
#define STTP_SETTING_REMOTE_CERTIFICATE "remoteCertificate"

/**
 * Subscribers and publishers and block links: Certificates of authorities: peers whose certificates
 * they have issued are trusted.
 * Value: files or folders, with commas between them.
 */
#define STTP_SETTING_CERTIFICATE_AUTHORITIES "certificateAuthorities"

/**
 * Subscribers and publishers and block links: Revocation lists (CRLs) of the authorities.
 * Each certificate of a chain then needs a current one of its issuer.
 * Value: files or folders, with commas between them.
 */
#define STTP_SETTING_REVOCATION_LISTS "revocationLists"

/**
 * Subscribers and publishers and block links: What is tolerated of a peer's certificate.
 * RemoteCertificateNameMismatch: it is for another host. RemoteCertificateNotAvailable: a client has
 * none. RemoteCertificateChainErrors: what validChainFlags names.
 * Value: words with commas between them.
 */
#define STTP_SETTING_VALID_POLICY_ERRORS "validPolicyErrors"

/**
 * Subscribers and publishers and block links: What is tolerated of its chain, with
 * validPolicyErrors=RemoteCertificateChainErrors.
 * NotTimeValid: it has expired, or is not valid yet. UntrustedRoot or PartialChain: no trusted
 * authority stands behind it, so that anybody is let in, unless certificates are pinned.
 * RevocationStatusUnknown or OfflineRevocation: no current revocation list tells of it.
 * Value: words with commas between them.
 */
#define STTP_SETTING_VALID_CHAIN_FLAGS "validChainFlags"

/**
 * Subscribers and publishers and block links: The oldest version of TLS that is spoken.
 * Value: 1.2 or 1.3. Default: 1.2.
 */
#define STTP_SETTING_MINIMUM_TLS_VERSION "minimumTlsVersion"

/**
 * Subscribers and publishers and block links: A handshake of TLS that is not done by then ends the
 * connection.
 * Value: seconds, 0.1 or more. Default: 10.
 */
#define STTP_SETTING_HANDSHAKE_TIMEOUT "handshakeTimeout"

/**
 * Subscribers and publishers and block links: Handshakes of those who connect that are under way at a
 * time.
 * Some 50 KB each. They take no more than an eighth of the descriptors that the process may have.
 * When another one begins, the address that has most of them loses its oldest.
 * Value: handshakes, 1 to 16384. Default: 512.
 */
#define STTP_SETTING_MAX_HANDSHAKES "maxHandshakes"

/**
 * Subscribers and publishers and block links: Certificates that expire within so long are told, once
 * a day.
 * Value: seconds. Default: 2592000.
 */
#define STTP_SETTING_CERTIFICATE_EXPIRY_WARNING "certificateExpiryWarning"

/**
 * Subscribers: Protocol version.
 * Every publisher speaks version 2.
 * Value: a version, 1 to 3. Default: 2. Also: protocolVersion.
 */
#define STTP_SETTING_VERSION "version"

/**
 * Subscribers and publishers and C37.118 inputs and block links: Connect again when a connection is
 * lost or cannot be made.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_AUTO_RECONNECT "autoReconnect"

/**
 * Subscribers and publishers and C37.118 inputs and block links: Before the first attempt to connect
 * again; doubles from attempt to attempt.
 * Each delay is shortened by a random part of up to a half, so that many clients of a restarted peer
 * do not come back all at once.
 * Value: milliseconds, 1 to 4294967295. Default: 1000.
 */
#define STTP_SETTING_RETRY_INTERVAL "retryInterval"

/**
 * Subscribers and publishers and C37.118 inputs and block links: Longest time between two attempts.
 * Value: milliseconds, 1 to 4294967295. Default: 30000.
 */
#define STTP_SETTING_MAX_RETRY_INTERVAL "maxRetryInterval"

/**
 * Subscribers and publishers and C37.118 inputs and block links: Attempts in a row before giving up.
 * The typed setting has 0 for never.
 * Value: attempts, 1 or more, or -1 to never give up. Default: -1.
 */
#define STTP_SETTING_MAX_RETRIES "maxRetries"

/**
 * Subscribers: A connection without any byte for so long, 6 at least, is lost; 0 for never.
 * Publishers that have nothing else to send send a keep-alive every five seconds: in less time than
 * that an idle connection cannot be told from a lost one. With TLS bytes of a record in part count,
 * too.
 * Value: seconds. Default: 20.
 */
#define STTP_SETTING_DATA_LOSS_INTERVAL "dataLossInterval"

/**
 * Subscribers: How long the publisher may take to answer, and the rest of a record of TLS to arrive.
 * Answered are requests for metadata, subscriptions, and operational modes of version 3. Then the
 * connection is given up, and made again as after any other loss. An answer underway may take longer,
 * while 1 KiB of it arrives in that time.
 * Value: seconds, 1 or more. Default: 60.
 *
 * C37.118 inputs: How long an answer may take.
 * Then the question is asked again, in the other form where there is one.
 * Value: seconds, 0.01 or more. Default: 5.
 */
#define STTP_SETTING_ANSWER_TIMEOUT "answerTimeout"

/**
 * Subscribers: Largest message that is accepted.
 * A larger one ends the connection.
 * Value: bytes, 65536 or more. Default: 134217728.
 */
#define STTP_SETTING_MAX_FRAME_SIZE "maxFrameSize"

/**
 * Subscribers: Largest metadata that are accepted, after decompression.
 * A thousand bytes for each signal, roughly. Larger ones are told as a failure of their request.
 * Value: bytes, 65536 or more. Default: 536870912.
 */
#define STTP_SETTING_MAX_METADATA_SIZE "maxMetadataSize"

/**
 * Subscribers: Measurements that are kept to be read, in place of callbacks; 0 for callbacks.
 * While so many wait, nothing is received: the publisher decides what it does with a slow subscriber.
 * Each takes 40 bytes.
 * Value: measurements, 0 or more. Default: 0.
 */
#define STTP_SETTING_READ_QUEUE "readQueue"

/**
 * Subscribers: Compressed measurements (TSSC); those by UDP never are.
 * Value: true or false. Default: true. Also: compressPayloadData.
 */
#define STTP_SETTING_COMPRESSION "compression"

/**
 * Subscribers: Compressed metadata (GZip).
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_COMPRESS_METADATA "compressMetadata"

/**
 * Subscribers: Compressed signal index caches, the lists of subscribed signals (GZip).
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_COMPRESS_SIGNAL_INDEX_CACHE "compressSignalIndexCache"

/**
 * Subscribers: Request the metadata on each connection.
 * That is done before the subscription.
 * Value: true or false. Default: true. Also: autoSynchronizeMetadata.
 */
#define STTP_SETTING_SYNCHRONIZE_METADATA "synchronizeMetadata"

/**
 * Subscribers: Filter statements for that request, with semicolons between them; empty for
 * everything.
 * As `FILTER MeasurementDetail WHERE SignalAcronym = 'FREQ'`.
 * Value: filter statements.
 */
#define STTP_SETTING_METADATA_FILTERS "metadataFilters"

/**
 * Subscribers: Metadata of the publisher's own devices.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_RECEIVE_INTERNAL_METADATA "receiveInternalMetadata"

/**
 * Subscribers: Metadata of devices that the publisher has from others.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_RECEIVE_EXTERNAL_METADATA "receiveExternalMetadata"

/**
 * Subscribers: Request the metadata and subscribe again when the publisher's configuration changes.
 * So that signals which the filter now selects come too. The metadata are requested if that is also
 * done on each connection. The application is told of the change all the same.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_FOLLOW_CONFIGURATION "followConfiguration"

/**
 * Subscribers: Measurements by UDP: keys in braces, or just a port.
 * Only datagrams from the publisher's address are taken, by a socket that is open while there is a
 * subscription.
 * Value: keys in braces: port, multicastGroup, interface, receiveBufferSize.
 */
#define STTP_SETTING_DATA_CHANNEL "dataChannel"

/**
 * Subscribers: Local UDP port, 0 for any free one; empty for TCP.
 * Measurements by UDP are never compressed. A publisher that cannot sends them by TCP, or refuses the
 * subscription.
 * Value: a port, 0 to 65535. Also: localport.
 */
#define STTP_SETTING_DATA_CHANNEL_PORT "dataChannel.port"

/**
 * Subscribers: Group that shares the measurements; empty for none.
 * An extension that the publisher must have too. All subscribers of a group and port have the same
 * filter and options.
 * Value: an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on.
 */
#define STTP_SETTING_DATA_CHANNEL_MULTICAST_GROUP "dataChannel.multicastGroup"

/**
 * Subscribers: Where to join the group, or the address of this machine where datagrams arrive.
 * Without it, or with 0.0.0.0 or ::, the one that the publisher is connected with.
 * Value: an address of this machine; for a group, an IPv4 address or the number of an interface.
 */
#define STTP_SETTING_DATA_CHANNEL_INTERFACE "dataChannel.interface"

/**
 * Subscribers: Bytes of datagrams that the system keeps; 0 for as many as the subscription needs.
 * The system may have a limit. When it gives less, that is told.
 * Value: bytes, 0 or more. Default: 0. Also: bufferSize.
 */
#define STTP_SETTING_DATA_CHANNEL_RECEIVE_BUFFER_SIZE "dataChannel.receiveBufferSize"

/**
 * Subscribers: Fetch what was missed while a connection was lost.
 * Value: keys in braces: enabled, recoveryStartDelay, dataMonitoringInterval, minimumRecoverySpan,
 * maximumRecoverySpan, startRecoveryBuffer, endRecoveryBuffer, recoveryProcessingInterval.
 */
#define STTP_SETTING_DATA_GAP_RECOVERY "dataGapRecovery"

/**
 * Subscribers: Recover at all.
 * What was missed while the connection was lost is fetched by temporal subscriptions on a second
 * connection. That needs times in the measurements, and a publisher with historical data; it is not
 * done where the publisher connects.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_DATA_GAP_RECOVERY_ENABLED "dataGapRecovery.enabled"

/**
 * Subscribers: Wait so long after measurements flow again.
 * The publisher's archive may be behind.
 * Value: seconds. Default: 20.
 */
#define STTP_SETTING_DATA_GAP_RECOVERY_RECOVERY_START_DELAY "dataGapRecovery.recoveryStartDelay"

/**
 * Subscribers: A recovery that gets nothing for so long is given up.
 * Value: seconds, 0.1 or more. Default: 10.
 */
#define STTP_SETTING_DATA_GAP_RECOVERY_DATA_MONITORING_INTERVAL "dataGapRecovery.dataMonitoringInterval"

/**
 * Subscribers: Shorter gaps are not recovered.
 * Value: seconds. Default: 0.
 */
#define STTP_SETTING_DATA_GAP_RECOVERY_MINIMUM_RECOVERY_SPAN "dataGapRecovery.minimumRecoverySpan"

/**
 * Subscribers: Longer gaps are not recovered.
 * Value: seconds. Default: 864000.
 */
#define STTP_SETTING_DATA_GAP_RECOVERY_MAXIMUM_RECOVERY_SPAN "dataGapRecovery.maximumRecoverySpan"

/**
 * Subscribers: From so long before the gap, a number that is not positive.
 * Clocks and delays of signals differ. The typed setting is the span, without a sign.
 * Value: seconds, 0 or less. Default: -20.
 */
#define STTP_SETTING_DATA_GAP_RECOVERY_START_RECOVERY_BUFFER "dataGapRecovery.startRecoveryBuffer"

/**
 * Subscribers: Until so long after the gap.
 * Value: seconds. Default: 10.
 */
#define STTP_SETTING_DATA_GAP_RECOVERY_END_RECOVERY_BUFFER "dataGapRecovery.endRecoveryBuffer"

/**
 * Subscribers: Pace, for each step; 0 as fast as possible, -1 as the publisher likes.
 * Value: milliseconds, -1 to 2147483647. Default: 0.
 */
#define STTP_SETTING_DATA_GAP_RECOVERY_RECOVERY_PROCESSING_INTERVAL "dataGapRecovery.recoveryProcessingInterval"

/**
 * Subscribers: File that remembers over the end of the program what is still missing; empty for none.
 * A later run of the program recovers it, the time in between included. A run that ended without
 * notice may repeat what was delivered in its last five seconds; one that waits until it is
 * disconnected repeats nothing. The file has a line `start;stop` for each gap; a missing stop means
 * until now. A third field names signals whose clock differs. No other subscriber may use it. A file
 * that cannot be used is told as a message.
 * Value: a file.
 */
#define STTP_SETTING_OUTAGE_LOG "outageLog"

/**
 * Subscribers: Measure how late measurements arrive.
 * At the cost of a look at the clock for each packet.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_LATENCY_STATISTICS "latencyStatistics"

/**
 * Subscribers: Count the measurements of each signal.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_SIGNAL_STATISTICS "signalStatistics"

/**
 * Subscribers: Length of the intervals that rates and latencies are of.
 * Value: seconds, 0.01 or more. Default: 1.
 */
#define STTP_SETTING_STATISTICS_INTERVAL "statisticsInterval"

/**
 * Subscribers: compressMetadata and compressSignalIndexCache together.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_GZIP "gzip"

/**
 * Subscribers: TSSC for compression, GZip for gzip, both with a comma, or None.
 * Value: None, GZip or TSSC, or both with a comma. Default: GZip, TSSC.
 */
#define STTP_SETTING_COMPRESSION_MODES "compressionModes"

/**
 * Subscribers: What to subscribe: filter statements, measurement keys, signal IDs, point tags.
 * Value: a filter expression. Also: outputMeasurements, inputMeasurementKeys.
 *
 * C37.118 outputs: Filter statements or signals that say what is sent, in place of devices.
 * Value: filter statements, or signals.
 */
#define STTP_SETTING_FILTER_EXPRESSION "filterExpression"

/**
 * Subscribers: Only the latest value of each signal, once per publishInterval.
 * Each interval brings all signals that ever had a value, also those that did not change.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_THROTTLED "throttled"

/**
 * Subscribers: Interval of a throttled subscription; 0 leaves it to the publisher.
 * That is lagTime then, or a second if that has its default value. A libsttp publisher takes at least
 * 0.01 and at most a day.
 * Value: seconds. Default: 1.
 */
#define STTP_SETTING_PUBLISH_INTERVAL "publishInterval"

/**
 * Subscribers: Measurements with their times.
 * Without times, each takes fewer bytes and has timestamp 0. Compressed measurements (TSSC) always
 * have times.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_INCLUDE_TIME "includeTime"

/**
 * Subscribers: Mark times outside lagTime and leadTime.
 * A publisher that checks marks measurements of throttled subscriptions that are older or newer with
 * a bad time; some implementations also replace their values by NaN. Times that are not reasonable
 * are no source of base times either.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_ENABLE_TIME_REASONABILITY_CHECK "enableTimeReasonabilityCheck"

/**
 * Subscribers: How far in the past a time is reasonable.
 * Value: seconds, 0.001 or more. Default: 10.
 *
 * C37.118 outputs: How long a frame waits for the measurements of its time.
 * Value: seconds, 0.001 or more. Default: 3.
 */
#define STTP_SETTING_LAG_TIME "lagTime"

/**
 * Subscribers: How far in the future a time is reasonable.
 * Value: seconds, 0.001 or more. Default: 5.
 *
 * C37.118 outputs: How far ahead of this machine's clock the time of a measurement may be.
 * Value: seconds. Default: 1.
 */
#define STTP_SETTING_LEAD_TIME "leadTime"

/**
 * Subscribers: Base times from the publisher's clock.
 * Rather than from the newest measurement. Matters only to a publisher that uses base times.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_USE_LOCAL_CLOCK_AS_REAL_TIME "useLocalClockAsRealTime"

/**
 * Subscribers: Times of whole milliseconds where that saves bytes.
 * In measurements that are not compressed (TSSC), from a publisher that uses base times. Parts of a
 * millisecond are cut off then.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_USE_MILLISECOND_RESOLUTION "useMillisecondResolution"

/**
 * Subscribers: Without measurements that are not a number.
 * A publisher may forbid or force that.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_REQUEST_NAN_VALUE_FILTER "requestNaNValueFilter"

/**
 * Subscribers: First time of historical data; empty for live data.
 * It is sent as every publisher reads it: relative in whole seconds, minutes, hours or days, else as
 * the time that it means when it is asked for.
 * Value: a time: *, *-20m, 2026-01-31 08:30:00.
 */
#define STTP_SETTING_START_TIME_CONSTRAINT "startTimeConstraint"

/**
 * Subscribers: Last time of historical data; empty for no end.
 * It is sent as startTimeConstraint is.
 * Value: a time: *, *-20m, 2026-01-31 08:30:00.
 */
#define STTP_SETTING_STOP_TIME_CONSTRAINT "stopTimeConstraint"

/**
 * Subscribers: Text for the source of historical data.
 * Value: a text.
 */
#define STTP_SETTING_TIME_CONSTRAINT_PARAMETERS "timeConstraintParameters"

/**
 * Subscribers: Pace of historical data, for each step; 0 as fast as possible, -1 as the publisher
 * likes.
 * Value: milliseconds, -1 to 2147483647. Default: -1.
 */
#define STTP_SETTING_PROCESSING_INTERVAL "processingInterval"

/**
 * Subscribers: Buffer blocks come again when not confirmed for so long; 0 leaves it to the publisher.
 * Value: seconds. Default: 0.
 *
 * Publishers: Buffer blocks are sent again when not confirmed for so long.
 * Unless a subscriber asks for another time.
 * Value: seconds, 0.1 or more. Default: 5.
 */
#define STTP_SETTING_BUFFER_BLOCK_RETRANSMISSION_TIMEOUT "bufferBlockRetransmissionTimeout"

/**
 * Subscribers: Who subscribes, for the publisher's display.
 * Value: keys in braces: source, version, updatedOn.
 */
#define STTP_SETTING_ASSEMBLY_INFO "assemblyInfo"

/**
 * Subscribers: Name of the program.
 * Value: a text.
 */
#define STTP_SETTING_ASSEMBLY_INFO_SOURCE "assemblyInfo.source"

/**
 * Subscribers: Its version.
 * Value: a text.
 */
#define STTP_SETTING_ASSEMBLY_INFO_VERSION "assemblyInfo.version"

/**
 * Subscribers: Date of that version.
 * Value: a text.
 */
#define STTP_SETTING_ASSEMBLY_INFO_UPDATED_ON "assemblyInfo.updatedOn"

/**
 * Subscribers: Parameters of the subscription that only the publisher knows: keys in braces.
 * Value: keys in braces. Also: extraConnectionStringParameters.
 */
#define STTP_SETTING_EXTRA_PARAMETERS "extraParameters"

/**
 * Subscribers and publishers: server, port and interface, where other implementations have them.
 * Value: keys in braces: server, port, interface.
 */
#define STTP_SETTING_COMMAND_CHANNEL "commandChannel"

/**
 * Subscribers and publishers: Whom to connect to, host:port; a publisher may have several, with
 * commas between them.
 * The port may stand beside it. Without a server, the port is to listen on.
 * Value: host:port.
 */
#define STTP_SETTING_COMMAND_CHANNEL_SERVER "commandChannel.server"

/**
 * Subscribers and publishers: Port of a server that is written without one, else the port to listen
 * on; 0 takes any free one.
 * Value: a port, 0 to 65535.
 */
#define STTP_SETTING_COMMAND_CHANNEL_PORT "commandChannel.port"

/**
 * Subscribers and publishers: Address to listen on; without it all of this machine. With a server,
 * 0.0.0.0 and :: are understood.
 * Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.
 */
#define STTP_SETTING_COMMAND_CHANNEL_INTERFACE "commandChannel.interface"

/**
 * Publishers: A file that says which subscribers are let in, and what each may.
 * docs/security.md tells how it is written. It is read again when it changes. Without it, everybody
 * who is let in may everything.
 * Value: a file.
 */
#define STTP_SETTING_RIGHTS_FILE "rightsFile"

/**
 * Publishers: ID of this publisher; empty for none.
 * The metadata that it publishes have it where a device has no NodeID, and ActiveMeasurements as
 * SourceNodeID: subscribers of several publishers tell them apart by it. It should stay the same from
 * run to run.
 * Value: a GUID, as 12345678-9abc-def0-1234-56789abcdef0.
 */
#define STTP_SETTING_NODE_ID "nodeId"

/**
 * Publishers: Subscribers get the metadata that they ask for.
 * Else they are refused, and get measurements all the same.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_ALLOW_METADATA_REFRESH "allowMetadataRefresh"

/**
 * Publishers: Connections that are accepted at a time; 0 for no limit.
 * More are refused. Unless it is 0, connections take no more than three quarters of the descriptors
 * that the process may have (`ulimit -n`), so that some are left to the program.
 * Value: connections, 0 to 4294967295. Default: 10000. Also: maxClientConnections.
 */
#define STTP_SETTING_MAX_CONNECTIONS "maxConnections"

/**
 * Publishers: So many of the maxConnections, the last ones, are only for subscribers that are known.
 * Those of the rights, those with a certificate, and those that the program has let in. However many
 * strangers connect, these get a place.
 * Value: connections, 0 to 4294967295. Default: 0.
 */
#define STTP_SETTING_KEPT_CONNECTIONS "keptConnections"

/**
 * Publishers: Connections that are accepted at a time from one address; 0 for no limit.
 * More are refused, so that one machine, or those behind one router, cannot take all connections.
 * IPv6 addresses of one /64 network count as one. Where the descriptors of the process bound the
 * connections, one address has half of them at most, unless this is 0.
 * Value: connections, 0 to 4294967295. Default: 2000.
 */
#define STTP_SETTING_MAX_CONNECTIONS_PER_ADDRESS "maxConnectionsPerAddress"

/**
 * Publishers: Measurements that may wait to be sent on each connection.
 * Metadata and other answers are not counted; where publishing waits for slow subscribers, the last
 * packets may go beyond it.
 * Value: bytes, 65536 or more. Default: 8388608.
 */
#define STTP_SETTING_SEND_QUEUE_LIMIT "sendQueueLimit"

/**
 * Publishers: Measurements that have waited so long for the engine are dropped.
 * The oldest first, and counted; it does not keep up then. Not where publishing waits for slow
 * subscribers.
 * Value: seconds, 0.1 or more. Default: 5.
 */
#define STTP_SETTING_LONGEST_BACKLOG "longestBacklog"

/**
 * Publishers: Measurements that may wait for the engine.
 * More are dropped, the oldest first, and counted. Each takes 24 bytes. Not where publishing waits
 * for slow subscribers: there fewer wait.
 * Value: measurements, 65536 or more. Default: 1048576.
 */
#define STTP_SETTING_MAX_BACKLOG "maxBacklog"

/**
 * Publishers: Threads that publish may send to a few subscribers themselves, which saves waking the
 * engine.
 * That saves some 30 to 70 microseconds, and the call that publishes takes that much longer. It is
 * done only where it holds up nobody: on an engine with one thread of its own, for up to 4
 * connections, 4096 measurements and a thousand calls a second, and as long as every subscriber keeps
 * up; all else is left to the engine. Callbacks are never called by a thread that publishes.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_DIRECT_SENDING "directSending"

/**
 * Publishers: What happens to a subscriber that is too slow.
 * dropOldest: measurements that wait to be sent to it are dropped, and counted; newer ones follow.
 * disconnect: it is disconnected. wait: nothing is lost, publishing waits for it.
 * Value: dropOldest, disconnect or wait. Default: dropOldest.
 */
#define STTP_SETTING_OVERFLOW "overflow"

/**
 * Publishers: With overflow=wait: a subscriber that takes nothing for so long is disconnected; 0 for
 * never.
 * So that it cannot stop all others. Those who take nothing for some seconds are named in messages.
 * Value: seconds. Default: 30.
 */
#define STTP_SETTING_OVERFLOW_WAIT_TIMEOUT "overflowWaitTimeout"

/**
 * Publishers: Subscribers may have measurements that are not a number left out.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_ALLOW_NAN_VALUE_FILTER "allowNaNValueFilter"

/**
 * Publishers: Measurements that are not a number are left out for all.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_FORCE_NAN_VALUE_FILTER "forceNaNValueFilter"

/**
 * Publishers: Shorter times, as offsets from base times, in measurements that are not compressed.
 * 4 bytes, or 2 for subscribers that ask for millisecond resolution, in place of 8. Historical data,
 * and what goes by UDP, always have 8-byte times. By the rules of the protocol two base times take
 * turns, after 7 minutes, or after one for millisecond resolution. One implementation's subscriber
 * (sttpapi with NumPy 2) breaks its connection when the second comes into use; all others that are
 * known understand both.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_USE_BASE_TIME_OFFSETS "useBaseTimeOffsets"

/**
 * Publishers: Measurements that are encrypted: none, those by UDP, or all.
 * With AES-256 in CBC mode. The keys go to each subscriber by TCP in the clear: unless that
 * connection is protected (TLS), this hides measurements only from those who do not see it; and
 * nothing protects them from being changed. Only subscribers of this library and of the reference
 * implementation (GSF) can decrypt; for others leave it off.
 * Value: false, udp or true. Default: false.
 */
#define STTP_SETTING_ENCRYPT_PAYLOAD "encryptPayload"

/**
 * Publishers: Subscribers get new keys after so long.
 * Value: milliseconds, 1000 to 4294967295. Default: 60000.
 */
#define STTP_SETTING_CIPHER_KEY_ROTATION_PERIOD "cipherKeyRotationPeriod"

/**
 * Publishers: Subscribers may have measurements by UDP.
 * Else they are refused when they ask for it.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_ALLOW_UDP "allowUdp"

/**
 * Publishers: Largest datagram.
 * Datagrams that do not fit what the network carries in one piece are lost more often. A single
 * buffer block may be larger.
 * Value: bytes, 256 to 32768. Default: 1400.
 */
#define STTP_SETTING_DATAGRAM_SIZE "datagramSize"

/**
 * Publishers: Subscribers may have measurements by multicast.
 * An extension of this library. The first member of a group and port decides what it carries; those
 * who ask for something else are refused. Measurements for a group are never encrypted. On an engine
 * with several threads, one of them serves all connections that are made while this is set.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_ALLOW_MULTICAST "allowMulticast"

/**
 * Publishers: With securityMode=TLS, measurements by UDP may go unencrypted.
 * Datagrams go beside the TLS session. Without this, encryptPayload=false is udp there.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_ALLOW_CLEAR_UDP "allowClearUdp"

/**
 * Publishers and C37.118 outputs and block links: How many routers datagrams for groups may pass; 1
 * keeps them in the local network.
 * Value: routers, 1 to 255. Default: 1.
 */
#define STTP_SETTING_MULTICAST_TTL "multicastTtl"

/**
 * Publishers: Largest command that is accepted.
 * 37 bytes for each signal ID of a list. Who announces a larger one is told so and disconnected.
 * Value: bytes, 8192 to 67108864. Default: 4194304.
 */
#define STTP_SETTING_MAX_COMMAND_SIZE "maxCommandSize"

/**
 * Publishers: Commands, and records of TLS, that have arrived in part, of all connections together.
 * Who sends more is told so and disconnected.
 * Value: bytes, 65536 or more. Default: 67108864.
 */
#define STTP_SETTING_MAX_UNFINISHED_COMMANDS "maxUnfinishedCommands"

/**
 * Publishers: How long the rest of a command, or of a record of TLS, may take to arrive.
 * Then its subscriber is disconnected.
 * Value: seconds, 1 or more. Default: 30.
 */
#define STTP_SETTING_COMMAND_TIMEOUT "commandTimeout"

/**
 * Publishers: How long a new connection may take to tell its operational modes.
 * Then it is disconnected.
 * Value: seconds, 1 or more. Default: 30.
 */
#define STTP_SETTING_MODES_TIMEOUT "modesTimeout"

/**
 * Publishers: How long a stranger may stay connected without ever subscribing; 0 for as long as it
 * likes.
 * Then it is told so and disconnected. Strangers are those who have connected by themselves, without
 * a certificate, and are none of the subscribers of the rights file.
 * Value: seconds. Default: 3600.
 *
 * C37.118 outputs: A client that receives no data and asks for nothing for so long is disconnected; 0
 * for never.
 * Value: seconds. Default: 600.
 */
#define STTP_SETTING_IDLE_TIMEOUT "idleTimeout"

/**
 * Publishers: How long a subscriber may leave its answers unread.
 * While answers of some size wait for it, what it asks for waits too; if it takes nothing for so
 * long, it is disconnected.
 * Value: seconds, 1 or more. Default: 60.
 *
 * C37.118 outputs: A client by TCP that takes nothing of what waits for it for so long is
 * disconnected.
 * Value: seconds, 0.1 or more. Default: 30.
 */
#define STTP_SETTING_UNREAD_TIMEOUT "unreadTimeout"

/**
 * Publishers: How long a subscriber may refuse the datagrams that it has asked for.
 * Its host says then that nobody listens on the port. It is told so and disconnected.
 * Value: seconds, 1 or more. Default: 10.
 */
#define STTP_SETTING_REFUSED_CHANNEL_TIMEOUT "refusedChannelTimeout"

/**
 * Publishers: Answers that a subscriber may leave unread before what it asks for next waits.
 * Each counts as 1 KiB at least, and one may be larger. Once there is no room for those of all
 * (maxWaitingAnswers) it is 4 KiB.
 * Value: bytes, 4096 or more. Default: 262144.
 */
#define STTP_SETTING_MAX_UNREAD_ANSWERS "maxUnreadAnswers"

/**
 * Publishers: Answers that a subscriber may leave unread before it is told nothing more that it has
 * not asked for.
 * Each counts as 64 KiB at least, and 16 may be larger. Beyond, answers of the program fail with an
 * error, notifications are given up, and that the configuration has changed is not told.
 * Value: bytes, 1048576 or more. Default: 67108864.
 */
#define STTP_SETTING_MAX_UNREAD_MESSAGES "maxUnreadMessages"

/**
 * Publishers: Buffer blocks that may wait for the confirmation of a subscriber.
 * Beside them, 1,024 at most, as many as subscribers of libsttp keep while one before is missing; one
 * may be larger. Others are dropped, counted and told.
 * Value: bytes, 65536 to 67108864. Default: 16777216.
 */
#define STTP_SETTING_MAX_UNCONFIRMED_BLOCKS "maxUnconfirmedBlocks"

/**
 * Publishers: Answers, such as metadata, that wait to be sent, of all connections together.
 * What several subscribers get alike counts once. When there are more, requests for metadata wait,
 * and subscribers that take next to nothing for 5 seconds are disconnected. Once half of it is taken,
 * the same holds for an address that has an eighth.
 * Value: bytes, 1048576 or more. Default: 268435456.
 */
#define STTP_SETTING_MAX_WAITING_ANSWERS "maxWaitingAnswers"

/**
 * Publishers: Work that a filter may be.
 * A step is an operator at one row, a compared item of a list, or 16 bytes of text; 100 million take
 * a second or two. Filters that take more are refused, those of metadata, too.
 * Value: steps, 1000 to 100000000. Default: 100000000.
 */
#define STTP_SETTING_MAX_FILTER_STEPS "maxFilterSteps"

/**
 * Publishers: Work that the subscribers of one address may ask for, lastingly; 0 for no limit.
 * Four seconds' worth may be asked for at once. Each request counts as 2000 steps at least. What is
 * beyond waits, without being refused.
 * Value: steps, 0 or more. Default: 50000000.
 *
 * Block links: Work that filters of the other side may be, lastingly; 0 for no limit.
 * Four seconds' worth may be asked for at once. Each subscription counts as 2000 steps at least. What
 * is beyond waits, without being refused.
 * Value: steps, 0 or more. Default: 5000000.
 */
#define STTP_SETTING_STEPS_PER_SECOND "stepsPerSecond"

/**
 * Publishers: Subscribes of the subscribers of one address, lastingly; 0 for no limit.
 * Four seconds' worth may come at once. What is beyond waits, without being refused.
 * Value: requests, 0 to 1000000. Default: 1000.
 */
#define STTP_SETTING_SUBSCRIBES_PER_SECOND "subscribesPerSecond"

/**
 * Publishers: Requests for metadata, or their schema, of the subscribers of one address, lastingly; 0
 * for no limit.
 * Four seconds' worth may come at once. What is beyond waits, without being refused.
 * Value: requests, 0 to 1000000. Default: 500.
 */
#define STTP_SETTING_METADATA_REQUESTS_PER_SECOND "metadataRequestsPerSecond"

/**
 * Publishers: Commands of all kinds, but confirmations, of the subscribers of one address, lastingly;
 * 0 for no limit.
 * Four seconds' worth may come at once. What is beyond waits, without being refused.
 * Value: commands, 0 to 1000000. Default: 10000.
 */
#define STTP_SETTING_COMMANDS_PER_SECOND "commandsPerSecond"

/**
 * Publishers: Audit events of accepted peers and requests, and as many of refused ones, that are told
 * in a second.
 * The last one of a second follows then, with the number of those that were left out.
 * Value: events, 1 to 1000000. Default: 100.
 */
#define STTP_SETTING_AUDIT_EVENTS_PER_SECOND "auditEventsPerSecond"

/**
 * Publishers: Measurements and buffer blocks that wait for subscribers, to be sent or confirmed, of
 * all connections together.
 * Measurements that several subscribers get alike count once. When there are more, less waits for
 * each connection than sendQueueLimit, and the rest is dropped, or ends the connection, or is waited
 * for, as overflow says.
 * Value: bytes, 65536 or more. Default: 1073741824.
 */
#define STTP_SETTING_MAX_SEND_QUEUES "maxSendQueues"

/**
 * Publishers: Distinct subscriptions, each of which is encoded for itself.
 * Who wants another one is refused.
 * Value: subscriptions, 1 or more. Default: 2000.
 */
#define STTP_SETTING_MAX_STREAMS "maxStreams"

/**
 * Publishers: Subscribers and multicast groups that are sent datagrams.
 * Who wants another channel is refused.
 * Value: channels, 1 or more. Default: 1000.
 */
#define STTP_SETTING_MAX_UDP_CHANNELS "maxUdpChannels"

/**
 * Publishers: Measurements and buffer blocks that are sent by UDP in a second, to all together; 0 for
 * no limit.
 * Those beyond are dropped and counted, up to the end of the second.
 * Value: bytes a second, 0 or more. Default: 250000000.
 */
#define STTP_SETTING_MAX_UDP_RATE "maxUdpRate"

/**
 * Publishers: Historical subscriptions that are played back at a time; of each connection it is one.
 * Who wants another one is refused.
 * Value: playbacks, 1 or more. Default: 100.
 */
#define STTP_SETTING_MAX_PLAYBACKS "maxPlaybacks"

/**
 * Publishers: The latest measurement of each signal is sent to a new subscriber at once.
 * So that it need not wait for signals that change seldom. They come before all others, with the flag
 * LateTimeAlarm (0x00040000) beside their own; compact measurements have all flags of times then. Not
 * to multicast groups, nor with historical data.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_CACHED_VALUES "cachedValues"

/**
 * Publishers: How long measurements are kept in memory for subscribers of historical data; 0 keeps
 * none.
 * Value: seconds. Default: 0.
 */
#define STTP_SETTING_HISTORY_DURATION "historyDuration"

/**
 * Publishers: Memory that they may take; the oldest are dropped first.
 * They are compressed.
 * Value: bytes, 1048576 or more. Default: 268435456.
 */
#define STTP_SETTING_HISTORY_LIMIT "historyLimit"

/**
 * C37.118 inputs: The device or concentrator, host or host:port; without a port 4712.
 * With transport=spontaneousUdp only datagrams from this host are taken, and from every host when it
 * is empty.
 * Value: host:port.
 */
#define STTP_SETTING_DEVICE "device"

/**
 * C37.118 inputs: How the device is talked to.
 * `tcpUdp` has commands and configurations by TCP and data frames by UDP; with `spontaneousUdp` the
 * device takes no commands and tells its configuration by itself.
 * Value: tcp, tcpUdp, udp or spontaneousUdp. Default: tcp.
 */
#define STTP_SETTING_TRANSPORT "transport"

/**
 * C37.118 inputs: Local UDP port where datagrams of the device arrive, 0 for any free one.
 * Value: a port, 0 to 65535.
 *
 * C37.118 outputs: Data go to this UDP port of a client that connects by TCP; 0 for the TCP
 * connection itself.
 * Value: port, 0 to 65535. Default: 0.
 */
#define STTP_SETTING_DATA_PORT "dataPort"

/**
 * C37.118 inputs: Address of this machine, or for a group the number of an interface, where datagrams
 * arrive.
 * Value: an IP address of this machine, or a number.
 */
#define STTP_SETTING_DATA_INTERFACE "dataInterface"

/**
 * C37.118 inputs: Multicast group that the device sends its datagrams to.
 * Value: an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on.
 */
#define STTP_SETTING_MULTICAST_GROUP "multicastGroup"

/**
 * C37.118 inputs: Name of a concentrator of several PMUs, as a device of the metadata; without one
 * C37118_ and its ID code.
 * Value: a text.
 */
#define STTP_SETTING_NAME "name"

/**
 * C37.118 inputs: Goes in front of the names of the stations, so that they differ from those of other
 * devices.
 * Value: a text.
 *
 * Block links: Goes in front of the names of the C37.118 streams that come over the link, where they
 * are published.
 * Value: a text.
 */
#define STTP_SETTING_DEVICE_PREFIX "devicePrefix"

/**
 * C37.118 inputs: Who owns the devices; in front of point tags.
 * Value: a text.
 */
#define STTP_SETTING_COMPANY_ACRONYM "companyAcronym"

/**
 * C37.118 inputs: Who made the devices; in point tags.
 * Value: a text.
 */
#define STTP_SETTING_VENDOR_ACRONYM "vendorAcronym"

/**
 * C37.118 inputs: What is published of the device.
 * `frames` are passed on byte by byte in buffer blocks, configuration and header frames included, for
 * a C37.118 output with `relay`.
 * Value: measurements, frames or both. Default: measurements.
 */
#define STTP_SETTING_PUBLISH "publish"

/**
 * C37.118 inputs: How long measurements of the device may wait for those of others, to be published
 * with them.
 * They wait only when something was published less than that ago, so that one device never waits. The
 * more are published together, the less that takes; 0 for what comes at the same time only.
 * Value: seconds. Default: 0.002.
 */
#define STTP_SETTING_COLLECT_TIME "collectTime"

/**
 * C37.118 inputs: File of recorded traffic, pcap or pcapng, that is played in place of a device.
 * What the device with the ID code sent in it is received again, at the pace in which it was
 * recorded.
 * Value: the name of a file.
 */
#define STTP_SETTING_CAPTURE "capture"

/**
 * C37.118 inputs: Speed at which a capture is played, in percent of that of its recording; 0 for as
 * fast as possible.
 * Value: percent, 0 to 1000000. Default: 100.
 */
#define STTP_SETTING_CAPTURE_SPEED "captureSpeed"

/**
 * C37.118 inputs: Play the capture again and again.
 * Times go on from round to round, by whole seconds.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_CAPTURE_LOOP "captureLoop"

/**
 * C37.118 inputs: Times of the frames: recorded, or now for moved by whole seconds so that the
 * capture begins now.
 * Value: recorded or now. Default: recorded.
 */
#define STTP_SETTING_CAPTURE_TIMES "captureTimes"

/**
 * C37.118 inputs: ID code of the data stream; 0 for the one that comes first.
 * Frames with another ID code are dropped and counted. With 0, commands carry ID code 1 until a frame
 * has told another, which few devices answer.
 * Value: ID code, 0 to 65534. Default: 0.
 *
 * C37.118 outputs: ID code of the stream.
 * Value: ID code, 1 to 65534. Default: 1.
 */
#define STTP_SETTING_ACCESS_I_D "accessID"

/**
 * C37.118 inputs: Configuration frame that the device is asked for: newest, cfg2 or cfg3.
 * newest asks for CFG-3, and for CFG-2 when the device does not answer.
 * Value: newest, cfg2 or cfg3. Default: newest.
 */
#define STTP_SETTING_CONFIGURATION_FRAME "configurationFrame"

/**
 * C37.118 inputs: Ask for the text of the header frame, too.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_REQUEST_HEADER "requestHeader"

/**
 * C37.118 inputs: Ask for every form of the configuration and for the header, to pass them on as they
 * are.
 * Where the frames of the device are relayed.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_REQUEST_EVERY_DESCRIPTION "requestEveryDescription"

/**
 * C37.118 inputs: Tell the device to stop sending data before it is asked for its configuration.
 * Without it, a device that is sending already is not interrupted.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_STOP_DATA_FIRST "stopDataFirst"

/**
 * C37.118 inputs: How long a device is left alone after it was told to stop.
 * Value: seconds. Default: 1.
 */
#define STTP_SETTING_SETTLING_TIME "settlingTime"

/**
 * C37.118 inputs: How often the configuration is asked for before the connection is made anew.
 * Value: questions, 1 to 1000. Default: 6.
 */
#define STTP_SETTING_MAX_CONFIGURATION_REQUESTS "maxConfigurationRequests"

/**
 * C37.118 inputs: A device that sends no data for so long is started again, and then connected to
 * again.
 * At least three times as long as its frames are apart.
 * Value: seconds, 0.01 or more. Default: 5.
 *
 * Block links: A two-way link on which nothing comes for so long has ended.
 * Value: seconds, 0.2 or more. Default: 10.
 */
#define STTP_SETTING_SILENCE_TIMEOUT "silenceTimeout"

/**
 * C37.118 inputs: With commands by UDP, tell the device so often to go on sending; 0 for never.
 * For devices that forget those who are silent.
 * Value: seconds. Default: 0.
 */
#define STTP_SETTING_KEEP_ALIVE_INTERVAL "keepAliveInterval"

/**
 * C37.118 outputs: UDP port for clients that send commands by UDP, and that datagrams are sent from;
 * empty for none.
 * Value: a port, 0 to 65535.
 */
#define STTP_SETTING_UDP_PORT "udpPort"

/**
 * C37.118 outputs: Where data and configurations are sent by UDP, host:port, several with commas;
 * groups too.
 * Nobody has to ask for them there.
 * Value: host:port.
 */
#define STTP_SETTING_UDP_TARGETS "udpTargets"

/**
 * C37.118 outputs: Devices whose measurements are sent, by their acronyms with commas; empty for all.
 * A concentrator stands for the devices that report through it.
 * Value: acronyms.
 */
#define STTP_SETTING_DEVICES "devices"

/**
 * C37.118 outputs: Device whose frames are passed on byte by byte, by its acronym; empty for a stream
 * of measurements.
 * A C37.118 input with publish=frames has published them. What else says how the stream is to be does
 * not count then.
 * Value: an acronym.
 */
#define STTP_SETTING_RELAY "relay"

/**
 * C37.118 outputs: Frames per second; negative for seconds per frame.
 * Value: frames per second, -3600 to 1000. Default: 30.
 */
#define STTP_SETTING_DATA_RATE "dataRate"

/**
 * C37.118 outputs: Year of the standard that frames follow: C37.118-2005 or C37.118.2-2011.
 * Value: 2005 or 2011. Default: 2005.
 */
#define STTP_SETTING_STANDARD "standard"

/**
 * C37.118 outputs: How values are written; device for as the devices themselves write them, where
 * that is known.
 * Value: device, polarFloat, rectangularFloat, polarInteger or rectangularInteger. Default: device.
 */
#define STTP_SETTING_FORMAT "format"

/**
 * C37.118 outputs: Nominal frequency of devices that do not tell theirs, in hertz.
 * Value: 60 or 50. Default: 60.
 */
#define STTP_SETTING_NOMINAL_FREQUENCY "nominalFrequency"

/**
 * C37.118 outputs: Text of the header frame, for people.
 * Value: a text.
 */
#define STTP_SETTING_HEADER_TEXT "headerText"

/**
 * C37.118 outputs: Whether a frame waits by this machine's clock, or by the times of what arrives.
 * Value: clock or arrival. Default: clock.
 */
#define STTP_SETTING_WAIT_BY "waitBy"

/**
 * C37.118 outputs: ID codes that commands may carry: own or any.
 * Commands with another ID code than that of the stream are counted and not obeyed, unless it is any.
 * Value: own or any. Default: own.
 */
#define STTP_SETTING_COMMAND_I_DS "commandIDs"

/**
 * C37.118 outputs: Clients by TCP and by UDP that are served at once.
 * Value: clients, 1 to 100000. Default: 64.
 */
#define STTP_SETTING_MAX_CLIENTS "maxClients"

/**
 * C37.118 outputs: Configuration frames that go every minute to UDP targets, which cannot ask: cfg2,
 * cfg3 or both.
 * Value: cfg2, cfg3 or both. Default: cfg2.
 */
#define STTP_SETTING_ANNOUNCED_CONFIGURATION "announcedConfiguration"

/**
 * C37.118 outputs: Clients that receive data get a configuration that changes without asking for it.
 * In the forms that each asked for, else as CFG-2. Then no data frame is read by the wrong
 * configuration.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_PUSH_CONFIGURATION "pushConfiguration"

/**
 * C37.118 outputs: Bytes that may wait to be sent to a client by TCP.
 * When there would be more, data frames that wait for it are dropped and counted; newer ones follow.
 * Value: bytes, 131072 or more. Default: 1048576.
 */
#define STTP_SETTING_MAX_SEND_QUEUE "maxSendQueue"

/**
 * C37.118 outputs: A client by UDP that receives data and sends no command for so long is forgotten;
 * 0 for never.
 * Standard clients send one command and are silent for as long as they get data, so that their
 * silence says nothing. Set it where commands may be forged, and where the system does not tell of
 * refused datagrams: any but Linux.
 * Value: seconds. Default: 0.
 */
#define STTP_SETTING_DATAGRAM_CLIENT_TIMEOUT "datagramClientTimeout"

/**
 * C37.118 outputs: A client by UDP whose host refuses its datagrams for so long is forgotten.
 * One that begins anew is refused for a moment, and a single refusal may be forged.
 * Value: seconds. Default: 30.
 */
#define STTP_SETTING_REFUSED_TIMEOUT "refusedTimeout"

/**
 * C37.118 outputs: Commands per second that a client's are obeyed; others are counted and dropped.
 * Ten times as many may come at once.
 * Value: commands, 1 to 100000. Default: 10.
 */
#define STTP_SETTING_MAX_COMMANDS_PER_SECOND "maxCommandsPerSecond"

/**
 * Block links: Where the link is: `tcp:`, `tcp-listen:`, `udp:`, `udp-listen:`, `serial:` or `file:`,
 * and what follows.
 * `tcp:HOST:PORT` connects, `tcp-listen:PORT` or `tcp-listen:ADDRESS:PORT` waits for who connects;
 * `udp:HOST:PORT` sends there and takes what comes back, `udp-listen:PORT` or
 * `udp-listen:ADDRESS:PORT` takes datagrams and answers; the address may be that of a multicast
 * group. `serial:/dev/ttyS0,115200,8N1` is a serial line, `file:PATH` a file.
 * Value: tcp:HOST:PORT, tcp-listen:PORT, udp:HOST:PORT, udp-listen:PORT, serial:DEVICE,RATE,8N1 or
 * file:PATH.
 */
#define STTP_SETTING_LINK "link"

/**
 * Block links: Only the side that sends measurements can send.
 * Both sides have to be told the same. Multicast and files are always so.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_ONE_WAY "oneWay"

/**
 * Block links: The TCP connection leads to a converter for a serial line, which may lose and damage
 * what is sent.
 * Value: true or false. Default: false.
 */
#define STTP_SETTING_SERIAL_CONVERTER "serialConverter"

/**
 * Block links: Where groups are joined and datagrams for them sent: an IPv4 address of this machine,
 * or a number.
 * Value: an IP address of this machine, or a number.
 */
#define STTP_SETTING_LINK_INTERFACE "linkInterface"

/**
 * Block links: Largest block that is sent and taken, in bytes; 0 for what is usual on such a link.
 * Usual are 512 on serial lines, 1,400 on UDP and 4,095 on TCP. Of small blocks, damage costs less.
 * Value: bytes, 0 to 32767. Default: 0.
 */
#define STTP_SETTING_BLOCK_SIZE "blockSize"

/**
 * Block links: Use compact blocks where the link loses nothing.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_COMPACT_BLOCKS "compactBlocks"

/**
 * Block links: Use the Standard stream where the link loses nothing.
 * Value: true or false. Default: true.
 */
#define STTP_SETTING_STANDARD_STREAM "standardStream"

/**
 * Block links: How times of measurements are written: ticks or dateTime2.
 * A subscriber asks for it; on one-way links the sender decides.
 * Value: ticks or dateTime2. Default: ticks.
 */
#define STTP_SETTING_TIMES "times"

/**
 * Block links: Whether the link is encrypted: none, possible or required. Only TCP can be.
 * `possible` is for sides that are not all equipped yet: who sits on the way can keep both from TLS.
 * Whoever demands it cannot be kept from it. securityMode=TLS is `required`, too.
 * Value: none, possible or required. Default: none.
 */
#define STTP_SETTING_LINK_ENCRYPTION "linkEncryption"

/**
 * Block links: Filter of the signals that are sent where nobody can subscribe; empty for all.
 * Value: a filter expression.
 */
#define STTP_SETTING_SIGNALS "signals"

/**
 * Block links: How often everything is repeated that was told already, where it may have been lost.
 * Value: seconds, 0.1 or more. Default: 10.
 */
#define STTP_SETTING_REPEAT_INTERVAL "repeatInterval"

/**
 * Block links: How much of what is repeated or asked for again is sent in a second.
 * Besides, it takes no more than every fifth block while measurements wait.
 * Value: bytes per second, 100 or more. Default: 20000.
 */
#define STTP_SETTING_REPEAT_RATE "repeatRate"

/**
 * Block links: After so long without another block a heartbeat is sent.
 * Value: seconds, 0.1 or more. Default: 1.
 */
#define STTP_SETTING_HEARTBEAT_INTERVAL "heartbeatInterval"

/**
 * Block links: The rest of a block that has begun is waited for so long.
 * Value: seconds, 0.01 or more. Default: 1.
 */
#define STTP_SETTING_BLOCK_TIMEOUT "blockTimeout"

/**
 * Block links: Bytes that wait to be sent; beyond, the oldest measurements are dropped.
 * In the Standard stream, the newest. Definitions are kept besides.
 * Value: bytes, 4096 or more. Default: 65536.
 */
#define STTP_SETTING_SEND_QUEUE "sendQueue"

/**
 * Block links: Largest metadata that are taken, in bytes, also after decompression.
 * Value: bytes, 1024 or more. Default: 16777216.
 */
#define STTP_SETTING_MAX_DOCUMENT_SIZE "maxDocumentSize"

/**
 * The settings of subscribers.
 */
#define STTP_ROLE_SUBSCRIBER 0

/**
 * The settings of publishers.
 */
#define STTP_ROLE_PUBLISHER 1

/**
 * The settings of a device of a sttp_c37118_input.
 */
#define STTP_ROLE_C37118_INPUT 2

/**
 * The settings of a stream of a sttp_c37118_output.
 */
#define STTP_ROLE_C37118_OUTPUT 3

/**
 * The settings of a block link.
 */
#define STTP_ROLE_BLOCK_LINK 4

/**
 * A setting is `true` or `false`.
 */
#define STTP_SETTING_TYPE_FLAG 0

/**
 * A setting is a whole number.
 */
#define STTP_SETTING_TYPE_INTEGER 1

/**
 * A setting is a time in seconds, perhaps with a fraction, as 2.5.
 */
#define STTP_SETTING_TYPE_SECONDS 2

/**
 * A setting is one of several words.
 */
#define STTP_SETTING_TYPE_CHOICE 3

/**
 * A setting is a text; `value` says which.
 */
#define STTP_SETTING_TYPE_TEXT 4

/**
 * A group of settings, which follow it in the table; its value is a connection string of their keys.
 */
#define STTP_SETTING_TYPE_GROUP 5

/**
 * A setting. Its texts are the library's and stay valid for ever; none is NULL.
 */
typedef struct sttp_setting {
    /**
     * Its key, as STTP_SETTING_... has it. `dataChannel.port` is `port` in the group `dataChannel`.
     */
    const char *key;
    /**
     * Other spellings of the key, without the group, separated by commas; empty when there are none.
     */
    const char *aliases;
    /**
     * What a number counts, as `bytes` or `seconds`; empty for other types.
     */
    const char *unit;
    /**
     * The least number; empty when there is no such bound.
     */
    const char *least;
    /**
     * The greatest number; empty when there is no such bound.
     */
    const char *most;
    /**
     * The words of a choice, separated by commas; empty for other types.
     */
    const char *words;
    /**
     * What its value can be, in one line.
     */
    const char *value;
    /**
     * Its value when it is not set.
     */
    const char *default_value;
    /**
     * What it means, in one line without a full stop.
     */
    const char *summary;
    /**
     * All that there is to say, the summary first; each paragraph is a line.
     */
    const char *document;
    /**
     * STTP_SETTING_TYPE_...
     */
    int32_t type;
    /**
     * 1 when it says in another way what other settings say, else 0.
     */
    int32_t repeats_others;
} sttp_setting;

/**
 * Counts the settings of a role.
 *
 * \param role   STTP_ROLE_....
 * \param count  Receives how many there are.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such role.
 */
int32_t sttp_setting_count(int32_t role, size_t *count);

/**
 * Reads a setting of the table, by its place: groups before what is in them.
 *
 * \param role     STTP_ROLE_....
 * \param index    Its place, from 0 to what sttp_setting_count tells less 1.
 * \param setting  Receives the setting.
 * \param size     sizeof(*setting).
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such
 *         role; STTP_ERR_NOT_FOUND when there is no such place.
 * *Ownership*: the texts are the library's and stay valid for ever.
 */
int32_t sttp_setting_at(int32_t role, size_t index, struct sttp_setting *setting, size_t size);

/**
 * Finds a setting of the table by its key, or by another spelling of it.
 *
 * \param role     STTP_ROLE_....
 * \param key      As STTP_SETTING_... or `gzip`; upper and lower case are the same.
 * \param setting  Receives the setting.
 * \param size     sizeof(*setting).
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such
 *         role or key; sttp_last_error then names the key that was perhaps meant.
 * *Ownership*: the texts are the library's and stay valid for ever.
 */
int32_t sttp_setting_find(int32_t role, const char *key, struct sttp_setting *setting, size_t size);

/* ==== Subscribers ====
 * A subscriber receives the measurements of one publisher at a time. Make it, register callbacks, say what is
 * wanted (sttp_subscriber_subscribe), and connect; settings hold from the next connect or subscribe on.
 *
 * States: STTP_STATE_IDLE until sttp_subscriber_connect (or _open, or _listen); then CONNECTING, CONNECTED, and
 * SUBSCRIBED once the publisher has granted the subscription. After a loss RECONNECTING, and CONNECTING again, until
 * sttp_subscriber_disconnect or the last attempt; the subscription is asked for again on each connection. While it
 * listens without a publisher, LISTENING.
 *
 * On each connection callbacks come in this order: connected, metadata where they are requested, subscription
 * updated, data start time, then measurements, until disconnected. Measurements come by callback, or by
 * sttp_subscriber_read from a queue.
 *
 *
 * static void print_them(void *user_data, const sttp_measurement *measurements, size_t count) {
 *     (void)user_data;
 *     for (size_t i = 0; i < count; i++) {
 *         printf("%g\n", measurements[i].value);
 *     }
 * }
 *
 * static sttp_subscriber *receive(void) {
 *     sttp_subscriber *subscriber = NULL;
 *     if (sttp_subscriber_new(NULL, &subscriber) != STTP_OK
 *         || sttp_subscriber_on_measurements(subscriber, print_them, NULL, NULL) != STTP_OK
 *         || sttp_subscriber_subscribe(subscriber, "FILTER TOP 20 ActiveMeasurements WHERE True") != STTP_OK
 *         || sttp_subscriber_connect(subscriber, "localhost:7175") != STTP_OK) {
 *         fprintf(stderr, "%s\n", sttp_last_error());
 *         sttp_subscriber_free(subscriber);
 *         return NULL;
 *     }
 *     return subscriber;
 * }
 *
 */

/**
 * What is counted of a subscriber since it was made, over all its connections.
 */
typedef struct sttp_subscriber_counters {
    /**
     * Measurements delivered.
     */
    uint64_t measurements;
    /**
     * Data packets delivered.
     */
    uint64_t packets;
    /**
     * Bytes received.
     */
    uint64_t bytes_received;
    /**
     * Bytes sent.
     */
    uint64_t bytes_sent;
    /**
     * Measurements not delivered, because their signal was not in the signal index cache.
     */
    uint64_t measurements_dropped;
    /**
     * Data packets not delivered: damaged, out of sequence, not to be decrypted, late for a change of
     * signals, or without a signal index cache.
     */
    uint64_t packets_dropped;
    /**
     * Connections made.
     */
    uint64_t connections;
    /**
     * Attempts to connect again.
     */
    uint64_t reconnects;
    /**
     * Signals of the current signal index cache.
     */
    uint64_t signal_count;
    /**
     * Time of the measurement delivered last.
     */
    int64_t last_timestamp;
    /**
     * Connections closed at once, because another publisher was connected.
     */
    uint64_t connections_refused;
    /**
     * Buffer blocks delivered.
     */
    uint64_t buffer_blocks;
    /**
     * Buffer blocks not delivered: damaged, of an unknown signal, or too far before their turn.
     */
    uint64_t buffer_blocks_dropped;
    /**
     * Buffer blocks that never came.
     */
    uint64_t buffer_blocks_lost;
    /**
     * Gaps in the measurements, where they are recovered.
     */
    uint64_t gaps;
    /**
     * Gaps that were asked for to their end.
     */
    uint64_t gaps_recovered;
    /**
     * Gaps that were given up.
     */
    uint64_t gaps_abandoned;
    /**
     * Measurements delivered as recovered; they are not among `measurements`.
     */
    uint64_t measurements_recovered;
    /**
     * Datagrams received.
     */
    uint64_t datagrams;
    /**
     * Datagrams not used: damaged, or not from the publisher.
     */
    uint64_t datagrams_rejected;
    /**
     * Measurements delivered per second, in the latest complete interval of statistics.
     */
    double measurements_per_second;
    /**
     * How often the outage log could not be written, or used at all.
     */
    uint64_t outage_log_failures;
    /**
     * Measurements not delivered, because the publisher changed its signal index cache and did not tell
     * which of both they refer to.
     */
    uint64_t measurements_unattributed;
    /**
     * Data packets that never came, as the sequence numbers of others tell.
     */
    uint64_t packets_missing;
    /**
     * What was wrong in metadata that were received and used all the same, such as cells that cannot be
     * read.
     */
    uint64_t metadata_findings;
    /**
     * Metadata received that could not be used at all.
     */
    uint64_t metadata_unusable;
    /**
     * Datagrams that the publisher sent and that did not come, as far as it tells: another libsttp does.
     */
    uint64_t datagrams_lost;
    /**
     * Measurements that the publisher dropped, because they were not taken as fast as they were published
     * or more than it allows to one subscriber or to all together, as far as it tells: another libsttp
     * does.
     */
    uint64_t measurements_dropped_by_publisher;
    /**
     * Bytes received by TCP, the command channel, through which measurements come too unless they come by
     * UDP.
     */
    uint64_t command_channel_bytes_received;
    /**
     * Bytes received by UDP, the data channel.
     */
    uint64_t data_channel_bytes_received;
} sttp_subscriber_counters;

/**
 * State of a subscriber: not connected, and not about to be.
 */
#define STTP_STATE_IDLE 0

/**
 * State of a subscriber: a connection is being made.
 */
#define STTP_STATE_CONNECTING 1

/**
 * State of a subscriber: connected, without a subscription that the publisher has accepted.
 */
#define STTP_STATE_CONNECTED 2

/**
 * State of a subscriber: connected, and the publisher has accepted the subscription.
 */
#define STTP_STATE_SUBSCRIBED 3

/**
 * State of a subscriber: the connection was lost or could not be made, the next attempt follows.
 */
#define STTP_STATE_RECONNECTING 4

/**
 * State of a subscriber: it listens, and no publisher is connected.
 */
#define STTP_STATE_LISTENING 5

/**
 * The name of a state, as `STTP_STATE_SUBSCRIBED`.
 *
 * \param state  The state.
 * \return The name, never NULL and valid for ever; `unknown state` for another number.
 */
const char *sttp_state_name(int32_t state);

/**
 * Makes a subscriber, not connected yet.
 *
 * \param engine      What it runs on; NULL for the process's shared engine.
 * \param subscriber  Receives the subscriber.
 * \return STTP_ERR_IO when the shared engine cannot be started.
 * *Ownership*: The engine stays the caller's and may be freed before the subscriber.
 */
int32_t sttp_subscriber_new(struct sttp_engine *engine, struct sttp_subscriber **subscriber);

/**
 * Frees a subscriber; its connection is closed. No callback is called any more, not even the one for
 * the end of the connection.
 *
 * *Blocks*: while a callback of the subscriber runs on another thread. Does not wait for the
 * connection to close.
 * *From a callback*: allowed, also from its own.
 * *Ownership*: the subscriber is gone; the destructors of its callbacks have run, except that of the
 * callback which this was called from: it runs when that returns.
 */
void sttp_subscriber_free(struct sttp_subscriber *subscriber);

/**
 * Connects to a publisher, and keeps the connection up until sttp_subscriber_disconnect, over losses
 * if so set. The settings as they are now hold until then.
 *
 * \param address  `host:port`, as `localhost:7175`, `192.0.2.7:7175` or `[::1]:7175`.
 * \return STTP_OK: success and failure of the attempt are told to the callbacks;
 *         STTP_ERR_INVALID_ARGUMENT when `address` cannot be read as one; STTP_ERR_INVALID_STATE when
 *         connected, connecting or listening; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; the name is looked up and the connection made in the background.
 */
int32_t sttp_subscriber_connect(struct sttp_subscriber *subscriber, const char *address);

/**
 * Ends the connection, and all attempts to make one or listening for one. The subscription is kept for
 * the next connect or listen.
 *
 * \return STTP_OK, also when it was idle; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; the callback for the end of the connection follows.
 */
int32_t sttp_subscriber_disconnect(struct sttp_subscriber *subscriber);

/**
 * Asks for measurements, in place of an earlier subscription. Kept over reconnects; may precede
 * sttp_subscriber_connect.
 *
 * \param filter  Which signals: filter statements, as `FILTER TOP 20 ActiveMeasurements WHERE
 *                SignalType = 'FREQ'`, measurement keys (`PPA:12`), GUIDs, and point tags in double
 *                quotes, separated by semicolons.
 * \return STTP_OK: whether the publisher grants it is told to the callbacks; STTP_ERR_INVALID_ARGUMENT
 *         when the filter is empty, or it or a subscription parameter cannot be sent;
 *         STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_subscriber_subscribe(struct sttp_subscriber *subscriber, const char *filter);

/**
 * Ends the subscription; the connection stays.
 *
 * \return STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; some measurements may still come.
 */
int32_t sttp_subscriber_unsubscribe(struct sttp_subscriber *subscriber);

/**
 * Asks for the publisher's metadata; they come to the metadata callback. When the connection is lost before
 * the request is sent, that comes to the callback for requests that failed, as for all requests.
 *
 * \param filters  Filter statements, as `FILTER MeasurementDetail WHERE SignalAcronym = 'FREQ'`,
 *                 separated by semicolons; NULL or empty for all metadata.
 * \return STTP_ERR_NOT_CONNECTED; STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_subscriber_request_metadata(struct sttp_subscriber *subscriber, const char *filters);

/**
 * Tells where a subscriber stands.
 *
 * \param state  Receives STTP_STATE_IDLE to STTP_STATE_LISTENING.
 */
int32_t sttp_subscriber_state(const struct sttp_subscriber *subscriber, int32_t *state);

/**
 * Reads the counters of a subscriber.
 *
 * \param statistics  Receives the counters.
 * \param size        sizeof(*statistics).
 */
int32_t sttp_subscriber_statistics(const struct sttp_subscriber *subscriber,
                                   struct sttp_subscriber_counters *statistics,
                                   size_t size);

/* ==== Subscribers: where the subscription stands ====
 * For programs that read from a queue on a thread or in an event loop of their own.
 */

/**
 * Waits until the publisher has granted the subscription, so that measurements come as they are published, or
 * until it is known that none will. With time-out 0, tells where the subscription stands now.
 *
 * The publisher begins when it knows that the list of signals has arrived. That is said when this returns, and takes
 * the time of a message to get there: what is published before may not come. Who has the publisher too, in a test for
 * example, waits for the callback of sttp_publisher_on_subscribed.
 *
 * \param timeout_ms  How long to wait, in milliseconds: -1 for ever, 0 not at all.
 * \return STTP_OK when it is granted; the message says more of everything else: STTP_ERR_REFUSED;
 *         STTP_ERR_NO_SIGNALS when the publisher has no signal for it, though it may get one;
 *         STTP_ERR_COMPLETE when it was for historical data and they have ended; STTP_ERR_INVALID_STATE when
 *         nothing is subscribed; STTP_ERR_CLOSED when disconnected, or given up; when the time is over
 *         STTP_ERR_NOT_CONNECTED, or STTP_ERR_TIMEOUT when the publisher is connected and has not answered;
 *         STTP_ERR_INVALID_ARGUMENT when `timeout_ms` is below -1; STTP_ERR_WOULD_BLOCK when it would have to
 *         wait in a callback.
 * *Blocks*: until it is known, at most for the time-out.
 * *From a callback*: allowed with time-out 0, else STTP_ERR_WOULD_BLOCK when it is not known.
 * *Ownership*: Do not free the subscriber while another thread waits.
 */
int32_t sttp_subscriber_wait_until_subscribed(struct sttp_subscriber *subscriber,
                                              int32_t timeout_ms);

/**
 * A descriptor that is readable while sttp_subscriber_read would return at once, with measurements or because
 * none will come, for a program's own poll, epoll or event loop.
 *
 * \param subscriber  The subscriber, with STTP_SETTING_READ_QUEUE.
 * \param descriptor  Receives the file descriptor, always the same.
 * \return STTP_ERR_IO when the system has none left; STTP_ERR_INVALID_STATE on systems without such descriptors
 *         (Windows).
 * *Ownership*: the descriptor is the subscriber's: only wait on it, and no longer than the subscriber lives.
 */
int32_t sttp_subscriber_read_descriptor(struct sttp_subscriber *subscriber,
                                        int32_t *descriptor);

/* ==== Subscribers: connection strings ====
 * All keys are in docs/connection-strings.md. They are read strictly: after a mistake nothing has changed,
 * and sttp_last_error names the key, its value, and what to write.
 */

/**
 * Sets what a connection string says, as sttp_subscriber_set does for each key: what it does not
 * mention stays. Where to connect or listen, and what to subscribe, is kept for sttp_subscriber_open.
 *
 * \param connection_string  As `server=pdc.example.com:7165; filterExpression={FILTER
 *                           ActiveMeasurements WHERE True}; dataChannel={port=9600}`.
 * \return STTP_ERR_INVALID_ARGUMENT when something is wrong with the string: then nothing has changed.
 */
int32_t sttp_subscriber_configure(struct sttp_subscriber *subscriber, const char *connection_string);

/**
 * Does what a connection string says: sets it as sttp_subscriber_configure does, subscribes if there
 * is a filter, and connects to the `server` or listens on the `port`, until
 * sttp_subscriber_disconnect. Register callbacks before.
 *
 * \param connection_string  As `server=pdc.example.com:7165; outputMeasurements={FILTER
 *                           ActiveMeasurements WHERE True}`; NULL for what was set by
 *                           sttp_subscriber_configure and other functions before. Without a filter,
 *                           the latest subscription stays.
 * \return STTP_OK: success and failure of the attempt are told to the callbacks;
 *         STTP_ERR_INVALID_ARGUMENT when something is wrong with the string, or there is neither a
 *         server nor a port; STTP_ERR_INVALID_STATE when connected, connecting or listening;
 *         STTP_ERR_IO when the system refuses to listen, as when the address is in use;
 *         STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_subscriber_open(struct sttp_subscriber *subscriber, const char *connection_string);

/* ==== Subscribers: listening for publishers ====
 * Once connected, everything is as it is when the subscriber connects.
 */

/**
 * Listens for a publisher that connects, until sttp_subscriber_disconnect. One publisher at a time is
 * served; others are closed at once until it has gone. A publisher that vanishes without a word counts
 * as gone after the time of STTP_SETTING_DATA_LOSS_INTERVAL. The settings as they are now hold
 * until the disconnect.
 *
 * \param address  Where: `127.0.0.1:7175`, `[::]:7175` for all addresses of IPv6 and IPv4, port 0 for
 *                 any free one, which sttp_subscriber_address then tells.
 * \return STTP_OK: connections and their ends are told to the callbacks; STTP_ERR_INVALID_ARGUMENT
 *         when `address` cannot be read as one; STTP_ERR_INVALID_STATE when connected, connecting or
 *         listening; STTP_ERR_IO when the system refuses, as when the address is in use;
 *         STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: for the name service when the host is a name.
 */
int32_t sttp_subscriber_listen(struct sttp_subscriber *subscriber, const char *address);

/**
 * Writes the address that a subscriber listens on, with the port that the system chose, as
 * `127.0.0.1:7175`.
 *
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; 64 always suffice.
 * \return STTP_ERR_INVALID_STATE when it does not listen; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_subscriber_address(const struct sttp_subscriber *subscriber, char *buffer, size_t size);

/* ==== Subscribers: settings by their keys ====
 * All have defaults. They hold from the next connect or subscribe on.
 */

/**
 * Sets one setting, as `key={value}` in a connection string does (sttp_subscriber_configure). It holds from the next
 * connect on; what a subscription asks for, from the next subscribe on.
 *
 * \param key         STTP_SETTING_..., as STTP_SETTING_COMPRESSION; upper and lower case are the same.
 * \param value       As connection strings write it: `false`, `true`, `2.5`; NULL for the default. A
 *                    group takes a connection string of its keys.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for
 *         subscribers, the key cannot have that value, or it does not go with what else is set: then nothing has
 *         changed. Set what only goes together in one call of sttp_subscriber_configure.
 */
int32_t sttp_subscriber_set(struct sttp_subscriber *subscriber,
                            const char *key,
                            const char *value);

/**
 * Reads one setting, as it can be set again; of a group, what differs from the defaults.
 *
 * \param key         STTP_SETTING_...; upper and lower case are the same.
 * \param buffer      Receives the value and a NUL.
 * \param size        Bytes of the buffer.
 * \param length      Receives the bytes of the value without the NUL, also when the buffer is too small; may be
 *                    NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for
 *         subscribers, or STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_subscriber_get(const struct sttp_subscriber *subscriber,
                            const char *key,
                            char *buffer,
                            size_t size,
                            size_t *length);

/* ==== Subscribers: callbacks ==== */

/**
 * A connection is established.
 *
 * \param user_data  As registered.
 * \param address    The publisher's, as `127.0.0.1:7175`; valid during the call.
 */
typedef void (*sttp_connected_fn)(void *user_data, const char *address);

/**
 * Registers who is told that a connection is established, each time.
 */
int32_t sttp_subscriber_on_connected(struct sttp_subscriber *subscriber,
                                     sttp_connected_fn callback,
                                     void *user_data,
                                     sttp_destroy_fn destroy);

/**
 * A connection has ended, or could not be made. When another attempt is to follow, the callback for that is called
 * next.
 *
 * \param user_data  As registered.
 * \param reason     STTP_OK when the program asked for it, else why, as STTP_ERR_TIMEOUT.
 * \param message    The reason as a sentence, empty for STTP_OK; valid during the call.
 */
typedef void (*sttp_disconnected_fn)(void *user_data, int32_t reason, const char *message);

/**
 * Registers who is told that a connection has ended or could not be made, each time, and why.
 */
int32_t sttp_subscriber_on_disconnected(struct sttp_subscriber *subscriber,
                                        sttp_disconnected_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/**
 * The next attempt to connect follows after a delay.
 *
 * \param user_data  As registered.
 * \param attempt    Number of that attempt since the connection was lost, from 1.
 * \param delay_ms   Milliseconds until then.
 */
typedef void (*sttp_reconnecting_fn)(void *user_data, uint32_t attempt, uint32_t delay_ms);

/**
 * Registers who is told that an attempt to connect again follows.
 */
int32_t sttp_subscriber_on_reconnecting(struct sttp_subscriber *subscriber,
                                        sttp_reconnecting_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/**
 * Metadata were received.
 *
 * \param user_data  As registered.
 * \param metadata   The metadata; valid during the call. Keep them with sttp_metadata_clone.
 */
typedef void (*sttp_metadata_fn)(void *user_data, const struct sttp_metadata *metadata);

/**
 * Registers who receives metadata.
 */
int32_t sttp_subscriber_on_metadata(struct sttp_subscriber *subscriber,
                                    sttp_metadata_fn callback,
                                    void *user_data,
                                    sttp_destroy_fn destroy);

/**
 * Metadata were received: the document as it came, but not compressed, before it is handed over as metadata; also one
 * that cannot be used.
 *
 * \param user_data  As registered.
 * \param xml        The document, without a NUL; valid during the call. NULL when it is empty, or could not be
 *                   decompressed.
 * \param length     Bytes of the document.
 */
typedef void (*sttp_metadata_document_fn)(void *user_data, const char *xml, size_t length);

/**
 * Registers who receives the documents of metadata as they came.
 */
int32_t sttp_subscriber_on_metadata_document(struct sttp_subscriber *subscriber,
                                             sttp_metadata_document_fn callback,
                                             void *user_data,
                                             sttp_destroy_fn destroy);

/**
 * One signal of a subscription: 40 bytes on 64-bit machines.
 */
typedef struct sttp_signal {
    /**
     * The signal.
     */
    struct sttp_guid signal_id;
    /**
     * Number of its measurement key: the 12 of `PPA:12`.
     */
    uint64_t key_number;
    /**
     * Source of its measurement key: the `PPA` of `PPA:12`. May be empty, never NULL.
     */
    const char *key_source;
    /**
     * Number that stands for the signal in packets; for diagnostics.
     */
    uint32_t wire_index;
    /**
     * 0.
     */
    uint32_t reserved;
} sttp_signal;

/**
 * The publisher granted a subscription, or changed it. From here on, `signal_index` of received measurements is the
 * row of their signal here.
 *
 * \param user_data   As registered.
 * \param generation  Number of the signals on this connection; grows with each update.
 * \param signals     The signals, in the order of their signal indexes: `signals[i]->signal_id`. They and their
 *                    texts are valid during the call.
 * \param count       How many there are; may be 0, and `signals` NULL.
 */
typedef void (*sttp_subscription_updated_fn)(void *user_data,
                                             uint32_t generation,
                                             const struct sttp_signal *const *signals,
                                             size_t count);

/**
 * Registers who is told the signals of the subscription: when it is granted, on each connection, and
 * whenever the publisher changes them.
 */
int32_t sttp_subscriber_on_subscription_updated(struct sttp_subscriber *subscriber,
                                                sttp_subscription_updated_fn callback,
                                                void *user_data,
                                                sttp_destroy_fn destroy);

/**
 * Measurements were received: those of one data packet.
 *
 * \param user_data     As registered.
 * \param measurements  The measurements, in the order they came; valid during the call.
 * \param count         How many there are, at least 1.
 */
typedef void (*sttp_measurements_fn)(void *user_data,
                                     const struct sttp_measurement *measurements,
                                     size_t count);

/**
 * Registers who receives measurements: one call for each packet. Not called with a read queue.
 */
int32_t sttp_subscriber_on_measurements(struct sttp_subscriber *subscriber,
                                        sttp_measurements_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/**
 * The publisher told the time of the first measurement of the subscription.
 *
 * \param user_data  As registered.
 * \param timestamp  Ticks: units of 100 ns since 0001-01-01 UTC.
 */
typedef void (*sttp_data_start_time_fn)(void *user_data, int64_t timestamp);

/**
 * Registers who is told the time of a subscription's first measurement.
 */
int32_t sttp_subscriber_on_data_start_time(struct sttp_subscriber *subscriber,
                                           sttp_data_start_time_fn callback,
                                           void *user_data,
                                           sttp_destroy_fn destroy);

/**
 * The publisher's metadata have changed; request them and subscribe again as needed.
 *
 * \param user_data  As registered.
 */
typedef void (*sttp_configuration_changed_fn)(void *user_data);

/**
 * Registers who is told that the publisher's metadata have changed.
 */
int32_t sttp_subscriber_on_configuration_changed(struct sttp_subscriber *subscriber,
                                                 sttp_configuration_changed_fn callback,
                                                 void *user_data,
                                                 sttp_destroy_fn destroy);

/**
 * The publisher did what was requested.
 *
 * \param user_data  As registered.
 * \param command    STTP_COMMAND_...: what was requested.
 * \param message    The publisher's words, may be empty; valid during the call.
 */
typedef void (*sttp_request_succeeded_fn)(void *user_data, int32_t command, const char *message);

/**
 * Registers who is told that the publisher did what was requested: subscribe, unsubscribe, a user
 * command. Answers with more than words have callbacks of their own.
 */
int32_t sttp_subscriber_on_request_succeeded(struct sttp_subscriber *subscriber,
                                             sttp_request_succeeded_fn callback,
                                             void *user_data,
                                             sttp_destroy_fn destroy);

/**
 * The publisher refused a request, or it was not sent, because the connection ended before.
 *
 * \param user_data  As registered.
 * \param command    STTP_COMMAND_...: what was requested.
 * \param message    The publisher's reason; valid during the call.
 */
typedef void (*sttp_request_failed_fn)(void *user_data, int32_t command, const char *message);

/**
 * Registers who is told that the publisher refused a request, as a subscription.
 */
int32_t sttp_subscriber_on_request_failed(struct sttp_subscriber *subscriber,
                                          sttp_request_failed_fn callback,
                                          void *user_data,
                                          sttp_destroy_fn destroy);

/**
 * Registers who receives messages for operators: what goes well, what goes wrong, and what the
 * publisher tells. Repeated ones are held back, and counted.
 */
int32_t sttp_subscriber_on_message(struct sttp_subscriber *subscriber,
                                   sttp_message_fn callback,
                                   void *user_data,
                                   sttp_destroy_fn destroy);

/* ==== Subscribers: the publisher, and the signals ==== */

/**
 * What is known of the publisher of a connection, and how both sides speak.
 */
typedef struct sttp_publisher_info {
    /**
     * Where it is, as `192.0.2.7:7175` or `[::1]:7175`; never NULL.
     */
    const char *address;
    /**
     * The ID that it has given this subscriber. It comes with the first list of signals; all 0 before.
     */
    struct sttp_guid subscriber_id;
    /**
     * Ticks of when the connection was made.
     */
    int64_t connected_since;
    /**
     * 1 when the publisher made the connection, 0 when the subscriber did.
     */
    int32_t incoming;
    /**
     * Protocol version: 1, 2 or 3.
     */
    int32_t protocol_version;
    /**
     * STTP_ENCODING_... of all texts.
     */
    int32_t encoding;
    /**
     * 1 when the publisher has answered the operational modes, which those of version 1 and 2 need not do; else 0.
     */
    int32_t modes_confirmed;
    /**
     * 1 when metadata were asked for compressed by GZip, else 0.
     */
    int32_t metadata_compression_asked;
    /**
     * 1 when those that came last were compressed, 0 when not, -1 before any have come.
     */
    int32_t metadata_compressed;
    /**
     * 1 when signal index caches were asked for compressed by GZip, else 0.
     */
    int32_t cache_compression_asked;
    /**
     * 1 when the one that came last was compressed, 0 when not, -1 before any has come.
     */
    int32_t cache_compressed;
    /**
     * 1 when measurements were asked for compressed by TSSC, else 0.
     */
    int32_t payload_compression_asked;
    /**
     * 1 when those that came last were compressed, 0 when not, -1 before any have come.
     */
    int32_t payload_compressed;
    /**
     * The local port where measurements come by UDP; -1 for TCP.
     */
    int32_t data_port;
    /**
     * 0.
     */
    uint32_t reserved;
} sttp_publisher_info;

/**
 * Is told what is known of the publisher.
 *
 * \param user_data  As given.
 * \param publisher  The publisher, with its texts valid during the call.
 */
typedef void (*sttp_publisher_info_fn)(void *user_data, const struct sttp_publisher_info *publisher);

/**
 * Calls a function with what is known of the publisher, on the calling thread, before this returns.
 *
 * \param visit      The function.
 * \param user_data  Handed to the call.
 * \return STTP_ERR_NOT_CONNECTED.
 * *Blocks*: no longer than `visit` takes.
 * *From a callback*: allowed. `visit` may call everything, also free the subscriber.
 */
int32_t sttp_subscriber_publisher_info(const struct sttp_subscriber *subscriber,
                                       sttp_publisher_info_fn visit,
                                       void *user_data);

/**
 * Tells the current list of signals: the one that sttp_subscriber_on_subscription_updated was told last on this
 * connection. What waits to be read may be of an earlier one, which sttp_subscriber_read_signals tells.
 *
 * \param subscriber  The subscriber.
 * \param signals     Receives the signals, in the order of their signal indexes: `(*signals)[i]->signal_id`. NULL
 *                    when there are none, or no list has come yet on this connection.
 * \param count       Receives how many there are.
 * \param generation  Receives their number, as the callback was told; 0 when no list has come. Each connection
 *                    counts from its own start. May be NULL.
 * *Thread*: one at a time calls this, as long as the signals are looked at.
 * *Ownership*: The signals and their texts are valid until this is called once there are others, or the subscriber
 *         is freed.
 */
int32_t sttp_subscriber_signals(struct sttp_subscriber *subscriber,
                                const struct sttp_signal *const **signals,
                                size_t *count,
                                uint32_t *generation);

/* ==== Subscribers: reading from a queue ==== */

/**
 * Takes received measurements out of the read queue, in the order they came. Waits for the first one;
 * does not wait for the array to fill. All measurements of one read are of the same signals, which
 * sttp_subscriber_read_signals tells.
 *
 * \param subscriber    The subscriber, connected after STTP_SETTING_READ_QUEUE.
 * \param measurements  Receives up to `capacity` measurements.
 * \param capacity      Elements of the array, at least 1.
 * \param timeout_ms    How long to wait, in milliseconds: -1 for ever, 0 not at all.
 * \param count         Receives how many measurements were read.
 * \return When everything was read and nothing comes before the program does something, at once:
 *         STTP_ERR_REFUSED when the publisher refused the subscription; STTP_ERR_COMPLETE when it was for
 *         historical data and they have ended; STTP_ERR_CLOSED when disconnected, or given up.
 *         When nothing came in time: STTP_ERR_NOT_CONNECTED; STTP_ERR_NO_SIGNALS when the publisher has no
 *         signal for the subscription; STTP_ERR_INVALID_STATE when nothing is subscribed, or without a read
 *         queue; STTP_ERR_TIMEOUT when it is just quiet. The message says more of each.
 *         STTP_ERR_INVALID_ARGUMENT when `capacity` is 0 or `timeout_ms` is below -1; STTP_ERR_WOULD_BLOCK
 *         when it would have to wait in a callback.
 * *Thread*: any; of several that read at once, each measurement goes to one.
 * *Blocks*: until there is a measurement, at most for the time-out.
 * *From a callback*: allowed with time-out 0, else STTP_ERR_WOULD_BLOCK when nothing is there.
 * *Ownership*: Do not free the subscriber while another thread reads.
 */
int32_t sttp_subscriber_read(struct sttp_subscriber *subscriber,
                             struct sttp_measurement *measurements,
                             size_t capacity,
                             int32_t timeout_ms,
                             size_t *count);

/**
 * Tells the signals of the measurements that sttp_subscriber_read read last: their `signal_index` is a row here.
 * They may not be those that sttp_subscriber_on_subscription_updated was told last, because what waits in the
 * queue may be older.
 *
 * \param subscriber  The subscriber.
 * \param signals     Receives the signals, in the order of their signal indexes: `(*signals)[i]->signal_id`. NULL
 *                    when there are none, or nothing was read yet.
 * \param count       Receives how many there are.
 * \param generation  Receives their number, as the callback was told, 0 before the first read. Each connection
 *                    counts from its own start. May be NULL.
 * *Thread*: the one that reads; where several do, take the signals and the measurements under a lock of your own.
 * *Ownership*: The signals and their texts are valid until this is called after a read of other signals, or the
 *         subscriber is freed.
 */
int32_t sttp_subscriber_read_signals(struct sttp_subscriber *subscriber,
                                     const struct sttp_signal *const **signals,
                                     size_t *count,
                                     uint32_t *generation);

/* ==== Subscribers: historical data ==== */

/**
 * Changes the pace of historical data that are being played back, and sets it for later subscriptions
 * as STTP_SETTING_PROCESSING_INTERVAL does. Whether the publisher does it comes to
 * sttp_subscriber_on_request_succeeded or sttp_subscriber_on_request_failed.
 *
 * \param milliseconds  For each step; 0 for as fast as possible, -1 for the publisher's default.
 * \return STTP_ERR_INVALID_ARGUMENT when `milliseconds` is below -1; STTP_ERR_NOT_CONNECTED;
 *         STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_subscriber_update_processing_interval(struct sttp_subscriber *subscriber, int32_t milliseconds);

/**
 * The historical data that were subscribed have ended: everything was sent, or nothing more can be. The
 * subscription is over; the connection stays. With sttp_subscriber_read, measurements may still wait to be
 * read.
 *
 * \param user_data  As registered.
 * \param text       The publisher's words, may be empty; valid during the call.
 */
typedef void (*sttp_processing_complete_fn)(void *user_data, const char *text);

/**
 * Registers who is told the end of historical data.
 */
int32_t sttp_subscriber_on_processing_complete(struct sttp_subscriber *subscriber,
                                               sttp_processing_complete_fn callback,
                                               void *user_data,
                                               sttp_destroy_fn destroy);

/* ==== Subscribers: recovery of measurements that were missed while a connection was lost ==== */

/**
 * Registers who receives measurements that were missed and fetched afterwards
 * (STTP_SETTING_DATA_GAP_RECOVERY), in the order of their times, while newer ones go on coming to
 * sttp_subscriber_on_measurements. Their `signal_index` is a row of the same latest signals. With a
 * read queue they come here all the same.
 */
int32_t sttp_subscriber_on_recovered_measurements(struct sttp_subscriber *subscriber,
                                                  sttp_measurements_fn callback,
                                                  void *user_data,
                                                  sttp_destroy_fn destroy);

/* ==== Subscribers: buffer blocks ==== */

/**
 * Opaque bytes of a signal were received: a buffer block.
 *
 * \param user_data     As registered.
 * \param signal_id     The signal; valid during the call.
 * \param signal_index  Row of the signal in the latest signals of
 *                      sttp_subscriber_on_subscription_updated.
 * \param data          The bytes; valid during the call. NULL when there are none.
 * \param size          How many there are; may be 0.
 */
typedef void (*sttp_buffer_block_fn)(void *user_data,
                                     const struct sttp_guid *signal_id,
                                     uint32_t signal_index,
                                     const uint8_t *data,
                                     size_t size);

/**
 * Registers who receives buffer blocks: each once, in the order in which the publisher sent them. What
 * never came, or could not be read, is counted in the statistics. With a read queue they come here all
 * the same, ahead of measurements that wait there.
 */
int32_t sttp_subscriber_on_buffer_block(struct sttp_subscriber *subscriber,
                                        sttp_buffer_block_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/* ==== Subscribers: notifications ==== */

/**
 * A text from the publisher's operators was received, and confirmed.
 *
 * \param user_data  As registered.
 * \param text       The text; valid during the call. Many publishers put the time in front of it.
 */
typedef void (*sttp_notification_fn)(void *user_data, const char *text);

/**
 * Registers who receives texts from the publisher's operators. They also come to the message callback.
 */
int32_t sttp_subscriber_on_notification(struct sttp_subscriber *subscriber,
                                        sttp_notification_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/* ==== Subscribers: user commands ==== */

/**
 * The publisher sent a user response.
 *
 * \param user_data  As registered.
 * \param response   Number of the response, 0 to 15.
 * \param command    Number of the user command that it answers, 0 to 15; -1 when it answers no user command.
 * \param data       What it carries; valid during the call. NULL when that is nothing.
 * \param size       Bytes of it; may be 0.
 */
typedef void (*sttp_user_response_fn)(void *user_data,
                                      int32_t response,
                                      int32_t command,
                                      const uint8_t *data,
                                      size_t size);

/**
 * Registers who receives user responses. Publishers may also answer that a user command succeeded or
 * failed: see sttp_subscriber_on_request_succeeded and sttp_subscriber_on_request_failed.
 */
int32_t sttp_subscriber_on_user_response(struct sttp_subscriber *subscriber,
                                         sttp_user_response_fn callback,
                                         void *user_data,
                                         sttp_destroy_fn destroy);

/**
 * Sends a user command to the publisher. What it means, and whether it is answered, is between the two
 * applications. One implementation ends connections on which more than 32768 bytes come.
 *
 * \param command  Number of the command, 0 to 15.
 * \param data     What it carries; NULL when that is nothing.
 * \param size     Bytes of it, less than 16777216 (16 MiB).
 * \return STTP_ERR_INVALID_ARGUMENT when the size is too large or there is no such command;
 *         STTP_ERR_NOT_CONNECTED; STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_subscriber_send_user_command(struct sttp_subscriber *subscriber,
                                          int32_t command,
                                          const uint8_t *data,
                                          size_t size);

/* ==== Subscribers: changes of the configuration, and schemas ==== */

/**
 * A schema: the tables and columns of the publisher's metadata.
 */
#define STTP_SCHEMA_METADATA 0

/**
 * A schema: the tables and columns that filter expressions select signals from.
 */
#define STTP_SCHEMA_SIGNAL_SELECTION 1

/**
 * A schema that was asked for has come.
 *
 * \param user_data  As registered.
 * \param schema     STTP_SCHEMA_METADATA or STTP_SCHEMA_SIGNAL_SELECTION.
 * \param tables     Its tables, without rows; valid during the call. Keep them with sttp_metadata_clone.
 */
typedef void (*sttp_schema_fn)(void *user_data, int32_t schema, const struct sttp_metadata *tables);

/**
 * Registers who receives schemas.
 */
int32_t sttp_subscriber_on_schema(struct sttp_subscriber *subscriber,
                                  sttp_schema_fn callback,
                                  void *user_data,
                                  sttp_destroy_fn destroy);

/**
 * Asks the publisher for a schema; it comes to the schema callback, a refusal to the callback for
 * requests that failed. Many publishers answer neither.
 *
 * \param schema  STTP_SCHEMA_METADATA or STTP_SCHEMA_SIGNAL_SELECTION.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such schema; STTP_ERR_NOT_CONNECTED;
 *         STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_subscriber_request_schema(struct sttp_subscriber *subscriber, int32_t schema);

/* ==== Subscribers: encrypted measurements ====
 * AES-256 with keys that the publisher tells each subscriber by TCP. Without TLS, whoever sees that
 * connection sees the keys.
 */

/**
 * Asks the publisher for new keys. A publisher that does not encrypt, or made the keys less than a second
 * ago, refuses.
 *
 * \return STTP_OK: a refusal is told to the callback for failed requests; STTP_ERR_NOT_CONNECTED;
 *         STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_subscriber_rotate_cipher_keys(struct sttp_subscriber *subscriber);

/* ==== Subscribers: TLS ==== */

/**
 * Calls a function with what was agreed on by TLS with the publisher, on the calling thread, before this returns.
 *
 * \param visit      The function.
 * \param user_data  Handed to the call.
 * \return STTP_ERR_INVALID_STATE when there is no connection, or it is without TLS.
 * *Blocks*: no longer than `visit` takes.
 * *From a callback*: allowed. `visit` may call everything, also free the subscriber.
 */
int32_t sttp_subscriber_tls(const struct sttp_subscriber *subscriber,
                            sttp_tls_fn visit,
                            void *user_data);

/**
 * Reads certificates, keys and revocation lists again, for the connections to come; the one that stands goes on.
 * Files that have changed are read again by themselves, when the next connection is made.
 *
 * \return STTP_ERR_INVALID_ARGUMENT when something in them cannot be used: then everything stays as it was;
 *         STTP_ERR_INVALID_STATE without TLS.
 * *Blocks*: for the files, and before that for whoever reads them already: on a share that hangs, for ever.
 *           Connections go on meanwhile.
 */
int32_t sttp_subscriber_reload_certificates(struct sttp_subscriber *subscriber);

/* ==== Subscribers: how late measurements are, and what came of each signal ==== */

/**
 * What came of one signal since the current signals came into use.
 */
typedef struct sttp_signal_statistics {
    /**
     * The signal.
     */
    struct sttp_guid signal_id;
    /**
     * Measurements that arrived; not those recovered afterwards.
     */
    uint64_t measurements;
    /**
     * Measurements with any state flag (STTP_FLAG_...).
     */
    uint64_t measurements_with_flags;
    /**
     * Ticks of the latest to arrive; 0 before the first.
     */
    int64_t last_timestamp;
    /**
     * Value of the latest to arrive; 0 before the first.
     */
    double last_value;
    /**
     * How late they were.
     */
    struct sttp_latency latency;
} sttp_signal_statistics;

/**
 * Reads how late measurements arrive (STTP_SETTING_LATENCY_STATISTICS).
 *
 * \param total     Receives it for all measurements since the subscriber was made.
 * \param interval  Receives it for those of the latest complete interval
 *                  (STTP_SETTING_STATISTICS_INTERVAL).
 */
int32_t sttp_subscriber_latency_statistics(const struct sttp_subscriber *subscriber,
                                           struct sttp_latency *total,
                                           struct sttp_latency *interval);

/**
 * Reads what came of each signal (STTP_SETTING_SIGNAL_STATISTICS) since the current signals
 * came into use: those that sttp_subscriber_on_subscription_updated was told last. Other signals, also
 * those of another connection, begin anew at 0 before that callback is called.
 *
 * \param statistics  Receives the first `capacity` signals, each in its row. NULL when the capacity is 0.
 * \param size        sizeof(*statistics): that of one element.
 * \param capacity    Elements of the array.
 * \param count       Receives how many signals there are, even when it is more than `capacity`; 0
 *                    before the first.
 * \param generation  Receives their number as the callback was told, 0 before the first. Each
 *                    connection counts from its own start; the signal IDs tell the signals of two
 *                    connections apart. May be NULL.
 * \return STTP_ERR_INVALID_STATE when the signals were not to be counted at the latest connect.
 * *Blocks*: no; measurements wait while they are copied.
 */
int32_t sttp_subscriber_signal_statistics(const struct sttp_subscriber *subscriber,
                                          struct sttp_signal_statistics *statistics,
                                          size_t size,
                                          size_t capacity,
                                          size_t *count,
                                          uint32_t *generation);

/* ==== Publishers ====
 * A publisher sends measurements to any number of subscribers, each of which gets those that it asked for. Make it,
 * set the metadata, which describe its signals, register callbacks, then start it: it listens (sttp_publisher_start)
 * or connects to subscribers that listen (sttp_publisher_connect), or both. Settings hold from the next start on.
 *
 * It runs from the first start or connect until sttp_publisher_stop, after which it may be started again. Each
 * connection begins with the callback connected and ends with disconnected; between them, subscribed and
 * unsubscribed may come several times. Publishing while nobody is subscribed costs next to nothing.
 *
 *
 * static int publish_once(const sttp_metadata *metadata, const sttp_guid *signal_id) {
 *     sttp_publisher *publisher = NULL;
 *     sttp_measurement measurement = {{{0}}, 0, 0, 0, 0};
 *     int32_t status = sttp_publisher_new(NULL, &publisher);
 *     if (status == STTP_OK) status = sttp_publisher_set_metadata(publisher, metadata);
 *     if (status == STTP_OK) status = sttp_publisher_start(publisher, "0.0.0.0:7175");
 *     measurement.signal_id = *signal_id;
 *     measurement.timestamp = sttp_time_now();
 *     measurement.value = 60.01;
 *     if (status == STTP_OK) status = sttp_publisher_publish(publisher, &measurement, 1);
 *     if (status == STTP_OK) status = sttp_publisher_flush(publisher, 1000);
 *     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
 *     sttp_publisher_free(publisher);
 *     return status == STTP_OK ? 0 : 1;
 * }
 *
 */

/**
 * What is counted of a publisher since it was made. What is also counted of each connection is the
 * sum of them, those included that have ended: what goes to two subscribers counts twice.
 */
typedef struct sttp_publisher_counters {
    /**
     * Measurements handed in.
     */
    uint64_t measurements_published;
    /**
     * Measurements handed in whose signal is not in the metadata, or whose row there has no signal ID of
     * its own.
     */
    uint64_t measurements_unknown;
    /**
     * Measurements sent.
     */
    uint64_t measurements_sent;
    /**
     * Measurements dropped, because the subscriber was too slow or the system did not take datagrams; for
     * the publisher also, once, those that the engine was too slow for.
     */
    uint64_t measurements_dropped;
    /**
     * Measurements queued per second, in the latest complete second.
     */
    double measurements_per_second;
    /**
     * Data packets queued; for a member of a multicast group, those of the group.
     */
    uint64_t packets_sent;
    /**
     * Bytes sent, protocol included.
     */
    uint64_t bytes_sent;
    /**
     * Bytes received, protocol included.
     */
    uint64_t bytes_received;
    /**
     * Datagrams handed to the system; for a member of a multicast group, those of the group.
     */
    uint64_t datagrams_sent;
    /**
     * Datagrams dropped, because the system did not take them at once.
     */
    uint64_t datagrams_dropped;
    /**
     * Buffer blocks queued, repetitions not counted.
     */
    uint64_t buffer_blocks_sent;
    /**
     * Buffer blocks queued once more, because they were not confirmed.
     */
    uint64_t buffer_blocks_repeated;
    /**
     * Buffer blocks not sent, because the subscriber was too slow to take or to confirm others; for the
     * publisher also, once, those that the engine was too slow for.
     */
    uint64_t buffer_blocks_dropped;
    /**
     * Buffer blocks that were sent, but whose confirmation never came.
     */
    uint64_t buffer_blocks_unconfirmed;
    /**
     * Connections accepted or made.
     */
    uint64_t connections_accepted;
    /**
     * Connections refused, as those above the limit.
     */
    uint64_t connections_refused;
    /**
     * Connections now.
     */
    uint64_t connections;
    /**
     * Connections now that get measurements.
     */
    uint64_t subscribed;
    /**
     * Commands received, those included that were refused.
     */
    uint64_t commands_received;
    /**
     * Bytes sent by TCP, the command channel, through which measurements go too unless they go by UDP.
     */
    uint64_t command_channel_bytes_sent;
    /**
     * Bytes sent by UDP, the data channel; for a member of a multicast group, those of the group.
     */
    uint64_t data_channel_bytes_sent;
} sttp_publisher_counters;

/**
 * Makes a publisher, without metadata, that neither listens nor connects yet.
 *
 * \param engine     What it runs on; NULL for the process's shared engine.
 * \param publisher  Receives the publisher.
 * \return STTP_ERR_IO when the shared engine cannot be started.
 * *Ownership*: The engine stays the caller's and may be freed before the publisher.
 */
int32_t sttp_publisher_new(struct sttp_engine *engine, struct sttp_publisher **publisher);

/**
 * Frees a publisher; it stops listening and its connections are closed. No callback is called any
 * more. Call sttp_publisher_flush first if what was published must arrive.
 *
 * *Blocks*: while a callback of the publisher runs on another thread, that which reads historical data
 * included. Does not wait for connections to close.
 * *From a callback*: allowed, also from its own.
 * *Ownership*: the publisher is gone; the destructors of its callbacks have run, except that of the
 * callback which this was called from: it runs when that returns.
 */
void sttp_publisher_free(struct sttp_publisher *publisher);

/**
 * Sets what is published: the metadata that subscribers can request and select signals from. May be
 * replaced while listening: connected subscribers are told, and subscriptions follow.
 *
 * \param metadata  The metadata.
 * \return STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Ownership*: the metadata stay the caller's and may be freed at once: the publisher shares them.
 */
int32_t sttp_publisher_set_metadata(struct sttp_publisher *publisher, const struct sttp_metadata *metadata);

/**
 * Starts to listen for subscribers. The settings as they are now hold until the stop.
 *
 * \param address  Where: `127.0.0.1:7175`, `[::]:7175` for all addresses of IPv6 and IPv4, port 0 for
 *                 any free one, which sttp_publisher_address then tells.
 * \return STTP_ERR_INVALID_ARGUMENT when `address` cannot be read as one; STTP_ERR_INVALID_STATE when
 *         listening already; STTP_ERR_IO when the system refuses, as when the address is in use;
 *         STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: for the name service when the host is a name.
 */
int32_t sttp_publisher_start(struct sttp_publisher *publisher, const char *address);

/**
 * Stops listening and connecting, and closes all connections when they have taken what is queued for
 * them, after two seconds at the latest. The publisher may be started again. A process that ends
 * before its connections are closed (`connections` of sttp_publisher_statistics is 0 then) may
 * cost subscribers what they have not read yet.
 *
 * \return STTP_OK, also when it did neither; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; the port is free when this returns, connections close later.
 */
int32_t sttp_publisher_stop(struct sttp_publisher *publisher);

/**
 * Writes the address that a publisher listens on, with the port that the system chose, as
 * `127.0.0.1:7175`.
 *
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; 64 always suffice.
 * \return STTP_ERR_INVALID_STATE when not listening; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_publisher_address(const struct sttp_publisher *publisher, char *buffer, size_t size);

/**
 * Publishes measurements by their `signal_id`; `signal_index` does not matter. Each subscriber gets
 * those that it asked for. Signals that are not in the metadata are counted and left out. The engine
 * sends them, or for a few subscribers the calling thread (STTP_SETTING_DIRECT_SENDING).
 *
 * \param measurements  The measurements; NULL when there are none.
 * \param count         How many there are.
 * \return STTP_ERR_CLOSED when not started, or stopped meanwhile; STTP_ERR_WOULD_BLOCK when, with
 *         `overflow=wait`, it would have to wait for subscribers but cannot: then nothing was
 *         taken, try again later.
 * *Thread*: any; calls of one thread keep their order.
 * *Blocks*: no, but with `overflow=wait` until subscribers have taken enough of what was published,
 * by this call or before.
 * *From a callback*: allowed; gives STTP_ERR_WOULD_BLOCK instead of waiting, as it does on a polled
 * engine.
 */
int32_t sttp_publisher_publish(struct sttp_publisher *publisher,
                               const struct sttp_measurement *measurements,
                               size_t count);

/**
 * Publishes measurements by their `signal_index`. Saves a look-up for each; `signal_id` does not matter.
 * Otherwise as sttp_publisher_publish.
 *
 * Once sttp_publisher_set_metadata has given other signals to rows that were in use, rows have to be looked up
 * again by sttp_publisher_signal_index, and from then on a `signal_id` that is not all zero has to be that of
 * the row.
 *
 * \param measurements  The measurements; NULL when there are none.
 * \param count         How many there are.
 * \return As sttp_publisher_publish; STTP_ERR_INVALID_ARGUMENT when a row is one of metadata that were replaced,
 *         and now that of another signal: then nothing was published.
 * *Thread*: any; calls of one thread keep their order.
 * *Blocks*: as sttp_publisher_publish.
 * *From a callback*: as sttp_publisher_publish.
 */
int32_t sttp_publisher_publish_indexed(struct sttp_publisher *publisher,
                                       const struct sttp_measurement *measurements,
                                       size_t count);

/**
 * Publishes measurements by their `signal_id` to one connection, as far as they are in its subscription: for
 * instance the latest values to a subscriber that has just come. They are sent at once, also when the subscription is
 * throttled. Where measurements are compressed (TSSC), all who share the subscription get their next ones less
 * compressed; so do not do it for every frame. They are neither counted as published nor kept for historical data.
 *
 * \param connection_id  `id` of the connection.
 * \param measurements   The measurements; NULL when there are none.
 * \param count          How many there are.
 * \return STTP_ERR_NOT_FOUND when there is no such connection; STTP_ERR_INVALID_STATE when no measurements of the
 *         present flow to it alone; STTP_ERR_CLOSED when not started.
 */
int32_t sttp_publisher_publish_to(struct sttp_publisher *publisher,
                                  uint64_t connection_id,
                                  const struct sttp_measurement *measurements,
                                  size_t count);

/**
 * Finds the signal index of a signal: the row of its measurement in the metadata. It holds until the metadata
 * are replaced.
 *
 * \param signal_id     The signal.
 * \param signal_index  Receives its index.
 * \return STTP_ERR_NOT_FOUND when the signal is not in the metadata.
 */
int32_t sttp_publisher_signal_index(const struct sttp_publisher *publisher,
                                    const struct sttp_guid *signal_id,
                                    uint32_t *signal_index);

/**
 * Waits until everything that was published so far is in the hands of the system, so that it will
 * arrive even if the process ends; and until buffer blocks that want a confirmation have it, or are
 * given up. What throttled subscribers get only when their interval is over is not waited for.
 *
 * \param timeout_ms  How long to wait, in milliseconds: -1 for ever, 0 not at all.
 * \return STTP_ERR_INVALID_ARGUMENT when `timeout_ms` is below -1; STTP_ERR_TIMEOUT; STTP_ERR_CLOSED
 *         when not started or stopped meanwhile; STTP_ERR_WOULD_BLOCK in a callback.
 * *Thread*: any; of a polled engine, not the one that polls.
 * *Blocks*: until it is done, at most for the time-out.
 * *From a callback*: STTP_ERR_WOULD_BLOCK.
 * *Ownership*: Do not free the publisher while another thread waits.
 */
int32_t sttp_publisher_flush(struct sttp_publisher *publisher, int32_t timeout_ms);

/**
 * Reads the counters of a publisher.
 *
 * \param statistics  Receives the counters.
 * \param size        sizeof(*statistics).
 */
int32_t sttp_publisher_statistics(const struct sttp_publisher *publisher,
                                  struct sttp_publisher_counters *statistics,
                                  size_t size);

/* ==== Publishers: connection strings ====
 * All keys are in docs/connection-strings.md. They are read strictly: after a mistake nothing has changed,
 * and sttp_last_error names the key, its value, and what to write.
 */

/**
 * Sets what a connection string says, as sttp_publisher_set does for each key: what it does not
 * mention stays. Where to listen, and which subscribers to connect to, is kept for
 * sttp_publisher_open.
 *
 * \param connection_string  As `port=7165; overflow=wait; maxConnections=50`.
 * \return STTP_ERR_INVALID_ARGUMENT when something is wrong with the string: then nothing has changed.
 */
int32_t sttp_publisher_configure(struct sttp_publisher *publisher, const char *connection_string);

/**
 * Does what a connection string says: sets it as sttp_publisher_configure does, listens on the `port`,
 * and connects to the `server`s, until sttp_publisher_stop. Set the metadata and register callbacks
 * before.
 *
 * \param connection_string  As `port=7165` or `server=control-center.example.com:7175`; NULL for what
 *                           was set by sttp_publisher_configure and other functions before.
 * \return STTP_OK: success and failure of attempts to connect are told to the callbacks;
 *         STTP_ERR_INVALID_ARGUMENT when something is wrong with the string, or there is neither a
 *         port nor a server; STTP_ERR_INVALID_STATE when listening, or connecting there, already;
 *         STTP_ERR_IO when the system refuses to listen, as when the address is in use;
 *         STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_publisher_open(struct sttp_publisher *publisher, const char *connection_string);

/* ==== Publishers: connecting to subscribers ====
 * Once connected, everything is as it is when the subscriber connects.
 */

/**
 * Connects to a subscriber that listens, and keeps the connection up until
 * sttp_publisher_disconnect_from or sttp_publisher_stop, over losses if so set. May be called for
 * several subscribers, before, after or instead of sttp_publisher_start: with the first of these calls
 * the publisher begins to run, and its settings hold until the stop. Such connections are made even
 * beyond the limit of STTP_SETTING_MAX_CONNECTIONS.
 *
 * \param address  `host:port`, as `localhost:7175`, `192.0.2.7:7175` or `[::1]:7175`.
 * \return STTP_OK: success and failure of the attempt are told to the callbacks;
 *         STTP_ERR_INVALID_ARGUMENT when `address` cannot be read as one; STTP_ERR_INVALID_STATE when
 *         the publisher connects there already; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; the name is looked up and the connection made in the background.
 */
int32_t sttp_publisher_connect(struct sttp_publisher *publisher, const char *address);

/**
 * Ends the connection to a subscriber that sttp_publisher_connect was called for, after it has taken
 * what is queued for it, and all attempts to make one.
 *
 * \param address  The address given to sttp_publisher_connect.
 * \return STTP_ERR_INVALID_ARGUMENT when `address` cannot be read as one; STTP_ERR_NOT_FOUND when the
 *         publisher does not connect there, or has given up; STTP_ERR_WOULD_BLOCK when too many
 *         requests wait.
 * *Blocks*: no; the callback for the end of the connection follows.
 */
int32_t sttp_publisher_disconnect_from(struct sttp_publisher *publisher, const char *address);

/**
 * The next attempt to connect to a subscriber follows after a delay.
 *
 * \param user_data  As registered.
 * \param address    As given to sttp_publisher_connect; valid during the call.
 * \param attempt    Number of that attempt since the subscriber was last connected, from 1.
 * \param delay_ms   Milliseconds until then.
 */
typedef void (*sttp_publisher_reconnecting_fn)(void *user_data,
                                               const char *address,
                                               uint32_t attempt,
                                               uint32_t delay_ms);

/**
 * Registers who is told that an attempt to connect to a subscriber again follows.
 */
int32_t sttp_publisher_on_reconnecting(struct sttp_publisher *publisher,
                                       sttp_publisher_reconnecting_fn callback,
                                       void *user_data,
                                       sttp_destroy_fn destroy);

/**
 * No further attempt to connect to a subscriber follows.
 *
 * \param user_data  As registered.
 * \param address    As given to sttp_publisher_connect; valid during the call.
 * \param reason     Why the last connection ended or could not be made, as STTP_ERR_IO.
 * \param message    The reason as a sentence; valid during the call.
 */
typedef void (*sttp_gave_up_fn)(void *user_data, const char *address, int32_t reason, const char *message);

/**
 * Registers who is told that no further attempt to connect to a subscriber follows, because they are
 * used up or switched off.
 */
int32_t sttp_publisher_on_gave_up(struct sttp_publisher *publisher,
                                  sttp_gave_up_fn callback,
                                  void *user_data,
                                  sttp_destroy_fn destroy);

/* ==== Publishers: TLS ==== */

/**
 * Reads certificates, keys and revocation lists again, for the connections to come; those that stand go on. Files
 * that have changed are read again by themselves, when the next connection is made.
 *
 * \return STTP_ERR_INVALID_ARGUMENT when something in them cannot be used: then everything stays as it was;
 *         STTP_ERR_INVALID_STATE without TLS.
 * *Blocks*: for the files, and before that for whoever reads them already: on a share that hangs, for ever.
 *           Connections go on meanwhile.
 */
int32_t sttp_publisher_reload_certificates(struct sttp_publisher *publisher);

/* ==== Publishers: settings by their keys ====
 * All have defaults. They hold from the next start or connect on.
 */

/**
 * Sets one setting, as `key={value}` in a connection string does (sttp_publisher_configure). It holds
 * from the next start on, or the next connect when the publisher does not run.
 *
 * \param key         STTP_SETTING_..., as STTP_SETTING_MAX_CONNECTIONS; upper and lower case are the same.
 * \param value       As connection strings write it: `50`, `true`, `2.5`; NULL for the default. A
 *                    group takes a connection string of its keys.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for
 *         publishers, the key cannot have that value, or it does not go with what else is set: then nothing has
 *         changed. Set what only goes together in one call of sttp_publisher_configure.
 */
int32_t sttp_publisher_set(struct sttp_publisher *publisher,
                           const char *key,
                           const char *value);

/**
 * Reads one setting, as it can be set again; of a group, what differs from the defaults.
 *
 * \param key         STTP_SETTING_...; upper and lower case are the same.
 * \param buffer      Receives the value and a NUL.
 * \param size        Bytes of the buffer.
 * \param length      Receives the bytes of the value without the NUL, also when the buffer is too small; may be
 *                    NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for
 *         publishers, or STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_publisher_get(const struct sttp_publisher *publisher,
                           const char *key,
                           char *buffer,
                           size_t size,
                           size_t *length);

/* ==== Publishers: connections ==== */

/**
 * What is counted of a connection to a subscriber, from its beginning.
 */
typedef struct sttp_connection_counters {
    /**
     * Measurements sent.
     */
    uint64_t measurements_sent;
    /**
     * Measurements dropped, because the subscriber was too slow or the system did not take datagrams; for
     * the publisher also, once, those that the engine was too slow for.
     */
    uint64_t measurements_dropped;
    /**
     * Measurements queued per second, in the latest complete second.
     */
    double measurements_per_second;
    /**
     * Data packets queued; for a member of a multicast group, those of the group.
     */
    uint64_t packets_sent;
    /**
     * Bytes sent, protocol included.
     */
    uint64_t bytes_sent;
    /**
     * Bytes received, protocol included.
     */
    uint64_t bytes_received;
    /**
     * Datagrams handed to the system; for a member of a multicast group, those of the group.
     */
    uint64_t datagrams_sent;
    /**
     * Datagrams dropped, because the system did not take them at once.
     */
    uint64_t datagrams_dropped;
    /**
     * Buffer blocks queued, repetitions not counted.
     */
    uint64_t buffer_blocks_sent;
    /**
     * Buffer blocks queued once more, because they were not confirmed.
     */
    uint64_t buffer_blocks_repeated;
    /**
     * Buffer blocks not sent, because the subscriber was too slow to take or to confirm others; for the
     * publisher also, once, those that the engine was too slow for.
     */
    uint64_t buffer_blocks_dropped;
    /**
     * Buffer blocks that were sent, but whose confirmation never came.
     */
    uint64_t buffer_blocks_unconfirmed;
    /**
     * Signals of the subscription.
     */
    uint64_t signal_count;
    /**
     * Bytes that wait to be sent.
     */
    uint64_t queued_bytes;
    /**
     * Commands received, those included that were refused.
     */
    uint64_t commands_received;
    /**
     * Bytes sent by TCP, the command channel, through which measurements go too unless they go by UDP.
     */
    uint64_t command_channel_bytes_sent;
    /**
     * Bytes sent by UDP, the data channel; for a member of a multicast group, those of the group.
     */
    uint64_t data_channel_bytes_sent;
} sttp_connection_counters;

/**
 * How a subscriber wants to be spoken to, and what it gets. Each is 1 or 0.
 */
typedef struct sttp_connection_modes {
    /**
     * Protocol version: 1, 2 or 3.
     */
    int32_t protocol_version;
    /**
     * STTP_ENCODING_... of all texts.
     */
    int32_t encoding;
    /**
     * Metadata compressed by GZip are asked for.
     */
    int32_t metadata_compression_asked;
    /**
     * Metadata are compressed.
     */
    int32_t metadata_compressed;
    /**
     * Signal index caches compressed by GZip are asked for.
     */
    int32_t cache_compression_asked;
    /**
     * Signal index caches are compressed.
     */
    int32_t cache_compressed;
    /**
     * Measurements compressed by TSSC are asked for.
     */
    int32_t payload_compression_asked;
    /**
     * Measurements are compressed, unless they go by UDP.
     */
    int32_t payload_compressed;
    /**
     * Metadata are to include the publisher's own.
     */
    int32_t internal_metadata;
    /**
     * Metadata are to include what the publisher has from others.
     */
    int32_t external_metadata;
} sttp_connection_modes;

/**
 * What a subscription asks for, or what it gets. Texts are never NULL; long ones are cut.
 */
typedef struct sttp_subscription_terms {
    /**
     * 1 when measurements are compressed by TSSC, else 0: compact.
     */
    int32_t compressed;
    /**
     * 1 when they go by UDP, else 0.
     */
    int32_t by_udp;
    /**
     * 1 when they have times, else 0. Compressed ones always have.
     */
    int32_t include_time;
    /**
     * 1 when times may be offsets from base times, else 0. Nobody asks for that.
     */
    int32_t base_times;
    /**
     * 1 when such offsets may be whole milliseconds, else 0.
     */
    int32_t millisecond_resolution;
    /**
     * 1 when measurements that are not a number are left out, else 0.
     */
    int32_t nan_filter;
    /**
     * 1 when only the latest value of each signal comes, once per publish_interval; else 0.
     */
    int32_t throttled;
    /**
     * 1 when times outside lag_time and lead_time are marked, or are no base times; else 0.
     */
    int32_t check_time_reasonability;
    /**
     * 1 when measurements are encrypted, else 0. Nobody asks for that.
     */
    int32_t encrypted;
    /**
     * Pace of historical data in milliseconds for each step; 0 for as fast as possible, -1 for the publisher's default,
     * and for live data.
     */
    int32_t processing_interval;
    /**
     * Interval of a throttled subscription in seconds; asked for, 0 leaves it to the publisher.
     */
    double publish_interval;
    /**
     * How far in the past a time is reasonable, in seconds.
     */
    double lag_time;
    /**
     * How far in the future a time is reasonable, in seconds.
     */
    double lead_time;
    /**
     * Buffer blocks are sent again when not confirmed for so many seconds; asked for, 0 leaves it to the publisher.
     */
    double buffer_block_timeout;
    /**
     * Ticks of the first time of historical data; 0 for live data, and where it is only asked for.
     */
    int64_t start_time;
    /**
     * Ticks of the last time of historical data; 0 for live data, and where it is only asked for.
     */
    int64_t stop_time;
    /**
     * The first time as the subscriber wrote it; empty for live data, and of what it gets.
     */
    const char *start_time_text;
    /**
     * The last time as the subscriber wrote it; empty for none, and of what it gets.
     */
    const char *stop_time_text;
    /**
     * Text for the source of historical data; empty for none, and of what it gets.
     */
    const char *time_parameters;
    /**
     * Largest data packet in bytes; 0 of what is asked for.
     */
    uint64_t largest_packet;
} sttp_subscription_terms;

/**
 * What a publisher knows of one subscriber. Texts are never NULL.
 */
typedef struct sttp_connection {
    /**
     * Number of the connection, not used again by the same publisher.
     */
    uint64_t id;
    /**
     * ID that the publisher gave the subscriber.
     */
    struct sttp_guid subscriber_id;
    /**
     * The subscriber's address, as `127.0.0.1:41234` or `[::1]:41234`.
     */
    const char *address;
    /**
     * Program and version that the subscriber names, for display only; empty when it names none.
     */
    const char *identity;
    /**
     * Filter expression of its subscription; empty when it has none.
     */
    const char *filter;
    /**
     * Protocol version it asked for: 1, 2 or 3; 0 as long as it has not said.
     */
    int32_t protocol_version;
    /**
     * 1 while data can flow to it, else 0.
     */
    int32_t subscribed;
    /**
     * 1 when the publisher made the connection, 0 when it accepted it.
     */
    int32_t outgoing;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * Where its measurements go by UDP, as `127.0.0.1:9600`, or the multicast group; empty for TCP.
     */
    const char *data_channel;
    /**
     * Ticks of when the connection was made.
     */
    int64_t connected_since;
    /**
     * How late measurements were when they were queued for it, since it connected: of the first and the last
     * one of each data packet, historical ones aside.
     */
    struct sttp_latency latency;
    /**
     * The same of the latest complete second.
     */
    struct sttp_latency recent_latency;
    /**
     * What is counted of it; as valid as the connection.
     */
    const struct sttp_connection_counters *counters;
    /**
     * What was agreed on by TLS, and who the subscriber is; NULL without TLS. As valid as the connection.
     */
    const struct sttp_tls *tls;
    /**
     * How the subscriber wants to be spoken to, and what it gets; NULL before it has said so. As valid as the
     * connection.
     */
    const struct sttp_connection_modes *modes;
    /**
     * What its subscription asks for; NULL without one. As valid as the connection.
     */
    const struct sttp_subscription_terms *asked;
    /**
     * What its subscription gets; NULL without one. As valid as the connection.
     */
    const struct sttp_subscription_terms *granted;
    /**
     * The program that it says it is; empty when it names none.
     */
    const char *program;
    /**
     * Version of that program; empty when it names none.
     */
    const char *program_version;
    /**
     * Date of that version; empty when it names none.
     */
    const char *program_updated_on;
    /**
     * What the rights call the subscriber; empty when there are none for it.
     */
    const char *rights;
} sttp_connection;

/**
 * Is told of a connection to a subscriber.
 *
 * \param user_data   As registered, or as given.
 * \param connection  The connection as it was then, with its texts valid during the call.
 */
typedef void (*sttp_connection_fn)(void *user_data, const struct sttp_connection *connection);

/**
 * Calls a function once for each connection there is, on the calling thread, before this returns.
 *
 * \param visit      The function.
 * \param user_data  Handed to every call.
 * *Blocks*: no longer than `visit` takes.
 * *From a callback*: allowed. `visit` may call everything, also free the publisher.
 */
int32_t sttp_publisher_for_each_connection(const struct sttp_publisher *publisher,
                                           sttp_connection_fn visit,
                                           void *user_data);

/**
 * Ends a connection, after it has taken what is queued for it: nothing that it asks is answered any more, in the
 * callback connected nothing at all. One that the publisher has made is made
 * again, unless STTP_SETTING_AUTO_RECONNECT forbids it: sttp_publisher_disconnect_from ends it
 * for good.
 *
 * \param connection_id  `id` of the connection.
 * \return STTP_ERR_NOT_FOUND when there is no such connection any more.
 * *Blocks*: no; the callback for its end follows.
 */
int32_t sttp_publisher_disconnect(struct sttp_publisher *publisher,
                                  uint64_t connection_id);

/* ==== Publishers: rights ====
 * What each subscriber may: by a file (STTP_SETTING_RIGHTS_FILE, docs/security.md), which holds when nothing else is
 * decided; by a callback that decides when somebody connects, before anything is told to them; or later, for one
 * connection. In texts rights are the keys of a section of the file, as a connection string:
 * `signals={ALLOW WHERE SignalType = 'FREQ'}; udp=false`. Who is granted no signals has none.
 */

/**
 * Somebody connected, or asked to stay connected.
 */
#define STTP_AUDIT_CONNECTION 0

/**
 * A subscriber asked for measurements.
 */
#define STTP_AUDIT_SUBSCRIPTION 1

/**
 * A subscriber asked for historical data.
 */
#define STTP_AUDIT_HISTORICAL_DATA 2

/**
 * A subscriber asked for metadata, or their schema.
 */
#define STTP_AUDIT_METADATA 3

/**
 * A subscriber sent a user command.
 */
#define STTP_AUDIT_USER_COMMAND 4

/**
 * What a subscriber may has changed while it was connected; when that was refused, it is disconnected.
 */
#define STTP_AUDIT_RIGHTS 5

/**
 * Subject of an audit event: to get no measurements any more.
 */
#define STTP_AUDIT_UNSUBSCRIPTION 6

/**
 * Subject of an audit event: to get other keys for encrypted measurements.
 */
#define STTP_AUDIT_CIPHER_KEYS 7

/**
 * Subject of an audit event: to get historical data at another pace.
 */
#define STTP_AUDIT_PROCESSING_INTERVAL 8

/**
 * Subject of an audit event: to use operational modes.
 */
#define STTP_AUDIT_OPERATIONAL_MODES 9

/**
 * Subject of an audit event: any other command, which there is not, or not here.
 */
#define STTP_AUDIT_OTHER_COMMAND 10

/**
 * Somebody who has connected, or was connected to, and may be a subscriber.
 */
typedef struct sttp_peer {
    /**
     * Its address, as `127.0.0.1:41234` or `[::1]:41234`; never NULL.
     */
    const char *address;
    /**
     * What was agreed on by TLS, and who the peer is by its certificate; NULL without TLS.
     */
    const struct sttp_tls *tls;
    /**
     * 1 when the publisher made the connection, 0 when it accepted it.
     */
    int32_t outgoing;
    /**
     * 0.
     */
    uint32_t reserved;
} sttp_peer;

/**
 * Decides whether a peer is let in, and what it may, by sttp_admission_refuse or sttp_admission_grant; without
 * either, what the file of rights says holds. The last call counts, and one that fails refuses the peer.
 *
 * \param user_data  As registered.
 * \param peer       Who it is, with its texts valid during the call.
 * \param admission  Takes the decision, during the call.
 */
typedef void (*sttp_admit_fn)(void *user_data, const struct sttp_peer *peer, struct sttp_admission *admission);

/**
 * Registers who decides about each peer, before anything is told to it beyond the own certificate.
 */
int32_t sttp_publisher_on_admit(struct sttp_publisher *publisher,
                                sttp_admit_fn callback,
                                void *user_data,
                                sttp_destroy_fn destroy);

/**
 * Does not let a peer in. It is told nothing; the reason is for the audit and for messages.
 *
 * \param reason  Why, in a few words.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such text: the peer is refused then, too.
 */
int32_t sttp_admission_refuse(struct sttp_admission *admission, const char *reason);

/**
 * Lets a peer in, and grants it these rights as long as it is connected, whatever the file of rights says.
 *
 * \param name    What to call it in messages and in the audit.
 * \param rights  Its rights.
 * \return STTP_ERR_INVALID_ARGUMENT when the rights cannot be read: the peer is refused then, unless a later call
 *         grants it others.
 */
int32_t sttp_admission_grant(struct sttp_admission *admission,
                             const char *name,
                             const char *rights);

/**
 * Grants a subscriber that is connected other rights, from now on and as long as it is connected. What it may not
 * have any more is not sent to it any more.
 *
 * \param connection_id  `id` of the connection.
 * \param name           What to call it in messages and in the audit; not looked at without rights.
 * \param rights         Its rights; NULL for what the file of rights says.
 * \return STTP_ERR_NOT_FOUND when there is no such connection any more; STTP_ERR_INVALID_ARGUMENT when the rights
 *         cannot be read.
 */
int32_t sttp_publisher_set_rights(struct sttp_publisher *publisher,
                                  uint64_t connection_id,
                                  const char *name,
                                  const char *rights);

/**
 * Reads the file of rights again, at once. A file that has changed is read again by itself, when it
 * stays as it is for a second.
 *
 * \return STTP_ERR_INVALID_ARGUMENT when there is a mistake in it: then everything stays as it was, and
 *         sttp_last_error tells the line and what to write; STTP_ERR_INVALID_STATE when there is no file.
 * *Blocks*: for the file, on a share that hangs for ever. Connections go on meanwhile.
 */
int32_t sttp_publisher_reload_rights(struct sttp_publisher *publisher);

/**
 * A peer or a request that was accepted or refused. Texts are never NULL.
 */
typedef struct sttp_audit {
    /**
     * When, in ticks.
     */
    int64_t time;
    /**
     * Who, with its texts as valid as these.
     */
    const struct sttp_peer *peer;
    /**
     * `id` of its connection; 0 when it has none yet.
     */
    uint64_t connection_id;
    /**
     * What the rights call it; empty where there are none for it.
     */
    const char *name;
    /**
     * Program and version as it names itself; empty before it has.
     */
    const char *identity;
    /**
     * What exactly, or why not.
     */
    const char *reason;
    /**
     * All of it in one line, for a log.
     */
    const char *line;
    /**
     * So many others before it were left out, because there were too many.
     */
    uint64_t left_out;
    /**
     * What was accepted or refused: STTP_AUDIT_...
     */
    int32_t subject;
    /**
     * 1 when it was accepted, 0 when it was refused.
     */
    int32_t accepted;
} sttp_audit;

/**
 * Is told what was accepted or refused.
 *
 * \param user_data  As registered.
 * \param audit      What, with its texts valid during the call.
 */
typedef void (*sttp_audit_fn)(void *user_data, const struct sttp_audit *audit);

/**
 * Registers who is told of every peer and every request that was accepted or refused. When there are more
 * of either in a second than the setting `auditEventsPerSecond` allows, some are left out, and counted.
 */
int32_t sttp_publisher_on_audit(struct sttp_publisher *publisher,
                                sttp_audit_fn callback,
                                void *user_data,
                                sttp_destroy_fn destroy);

/* ==== Publishers: callbacks ==== */

/**
 * Registers who is told that a subscriber has connected.
 */
int32_t sttp_publisher_on_connected(struct sttp_publisher *publisher,
                                    sttp_connection_fn callback,
                                    void *user_data,
                                    sttp_destroy_fn destroy);

/**
 * A connection to a subscriber has ended.
 *
 * \param user_data   As registered.
 * \param connection  The connection as it was last, with its texts valid during the call.
 * \param reason      STTP_OK when the program or the subscriber ended it, else why.
 * \param message     The reason as a sentence, empty for STTP_OK; valid during the call.
 */
typedef void (*sttp_connection_ended_fn)(void *user_data,
                                         const struct sttp_connection *connection,
                                         int32_t reason,
                                         const char *message);

/**
 * Registers who is told that a connection to a subscriber has ended, and why.
 */
int32_t sttp_publisher_on_disconnected(struct sttp_publisher *publisher,
                                       sttp_connection_ended_fn callback,
                                       void *user_data,
                                       sttp_destroy_fn destroy);

/**
 * Registers who is told that measurements flow to a subscriber from now on: it has been told its
 * signals, and has confirmed them (protocol versions 2 and 3).
 */
int32_t sttp_publisher_on_subscribed(struct sttp_publisher *publisher,
                                     sttp_connection_fn callback,
                                     void *user_data,
                                     sttp_destroy_fn destroy);

/**
 * Registers who is told that a subscriber has ended its subscription and stays connected.
 */
int32_t sttp_publisher_on_unsubscribed(struct sttp_publisher *publisher,
                                       sttp_connection_fn callback,
                                       void *user_data,
                                       sttp_destroy_fn destroy);

/**
 * Registers who receives messages for operators. Repeated ones are held back, and counted.
 */
int32_t sttp_publisher_on_message(struct sttp_publisher *publisher,
                                  sttp_message_fn callback,
                                  void *user_data,
                                  sttp_destroy_fn destroy);

/**
 * A subscriber has changed the pace of its historical data.
 *
 * \param user_data      As registered.
 * \param connection_id  `id` of the connection.
 * \param milliseconds   For each step, which is everything up to the next later time; 0 for as fast as possible, -1
 *                       for the publisher's default.
 */
typedef void (*sttp_processing_interval_fn)(void *user_data, uint64_t connection_id, int32_t milliseconds);

/**
 * Registers who is told that a subscriber has changed the pace of its historical data.
 */
int32_t sttp_publisher_on_processing_interval(struct sttp_publisher *publisher,
                                              sttp_processing_interval_fn callback,
                                              void *user_data,
                                              sttp_destroy_fn destroy);

/* ==== Publishers: historical data, kept in memory or read by the program ==== */

/**
 * What a subscriber wants of the past.
 */
typedef struct sttp_history_window {
    /**
     * `id` of the subscriber's connection.
     */
    uint64_t connection_id;
    /**
     * First time wanted, in ticks.
     */
    int64_t start;
    /**
     * Last time wanted, in ticks; 3155378975999999999, the end of the year 9999, when the end is open.
     */
    int64_t stop;
    /**
     * The signals wanted.
     */
    const struct sttp_guid *signals;
    /**
     * How many there are.
     */
    size_t signal_count;
    /**
     * Text of the subscriber for the source of the data; empty when there is none.
     */
    const char *parameters;
} sttp_history_window;

/**
 * What a publisher keeps in memory of what it published.
 */
typedef struct sttp_history_extent {
    /**
     * Measurements.
     */
    uint64_t measurements;
    /**
     * Bytes that they take.
     */
    uint64_t bytes;
    /**
     * Earliest time of a measurement, in ticks; 0 when there is none.
     */
    int64_t earliest;
    /**
     * Latest time of a measurement, in ticks; 0 when there is none.
     */
    int64_t latest;
    /**
     * Latest time of a measurement that was kept and is not any more, in ticks; 0 when there is none: of later
     * ones nothing was dropped.
     */
    int64_t dropped;
} sttp_history_extent;

/**
 * Reads the next measurements of a window, in the order of time. Both ends of the window belong to it;
 * measurements outside of it, and of signals that are not wanted, are left out. Write all fields of each
 * measurement. `signal_id` counts; a `signal_index` that is its position in `window->signals` saves a
 * look-up.
 *
 * Runs on a thread of the publisher, one call at a time for all windows, and may take its time:
 * subscribers of historical data take turns, chunk by chunk, all others notice nothing. It must not
 * wait for the publisher, as sttp_publisher_flush does.
 *
 * \param user_data     As registered.
 * \param window        What is wanted; valid during the call.
 * \param reader        What the last call for this window left there, NULL in the first one. May be set to
 *                      anything that helps to go on where this call ends.
 * \param measurements  Room for measurements.
 * \param capacity      For how many.
 * \param count         Receives how many were written; 0 is the end of the window, unless
 *                      sttp_history_from_memory was called.
 * \return STTP_OK. STTP_ERR_WOULD_BLOCK when nothing has come yet: other windows have their turn, then it is called again,
 *         at once if there are none, so it waits for something to come first, a tenth of a second for instance. Anything
 *         else when reading cannot go on, which ends the window; sttp_history_tell says why.
 */
typedef int32_t (*sttp_history_read_fn)(void *user_data,
                                        const struct sttp_history_window *window,
                                        void **reader,
                                        struct sttp_measurement *measurements,
                                        size_t capacity,
                                        size_t *count);

/**
 * Leaves some times to what STTP_SETTING_HISTORY_DURATION keeps, for a source that has older data, or those of times at
 * which the publisher was not there: called in sttp_history_read_fn, which then writes nothing and returns STTP_OK. It is
 * called again behind these times.
 *
 * \param start  First time, in ticks.
 * \param stop   Last time, in ticks. What is not within the window is left out.
 * \return STTP_ERR_INVALID_STATE when it is not called in sttp_history_read_fn.
 * *Thread*: that of the callback.
 */
int32_t sttp_history_from_memory(int64_t start,
                                 int64_t stop);

/**
 * Tells the subscriber's operator something about a window: called in sttp_history_read_fn before it fails, why; before it
 * ends the window, what is missing in it.
 *
 * \param words  A sentence; longer ones than 65536 bytes are refused.
 * \return STTP_ERR_INVALID_STATE when it is not called in sttp_history_read_fn; STTP_ERR_INVALID_ARGUMENT.
 * *Thread*: that of the callback.
 */
int32_t sttp_history_tell(const char *words);

/**
 * A window is not wanted any more: everything was read, reading failed, or the subscriber has gone.
 * Called once for every window that was read from, after the last call for it, on the same thread.
 *
 * \param user_data  As registered.
 * \param reader     What the last call for this window left there.
 */
typedef void (*sttp_history_close_fn)(void *user_data, void *reader);

/**
 * Registers who reads historical data for subscribers that ask for them, from now on. It is asked
 * instead of what STTP_SETTING_HISTORY_DURATION keeps. Historical data that subscribers are getting from
 * an earlier callback end.
 *
 * \param read       The callback, in place of an earlier one; NULL for none.
 * \param close      Called after the last call of `read` for a window; may be NULL.
 * \param user_data  Handed to every call.
 * \param destroy    Called with `user_data` after the last call of both; may be NULL.
 * *Blocks*: while an earlier callback runs on its thread.
 * *From a callback*: allowed, also from `read` itself: its windows are closed and its destructor runs
 * when it returns.
 * *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
 */
int32_t sttp_publisher_set_history_source(struct sttp_publisher *publisher,
                                          sttp_history_read_fn read,
                                          sttp_history_close_fn close,
                                          void *user_data,
                                          sttp_destroy_fn destroy);

/**
 * Ends the historical data of a subscriber, which is told why. Its connection stays, and it may subscribe again.
 *
 * \param connection_id  `id` of the connection.
 * \param message        Why, for the subscriber's operator; up to 65536 bytes, may be empty.
 * \return STTP_ERR_NOT_FOUND when there is no such connection any more; STTP_ERR_INVALID_STATE when it gets no
 *         historical data.
 */
int32_t sttp_publisher_end_playback(struct sttp_publisher *publisher,
                                    uint64_t connection_id,
                                    const char *message);

/**
 * Reads what a publisher keeps in memory of what it published.
 *
 * \param extent  Receives it; all zero when nothing is kept.
 * \param size    sizeof(*extent).
 */
int32_t sttp_publisher_history_extent(const struct sttp_publisher *publisher,
                                      struct sttp_history_extent *extent,
                                      size_t size);

/* ==== Publishers: buffer blocks ==== */

/**
 * Sends opaque bytes of a signal, a buffer block, to every subscriber whose subscription has the
 * signal, behind the measurements that the same thread published before.
 *
 * Without confirmation, blocks arrive as reliably as measurements do. With it, a block that the
 * subscriber does not confirm is sent again, up to ten times; of the other implementations, one takes
 * such blocks for those of another signal. One implementation ends its subscription whenever a block
 * comes: send blocks only of signals that subscribers know for them. A subscriber that takes, or
 * confirms, too slowly does not get the block; that is counted, and told to the message callback.
 *
 * \param signal_id  The signal.
 * \param data       The bytes; NULL when there are none.
 * \param size       How many there are, 8388608 (8 MiB) at most.
 * \param confirm    1 to ask for a confirmation, else 0, which every implementation understands.
 * \return STTP_ERR_INVALID_ARGUMENT when the size is too large; STTP_ERR_NOT_FOUND when the signal is
 *         not in the metadata; STTP_ERR_CLOSED when not started, or stopped meanwhile;
 *         STTP_ERR_WOULD_BLOCK as sttp_publisher_publish.
 * *Thread*: any; calls of one thread keep their order.
 * *Blocks*: as sttp_publisher_publish.
 * *From a callback*: as sttp_publisher_publish.
 */
int32_t sttp_publisher_send_buffer_block(struct sttp_publisher *publisher,
                                         const struct sttp_guid *signal_id,
                                         const uint8_t *data,
                                         size_t size,
                                         int32_t confirm);

/* ==== Publishers: notifications ==== */

/**
 * A subscriber has confirmed a notification, or never will.
 *
 * \param user_data        As registered.
 * \param connection_id    `id` of the connection.
 * \param notification_id  The notification, as sttp_publisher_notify told it.
 * \param confirmed        1 when the subscriber has it, 0 when that will not be known: the connection
 *                         ended, or too many others wait for their confirmation.
 */
typedef void (*sttp_notification_ended_fn)(void *user_data,
                                           uint64_t connection_id,
                                           uint32_t notification_id,
                                           int32_t confirmed);

/**
 * Registers who is told which subscribers have confirmed notifications.
 */
int32_t sttp_publisher_on_notification(struct sttp_publisher *publisher,
                                       sttp_notification_ended_fn callback,
                                       void *user_data,
                                       sttp_destroy_fn destroy);

/**
 * Sends a text, with the time in front of it, to the operators of one subscriber or of all that are
 * connected. Subscribers confirm what they receive; who connects later does not get it. To repeat it
 * to a subscriber that went without confirming it, send it again when that is connected again.
 *
 * \param connection_id    `id` of the connection; 0 for all of them.
 * \param message          The text, up to 65536 bytes, not empty.
 * \param notification_id  Receives what stands for the notification in sttp_publisher_on_notification;
 *                         may be NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when the text is empty or too long; STTP_ERR_NOT_FOUND when there
 *         is no such connection any more.
 */
int32_t sttp_publisher_notify(struct sttp_publisher *publisher,
                              uint64_t connection_id,
                              const char *message,
                              uint32_t *notification_id);

/* ==== Publishers: user commands ==== */

/**
 * A subscriber sent a user command. Answer with sttp_publisher_send_user_response,
 * sttp_publisher_succeed_user_command or sttp_publisher_fail_user_command: in the callback or later, from any
 * thread.
 *
 * \param user_data      As registered.
 * \param connection_id  `id` of the connection.
 * \param command        Number of the command, 0 to 15.
 * \param data           What it carries; valid during the call. NULL when that is nothing.
 * \param size           Bytes of it; may be 0.
 */
typedef void (*sttp_user_command_fn)(void *user_data,
                                     uint64_t connection_id,
                                     int32_t command,
                                     const uint8_t *data,
                                     size_t size);

/**
 * Registers who receives user commands. Without a callback, subscribers are told that their command
 * failed because it is not supported; with one, the program is to answer.
 */
int32_t sttp_publisher_on_user_command(struct sttp_publisher *publisher,
                                       sttp_user_command_fn callback,
                                       void *user_data,
                                       sttp_destroy_fn destroy);

/**
 * Answers a user command with a user response.
 *
 * \param connection_id  `id` of the connection; 0 for all that are connected, whether they sent one or not.
 * \param command        Number of the user command, 0 to 15.
 * \param response       Number of the user response, 0 to 15.
 * \param data           What it carries; NULL when that is nothing.
 * \param size           Bytes of it, 16777216 (16 MiB) at most.
 * \return STTP_ERR_INVALID_ARGUMENT when the size is too large or there is no such command or
 *         response; STTP_ERR_NOT_FOUND when there is no such connection any more; STTP_ERR_WOULD_BLOCK
 *         when the subscriber has not taken earlier answers.
 */
int32_t sttp_publisher_send_user_response(struct sttp_publisher *publisher,
                                          uint64_t connection_id,
                                          int32_t command,
                                          int32_t response,
                                          const uint8_t *data,
                                          size_t size);

/**
 * Answers a user command: it succeeded.
 *
 * \param connection_id  `id` of the connection; 0 for all that are connected.
 * \param command        Number of the user command, 0 to 15.
 * \param message        What the subscriber is told; may be empty.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such command; STTP_ERR_NOT_FOUND when there is no
 *         such connection any more; STTP_ERR_WOULD_BLOCK when the subscriber has not taken earlier
 *         answers.
 */
int32_t sttp_publisher_succeed_user_command(struct sttp_publisher *publisher,
                                            uint64_t connection_id,
                                            int32_t command,
                                            const char *message);

/**
 * Answers a user command: it failed.
 *
 * \param connection_id  `id` of the connection; 0 for all that are connected.
 * \param command        Number of the user command, 0 to 15.
 * \param message        Why, and what to do; may be empty.
 * \return As sttp_publisher_succeed_user_command.
 */
int32_t sttp_publisher_fail_user_command(struct sttp_publisher *publisher,
                                         uint64_t connection_id,
                                         int32_t command,
                                         const char *message);

/* ==== Publishers: changes of the configuration ==== */

/**
 * Tells all subscribers that the configuration has changed, so that they request the metadata again.
 * sttp_publisher_set_metadata does so by itself.
 */
int32_t sttp_publisher_announce_configuration_change(struct sttp_publisher *publisher);

/**
 * Refuses metadata from now on, or gives them again: to one subscriber, or to all, those to come included.
 * Measurements flow all the same. A connection with a refusal of its own keeps that when others are given metadata
 * again; STTP_SETTING_ALLOW_METADATA_REFRESH holds beside it.
 *
 * \param connection_id  `id` of the connection; 0 for all.
 * \param why            What subscribers are told that ask for metadata; NULL to give them again.
 * \return STTP_ERR_NOT_FOUND when there is no such connection any more.
 */
int32_t sttp_publisher_refuse_metadata(struct sttp_publisher *publisher,
                                       uint64_t connection_id,
                                       const char *why);

/* ==== Publishers: how late measurements are ==== */

/**
 * Reads how late measurements were when they were queued for subscribers, once for each: of the first
 * and the last one of each data packet, historical ones aside. The connections have their own
 * (sttp_connection).
 *
 * \param total   Receives it for everything since the publisher was made.
 * \param recent  Receives it for the latest complete second.
 */
int32_t sttp_publisher_latency_statistics(const struct sttp_publisher *publisher,
                                          struct sttp_latency *total,
                                          struct sttp_latency *recent);

/* ==== C37.118: configurations ====
 * What the data frames of a device carry. A sttp_c37118_configuration comes from an assembler
 * (sttp_c37118_assembler_receive), from a gateway's callback or from a builder (sttp_c37118_builder_finish); it never
 * changes, and any number of threads may read it at the same time.
 */

/**
 * A stream of data frames.
 */
typedef struct sttp_c37118_stream {
    /**
     * ID code of the stream, 1 to 65534.
     */
    uint32_t id_code;
    /**
     * How many PMUs its data frames have.
     */
    uint32_t pmu_count;
    /**
     * DATA_RATE: frames per second when positive, seconds per frame when negative.
     */
    int32_t data_rate;
    /**
     * Units of the fraction of a second.
     */
    uint32_t time_base;
    /**
     * Version of the frames: 1 for C37.118-2005, 2 for C37.118.2-2011.
     */
    int32_t version;
    /**
     * Which frame told it: 1 to 3 for CFG-1 to CFG-3.
     */
    int32_t form;
} sttp_c37118_stream;

/**
 * A PMU of a configuration.
 */
typedef struct sttp_c37118_pmu {
    /**
     * Name of the station, without the blanks that fill it up.
     */
    const char *station;
    /**
     * ID code of the source of its data.
     */
    uint32_t id_code;
    /**
     * FORMAT: bit 0 polar, bit 1 phasors, bit 2 analog values, bit 3 frequency as floating point.
     */
    uint32_t format;
    /**
     * How many phasors it has.
     */
    uint32_t phasor_count;
    /**
     * How many analog values.
     */
    uint32_t analog_count;
    /**
     * How many words of sixteen digital values.
     */
    uint32_t digital_count;
    /**
     * Nominal frequency in hertz, 50 or 60.
     */
    uint32_t nominal_frequency;
    /**
     * CFGCNT: grows with each change of the configuration.
     */
    uint32_t change_count;
    /**
     * 0.
     */
    uint32_t reserved;
} sttp_c37118_pmu;

/**
 * What only CFG-3 tells of a PMU.
 */
typedef struct sttp_c37118_pmu_details {
    /**
     * Its ID over all systems, byte by byte as it is sent.
     */
    uint8_t global_id[16];
    /**
     * Degrees north; infinite when it is not told.
     */
    double latitude;
    /**
     * Degrees east; infinite when it is not told.
     */
    double longitude;
    /**
     * Metres above sea level; infinite when it is not told.
     */
    double elevation;
    /**
     * 'M' for measurement, 'P' for protection.
     */
    int32_t service_class;
    /**
     * Length of the measurement window in microseconds.
     */
    int32_t window;
    /**
     * Delay of the measurement in microseconds.
     */
    int32_t group_delay;
    /**
     * 0.
     */
    int32_t reserved;
} sttp_c37118_pmu_details;

/**
 * A phasor of a PMU.
 */
typedef struct sttp_c37118_phasor {
    /**
     * Its label.
     */
    const char *name;
    /**
     * Volts or amperes for each count, where phasors are integers.
     */
    double per_count;
    /**
     * Radians that are added to the angle.
     */
    double angle_offset;
    /**
     * 1 for a current, 0 for a voltage.
     */
    int32_t is_current;
    /**
     * '0', '+' or '-' for a sequence, 'A', 'B' or 'C' for a phase; 0 when it is not told, which only CFG-3 does.
     */
    int32_t component;
    /**
     * What was done to the phasor, as the bits of PHSCALE in CFG-3: resampled, filtered, adjusted.
     */
    uint32_t flags;
    /**
     * The user's byte of PHSCALE in CFG-3.
     */
    uint32_t user;
} sttp_c37118_phasor;

/**
 * An analog value of a PMU.
 */
typedef struct sttp_c37118_analog {
    /**
     * Its label.
     */
    const char *name;
    /**
     * The factor: of CFG-1 and CFG-2 the one that the user knows, of CFG-3 what the value is to be multiplied by.
     */
    double factor;
    /**
     * What is to be added to the multiplied value (CFG-3).
     */
    double offset;
    /**
     * 0 single point on wave, 1 RMS, 2 peak, 65 to 255 the user's; -1 with CFG-3, which does not tell.
     */
    int32_t code;
    /**
     * 0.
     */
    int32_t reserved;
} sttp_c37118_analog;

/**
 * A word of sixteen digital values of a PMU.
 */
typedef struct sttp_c37118_digital_word {
    /**
     * The labels of bits 0 to 15.
     */
    const char *const *names;
    /**
     * The values in the normal state.
     */
    uint32_t normal;
    /**
     * The bits that are in use.
     */
    uint32_t valid;
} sttp_c37118_digital_word;

/**
 * Makes another handle of the same configuration, which lives on when this one is freed. Copies nothing.
 *
 * \param configuration  The configuration; also one that a callback is handed.
 * \param clone          Receives the other handle.
 */
int32_t sttp_c37118_configuration_clone(const struct sttp_c37118_configuration *configuration,
                                        struct sttp_c37118_configuration **clone);

/**
 * Frees a handle of a configuration; not one that a callback was handed.
 */
void sttp_c37118_configuration_free(struct sttp_c37118_configuration *configuration);

/**
 * Reads what a configuration says of the stream.
 *
 * \param stream  Receives it.
 * \param size    sizeof(*stream).
 */
int32_t sttp_c37118_configuration_stream(const struct sttp_c37118_configuration *configuration,
                                         struct sttp_c37118_stream *stream,
                                         size_t size);

/**
 * Reads what a configuration says of a PMU.
 *
 * \param number  Number of the PMU, from 0.
 * \param pmu     Receives it.
 * \param size    sizeof(*pmu).
 * \return STTP_ERR_NOT_FOUND when there is no such PMU.
 * *Ownership*: the text is valid as long as the configuration.
 */
int32_t sttp_c37118_configuration_pmu(const struct sttp_c37118_configuration *configuration,
                                      size_t number,
                                      struct sttp_c37118_pmu *pmu,
                                      size_t size);

/**
 * Reads what only CFG-3 says of a PMU.
 *
 * \param number   Number of the PMU, from 0.
 * \param details  Receives it.
 * \param size     sizeof(*details).
 * \return STTP_ERR_NOT_FOUND when there is no such PMU, or the configuration is no CFG-3.
 */
int32_t sttp_c37118_configuration_details(const struct sttp_c37118_configuration *configuration,
                                          size_t number,
                                          struct sttp_c37118_pmu_details *details,
                                          size_t size);

/**
 * Reads what a configuration says of a phasor.
 *
 * \param pmu     Number of the PMU, from 0.
 * \param number  Number of the phasor, from 0.
 * \param phasor  Receives it.
 * \param size    sizeof(*phasor).
 * \return STTP_ERR_NOT_FOUND when there is no such PMU or phasor.
 * *Ownership*: the text is valid as long as the configuration.
 */
int32_t sttp_c37118_configuration_phasor(const struct sttp_c37118_configuration *configuration,
                                         size_t pmu,
                                         size_t number,
                                         struct sttp_c37118_phasor *phasor,
                                         size_t size);

/**
 * Reads what a configuration says of an analog value.
 *
 * \param pmu     Number of the PMU, from 0.
 * \param number  Number of the analog value, from 0.
 * \param analog  Receives it.
 * \param size    sizeof(*analog).
 * \return STTP_ERR_NOT_FOUND when there is no such PMU or analog value.
 * *Ownership*: the text is valid as long as the configuration.
 */
int32_t sttp_c37118_configuration_analog(const struct sttp_c37118_configuration *configuration,
                                         size_t pmu,
                                         size_t number,
                                         struct sttp_c37118_analog *analog,
                                         size_t size);

/**
 * Reads what a configuration says of a word of digital values.
 *
 * \param pmu     Number of the PMU, from 0.
 * \param number  Number of the word, from 0.
 * \param word    Receives it.
 * \param size    sizeof(*word).
 * \return STTP_ERR_NOT_FOUND when there is no such PMU or word.
 * *Ownership*: the texts are valid as long as the configuration.
 */
int32_t sttp_c37118_configuration_digital(const struct sttp_c37118_configuration *configuration,
                                          size_t pmu,
                                          size_t number,
                                          struct sttp_c37118_digital_word *word,
                                          size_t size);

/* ==== C37.118: data frames ====
 * What a data frame says, by the configuration of its stream. A frame that was checked by an assembler, or that a
 * callback was handed, is read without copying it.
 */

/**
 * What a PMU says in a data frame beside its channels.
 */
typedef struct sttp_c37118_pmu_data {
    /**
     * Hertz; NaN when it is absent.
     */
    double frequency;
    /**
     * Hertz per second; NaN when it is absent.
     */
    double rate_of_change;
    /**
     * STAT, bit by bit.
     */
    uint32_t status;
    /**
     * 0.
     */
    uint32_t reserved;
} sttp_c37118_pmu_data;

/**
 * A phasor of a data frame.
 */
typedef struct sttp_c37118_polar {
    /**
     * Volts or amperes; NaN when it is absent.
     */
    double magnitude;
    /**
     * Degrees; NaN when it is absent.
     */
    double angle;
} sttp_c37118_polar;

/**
 * A phasor as it is sent.
 */
typedef struct sttp_c37118_raw_phasor {
    /**
     * The real part; where FORMAT is polar, the magnitude. Counts where phasors are integers, volts or amperes where they
     * are floats; NaN when it is absent.
     */
    double first;
    /**
     * The imaginary part, in the same unit; where FORMAT is polar, the angle: ten-thousandths of a radian where phasors are
     * integers, radians where they are floats.
     */
    double second;
} sttp_c37118_raw_phasor;

/**
 * Reads the time of a data frame.
 *
 * \param frame      The whole frame.
 * \param length     Its bytes.
 * \param timestamp  Receives ticks.
 * \param quality    Receives the high byte of FRACSEC: leap seconds and the quality of the clock.
 * \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration.
 */
int32_t sttp_c37118_data_time(const struct sttp_c37118_configuration *configuration,
                              const uint8_t *frame,
                              size_t length,
                              int64_t *timestamp,
                              uint32_t *quality);

/**
 * Reads status word and frequency of a PMU in a data frame.
 *
 * \param frame   The whole frame.
 * \param length  Its bytes.
 * \param pmu     Number of the PMU, from 0.
 * \param values  Receives them.
 * \param size    sizeof(*values).
 * \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
 *         no such PMU.
 */
int32_t sttp_c37118_data_pmu(const struct sttp_c37118_configuration *configuration,
                             const uint8_t *frame,
                             size_t length,
                             size_t pmu,
                             struct sttp_c37118_pmu_data *values,
                             size_t size);

/**
 * Reads the phasors of a PMU in a data frame, from the first on.
 *
 * \param frame    The whole frame.
 * \param length   Its bytes.
 * \param pmu      Number of the PMU, from 0.
 * \param phasors  Receives them, as many as there is room for; NULL when there is none.
 * \param count    How many there is room for.
 * \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
 *         no such PMU.
 */
int32_t sttp_c37118_data_phasors(const struct sttp_c37118_configuration *configuration,
                                 const uint8_t *frame,
                                 size_t length,
                                 size_t pmu,
                                 struct sttp_c37118_polar *phasors,
                                 size_t count);

/**
 * Reads the phasors of a PMU in a data frame as they were sent, without scale, from the first on.
 *
 * \param frame    The whole frame.
 * \param length   Its bytes.
 * \param pmu      Number of the PMU, from 0.
 * \param phasors  Receives them, as many as there is room for; NULL when there is none.
 * \param count    How many there is room for.
 * \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
 *         no such PMU.
 */
int32_t sttp_c37118_data_raw_phasors(const struct sttp_c37118_configuration *configuration,
                                     const uint8_t *frame,
                                     size_t length,
                                     size_t pmu,
                                     struct sttp_c37118_raw_phasor *phasors,
                                     size_t count);

/**
 * Reads the analog values of a PMU in a data frame, unscaled, from the first on.
 *
 * \param frame    The whole frame.
 * \param length   Its bytes.
 * \param pmu      Number of the PMU, from 0.
 * \param analogs  Receives them, as many as there is room for; NULL when there is none. NaN for absent ones.
 * \param count    How many there is room for.
 * \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
 *         no such PMU.
 */
int32_t sttp_c37118_data_analogs(const struct sttp_c37118_configuration *configuration,
                                 const uint8_t *frame,
                                 size_t length,
                                 size_t pmu,
                                 double *analogs,
                                 size_t count);

/**
 * Reads the words of digital values of a PMU in a data frame, from the first on.
 *
 * \param frame     The whole frame.
 * \param length    Its bytes.
 * \param pmu       Number of the PMU, from 0.
 * \param digitals  Receives them, as many as there is room for; NULL when there is none.
 * \param count     How many there is room for.
 * \return STTP_ERR_PROTOCOL when it is no undamaged data frame of this configuration; STTP_ERR_NOT_FOUND when there is
 *         no such PMU.
 */
int32_t sttp_c37118_data_digitals(const struct sttp_c37118_configuration *configuration,
                                  const uint8_t *frame,
                                  size_t length,
                                  size_t pmu,
                                  uint16_t *digitals,
                                  size_t count);

/* ==== C37.118: frames ====
 * For programs with sockets of their own: what has come is given to an assembler, which hands out whole, undamaged
 * frames.
 */

/**
 * A frame carries measurements.
 */
#define STTP_C37118_DATA 0

/**
 * A frame carries a text for people.
 */
#define STTP_C37118_HEADER 1

/**
 * A frame says what the device is able to give.
 */
#define STTP_C37118_CONFIGURATION_1 2

/**
 * A frame says what the data frames carry.
 */
#define STTP_C37118_CONFIGURATION_2 3

/**
 * A frame is a command.
 */
#define STTP_C37118_COMMAND 4

/**
 * A frame says what the data frames carry, in the longer form, or is a piece of that.
 */
#define STTP_C37118_CONFIGURATION_3 5

/**
 * Command: stop sending data frames.
 */
#define STTP_C37118_STOP_DATA 1

/**
 * Command: send data frames.
 */
#define STTP_C37118_START_DATA 2

/**
 * Command: send the header frame.
 */
#define STTP_C37118_SEND_HEADER 3

/**
 * Command: send CFG-1.
 */
#define STTP_C37118_SEND_CONFIGURATION_1 4

/**
 * Command: send CFG-2.
 */
#define STTP_C37118_SEND_CONFIGURATION_2 5

/**
 * Command: send CFG-3.
 */
#define STTP_C37118_SEND_CONFIGURATION_3 6

/**
 * Command: what its content says.
 */
#define STTP_C37118_EXTENDED 8

/**
 * A frame whose length and check word are right.
 */
typedef struct sttp_c37118_frame {
    /**
     * The whole frame; valid during the call.
     */
    const uint8_t *bytes;
    /**
     * Its bytes.
     */
    size_t length;
    /**
     * STTP_C37118_DATA to STTP_C37118_CONFIGURATION_3: what it is.
     */
    int32_t type;
    /**
     * 1 or 2.
     */
    int32_t version;
    /**
     * The data stream that it belongs to.
     */
    uint32_t id_code;
    /**
     * SOC: seconds since 1970 UTC.
     */
    uint32_t second;
    /**
     * FRACSEC: time quality in the high byte, and the fraction of the second in units of the time base.
     */
    uint32_t fraction;
    /**
     * STTP_C37118_STOP_DATA to STTP_C37118_EXTENDED, or another code: what a command asks for; 0 for other frames.
     */
    uint32_t command;
    /**
     * The text of a header frame, which is no C string, or what an extended command carries; NULL for other frames.
     * Valid during the call.
     */
    const uint8_t *content;
    /**
     * Its bytes.
     */
    size_t content_length;
} sttp_c37118_frame;

/**
 * A frame was found.
 *
 * \param user_data      As registered.
 * \param frame          The frame; valid during the call.
 * \param configuration  What it says, for a configuration that is whole; NULL for other frames. Valid during the
 *                       call; sttp_c37118_configuration_clone keeps it.
 */
typedef void (*sttp_c37118_frame_fn)(void *user_data,
                                     const struct sttp_c37118_frame *frame,
                                     const struct sttp_c37118_configuration *configuration);

/**
 * Makes an assembler.
 *
 * \param assembler  Receives it.
 */
int32_t sttp_c37118_assembler_new(struct sttp_c37118_assembler **assembler);

/**
 * Frees an assembler.
 *
 * *Thread*: not while another one uses it.
 * *From a callback*: not from one that it calls.
 */
void sttp_c37118_assembler_free(struct sttp_c37118_assembler *assembler);

/**
 * Takes bytes of a stream, which continue those of the call before, and calls back for each frame in them. For
 * datagrams there is sttp_c37118_assembler_receive_datagram.
 *
 * \param bytes      What has come.
 * \param length     How many bytes.
 * \param callback   Called for each frame, in order, before this returns.
 * \param user_data  Handed to each call.
 * \return STTP_ERR_PROTOCOL when a configuration cannot be read, the version of frames is none of those supported, or
 *         they are of IEEE 1344, after all frames were told.
 * *Thread*: one at a time.
 * *From a callback*: not from one that it calls.
 */
int32_t sttp_c37118_assembler_receive(struct sttp_c37118_assembler *assembler,
                                      const uint8_t *bytes,
                                      size_t length,
                                      sttp_c37118_frame_fn callback,
                                      void *user_data);

/**
 * Takes a datagram, which is a world of its own, and calls back for each frame in it. What it does not hold whole is
 * lost.
 *
 * \param bytes      The datagram.
 * \param length     How many bytes.
 * \param callback   Called for each frame, in order, before this returns.
 * \param user_data  Handed to each call.
 * \return As sttp_c37118_assembler_receive.
 * *Thread*: one at a time.
 * *From a callback*: not from one that it calls.
 */
int32_t sttp_c37118_assembler_receive_datagram(struct sttp_c37118_assembler *assembler,
                                               const uint8_t *bytes,
                                               size_t length,
                                               sttp_c37118_frame_fn callback,
                                               void *user_data);

/* ==== C37.118: building configurations ====
 * What a device tells of its data frames: a builder takes PMUs and their channels, in the order of the data, and makes
 * a configuration in each form that clients may ask for. Records that are cleared before they are filled in say nothing
 * of what only CFG-3 tells.
 *
 *
 * #include <string.h>
 *
 * static sttp_c37118_configuration *describe(int32_t form) {
 *     sttp_c37118_builder *builder = NULL;
 *     sttp_c37118_configuration *configuration = NULL;
 *     sttp_c37118_stream stream;
 *     sttp_c37118_pmu pmu;
 *     sttp_c37118_phasor voltage;
 *     memset(&stream, 0, sizeof stream);
 *     memset(&pmu, 0, sizeof pmu);
 *     memset(&voltage, 0, sizeof voltage);
 *     stream.id_code = 7;
 *     stream.data_rate = 50;
 *     stream.time_base = 1000000;
 *     stream.version = 2;
 *     pmu.station = "Shelby";
 *     pmu.id_code = 7;
 *     pmu.nominal_frequency = 50;
 *     voltage.name = "Bus 1 V+";
 *     voltage.per_count = 9.15527;
 *     int32_t status = sttp_c37118_builder_new(&stream, sizeof stream, &builder);
 *     if (status == STTP_OK) status = sttp_c37118_builder_add_pmu(builder, &pmu, sizeof pmu);
 *     if (status == STTP_OK) status = sttp_c37118_builder_add_phasor(builder, &voltage, sizeof voltage);
 *     if (status == STTP_OK) status = sttp_c37118_builder_finish(builder, form, &configuration);
 *     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
 *     sttp_c37118_builder_free(builder);
 *     return configuration;
 * }
 *
 */

/**
 * Makes a builder.
 *
 * \param stream   ID code, data rate, time base and version; the rest is left out.
 * \param size     sizeof(*stream).
 * \param builder  Receives the builder.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such ID code, data rate, time base or version.
 */
int32_t sttp_c37118_builder_new(const struct sttp_c37118_stream *stream,
                                size_t size,
                                struct sttp_c37118_builder **builder);

/**
 * Frees a builder.
 *
 * *Ownership*: the builder is gone; finished configurations stay.
 */
void sttp_c37118_builder_free(struct sttp_c37118_builder *builder);

/**
 * Adds a PMU. Channels that are added next are its.
 *
 * \param pmu   The PMU; its counts of channels are left out. CFG-1 and CFG-2 hold 16 bytes of a name, CFG-3 255; longer
 *              ones are cut.
 * \param size  sizeof(*pmu).
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such ID code, format or nominal frequency.
 */
int32_t sttp_c37118_builder_add_pmu(struct sttp_c37118_builder *builder,
                                    const struct sttp_c37118_pmu *pmu,
                                    size_t size);

/**
 * Says what CFG-3 tells of the PMU that was last added: without it that the place is not known, and that it measures
 * for measurement.
 *
 * \param details  What it tells.
 * \param size     sizeof(*details).
 * \return STTP_ERR_INVALID_STATE when no PMU was added; STTP_ERR_INVALID_ARGUMENT when there is no such service class.
 */
int32_t sttp_c37118_builder_set_details(struct sttp_c37118_builder *builder,
                                        const struct sttp_c37118_pmu_details *details,
                                        size_t size);

/**
 * Adds a phasor to the PMU that was last added.
 *
 * \param phasor  The phasor.
 * \param size    sizeof(*phasor).
 * \return STTP_ERR_INVALID_STATE when no PMU was added; STTP_ERR_INVALID_ARGUMENT when a field is none of those
 *         possible.
 */
int32_t sttp_c37118_builder_add_phasor(struct sttp_c37118_builder *builder,
                                       const struct sttp_c37118_phasor *phasor,
                                       size_t size);

/**
 * Adds an analog value to the PMU that was last added.
 *
 * \param analog  The analog value. CFG-1 and CFG-2 tell its code, 0 for -1, and its factor, as a whole number; CFG-3
 *                tells factor and offset.
 * \param size    sizeof(*analog).
 * \return STTP_ERR_INVALID_STATE when no PMU was added; STTP_ERR_INVALID_ARGUMENT when a field is none of those
 *         possible, as a code from 3 to 64, which the standard reserves.
 */
int32_t sttp_c37118_builder_add_analog(struct sttp_c37118_builder *builder,
                                       const struct sttp_c37118_analog *analog,
                                       size_t size);

/**
 * Adds a word of sixteen digital values to the PMU that was last added.
 *
 * \param word  The word. Its names are sixteen, each a text or NULL for none; or NULL for none at all.
 * \param size  sizeof(*word).
 * \return STTP_ERR_INVALID_STATE when no PMU was added; STTP_ERR_INVALID_ARGUMENT when a word is none.
 */
int32_t sttp_c37118_builder_add_digital(struct sttp_c37118_builder *builder,
                                        const struct sttp_c37118_digital_word *word,
                                        size_t size);

/**
 * Makes a configuration of what was added so far. A builder may make several, in each form, and with what is added
 * later.
 *
 * \param form           1 to 3 for CFG-1 to CFG-3. What a form has no room for is left out.
 * \param configuration  Receives the configuration.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such form, a scale does not fit into it, or data frames of it
 *         would be longer than a frame can be, 65535 bytes.
 * *Ownership*: The builder stays the caller's.
 */
int32_t sttp_c37118_builder_finish(const struct sttp_c37118_builder *builder,
                                   int32_t form,
                                   struct sttp_c37118_configuration **configuration);

/* ==== C37.118: writing frames ====
 * What a device sends, by its configuration, and the commands that it gets. Frames are written into the caller's
 * buffers; one that is too small is told how many bytes are needed. A buffer of 65535 bytes holds every frame but a CFG-3 in
 * pieces.
 */

/**
 * What a PMU measures: the values for a data frame. Arrays have as many elements as the configuration has channels; NULL
 * stands for values that are absent.
 */
typedef struct sttp_c37118_pmu_values {
    /**
     * The phasors in volts or amperes and degrees; or NULL, and raw_phasors.
     */
    const struct sttp_c37118_polar *phasors;
    /**
     * The phasors as they are sent; or NULL.
     */
    const struct sttp_c37118_raw_phasor *raw_phasors;
    /**
     * The analog values, unscaled.
     */
    const double *analogs;
    /**
     * The words of digital values.
     */
    const uint16_t *digitals;
    /**
     * Hertz; NaN when it is absent.
     */
    double frequency;
    /**
     * Hertz per second; NaN when it is absent.
     */
    double rate_of_change;
    /**
     * STAT, bit by bit.
     */
    uint32_t status;
    /**
     * 0.
     */
    uint32_t reserved;
} sttp_c37118_pmu_values;

/**
 * Writes a configuration frame.
 *
 * \param timestamp  When it is sent, in ticks.
 * \param quality    The high byte of FRACSEC: leap seconds and the quality of the clock.
 * \param buffer     Receives the frame, in the form and version of the configuration. A CFG-3 that a frame cannot hold
 *                   is several frames, one behind the other; bytes 2 and 3 of each say its length, big-endian.
 * \param size       Bytes of the buffer.
 * \param length     Receives the bytes of the frame, also when the buffer is too small; NULL when they are not wanted.
 * \return STTP_ERR_INVALID_ARGUMENT when the quality is none, or a CFG-1 or CFG-2 would be longer than a frame can be;
 *         STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_c37118_configuration_encode(const struct sttp_c37118_configuration *configuration,
                                         int64_t timestamp,
                                         uint32_t quality,
                                         uint8_t *buffer,
                                         size_t size,
                                         size_t *length);

/**
 * Writes a data frame.
 *
 * \param timestamp    The time of the measurements, in ticks.
 * \param quality      The high byte of FRACSEC: leap seconds and the quality of the clock.
 * \param pmus         What the PMUs measure, in the order of the configuration. What 16 bits cannot hold is as near as
 *                     possible.
 * \param count        How many; as many as the configuration has.
 * \param record_size  sizeof(*pmus).
 * \param buffer       Receives the frame.
 * \param size         Bytes of the buffer.
 * \param length       Receives the bytes of the frame, also when the buffer is too small; NULL when they are not wanted.
 * \return STTP_ERR_INVALID_ARGUMENT when the PMUs are not as many, or a quality or status is none;
 *         STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_c37118_data_encode(const struct sttp_c37118_configuration *configuration,
                                int64_t timestamp,
                                uint32_t quality,
                                const struct sttp_c37118_pmu_values *pmus,
                                size_t count,
                                size_t record_size,
                                uint8_t *buffer,
                                size_t size,
                                size_t *length);

/**
 * Writes a header frame.
 *
 * \param timestamp    When it is sent, in ticks.
 * \param quality      The high byte of FRACSEC: leap seconds and the quality of the clock.
 * \param text         A text for people, in ASCII.
 * \param text_length  Its bytes.
 * \param buffer       Receives the frame.
 * \param size         Bytes of the buffer.
 * \param length       Receives the bytes of the frame, also when the buffer is too small; NULL when they are not wanted.
 * \return STTP_ERR_INVALID_ARGUMENT when the quality is none, or the text has more than 65519 bytes;
 *         STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_c37118_header_encode(const struct sttp_c37118_configuration *configuration,
                                  int64_t timestamp,
                                  uint32_t quality,
                                  const uint8_t *text,
                                  size_t text_length,
                                  uint8_t *buffer,
                                  size_t size,
                                  size_t *length);

/**
 * Writes a command frame.
 *
 * \param id_code    The data stream that it is for.
 * \param version    1 for C37.118-2005, 2 for C37.118.2-2011.
 * \param timestamp  When it is sent, in ticks.
 * \param command    STTP_C37118_STOP_DATA to STTP_C37118_SEND_CONFIGURATION_3, or any other code.
 * \param buffer     Receives the frame, of 18 bytes.
 * \param size       Bytes of the buffer.
 * \return STTP_ERR_INVALID_ARGUMENT when an ID code, version or command is none; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_c37118_command(uint32_t id_code,
                            int32_t version,
                            int64_t timestamp,
                            uint32_t command,
                            uint8_t *buffer,
                            size_t size);

/**
 * Writes an extended command frame, whose content the user has agreed on with the device.
 *
 * \param id_code         The data stream that it is for.
 * \param version         1 for C37.118-2005, 2 for C37.118.2-2011.
 * \param timestamp       When it is sent, in ticks.
 * \param content         What it carries.
 * \param content_length  Its bytes.
 * \param buffer          Receives the frame.
 * \param size            Bytes of the buffer.
 * \param length          Receives the bytes of the frame, also when the buffer is too small; NULL when they are not
 *                        wanted.
 * \return STTP_ERR_INVALID_ARGUMENT when an ID code or version is none, or the content has more than 65517 bytes;
 *         STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_c37118_extended_command(uint32_t id_code,
                                     int32_t version,
                                     int64_t timestamp,
                                     const uint8_t *content,
                                     size_t content_length,
                                     uint8_t *buffer,
                                     size_t size,
                                     size_t *length);

/* ==== C37.118: what gateways tell ==== */

/**
 * A device has told its configuration, or a stream of an output has one: the first one, or another.
 *
 * \param user_data      As registered.
 * \param number         Number of the device or the stream.
 * \param configuration  What its data frames carry; valid during the call, sttp_c37118_configuration_clone keeps it.
 */
typedef void (*sttp_c37118_configuration_fn)(void *user_data,
                                             uint64_t number,
                                             const struct sttp_c37118_configuration *configuration);

/**
 * Something that operators want to know.
 *
 * \param user_data  As registered.
 * \param number     Number of the device or the stream that it is about; 0 for all of them.
 * \param level      STTP_LOG_ERROR to STTP_LOG_DEBUG.
 * \param message    One sentence without a line end; valid during the call.
 */
typedef void (*sttp_c37118_message_fn)(void *user_data, uint64_t number, int32_t level, const char *message);

/* ==== C37.118: devices in ====
 * An input connects to devices, any number of them, and publishes what they measure with one publisher, whose metadata
 * it makes of what the devices are. Make the publisher and the input, register callbacks, start the publisher, and add
 * devices; they are connected to from then on, over losses of the connection if so set.
 *
 *
 * static int publish_devices(sttp_publisher *publisher) {
 *     sttp_c37118_input *input = NULL;
 *     uint64_t first = 0, second = 0;
 *     int32_t status = sttp_c37118_input_new(publisher, "PMU", &input);
 *     if (status == STTP_OK) status = sttp_c37118_input_add(input, "device=192.0.2.20; accessID=7", &first);
 *     if (status == STTP_OK) status = sttp_c37118_input_add(input, "device=192.0.2.21; accessID=9", &second);
 *     if (status == STTP_OK) status = sttp_publisher_start(publisher, "0.0.0.0:7175");
 *     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
 *     return status == STTP_OK ? 0 : 1;
 * }
 *
 */

/**
 * What is counted of a client of a C37.118 device since it was made, over all its connections.
 */
typedef struct sttp_c37118_client_counters {
    /**
     * Data frames delivered.
     */
    uint64_t data_frames;
    /**
     * Frames received, of all kinds.
     */
    uint64_t frames;
    /**
     * Bytes received.
     */
    uint64_t bytes_received;
    /**
     * Commands sent.
     */
    uint64_t commands;
    /**
     * Places where a frame seemed to begin, but its check word was wrong.
     */
    uint64_t bad_checks;
    /**
     * Bytes that belonged to no frame.
     */
    uint64_t skipped_bytes;
    /**
     * Frames dropped, because they had another ID code.
     */
    uint64_t other_ids;
    /**
     * Frames dropped that no device sends, or whose content cannot be read.
     */
    uint64_t unusable_frames;
    /**
     * Data frames dropped, because the configuration was not known yet.
     */
    uint64_t early_frames;
    /**
     * Data frames dropped, because they did not fit the configuration.
     */
    uint64_t misfit_frames;
    /**
     * Data frames that never came, or came late, as the times of others tell by the rate of the device.
     */
    uint64_t missing_frames;
    /**
     * Data frames dropped that had been there before.
     */
    uint64_t duplicate_frames;
    /**
     * Data frames delivered whose time was not after that of an earlier one.
     */
    uint64_t late_frames;
    /**
     * Jumps of the time by a minute or more, or ten frames where these are longer.
     */
    uint64_t time_jumps;
    /**
     * Data frames dropped, because those before them were not taken in time.
     */
    uint64_t overflown_frames;
    /**
     * Configurations that came into use.
     */
    uint64_t configurations;
    /**
     * Configurations refused: damaged, too large, or in pieces that did not fit together.
     */
    uint64_t refused_configurations;
    /**
     * Times when the device had sent nothing for too long.
     */
    uint64_t silences;
    /**
     * Connections made.
     */
    uint64_t connections;
    /**
     * Time of the newest data frame.
     */
    int64_t last_timestamp;
} sttp_c37118_client_counters;

/**
 * What is counted of a device since it was added to an input, beside what its session counts.
 */
typedef struct sttp_c37118_device_counters {
    /**
     * Bytes that were sent to it.
     */
    uint64_t bytes_sent;
    /**
     * Datagrams that have come.
     */
    uint64_t datagrams;
    /**
     * Datagrams that have come from elsewhere and were not looked at.
     */
    uint64_t foreign_datagrams;
    /**
     * Data frames that were published.
     */
    uint64_t frames_published;
    /**
     * Measurements that were published of them.
     */
    uint64_t measurements_published;
    /**
     * Data frames that came while the publisher's metadata had not yet the configuration that they belong
     * to.
     */
    uint64_t frames_not_mapped;
    /**
     * Data frames that the publisher did not take: it was not started, or its subscribers are slow.
     */
    uint64_t frames_not_taken;
} sttp_c37118_device_counters;

/**
 * State of a device: a connection is being made.
 */
#define STTP_C37118_CONNECTING 0

/**
 * State of a device: connected, and it has not told its configuration yet.
 */
#define STTP_C37118_CONNECTED 1

/**
 * State of a device: it has told its configuration.
 */
#define STTP_C37118_RUNNING 2

/**
 * State of a device: the connection was lost or could not be made, the next attempt follows.
 */
#define STTP_C37118_RECONNECTING 3

/**
 * State of a device: the connection was lost or could not be made, and no attempt follows.
 */
#define STTP_C37118_GAVE_UP 4

/**
 * What is known of a device.
 */
typedef struct sttp_c37118_device {
    /**
     * Which it is, as sttp_c37118_input_add told it.
     */
    uint64_t id;
    /**
     * STTP_C37118_CONNECTING to STTP_C37118_GAVE_UP.
     */
    int32_t state;
    /**
     * How many PMUs its data frames have; 0 before it has told its configuration.
     */
    uint32_t pmu_count;
    /**
     * ID code of its data frames; 0 before it has told its configuration.
     */
    uint32_t id_code;
    /**
     * Frames per second when positive, seconds per frame when negative; 0 before it has told its configuration.
     */
    int32_t data_rate;
} sttp_c37118_device;

/**
 * Makes an input without devices. It runs on the engine of the publisher, whose metadata it sets from then on.
 *
 * \param publisher  What it publishes with.
 * \param source     In front of measurement keys, as `PMU` in `PMU:1`; NULL for `C37118`.
 * \param input      Receives the input.
 * *Ownership*: the publisher stays the caller's and may be freed before the input, which then publishes nothing more.
 */
int32_t sttp_c37118_input_new(struct sttp_publisher *publisher,
                              const char *source,
                              struct sttp_c37118_input **input);

/**
 * Frees an input; the connections to its devices are closed. No callback is called any more. The publisher goes on with
 * the metadata that it has.
 *
 * *Blocks*: while a callback of the input runs on another thread. Does not wait for connections to close.
 * *From a callback*: allowed, also from its own.
 * *Ownership*: the input is gone; the destructors of its callbacks have run, except that of the callback which this was
 * called from: it runs when that returns.
 */
void sttp_c37118_input_free(struct sttp_c37118_input *input);

/**
 * Sets what holds for devices that are added from now on, as `key={value}` in their connection strings does, which say
 * otherwise.
 *
 * \param key    STTP_SETTING_..., as STTP_SETTING_COMPANY_ACRONYM; upper and lower case are the same.
 * \param value  As connection strings write it; NULL for the default.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for devices, or the key cannot have that value.
 */
int32_t sttp_c37118_input_set(struct sttp_c37118_input *input,
                              const char *key,
                              const char *value);

/**
 * Reads what sttp_c37118_input_set has set, as it can be set again.
 *
 * \param key     STTP_SETTING_...; upper and lower case are the same.
 * \param buffer  Receives the value and a NUL.
 * \param size    Bytes of the buffer.
 * \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for devices; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_c37118_input_get(const struct sttp_c37118_input *input,
                              const char *key,
                              char *buffer,
                              size_t size,
                              size_t *length);

/**
 * Adds a device, and connects to it until it is removed.
 *
 * \param connection_string  As `device=192.0.2.20:4712; accessID=7`; docs/connection-strings.md lists the keys of a
 *                           C37.118 input.
 * \param device             Receives its number, which names it in callbacks; may be NULL.
 * \return STTP_OK: success and failure of the attempt are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when
 *         something is wrong with the string, or it does not say where the device is; STTP_ERR_WOULD_BLOCK when too
 *         many requests wait.
 */
int32_t sttp_c37118_input_add(struct sttp_c37118_input *input,
                              const char *connection_string,
                              uint64_t *device);

/**
 * Ends the connection to a device. Its rows leave the metadata, but for those of its measurements, which stay, not
 * enabled, for the case that it comes back.
 *
 * \param device  Its number.
 * \return STTP_ERR_NOT_FOUND when there is no such device; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; the callback for the end of the connection follows.
 */
int32_t sttp_c37118_input_remove(struct sttp_c37118_input *input,
                                 uint64_t device);

/**
 * Lists the devices of an input, in the order in which they were added.
 *
 * \param devices  Receives their numbers, as many as there is room for; NULL when there is none.
 * \param room     How many there is room for.
 * \param count    Receives how many devices there are.
 */
int32_t sttp_c37118_input_devices(const struct sttp_c37118_input *input,
                                  uint64_t *devices,
                                  size_t room,
                                  size_t *count);

/**
 * Reads what is known of a device.
 *
 * \param device  Its number.
 * \param info    Receives it.
 * \param size    sizeof(*info).
 * \return STTP_ERR_NOT_FOUND when there is no such device.
 */
int32_t sttp_c37118_input_device(const struct sttp_c37118_input *input,
                                 uint64_t device,
                                 struct sttp_c37118_device *info,
                                 size_t size);

/**
 * Reads what was counted of a device since it was added.
 *
 * \param device         Its number.
 * \param counters       Receives what was counted of its frames; NULL when that is not wanted.
 * \param size           sizeof(*counters).
 * \param session        Receives what was counted of the connections to it; NULL when that is not wanted.
 * \param session_size   sizeof(*session).
 * \return STTP_ERR_NOT_FOUND when there is no such device.
 */
int32_t sttp_c37118_input_statistics(const struct sttp_c37118_input *input,
                                     uint64_t device,
                                     struct sttp_c37118_device_counters *counters,
                                     size_t size,
                                     struct sttp_c37118_client_counters *session,
                                     size_t session_size);

/* ==== C37.118: callbacks of devices in ==== */

/**
 * A device is connected; by UDP, its socket is open.
 *
 * \param user_data  As registered.
 * \param device     Number of the device.
 * \param address    Its address; valid during the call.
 */
typedef void (*sttp_c37118_connected_fn)(void *user_data, uint64_t device, const char *address);

/**
 * The connection to a device has ended, or could not be made.
 *
 * \param user_data  As registered.
 * \param device     Number of the device.
 * \param reason     STTP_OK when the program wanted it, else why.
 * \param message    The reason as a sentence, empty for STTP_OK; valid during the call.
 */
typedef void (*sttp_c37118_disconnected_fn)(void *user_data,
                                            uint64_t device,
                                            int32_t reason,
                                            const char *message);

/**
 * An attempt to connect to a device again follows.
 *
 * \param user_data  As registered.
 * \param device     Number of the device.
 * \param attempt    Number of the attempt since the last success, from 1.
 * \param delay_ms   Milliseconds until then.
 */
typedef void (*sttp_c37118_reconnecting_fn)(void *user_data,
                                            uint64_t device,
                                            uint32_t attempt,
                                            uint32_t delay_ms);

/**
 * A device has sent a data frame.
 *
 * \param user_data      As registered.
 * \param device         Number of the device.
 * \param configuration  What it carries, for sttp_c37118_data_pmu and its like; valid during the call.
 * \param frame          The whole frame; valid during the call.
 * \param length         Its bytes.
 */
typedef void (*sttp_c37118_data_fn)(void *user_data,
                                    uint64_t device,
                                    const struct sttp_c37118_configuration *configuration,
                                    const uint8_t *frame,
                                    size_t length);

/**
 * A device has sent the text of its header frame.
 *
 * \param user_data  As registered.
 * \param device     Number of the device.
 * \param text       The text as it came, without a NUL; valid during the call.
 * \param length     Its bytes.
 */
typedef void (*sttp_c37118_header_fn)(void *user_data, uint64_t device, const uint8_t *text, size_t length);

/**
 * Registers who is told that a device is connected, each time.
 */
int32_t sttp_c37118_input_on_connected(struct sttp_c37118_input *input,
                                       sttp_c37118_connected_fn callback,
                                       void *user_data,
                                       sttp_destroy_fn destroy);

/**
 * Registers who is told that the connection to a device has ended or could not be made, each time, and why.
 */
int32_t sttp_c37118_input_on_disconnected(struct sttp_c37118_input *input,
                                          sttp_c37118_disconnected_fn callback,
                                          void *user_data,
                                          sttp_destroy_fn destroy);

/**
 * Registers who is told that an attempt to connect to a device again follows.
 */
int32_t sttp_c37118_input_on_reconnecting(struct sttp_c37118_input *input,
                                          sttp_c37118_reconnecting_fn callback,
                                          void *user_data,
                                          sttp_destroy_fn destroy);

/**
 * Registers who is told that a device has told its configuration, the first one or another. Its data frames are
 * published once the metadata have it.
 */
int32_t sttp_c37118_input_on_configuration(struct sttp_c37118_input *input,
                                           sttp_c37118_configuration_fn callback,
                                           void *user_data,
                                           sttp_destroy_fn destroy);

/**
 * Registers who receives the data frames of devices, before their measurements are published.
 */
int32_t sttp_c37118_input_on_data(struct sttp_c37118_input *input,
                                  sttp_c37118_data_fn callback,
                                  void *user_data,
                                  sttp_destroy_fn destroy);

/**
 * Registers who receives the texts of header frames, for which devices are asked with STTP_SETTING_REQUEST_HEADER.
 */
int32_t sttp_c37118_input_on_header(struct sttp_c37118_input *input,
                                    sttp_c37118_header_fn callback,
                                    void *user_data,
                                    sttp_destroy_fn destroy);

/**
 * Registers who is told the metadata that the publisher has from then on: those of all devices that have told their
 * configurations.
 */
int32_t sttp_c37118_input_on_metadata(struct sttp_c37118_input *input,
                                      sttp_metadata_fn callback,
                                      void *user_data,
                                      sttp_destroy_fn destroy);

/**
 * Registers who receives messages for operators. Repeated ones are held back, and counted.
 */
int32_t sttp_c37118_input_on_message(struct sttp_c37118_input *input,
                                     sttp_c37118_message_fn callback,
                                     void *user_data,
                                     sttp_destroy_fn destroy);

/* ==== C37.118: streams out ====
 * An output subscribes, and serves what it receives as streams of C37.118, any number of them, each with clients of its
 * own. Make it, register callbacks, add streams, and open it.
 *
 *
 * static int serve_stream(void) {
 *     sttp_c37118_output *output = NULL;
 *     uint64_t stream = 0;
 *     int32_t status = sttp_c37118_output_new(NULL, &output);
 *     if (status == STTP_OK) status = sttp_c37118_output_add(output, "port=4712; accessID=235", &stream);
 *     if (status == STTP_OK) status = sttp_c37118_output_open(output, "server=localhost:7175");
 *     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
 *     return status == STTP_OK ? 0 : 1;
 * }
 *
 */

/**
 * What is counted of a stream of frames that are made of measurements.
 */
typedef struct sttp_c37118_stream_counters {
    /**
     * Measurements that were used.
     */
    uint64_t measurements;
    /**
     * Measurements of signals that the stream has not.
     */
    uint64_t measurements_of_others;
    /**
     * Measurements that came when their frame had been sent, or was not to be waited for any more.
     */
    uint64_t measurements_late;
    /**
     * Measurements whose time is too far ahead.
     */
    uint64_t measurements_early;
    /**
     * Measurements in place of others of the same signal and frame.
     */
    uint64_t measurements_repeated;
    /**
     * Measurements whose frame has one of the same signal that is nearer to its time.
     */
    uint64_t measurements_between_frames;
    /**
     * Frames made.
     */
    uint64_t frames;
    /**
     * Frames among them in which values were missing.
     */
    uint64_t frames_incomplete;
    /**
     * Frames of which no value was there, and which were dropped, because the metadata changed or time
     * went back.
     */
    uint64_t frames_dropped;
    /**
     * Frames left out, because nothing was received for longer than is waited for.
     */
    uint64_t frames_skipped;
    /**
     * Values filled in as absent.
     */
    uint64_t values_filled;
    /**
     * How often the times of measurements went back and the stream began anew with them.
     */
    uint64_t restarts;
    /**
     * Changes of the configuration.
     */
    uint64_t configuration_changes;
} sttp_c37118_stream_counters;

/**
 * What is counted of a stream of frames that is made of buffer blocks.
 */
typedef struct sttp_c37118_relay_counters {
    /**
     * Data frames received.
     */
    uint64_t data_frames;
    /**
     * Configuration and header frames received.
     */
    uint64_t configuration_frames;
    /**
     * Configuration and header frames among them that were known.
     */
    uint64_t configuration_frames_repeated;
    /**
     * Blocks that are no frame, not one of their signal, or no configuration that means anything.
     */
    uint64_t blocks_rejected;
    /**
     * Frames dropped, because no configuration came for longer than is waited for, or because they were
     * not taken.
     */
    uint64_t frames_dropped;
} sttp_c37118_relay_counters;

/**
 * What is counted of a server of a C37.118 stream since it was made.
 */
typedef struct sttp_c37118_server_counters {
    /**
     * Data frames published.
     */
    uint64_t published_frames;
    /**
     * Data frames given to clients and targets, once for each; those by datagrams that failed too.
     */
    uint64_t data_frames;
    /**
     * Data frames dropped, because the client that they waited for took too little.
     */
    uint64_t dropped_frames;
    /**
     * Configuration and header frames given to clients and targets, once for each; those by datagrams
     * that failed too.
     */
    uint64_t description_frames;
    /**
     * Bytes received.
     */
    uint64_t bytes_received;
    /**
     * Commands obeyed.
     */
    uint64_t commands;
    /**
     * Commands not obeyed, because they came too often or their answers were not read.
     */
    uint64_t refused_commands;
    /**
     * Commands not obeyed, because they had another ID code.
     */
    uint64_t other_ids;
    /**
     * Frames received that are no commands, or whose content cannot be read.
     */
    uint64_t unusable_frames;
    /**
     * Places where a frame seemed to begin, but its check word was wrong.
     */
    uint64_t bad_checks;
    /**
     * Bytes that belonged to no frame.
     */
    uint64_t skipped_bytes;
    /**
     * Clients that are served.
     */
    uint64_t clients;
    /**
     * Clients refused, because there were too many.
     */
    uint64_t refused_clients;
    /**
     * Clients disconnected or forgotten, because they read nothing, sent garbage or were idle.
     */
    uint64_t ended_clients;
    /**
     * Datagrams that the hosts of clients and targets have refused.
     */
    uint64_t refused_datagrams;
    /**
     * Datagrams that could not be sent, and are lost.
     */
    uint64_t failed_datagrams;
} sttp_c37118_server_counters;

/**
 * Makes an output without streams, not connected yet.
 *
 * \param engine  What it runs on; NULL for the process's shared engine.
 * \param handle  Receives the output.
 * \return STTP_ERR_IO when the shared engine cannot be started.
 * *Ownership*: The engine stays the caller's and may be freed before the output.
 */
int32_t sttp_c37118_output_new(struct sttp_engine *engine, struct sttp_c37118_output **handle);

/**
 * Frees an output; its ports are closed, its clients and its publisher are disconnected. No callback is called any
 * more.
 *
 * *Blocks*: while a callback of the output runs on another thread. Does not wait for connections to close.
 * *From a callback*: allowed, also from its own.
 * *Ownership*: the output is gone; the destructors of its callbacks have run, except that of the callback which this was
 * called from: it runs when that returns.
 */
void sttp_c37118_output_free(struct sttp_c37118_output *output);

/**
 * Sets what holds for streams that are added from now on, as `key={value}` in their connection strings does, which say
 * otherwise.
 *
 * \param key    STTP_SETTING_..., as STTP_SETTING_DATA_RATE; upper and lower case are the same.
 * \param value  As connection strings write it; NULL for the default.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for streams, or the key cannot have that value.
 */
int32_t sttp_c37118_output_set(struct sttp_c37118_output *output,
                               const char *key,
                               const char *value);

/**
 * Reads what sttp_c37118_output_set has set, as it can be set again.
 *
 * \param key     STTP_SETTING_...; upper and lower case are the same.
 * \param buffer  Receives the value and a NUL.
 * \param size    Bytes of the buffer.
 * \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for streams; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_c37118_output_get(const struct sttp_c37118_output *output,
                               const char *key,
                               char *buffer,
                               size_t size,
                               size_t *length);

/**
 * Connects to a publisher, or listens for one, until sttp_c37118_output_close. What is subscribed the streams say.
 *
 * \param connection_string  As `server=localhost:7175`; docs/connection-strings.md lists the keys of a subscriber.
 * \return STTP_OK: success and failure of the attempt are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when
 *         something is wrong with the string, it does not say where the publisher is, or has a filter or a read queue;
 *         STTP_ERR_INVALID_STATE when connected, connecting or listening; STTP_ERR_IO when the system refuses to
 *         listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_c37118_output_open(struct sttp_c37118_output *output,
                                const char *connection_string);

/**
 * Ends the connection to the publisher, and all attempts to make one. The streams stay.
 *
 * \return STTP_OK, also when there was none; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; the callback for the end of the connection follows.
 */
int32_t sttp_c37118_output_close(struct sttp_c37118_output *output);

/**
 * Adds a stream. Its port is open when this returns; its clients get a configuration once the publisher has told its
 * metadata.
 *
 * \param connection_string  As `port=4712; accessID=235; dataRate=30`; docs/connection-strings.md lists the keys of a
 *                           C37.118 output.
 * \param stream             Receives its number, which names it in callbacks; may be NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when something is wrong with the string, or it does not say where clients are;
 *         STTP_ERR_IO when the system refuses to listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: for the name service when the host to listen on is a name.
 */
int32_t sttp_c37118_output_add(struct sttp_c37118_output *output,
                               const char *connection_string,
                               uint64_t *stream);

/**
 * Ends a stream: its port is closed, and its clients are disconnected.
 *
 * \param stream  Its number.
 * \return STTP_ERR_NOT_FOUND when there is no such stream; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; the callbacks for its clients follow.
 */
int32_t sttp_c37118_output_remove(struct sttp_c37118_output *output, uint64_t stream);

/**
 * Lists the streams of an output, in the order in which they were added.
 *
 * \param streams  Receives their numbers, as many as there is room for; NULL when there is none.
 * \param room     How many there is room for.
 * \param count    Receives how many streams there are.
 */
int32_t sttp_c37118_output_streams(const struct sttp_c37118_output *output,
                                   uint64_t *streams,
                                   size_t room,
                                   size_t *count);

/**
 * Writes the address that a stream listens on by TCP, with the port that the system chose.
 *
 * \param stream  Its number.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; 64 always suffice.
 * \return STTP_ERR_NOT_FOUND when there is no such stream; STTP_ERR_INVALID_STATE when it does not listen by TCP;
 *         STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_c37118_output_address(const struct sttp_c37118_output *output,
                                   uint64_t stream,
                                   char *buffer,
                                   size_t size);

/**
 * Reads what was counted of a stream since it was added.
 *
 * \param stream        Its number.
 * \param counters      Receives what was counted of its frames; NULL when that is not wanted.
 * \param size          sizeof(*counters).
 * \param server        Receives what was counted of its clients; NULL when that is not wanted.
 * \param server_size   sizeof(*server).
 * \return STTP_ERR_NOT_FOUND when there is no such stream.
 */
int32_t sttp_c37118_output_statistics(const struct sttp_c37118_output *output,
                                      uint64_t stream,
                                      struct sttp_c37118_stream_counters *counters,
                                      size_t size,
                                      struct sttp_c37118_server_counters *server,
                                      size_t server_size);

/**
 * Reads what was counted since a stream was added of frames of a device that it passes on (`relay=`).
 *
 * \param stream    Its number.
 * \param counters  Receives what was counted; nothing for a stream that is made of measurements.
 * \param size      sizeof(*counters).
 * \return STTP_ERR_NOT_FOUND when there is no such stream.
 */
int32_t sttp_c37118_output_relay_statistics(const struct sttp_c37118_output *output,
                                            uint64_t stream,
                                            struct sttp_c37118_relay_counters *counters,
                                            size_t size);

/**
 * Reads the counters of the subscription that all streams share.
 *
 * \param statistics  Receives the counters.
 * \param size        sizeof(*statistics).
 */
int32_t sttp_c37118_output_subscription_statistics(const struct sttp_c37118_output *output,
                                                   struct sttp_subscriber_counters *statistics,
                                                   size_t size);

/* ==== C37.118: callbacks of streams out ==== */

/**
 * A client has connected to a stream by TCP.
 *
 * \param user_data  As registered.
 * \param stream     Number of the stream.
 * \param address    Address of the client; valid during the call.
 */
typedef void (*sttp_c37118_client_connected_fn)(void *user_data, uint64_t stream, const char *address);

/**
 * The connection of a client has ended.
 *
 * \param user_data  As registered.
 * \param stream     Number of the stream.
 * \param address    Address of the client; valid during the call.
 * \param message    Why, as a sentence; valid during the call.
 */
typedef void (*sttp_c37118_client_disconnected_fn)(void *user_data,
                                                   uint64_t stream,
                                                   const char *address,
                                                   const char *message);

/**
 * Registers who is told that the publisher is connected, each time.
 */
int32_t sttp_c37118_output_on_connected(struct sttp_c37118_output *output,
                                        sttp_connected_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/**
 * Registers who is told that the connection to the publisher has ended or could not be made, each time, and why.
 */
int32_t sttp_c37118_output_on_disconnected(struct sttp_c37118_output *output,
                                           sttp_disconnected_fn callback,
                                           void *user_data,
                                           sttp_destroy_fn destroy);

/**
 * Registers who is told that an attempt to connect to the publisher again follows.
 */
int32_t sttp_c37118_output_on_reconnecting(struct sttp_c37118_output *output,
                                           sttp_reconnecting_fn callback,
                                           void *user_data,
                                           sttp_destroy_fn destroy);

/**
 * Registers who receives the publisher's metadata, of which the streams are made.
 */
int32_t sttp_c37118_output_on_metadata(struct sttp_c37118_output *output,
                                       sttp_metadata_fn callback,
                                       void *user_data,
                                       sttp_destroy_fn destroy);

/**
 * Registers who is told that a stream has a configuration from then on, the first one or another.
 */
int32_t sttp_c37118_output_on_configuration(struct sttp_c37118_output *output,
                                            sttp_c37118_configuration_fn callback,
                                            void *user_data,
                                            sttp_destroy_fn destroy);

/**
 * Registers who is told that a client has connected by TCP.
 */
int32_t sttp_c37118_output_on_client_connected(struct sttp_c37118_output *output,
                                               sttp_c37118_client_connected_fn callback,
                                               void *user_data,
                                               sttp_destroy_fn destroy);

/**
 * Registers who is told that the connection of a client has ended, and why.
 */
int32_t sttp_c37118_output_on_client_disconnected(struct sttp_c37118_output *output,
                                                  sttp_c37118_client_disconnected_fn callback,
                                                  void *user_data,
                                                  sttp_destroy_fn destroy);

/**
 * Registers who receives messages for operators. Repeated ones are held back, and counted.
 */
int32_t sttp_c37118_output_on_message(struct sttp_c37118_output *output,
                                      sttp_c37118_message_fn callback,
                                      void *user_data,
                                      sttp_destroy_fn destroy);

/* ==== Block links: what is known of them ====
 * Block links carry STTP where TCP is not to be had: over serial lines, radio, one-way UDP, files; docs/block-links.md
 * describes them, on the wire, too. There are three handles. A sttp_block_link is one side of a link, for programs that
 * have the measurements or want them. A sttp_block_link_output sends what a publisher sends over any number of links,
 * and a sttp_block_link_input publishes what comes over any number of them; each knows its links by their numbers.
 *
 * Where a link is and how it is used, a connection string says, as `link=serial:/dev/ttyS0,115200,8N1`,
 * `link=tcp-listen:7170`, `link=udp:192.0.2.7:7170; oneWay=true` or `link=file:/tmp/recording`. Its keys are the settings
 * of STTP_ROLE_BLOCK_LINK.
 */

/**
 * What is counted of a block link.
 */
typedef struct sttp_block_link_session_counters {
    /**
     * Blocks sent.
     */
    uint64_t blocks_sent;
    /**
     * Bytes sent, blocks around their data included.
     */
    uint64_t bytes_sent;
    /**
     * Blocks received, those aside that had come before.
     */
    uint64_t blocks_received;
    /**
     * Bytes received, whatever they were.
     */
    uint64_t bytes_received;
    /**
     * Blocks of the other side that never came.
     */
    uint64_t blocks_lost;
    /**
     * Blocks that came behind later ones.
     */
    uint64_t blocks_late;
    /**
     * Blocks that had come before, and were dropped.
     */
    uint64_t blocks_repeated;
    /**
     * How often the other side began its sequence numbers anew.
     */
    uint64_t sequence_restarts;
    /**
     * Places where a block seemed to begin, but its check word was wrong.
     */
    uint64_t bad_checks;
    /**
     * Bytes received that belonged to no block.
     */
    uint64_t bytes_skipped;
    /**
     * Blocks of a feature that was not agreed, or before anything was.
     */
    uint64_t blocks_unknown;
    /**
     * Messages that cannot be read, or come from the wrong side.
     */
    uint64_t messages_rejected;
    /**
     * Data points sent.
     */
    uint64_t points_sent;
    /**
     * Data points that were not sent, because the link was too slow or nothing was agreed yet.
     */
    uint64_t points_dropped;
    /**
     * Data points received that became measurements or parts of frames.
     */
    uint64_t points_received;
    /**
     * Data points received that nobody knows the definition or the signal of.
     */
    uint64_t points_unknown;
    /**
     * Data points received that are not as their definition says, or whose time is none.
     */
    uint64_t points_malformed;
    /**
     * Definitions and assignments that say something else of an ID than those before.
     */
    uint64_t contradictions;
    /**
     * Measurements and frames that the application has not taken in time.
     */
    uint64_t deliveries_dropped;
    /**
     * Data frames of C37.118 that were put together.
     */
    uint64_t frames_whole;
    /**
     * Data frames of C37.118 of which some points came, but not all.
     */
    uint64_t frames_incomplete;
    /**
     * Documents received.
     */
    uint64_t documents;
    /**
     * Agreements that came into force.
     */
    uint64_t agreements;
    /**
     * Offers that were refused, by either side.
     */
    uint64_t rejections;
    /**
     * Data points of C37.118 received when their frame was over, or again.
     */
    uint64_t points_late;
} sttp_block_link_session_counters;

/**
 * What is counted of a block link since it was made, beside what its session counts.
 */
typedef struct sttp_block_link_counters {
    /**
     * How often the link was opened.
     */
    uint64_t openings;
    /**
     * Datagrams that have come from elsewhere and were not looked at.
     */
    uint64_t foreign_datagrams;
    /**
     * Datagrams that the system would not send.
     */
    uint64_t datagrams_not_sent;
    /**
     * Measurements to be sent while the link was closed.
     */
    uint64_t measurements_while_closed;
    /**
     * Frames of C37.118 to be sent while the link was closed.
     */
    uint64_t frames_while_closed;
    /**
     * Frames of C37.118 that are no data frames, or by another configuration than the one that was set.
     */
    uint64_t frames_refused;
} sttp_block_link_counters;

/**
 * Role of a side of a link: it receives.
 */
#define STTP_BLOCK_LINK_CLIENT 1

/**
 * Role of a side of a link: it sends.
 */
#define STTP_BLOCK_LINK_SERVER 2

/**
 * Role of a side of a link: both.
 */
#define STTP_BLOCK_LINK_PEER 3

/**
 * State of a link: it is not to be open, or a file was read to its end.
 */
#define STTP_BLOCK_LINK_CLOSED 0

/**
 * State of a link: it is being opened, or waits for a connection.
 */
#define STTP_BLOCK_LINK_OPENING 1

/**
 * State of a link: it is open, and nothing is agreed with the other side.
 */
#define STTP_BLOCK_LINK_OPEN 2

/**
 * State of a link: both sides have agreed how they talk.
 */
#define STTP_BLOCK_LINK_RUNNING 3

/**
 * State of a link: it was lost or could not be opened, the next attempt follows.
 */
#define STTP_BLOCK_LINK_REOPENING 4

/**
 * State of a link: it was lost or could not be opened, and no attempt follows.
 */
#define STTP_BLOCK_LINK_GAVE_UP 5

/**
 * State of a link: what waits for a file is being written.
 */
#define STTP_BLOCK_LINK_CLOSING 6

/**
 * Blocks in standard form: with sync bytes, sequence number and check word.
 */
#define STTP_BLOCK_LINK_STANDARD_BLOCKS 1

/**
 * Blocks in compact form: with a length, where the link loses nothing.
 */
#define STTP_BLOCK_LINK_COMPACT_BLOCKS 2

/**
 * Data points each with its ID and its length.
 */
#define STTP_BLOCK_LINK_RAW_STREAM 1

/**
 * Data points as short as it goes, where the link loses nothing.
 */
#define STTP_BLOCK_LINK_STANDARD_STREAM 2

/**
 * Bit of a level of compliance: an application, which receives measurements and metadata.
 */
#define STTP_BLOCK_LINK_APPLICATION 1

/**
 * Bit of a level of compliance: a gateway, which also sends them, to those who subscribe with a filter.
 */
#define STTP_BLOCK_LINK_GATEWAY 2

/**
 * Bit of a level of compliance: a concentrator, which also makes data frames of data points of C37.118.
 */
#define STTP_BLOCK_LINK_CONCENTRATOR 4

/**
 * Bit of a feature: data points.
 */
#define STTP_BLOCK_LINK_POINTS 1

/**
 * Bit of a feature: which signals data points are of.
 */
#define STTP_BLOCK_LINK_SIGNALS 2

/**
 * Bit of a feature: metadata, and configurations of C37.118.
 */
#define STTP_BLOCK_LINK_DOCUMENTS 4

/**
 * Bit of a feature: subscriptions by filter.
 */
#define STTP_BLOCK_LINK_SUBSCRIPTION 8

/**
 * Bit of a feature: data points of C37.118.
 */
#define STTP_BLOCK_LINK_C37118 16

/**
 * What both sides of a link have agreed; on one-way links, what the sender says of itself, at either side.
 */
typedef struct sttp_block_link_agreement {
    /**
     * Number of the agreement, which no other one of the link has.
     */
    uint32_t exchange;
    /**
     * The role of the other side: STTP_BLOCK_LINK_CLIENT to STTP_BLOCK_LINK_PEER.
     */
    int32_t peer;
    /**
     * Levels of compliance that the other side has: bits STTP_BLOCK_LINK_APPLICATION to STTP_BLOCK_LINK_CONCENTRATOR.
     */
    int32_t levels;
    /**
     * Features that were agreed: bits STTP_BLOCK_LINK_POINTS to STTP_BLOCK_LINK_C37118.
     */
    int32_t features;
    /**
     * STTP_BLOCK_LINK_STANDARD_BLOCKS or STTP_BLOCK_LINK_COMPACT_BLOCKS.
     */
    int32_t blocks;
    /**
     * STTP_BLOCK_LINK_RAW_STREAM or STTP_BLOCK_LINK_STANDARD_STREAM.
     */
    int32_t stream;
    /**
     * Largest block that the other side takes, in bytes.
     */
    uint32_t largest_block;
    /**
     * 1 when the link is encrypted by TLS, else 0.
     */
    int32_t is_encrypted;
    /**
     * 1 when the sides know each other by certificates, else 0.
     */
    int32_t is_authenticated;
    /**
     * 0.
     */
    uint32_t reserved;
} sttp_block_link_agreement;

/**
 * Where a link stands.
 */
typedef struct sttp_block_link_info {
    /**
     * Which it is, as sttp_block_link_input_add or sttp_block_link_output_add told it; 0 for a sttp_block_link.
     */
    uint64_t id;
    /**
     * STTP_BLOCK_LINK_CLOSED to STTP_BLOCK_LINK_CLOSING.
     */
    int32_t state;
    /**
     * 1 when both sides can send, 0 when only one can.
     */
    int32_t is_two_way;
    /**
     * Data points that wait to be sent, or are in blocks that the line, the socket or the file has not taken whole yet.
     */
    uint64_t waiting_points;
} sttp_block_link_info;

/* ==== Block links: what they tell ==== */

/**
 * A link is open: there is a connection, a port, a line or a file. Nothing is known of the other side yet.
 *
 * \param user_data  As registered.
 * \param link       Number of the link; 0 for a sttp_block_link, here and in the other callbacks.
 * \param address    What it is open to, as `127.0.0.1:7170`, `UDP port 7170` or `/dev/ttyS0`; valid during the call.
 */
typedef void (*sttp_block_link_opened_fn)(void *user_data, uint64_t link, const char *address);

/**
 * Both sides of a link have agreed how they talk; on one-way links, who sends has said how, which it is told itself, too. It
 * may come again at any time.
 *
 * \param user_data  As registered.
 * \param link       Number of the link.
 * \param agreement  What was agreed, the levels of compliance of the other side among it; valid during the call.
 */
typedef void (*sttp_block_link_agreed_fn)(void *user_data,
                                          uint64_t link,
                                          const struct sttp_block_link_agreement *agreement);

/**
 * A link has ended, or could not be opened. When another attempt is to follow, the callback for that is called next.
 *
 * \param user_data  As registered.
 * \param link       Number of the link.
 * \param reason     STTP_OK when the program wanted it, or a file was read to its end; else why.
 * \param message    The reason as a sentence, empty for STTP_OK; valid during the call.
 */
typedef void (*sttp_block_link_closed_fn)(void *user_data, uint64_t link, int32_t reason, const char *message);

/**
 * An attempt to open a link again follows.
 *
 * \param user_data  As registered.
 * \param link       Number of the link.
 * \param attempt    Number of the attempt since the last success, from 1.
 * \param delay_ms   Milliseconds until then.
 */
typedef void (*sttp_block_link_reopening_fn)(void *user_data,
                                             uint64_t link,
                                             uint32_t attempt,
                                             uint32_t delay_ms);

/**
 * The other side of a link has told its metadata, the first ones or others.
 *
 * \param user_data  As registered.
 * \param link       Number of the link.
 * \param metadata   The metadata; valid during the call. Keep them with sttp_metadata_clone.
 */
typedef void (*sttp_block_link_metadata_fn)(void *user_data,
                                            uint64_t link,
                                            const struct sttp_metadata *metadata);

/**
 * The configuration frames of a stream of C37.118 have come.
 *
 * \param user_data  As registered.
 * \param link       Number of the link.
 * \param id_code    ID code of the stream.
 * \param frames     The frames as their device has sent them, one behind the other; valid during the call.
 * \param length     Their bytes.
 */
typedef void (*sttp_block_link_configuration_fn)(void *user_data,
                                                 uint64_t link,
                                                 uint32_t id_code,
                                                 const uint8_t *frames,
                                                 size_t length);

/**
 * A data frame of C37.118 has come, put together of its data points.
 *
 * \param user_data  As registered.
 * \param link       Number of the link.
 * \param frame      The whole frame, as its device has sent it; valid during the call.
 * \param length     Its bytes.
 */
typedef void (*sttp_block_link_frame_fn)(void *user_data, uint64_t link, const uint8_t *frame, size_t length);

/**
 * The other side of a link has subscribed, or wants nothing any more.
 *
 * \param user_data  As registered.
 * \param link       Number of the link.
 * \param signals    How many signals of the metadata match.
 * \param filter     Its filter expression, empty for everything; NULL when it wants nothing any more. Valid during the
 *                   call.
 */
typedef void (*sttp_block_link_subscribed_fn)(void *user_data,
                                              uint64_t link,
                                              size_t signals,
                                              const char *filter);

/**
 * Something that operators want to know.
 *
 * \param user_data  As registered.
 * \param link       Number of the link that it is about; 0 for all of them.
 * \param level      STTP_LOG_ERROR to STTP_LOG_DEBUG.
 * \param message    One sentence without a line end; valid during the call.
 */
typedef void (*sttp_block_link_message_fn)(void *user_data, uint64_t link, int32_t level, const char *message);

/* ==== One side of a block link ====
 * For programs that send measurements of their own over a link, or want those that come over it, without any publisher or
 * subscriber. Make it, register callbacks, subscribe or set metadata, and open it. Whatever was set and subscribed
 * holds when the link is opened again, too, which happens by itself after a loss.
 *
 *
 * static void take(void *user_data, const sttp_measurement *measurements, size_t count) {
 *     (void)user_data;
 *     printf("%zu measurements, the first one is %f\n", count, measurements[0].value);
 * }
 *
 * static int receive(sttp_block_link **link) {
 *     int32_t status = sttp_block_link_new(NULL, STTP_BLOCK_LINK_CLIENT, "link=serial:/dev/ttyS0,115200,8N1", link);
 *     if (status == STTP_OK) status = sttp_block_link_on_measurements(*link, take, NULL, NULL);
 *     if (status == STTP_OK) status = sttp_block_link_subscribe(*link, "FILTER ActiveMeasurements WHERE SignalType = 'FREQ'");
 *     if (status == STTP_OK) status = sttp_block_link_open(*link);
 *     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
 *     return status == STTP_OK ? 0 : 1;
 * }
 *
 */

/**
 * Makes a side of a link, not open yet.
 *
 * \param engine             What it runs on; NULL for the process's shared engine.
 * \param role               STTP_BLOCK_LINK_CLIENT to receive, STTP_BLOCK_LINK_SERVER to send, STTP_BLOCK_LINK_PEER for
 *                           both, which one-way links do not have.
 * \param connection_string  As `link=serial:/dev/ttyS0,115200,8N1; repeatInterval=5`; docs/block-links.md lists the keys.
 * \param link               Receives the link.
 * \return STTP_ERR_INVALID_ARGUMENT also when something is wrong with the string, it does not say where the link is, or its
 *         settings and the role do not go together; STTP_ERR_IO when the shared engine cannot be started.
 * *Ownership*: The engine stays the caller's and may be freed before the link.
 */
int32_t sttp_block_link_new(struct sttp_engine *engine,
                            int32_t role,
                            const char *connection_string,
                            struct sttp_block_link **link);

/**
 * Frees a link, and closes it. No callback is called any more. Call sttp_block_link_flush first if what was published must
 * be sent.
 *
 * *Blocks*: while a callback of the link runs on another thread. Does not wait for the link to close.
 * *From a callback*: allowed, also from its own.
 * *Ownership*: the link is gone; the destructors of its callbacks have run, except that of the callback which this was
 * called from: it runs when that returns.
 */
void sttp_block_link_free(struct sttp_block_link *link);

/**
 * Reads a setting that the connection string has set, or its default.
 *
 * \param key     STTP_SETTING_...; upper and lower case are the same.
 * \param buffer  Receives the value and a NUL.
 * \param size    Bytes of the buffer.
 * \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_block_link_get(const struct sttp_block_link *link,
                            const char *key,
                            char *buffer,
                            size_t size,
                            size_t *length);

/**
 * Opens the link, until it is closed; over losses if the settings say so.
 *
 * \return STTP_OK: success and failure are told to the callbacks; STTP_ERR_INVALID_STATE when it is open or being opened;
 *         STTP_ERR_IO when the system refuses to listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: for the name service when the host to listen on is a name.
 */
int32_t sttp_block_link_open(struct sttp_block_link *link);

/**
 * Closes the link. A file gets what waits to be written; elsewhere only what can be sent at once is.
 *
 * \return STTP_OK, also when it is not open; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; the callback closed follows.
 */
int32_t sttp_block_link_close(struct sttp_block_link *link);

/**
 * Wants the signals of a filter, in the place of what was wanted before. Times come as the settings say
 * (STTP_SETTING_TIMES).
 *
 * \param filter  A filter expression, as in STTP; empty for everything. The other side evaluates it.
 * \return STTP_OK: the callback answered tells what becomes of it; STTP_ERR_INVALID_STATE on a one-way link, where the
 *         sender decides; STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_block_link_subscribe(struct sttp_block_link *link,
                                  const char *filter);

/**
 * Wants nothing any more.
 *
 * \return STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_block_link_unsubscribe(struct sttp_block_link *link);

/**
 * Asks for the metadata of the other side once more. They come by themselves when they change.
 *
 * \return STTP_OK: the callback metadata follows; STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_block_link_request_metadata(struct sttp_block_link *link);

/**
 * Sets or changes the metadata of what is sent. Only signals that they have are sent.
 *
 * \param metadata  The metadata.
 * \return STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_block_link_set_metadata(struct sttp_block_link *link, const struct sttp_metadata *metadata);

/**
 * Sets or changes the configuration of a stream of C37.118, whose data frames sttp_block_link_publish_frame sends. What is
 * wrong with it the callback message tells.
 *
 * \param frames  Its configuration frames, one behind the other, of which the last CFG-2 or CFG-3 counts.
 * \param length  Their bytes.
 * \return STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_block_link_set_configuration(struct sttp_block_link *link,
                                          const uint8_t *frames,
                                          size_t length);

/**
 * Sends measurements by their signal IDs: those that the other side has subscribed to, or on a one-way link those that the
 * settings say (STTP_SETTING_SIGNALS). What is published while the link is closed is counted, and not sent.
 *
 * \param measurements  The measurements; their signal index means nothing.
 * \param count         How many there are; may be 0.
 * \return STTP_ERR_WOULD_BLOCK when too much waits for the engine; then nothing was published.
 */
int32_t sttp_block_link_publish(struct sttp_block_link *link,
                                const struct sttp_measurement *measurements,
                                size_t count);

/**
 * Sends a data frame of C37.118, as a data point for each of its values, by the configuration that was set. What cannot be
 * sent is counted, and the callback message tells why.
 *
 * \param frame   The whole frame.
 * \param length  Its bytes.
 * \return STTP_ERR_WOULD_BLOCK when too much waits for the engine; then nothing was published.
 */
int32_t sttp_block_link_publish_frame(struct sttp_block_link *link,
                                      const uint8_t *frame,
                                      size_t length);

/**
 * Reads certificates, keys and revocation lists again, for the connections to come; the one that stands goes on.
 * Files that have changed are read again by themselves, when the next connection is made.
 *
 * \return STTP_ERR_INVALID_ARGUMENT when something in them cannot be used: then everything stays as it was;
 *         STTP_ERR_INVALID_STATE without TLS.
 * *Blocks*: for the files, and before that for whoever reads them already: on a share that hangs, for ever.
 *           The link goes on meanwhile.
 */
int32_t sttp_block_link_reload_certificates(struct sttp_block_link *link);

/**
 * Waits until what was published has left for the line, the socket or the file, or was dropped and counted. What is
 * published while the link is closed does not wait.
 *
 * \param timeout_ms  Milliseconds to wait at most; -1 for no limit.
 * \return STTP_ERR_TIMEOUT; STTP_ERR_CLOSED when the engine was freed; STTP_ERR_WOULD_BLOCK inside a callback, which would
 *         keep it from being sent.
 * *Blocks*: yes.
 * *From a callback*: not allowed.
 * *Ownership*: Do not free the link while another thread waits.
 */
int32_t sttp_block_link_flush(struct sttp_block_link *link,
                              int32_t timeout_ms);

/**
 * Reads where the link stands.
 *
 * \param info  Receives it.
 * \param size  sizeof(*info).
 */
int32_t sttp_block_link_state(const struct sttp_block_link *link,
                              struct sttp_block_link_info *info,
                              size_t size);

/**
 * Reads what both sides have agreed, the levels of compliance of the other side among it.
 *
 * \param agreement  Receives it.
 * \param size       sizeof(*agreement).
 * \return STTP_ERR_INVALID_STATE while nothing is agreed.
 */
int32_t sttp_block_link_agreed(const struct sttp_block_link *link,
                               struct sttp_block_link_agreement *agreement,
                               size_t size);

/**
 * Writes where the link listens by TCP, with the port that the system chose; of other links what they are open to.
 *
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; 64 suffice but for names of devices and files.
 * \return STTP_ERR_INVALID_STATE while it is not open; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_block_link_address(const struct sttp_block_link *link,
                                char *buffer,
                                size_t size);

/**
 * Reads what was counted since the link was made, over all openings.
 *
 * \param counters      Receives what was counted of the link itself; NULL when that is not wanted.
 * \param size          sizeof(*counters).
 * \param session       Receives what was counted of blocks, bytes and data points; NULL when that is not wanted.
 * \param session_size  sizeof(*session).
 */
int32_t sttp_block_link_statistics(const struct sttp_block_link *link,
                                   struct sttp_block_link_counters *counters,
                                   size_t size,
                                   struct sttp_block_link_session_counters *session,
                                   size_t session_size);

/* ==== One side of a block link: callbacks ==== */

/**
 * What became of a subscription: it is accepted.
 */
#define STTP_BLOCK_LINK_ACCEPTED 0

/**
 * What became of a subscription: the other side cannot read or evaluate its filter.
 */
#define STTP_BLOCK_LINK_BAD_FILTER 1

/**
 * What became of a subscription: it is refused for another reason.
 */
#define STTP_BLOCK_LINK_REFUSED 2

/**
 * The other side has answered a subscription, which is made again whenever the link is opened again.
 *
 * \param user_data  As registered.
 * \param link       0.
 * \param answer     STTP_BLOCK_LINK_ACCEPTED to STTP_BLOCK_LINK_REFUSED.
 * \param signals    How many signals it sends.
 * \param message    What it says to people, may be empty; valid during the call.
 */
typedef void (*sttp_block_link_answered_fn)(void *user_data,
                                            uint64_t link,
                                            int32_t answer,
                                            uint32_t signals,
                                            const char *message);

/**
 * Registers who is told that the link is open, each time.
 */
int32_t sttp_block_link_on_opened(struct sttp_block_link *link,
                                  sttp_block_link_opened_fn callback,
                                  void *user_data,
                                  sttp_destroy_fn destroy);

/**
 * Registers who is told what both sides have agreed, each time.
 */
int32_t sttp_block_link_on_agreed(struct sttp_block_link *link,
                                  sttp_block_link_agreed_fn callback,
                                  void *user_data,
                                  sttp_destroy_fn destroy);

/**
 * Registers who is told that the link has ended or could not be opened, each time, and why.
 */
int32_t sttp_block_link_on_closed(struct sttp_block_link *link,
                                  sttp_block_link_closed_fn callback,
                                  void *user_data,
                                  sttp_destroy_fn destroy);

/**
 * Registers who is told that an attempt to open the link again follows.
 */
int32_t sttp_block_link_on_reopening(struct sttp_block_link *link,
                                     sttp_block_link_reopening_fn callback,
                                     void *user_data,
                                     sttp_destroy_fn destroy);

/**
 * Registers who receives the metadata of the other side.
 */
int32_t sttp_block_link_on_metadata(struct sttp_block_link *link,
                                    sttp_block_link_metadata_fn callback,
                                    void *user_data,
                                    sttp_destroy_fn destroy);

/**
 * Registers who receives measurements: one call for each block. Their signal index means nothing.
 */
int32_t sttp_block_link_on_measurements(struct sttp_block_link *link,
                                        sttp_measurements_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/**
 * Registers who receives the configuration frames of streams of C37.118.
 */
int32_t sttp_block_link_on_configuration(struct sttp_block_link *link,
                                         sttp_block_link_configuration_fn callback,
                                         void *user_data,
                                         sttp_destroy_fn destroy);

/**
 * Registers who receives data frames of C37.118.
 */
int32_t sttp_block_link_on_frame(struct sttp_block_link *link,
                                 sttp_block_link_frame_fn callback,
                                 void *user_data,
                                 sttp_destroy_fn destroy);

/**
 * Registers who is told what the other side has subscribed to.
 */
int32_t sttp_block_link_on_subscribed(struct sttp_block_link *link,
                                      sttp_block_link_subscribed_fn callback,
                                      void *user_data,
                                      sttp_destroy_fn destroy);

/**
 * Registers who is told what became of sttp_block_link_subscribe.
 */
int32_t sttp_block_link_on_answered(struct sttp_block_link *link,
                                    sttp_block_link_answered_fn callback,
                                    void *user_data,
                                    sttp_destroy_fn destroy);

/**
 * Registers who receives messages for operators. Repeated ones are held back, and counted.
 */
int32_t sttp_block_link_on_message(struct sttp_block_link *link,
                                   sttp_block_link_message_fn callback,
                                   void *user_data,
                                   sttp_destroy_fn destroy);

/* ==== Block links to STTP ====
 * An input publishes what comes over links, any number of them, with one publisher, whose metadata are those of all links
 * together: they are replaced whenever a link tells others. Where two links have a signal of one ID or a device of one
 * acronym, the row of the later link counts. The frames of a stream of C37.118
 * go to a callback and are published byte by byte in buffer blocks, configuration frames included, for an output with relay; its
 * device is called C37118_ and the ID code of the stream, behind the devicePrefix of the link.
 *
 *
 * static int publish_links(sttp_publisher *publisher) {
 *     sttp_block_link_input *input = NULL;
 *     int32_t status = sttp_block_link_input_new(publisher, &input);
 *     if (status == STTP_OK) status = sttp_block_link_input_add(input, "link=serial:/dev/ttyS0,115200,8N1", NULL, NULL);
 *     if (status == STTP_OK) status = sttp_block_link_input_add(input, "link=udp-listen:7170; oneWay=true", NULL, NULL);
 *     if (status == STTP_OK) status = sttp_publisher_start(publisher, "0.0.0.0:7175");
 *     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
 *     return status == STTP_OK ? 0 : 1;
 * }
 *
 */

/**
 * What is counted of a link whose measurements are published, beside what the link and its session
 * count.
 */
typedef struct sttp_block_link_input_counters {
    /**
     * Measurements that were given to the publisher.
     */
    uint64_t measurements_published;
    /**
     * Measurements that the publisher did not take: it was not started, or its subscribers are slow.
     */
    uint64_t measurements_not_taken;
    /**
     * Data frames of C37.118 that were put together, and told.
     */
    uint64_t frames;
    /**
     * Data frames of C37.118 that were given to the publisher.
     */
    uint64_t frames_published;
    /**
     * Data frames of C37.118 that the publisher did not take: it was not started, its metadata did not
     * have the stream yet, or its subscribers are slow.
     */
    uint64_t frames_not_taken;
} sttp_block_link_input_counters;

/**
 * Makes an input without links. It runs on the engine of the publisher, whose metadata it sets from then on.
 *
 * \param publisher  What it publishes with.
 * \param input      Receives the input.
 * *Ownership*: the publisher stays the caller's and may be freed before the input, which then publishes nothing more.
 */
int32_t sttp_block_link_input_new(struct sttp_publisher *publisher,
                                  struct sttp_block_link_input **input);

/**
 * Frees an input; its links are closed, and the publisher goes on with the metadata that it has. No callback is called any more.
 *
 * *Blocks*: while a callback of the input runs on another thread. Does not wait for links to close.
 * *From a callback*: allowed, also from its own.
 * *Ownership*: the input is gone; the destructors of its callbacks have run, except that of the callback which this was
 * called from: it runs when that returns.
 */
void sttp_block_link_input_free(struct sttp_block_link_input *input);

/**
 * Sets what holds for links that are added from now on, as `key={value}` in their connection strings does, which say
 * otherwise.
 *
 * \param key    STTP_SETTING_..., as STTP_SETTING_REPEAT_INTERVAL; upper and lower case are the same.
 * \param value  As connection strings write it; NULL for the default.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links, or the key cannot have that value.
 */
int32_t sttp_block_link_input_set(struct sttp_block_link_input *input,
                                  const char *key,
                                  const char *value);

/**
 * Reads what sttp_block_link_input_set has set, as it can be set again.
 *
 * \param key     STTP_SETTING_...; upper and lower case are the same.
 * \param buffer  Receives the value and a NUL.
 * \param size    Bytes of the buffer.
 * \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_block_link_input_get(const struct sttp_block_link_input *input,
                                  const char *key,
                                  char *buffer,
                                  size_t size,
                                  size_t *length);

/**
 * Adds a link, and opens it until it is removed.
 *
 * \param connection_string  As `link=udp-listen:7170; oneWay=true`; docs/block-links.md lists the keys.
 * \param filter             A filter expression of the signals that are wanted, as in STTP; NULL or empty for all. On
 *                           one-way links the sender decides, and there is none.
 * \param link               Receives its number, which names it in callbacks; may be NULL.
 * \return STTP_OK: success and failure are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when something is wrong with
 *         the string, or it does not say where the link is; STTP_ERR_INVALID_STATE when a one-way link has a filter;
 *         STTP_ERR_IO when the system refuses to listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: for the name service when the host to listen on is a name.
 */
int32_t sttp_block_link_input_add(struct sttp_block_link_input *input,
                                  const char *connection_string,
                                  const char *filter,
                                  uint64_t *link);

/**
 * Closes a link. Its rows leave the metadata of the publisher.
 *
 * \param link  Its number.
 * \return STTP_ERR_NOT_FOUND when there is no such link; STTP_ERR_METADATA when the metadata of the others cannot be
 *         merged.
 * *Blocks*: while the metadata of the links that stay are merged.
 */
int32_t sttp_block_link_input_remove(struct sttp_block_link_input *input,
                                     uint64_t link);

/**
 * Lists the links of an input, in the order in which they were added.
 *
 * \param links  Receives their numbers, as many as there is room for; NULL when there is none.
 * \param room   How many there is room for.
 * \param count  Receives how many links there are.
 */
int32_t sttp_block_link_input_links(const struct sttp_block_link_input *input,
                                    uint64_t *links,
                                    size_t room,
                                    size_t *count);

/**
 * Reads where a link stands.
 *
 * \param link  Its number.
 * \param info  Receives it.
 * \param size  sizeof(*info).
 * \return STTP_ERR_NOT_FOUND when there is no such link.
 */
int32_t sttp_block_link_input_state(const struct sttp_block_link_input *input,
                                    uint64_t link,
                                    struct sttp_block_link_info *info,
                                    size_t size);

/**
 * Reads what both sides of a link have agreed, the levels of compliance of the other side among it.
 *
 * \param link       Its number.
 * \param agreement  Receives it.
 * \param size       sizeof(*agreement).
 * \return STTP_ERR_NOT_FOUND when there is no such link; STTP_ERR_INVALID_STATE while nothing is agreed.
 */
int32_t sttp_block_link_input_agreed(const struct sttp_block_link_input *input,
                                     uint64_t link,
                                     struct sttp_block_link_agreement *agreement,
                                     size_t size);

/**
 * Writes where a link listens by TCP, with the port that the system chose; of other links what they are open to.
 *
 * \param link    Its number.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; 64 suffice but for names of devices and files.
 * \return STTP_ERR_NOT_FOUND when there is no such link; STTP_ERR_INVALID_STATE while it is not open;
 *         STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_block_link_input_address(const struct sttp_block_link_input *input,
                                      uint64_t link,
                                      char *buffer,
                                      size_t size);

/**
 * Reads what was counted of a link since it was added.
 *
 * \param link          Its number.
 * \param published     Receives what became of its measurements; NULL when that is not wanted.
 * \param published_size  sizeof(*published).
 * \param counters      Receives what was counted of the link itself; NULL when that is not wanted.
 * \param size          sizeof(*counters).
 * \param session       Receives what was counted of blocks, bytes and data points; NULL when that is not wanted.
 * \param session_size  sizeof(*session).
 * \return STTP_ERR_NOT_FOUND when there is no such link.
 */
int32_t sttp_block_link_input_statistics(const struct sttp_block_link_input *input,
                                         uint64_t link,
                                         struct sttp_block_link_input_counters *published,
                                         size_t published_size,
                                         struct sttp_block_link_counters *counters,
                                         size_t size,
                                         struct sttp_block_link_session_counters *session,
                                         size_t session_size);

/* ==== Block links to STTP: callbacks ==== */

/**
 * Registers who is told that a link is open, each time.
 */
int32_t sttp_block_link_input_on_opened(struct sttp_block_link_input *input,
                                        sttp_block_link_opened_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/**
 * Registers who is told what both sides of a link have agreed, each time.
 */
int32_t sttp_block_link_input_on_agreed(struct sttp_block_link_input *input,
                                        sttp_block_link_agreed_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/**
 * Registers who is told that a link has ended or could not be opened, each time, and why.
 */
int32_t sttp_block_link_input_on_closed(struct sttp_block_link_input *input,
                                        sttp_block_link_closed_fn callback,
                                        void *user_data,
                                        sttp_destroy_fn destroy);

/**
 * Registers who is told that an attempt to open a link again follows.
 */
int32_t sttp_block_link_input_on_reopening(struct sttp_block_link_input *input,
                                           sttp_block_link_reopening_fn callback,
                                           void *user_data,
                                           sttp_destroy_fn destroy);

/**
 * Registers who is told the metadata of a link; the publisher has them, merged with those of the other links.
 */
int32_t sttp_block_link_input_on_metadata(struct sttp_block_link_input *input,
                                          sttp_block_link_metadata_fn callback,
                                          void *user_data,
                                          sttp_destroy_fn destroy);

/**
 * Registers who receives the configuration frames of streams of C37.118.
 */
int32_t sttp_block_link_input_on_configuration(struct sttp_block_link_input *input,
                                               sttp_block_link_configuration_fn callback,
                                               void *user_data,
                                               sttp_destroy_fn destroy);

/**
 * Registers who receives data frames of C37.118, before they are published.
 */
int32_t sttp_block_link_input_on_frame(struct sttp_block_link_input *input,
                                       sttp_block_link_frame_fn callback,
                                       void *user_data,
                                       sttp_destroy_fn destroy);

/**
 * Registers who receives messages for operators. Repeated ones are held back, and counted.
 */
int32_t sttp_block_link_input_on_message(struct sttp_block_link_input *input,
                                         sttp_block_link_message_fn callback,
                                         void *user_data,
                                         sttp_destroy_fn destroy);

/* ==== STTP to block links ====
 * An output subscribes, and sends what it receives over links, any number of them, each with the metadata of the publisher.
 * Of what is subscribed each link sends what its other side has subscribed to, or, where that cannot, what the link's
 * settings say (STTP_SETTING_SIGNALS). Streams of C37.118 that the publisher passes on in buffer blocks go as data points of
 * C37.118. Make it, register callbacks, add links, and open it. A program that publishes itself
 * gives its measurements to a sttp_block_link besides.
 *
 *
 * static int send_over_radio(void) {
 *     sttp_block_link_output *output = NULL;
 *     int32_t status = sttp_block_link_output_new(NULL, &output);
 *     if (status == STTP_OK) status = sttp_block_link_output_add(output, "link=serial:/dev/ttyS0,115200,8N1", NULL);
 *     if (status == STTP_OK) status = sttp_block_link_output_open(output, "server=localhost:7175");
 *     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
 *     return status == STTP_OK ? 0 : 1;
 * }
 *
 */

/**
 * Makes an output without links, not connected yet.
 *
 * \param engine  What it runs on; NULL for the process's shared engine.
 * \param handle  Receives the output.
 * \return STTP_ERR_IO when the shared engine cannot be started.
 * *Ownership*: The engine stays the caller's and may be freed before the output.
 */
int32_t sttp_block_link_output_new(struct sttp_engine *engine, struct sttp_block_link_output **handle);

/**
 * Frees an output; its links are closed, its publisher is disconnected. No callback is called any more.
 *
 * *Blocks*: while a callback of the output runs on another thread. Does not wait for links to close.
 * *From a callback*: allowed, also from its own.
 * *Ownership*: the output is gone; the destructors of its callbacks have run, except that of the callback which this was
 * called from: it runs when that returns.
 */
void sttp_block_link_output_free(struct sttp_block_link_output *output);

/**
 * Sets what holds for links that are added from now on, as `key={value}` in their connection strings does, which say
 * otherwise.
 *
 * \param key    STTP_SETTING_..., as STTP_SETTING_REPEAT_INTERVAL; upper and lower case are the same.
 * \param value  As connection strings write it; NULL for the default.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links, or the key cannot have that value.
 */
int32_t sttp_block_link_output_set(struct sttp_block_link_output *output,
                                   const char *key,
                                   const char *value);

/**
 * Reads what sttp_block_link_output_set has set, as it can be set again.
 *
 * \param key     STTP_SETTING_...; upper and lower case are the same.
 * \param buffer  Receives the value and a NUL.
 * \param size    Bytes of the buffer.
 * \param length  Receives the bytes of the value without the NUL, also when the buffer is too small; may be NULL.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such key for links; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_block_link_output_get(const struct sttp_block_link_output *output,
                                   const char *key,
                                   char *buffer,
                                   size_t size,
                                   size_t *length);

/**
 * Connects to a publisher, or listens for one, until sttp_block_link_output_close.
 *
 * \param connection_string  As `server=localhost:7175`; docs/connection-strings.md lists the keys of a subscriber. Without
 *                           a filter everything is subscribed; of that each link sends what its other side wants.
 * \return STTP_OK: success and failure of the attempt are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when
 *         something is wrong with the string, it does not say where the publisher is, or has a read queue;
 *         STTP_ERR_INVALID_STATE when connected, connecting or listening; STTP_ERR_IO when the system refuses to
 *         listen; STTP_ERR_WOULD_BLOCK when too many requests wait.
 */
int32_t sttp_block_link_output_open(struct sttp_block_link_output *output,
                                    const char *connection_string);

/**
 * Ends the connection to the publisher, and all attempts to make one. The links stay.
 *
 * \return STTP_OK, also when there was none; STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: no; the callback for the end of the connection follows.
 */
int32_t sttp_block_link_output_close(struct sttp_block_link_output *output);

/**
 * Adds a link, and opens it until it is removed.
 *
 * \param connection_string  As `link=serial:/dev/ttyS0,115200,8N1`; docs/block-links.md lists the keys.
 * \param link               Receives its number, which names it in callbacks; may be NULL.
 * \return STTP_OK: success and failure are told to the callbacks; STTP_ERR_INVALID_ARGUMENT when something is wrong with
 *         the string, or it does not say where the link is; STTP_ERR_IO when the system refuses to listen;
 *         STTP_ERR_WOULD_BLOCK when too many requests wait.
 * *Blocks*: for the name service when the host to listen on is a name.
 */
int32_t sttp_block_link_output_add(struct sttp_block_link_output *output,
                                   const char *connection_string,
                                   uint64_t *link);

/**
 * Closes a link.
 *
 * \param link  Its number.
 * \return STTP_ERR_NOT_FOUND when there is no such link.
 */
int32_t sttp_block_link_output_remove(struct sttp_block_link_output *output, uint64_t link);

/**
 * Lists the links of an output, in the order in which they were added.
 *
 * \param links  Receives their numbers, as many as there is room for; NULL when there is none.
 * \param room   How many there is room for.
 * \param count  Receives how many links there are.
 */
int32_t sttp_block_link_output_links(const struct sttp_block_link_output *output,
                                     uint64_t *links,
                                     size_t room,
                                     size_t *count);

/**
 * Reads where a link stands.
 *
 * \param link  Its number.
 * \param info  Receives it.
 * \param size  sizeof(*info).
 * \return STTP_ERR_NOT_FOUND when there is no such link.
 */
int32_t sttp_block_link_output_state(const struct sttp_block_link_output *output,
                                     uint64_t link,
                                     struct sttp_block_link_info *info,
                                     size_t size);

/**
 * Reads what both sides of a link have agreed, the levels of compliance of the other side among it.
 *
 * \param link       Its number.
 * \param agreement  Receives it.
 * \param size       sizeof(*agreement).
 * \return STTP_ERR_NOT_FOUND when there is no such link; STTP_ERR_INVALID_STATE while nothing is agreed.
 */
int32_t sttp_block_link_output_agreed(const struct sttp_block_link_output *output,
                                      uint64_t link,
                                      struct sttp_block_link_agreement *agreement,
                                      size_t size);

/**
 * Writes where a link listens by TCP, with the port that the system chose; of other links what they are open to.
 *
 * \param link    Its number.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; 64 suffice but for names of devices and files.
 * \return STTP_ERR_NOT_FOUND when there is no such link; STTP_ERR_INVALID_STATE while it is not open;
 *         STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_block_link_output_address(const struct sttp_block_link_output *output,
                                       uint64_t link,
                                       char *buffer,
                                       size_t size);

/**
 * Reads what was counted of a link since it was added.
 *
 * \param link          Its number.
 * \param not_taken     Receives how many measurements it did not take because too much waited for the engine; NULL when
 *                      that is not wanted.
 * \param counters      Receives what was counted of the link itself; NULL when that is not wanted.
 * \param size          sizeof(*counters).
 * \param session       Receives what was counted of blocks, bytes and data points; NULL when that is not wanted.
 * \param session_size  sizeof(*session).
 * \return STTP_ERR_NOT_FOUND when there is no such link.
 */
int32_t sttp_block_link_output_statistics(const struct sttp_block_link_output *output,
                                          uint64_t link,
                                          uint64_t *not_taken,
                                          struct sttp_block_link_counters *counters,
                                          size_t size,
                                          struct sttp_block_link_session_counters *session,
                                          size_t session_size);

/**
 * Reads the counters of the subscription that all links share.
 *
 * \param statistics  Receives the counters.
 * \param size        sizeof(*statistics).
 */
int32_t sttp_block_link_output_subscription_statistics(const struct sttp_block_link_output *output,
                                                       struct sttp_subscriber_counters *statistics,
                                                       size_t size);

/* ==== STTP to block links: callbacks ==== */

/**
 * Registers who is told that the publisher is connected, each time.
 */
int32_t sttp_block_link_output_on_connected(struct sttp_block_link_output *output,
                                            sttp_connected_fn callback,
                                            void *user_data,
                                            sttp_destroy_fn destroy);

/**
 * Registers who is told that the connection to the publisher has ended or could not be made, each time, and why.
 */
int32_t sttp_block_link_output_on_disconnected(struct sttp_block_link_output *output,
                                               sttp_disconnected_fn callback,
                                               void *user_data,
                                               sttp_destroy_fn destroy);

/**
 * Registers who is told that an attempt to connect to the publisher again follows.
 */
int32_t sttp_block_link_output_on_reconnecting(struct sttp_block_link_output *output,
                                               sttp_reconnecting_fn callback,
                                               void *user_data,
                                               sttp_destroy_fn destroy);

/**
 * Registers who receives the publisher's metadata, which all links get.
 */
int32_t sttp_block_link_output_on_metadata(struct sttp_block_link_output *output,
                                           sttp_metadata_fn callback,
                                           void *user_data,
                                           sttp_destroy_fn destroy);

/**
 * Registers who is told that a link is open, each time.
 */
int32_t sttp_block_link_output_on_opened(struct sttp_block_link_output *output,
                                         sttp_block_link_opened_fn callback,
                                         void *user_data,
                                         sttp_destroy_fn destroy);

/**
 * Registers who is told what both sides of a link have agreed, each time.
 */
int32_t sttp_block_link_output_on_agreed(struct sttp_block_link_output *output,
                                         sttp_block_link_agreed_fn callback,
                                         void *user_data,
                                         sttp_destroy_fn destroy);

/**
 * Registers who is told that a link has ended or could not be opened, each time, and why.
 */
int32_t sttp_block_link_output_on_closed(struct sttp_block_link_output *output,
                                         sttp_block_link_closed_fn callback,
                                         void *user_data,
                                         sttp_destroy_fn destroy);

/**
 * Registers who is told that an attempt to open a link again follows.
 */
int32_t sttp_block_link_output_on_reopening(struct sttp_block_link_output *output,
                                            sttp_block_link_reopening_fn callback,
                                            void *user_data,
                                            sttp_destroy_fn destroy);

/**
 * Registers who is told what the other side of a link has subscribed to.
 */
int32_t sttp_block_link_output_on_subscribed(struct sttp_block_link_output *output,
                                             sttp_block_link_subscribed_fn callback,
                                             void *user_data,
                                             sttp_destroy_fn destroy);

/**
 * Registers who receives messages for operators. Repeated ones are held back, and counted.
 */
int32_t sttp_block_link_output_on_message(struct sttp_block_link_output *output,
                                          sttp_block_link_message_fn callback,
                                          void *user_data,
                                          sttp_destroy_fn destroy);

/* ==== Metadata: reading, writing ====
 * Metadata describe devices, measurements and phasors, in tables. A handle of them never changes, so that any number
 * of threads may read it; to change metadata, build new ones from them. They come from the callback of
 * sttp_subscriber_on_metadata, which lends a handle (keep it with sttp_metadata_clone), from XML, or from a builder.
 *
 *
 * static void list_devices(const sttp_metadata *metadata) {
 *     size_t count = 0;
 *     sttp_device device;
 *     sttp_metadata_device_count(metadata, &count);
 *     for (size_t row = 0; row < count; row++) {
 *         if (sttp_metadata_device(metadata, row, &device, sizeof device) == STTP_OK) {
 *             printf("%s: %s\n", device.acronym, device.name);
 *         }
 *     }
 * }
 *
 */

/**
 * Reads metadata from their XML, as publishers send it. What is wrong with them but can be lived with, such as cells
 * that cannot be read, sttp_metadata_finding tells.
 *
 * \param xml       The document, in UTF-8 or UTF-16; needs no NUL.
 * \param length    Bytes of the document.
 * \param metadata  Receives the metadata.
 * \return STTP_ERR_METADATA when the document is not that of a data set; the message says where.
 */
int32_t sttp_metadata_parse(const char *xml,
                            size_t length,
                            struct sttp_metadata **metadata);

/**
 * Makes sample metadata: three devices with 30 frames a second.
 *
 * \param metadata  Receives the metadata.
 */
int32_t sttp_metadata_sample(struct sttp_metadata **metadata);

/**
 * Makes another handle of the same metadata, which lives on when this one is freed. Copies nothing.
 *
 * \param metadata  The metadata; also those that a callback is handed.
 * \param clone     Receives the other handle.
 */
int32_t sttp_metadata_clone(const struct sttp_metadata *metadata, struct sttp_metadata **clone);

/**
 * Frees a handle of metadata. What publishers use, and other clones, stay.
 *
 * \param metadata  The metadata, or NULL. Not those that a callback is handed.
 * *Ownership*: the handle is gone, and with it the texts of its records, unless a clone lives.
 */
void sttp_metadata_free(struct sttp_metadata *metadata);

/**
 * Writes metadata as XML: the document that publishers send.
 *
 * \param xml     Receives the document, in UTF-8 with a closing NUL.
 * \param length  Receives its bytes without the NUL.
 * *Blocks*: no; the first call writes the document, which takes long for large metadata.
 * *Ownership*: the document is the library's and stays valid until the handle is freed.
 */
int32_t sttp_metadata_to_xml(const struct sttp_metadata *metadata, const char **xml, size_t *length);

/**
 * Tells the version of the schema that metadata follow; that of STTP publishers today is 14.
 *
 * \param version  Receives the version.
 * \return STTP_ERR_NOT_FOUND when the metadata do not say.
 */
int32_t sttp_metadata_schema_version(const struct sttp_metadata *metadata, int32_t *version);

/* ==== Metadata: records of devices, measurements and phasors ==== */

/**
 * A device: one row of the metadata's DeviceDetail. Texts are never NULL; what the metadata do
 * not tell is empty or 0.
 */
typedef struct sttp_device {
    /**
     * Name that measurements and phasors refer to.
     */
    const char *acronym;
    /**
     * Name for people.
     */
    const char *name;
    /**
     * Acronym of the device, usually a concentrator, that this one belongs to.
     */
    const char *parent_acronym;
    /**
     * Protocol that the publisher gets the device's data with.
     */
    const char *protocol_name;
    /**
     * Owner.
     */
    const char *company_acronym;
    /**
     * Maker.
     */
    const char *vendor_acronym;
    /**
     * Model.
     */
    const char *vendor_device_name;
    /**
     * Grid that the device belongs to.
     */
    const char *interconnection_name;
    /**
     * The device, for ever.
     */
    struct sttp_guid unique_id;
    /**
     * Degrees, east is positive.
     */
    double longitude;
    /**
     * Degrees, north is positive.
     */
    double latitude;
    /**
     * Number that the device's own protocol knows it by, as the ID code of IEEE C37.118.
     */
    int32_t access_id;
    /**
     * Data frames a second.
     */
    int32_t frames_per_second;
    /**
     * 1 for a concentrator, else 0.
     */
    int32_t is_concentrator;
    /**
     * 1 for a device in use, else 0.
     */
    int32_t enabled;
    /**
     * Rows of MeasurementDetail that name the device.
     */
    uint64_t measurement_count;
    /**
     * Rows of PhasorDetail that name the device.
     */
    uint64_t phasor_count;
} sttp_device;

/**
 * Counts the devices of metadata: rows of DeviceDetail.
 *
 * \param count  Receives their number.
 */
int32_t sttp_metadata_device_count(const struct sttp_metadata *metadata, size_t *count);

/**
 * Reads a device of metadata.
 *
 * \param row     Its row.
 * \param device  Receives the record.
 * \param size    sizeof(*device).
 * \return STTP_ERR_NOT_FOUND when there is no such device.
 * *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle
 * is freed.
 */
int32_t sttp_metadata_device(const struct sttp_metadata *metadata,
                             size_t row,
                             struct sttp_device *device,
                             size_t size);

/**
 * A measurement's description: one row of the metadata's MeasurementDetail. Texts are never NULL;
 * what the metadata do not tell is empty or 0.
 */
typedef struct sttp_measurement_metadata {
    /**
     * The signal.
     */
    struct sttp_guid signal_id;
    /**
     * Measurement key, as `PPA:12`.
     */
    const char *id;
    /**
     * Name of the signal.
     */
    const char *point_tag;
    /**
     * Place of the signal in its device, as `SHELBY-PA1`.
     */
    const char *signal_reference;
    /**
     * Kind of signal, as `FREQ`, `VPHM` or `IPHA`.
     */
    const char *signal_type;
    /**
     * Acronym of its device.
     */
    const char *device_acronym;
    /**
     * Text for people.
     */
    const char *description;
    /**
     * Phasor number of the phasor that the signal is a part of; 0 for none.
     */
    int32_t phasor_source_index;
    /**
     * 1 when the publisher owns the signal, 0 when it got it from elsewhere.
     */
    int32_t internal;
    /**
     * 1 for a signal in use, which subscriptions can have, else 0.
     */
    int32_t enabled;
    /**
     * 0.
     */
    int32_t reserved;
    /**
     * Ticks of the latest change; 0 when unknown.
     */
    int64_t updated_on;
    /**
     * What is added to values after they were multiplied, so that they are in engineering units; 0 unless the metadata
     * say otherwise. Measurements come as they were published: value * multiplier + adder is up to the program.
     */
    double adder;
    /**
     * What values are multiplied with; 1 unless the metadata say otherwise.
     */
    double multiplier;
} sttp_measurement_metadata;

/**
 * Counts the measurements of metadata: rows of MeasurementDetail.
 *
 * \param count  Receives their number.
 */
int32_t sttp_metadata_measurement_count(const struct sttp_metadata *metadata, size_t *count);

/**
 * Reads a measurement of metadata.
 *
 * \param row        Its row.
 * \param measurement  Receives the record.
 * \param size         sizeof(*measurement).
 * \return STTP_ERR_NOT_FOUND when there is no such measurement.
 * *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle
 * is freed.
 */
int32_t sttp_metadata_measurement(const struct sttp_metadata *metadata,
                                  size_t row,
                                  struct sttp_measurement_metadata *measurement,
                                  size_t size);

/**
 * Finds a measurement of metadata by its signal.
 *
 * \param signal_id  The signal.
 * \param row      Receives the row of the measurement, for sttp_metadata_measurement and for
 *                   publishing by row.
 * \return STTP_ERR_NOT_FOUND.
 */
int32_t sttp_metadata_find_measurement(const struct sttp_metadata *metadata,
                                       const struct sttp_guid *signal_id,
                                       size_t *row);

/**
 * Finds a measurement of metadata by its measurement key.
 *
 * \param key  The key, `SOURCE:number`, in upper or lower case.
 * \param row  Receives the row of the measurement; of the first one, should several have the key.
 * \return STTP_ERR_NOT_FOUND.
 */
int32_t sttp_metadata_find_measurement_by_key(const struct sttp_metadata *metadata,
                                              const char *key,
                                              size_t *row);

/**
 * Finds a measurement of metadata by its point tag.
 *
 * \param point_tag  The tag, in upper or lower case.
 * \param row        Receives the row of the measurement; of the first one, should several have the tag.
 * \return STTP_ERR_NOT_FOUND.
 */
int32_t sttp_metadata_find_measurement_by_tag(const struct sttp_metadata *metadata,
                                              const char *point_tag,
                                              size_t *row);

/**
 * A phasor: one row of the metadata's PhasorDetail. Texts are never NULL; what the metadata do
 * not tell is empty or 0.
 */
typedef struct sttp_phasor {
    /**
     * Acronym of its device.
     */
    const char *device_acronym;
    /**
     * Name for people.
     */
    const char *label;
    /**
     * `V` for a voltage, `I` for a current.
     */
    const char *type;
    /**
     * `A`, `B`, `C`, or `+`, `-`, `0` for a sequence.
     */
    const char *phase;
    /**
     * Row of the phasor.
     */
    int32_t id;
    /**
     * Row of the phasor in its device, from 1.
     */
    int32_t source_index;
    /**
     * `id` of the voltage that a current belongs to; 0 for none.
     */
    int32_t destination_id;
    /**
     * 0.
     */
    int32_t reserved;
    /**
     * Ticks of the latest change; 0 when unknown.
     */
    int64_t updated_on;
} sttp_phasor;

/**
 * Counts the phasors of metadata: rows of PhasorDetail.
 *
 * \param count  Receives their number.
 */
int32_t sttp_metadata_phasor_count(const struct sttp_metadata *metadata, size_t *count);

/**
 * Reads a phasor of metadata.
 *
 * \param row     Its row.
 * \param phasor  Receives the record.
 * \param size    sizeof(*phasor).
 * \return STTP_ERR_NOT_FOUND when there is no such phasor.
 * *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle
 * is freed.
 */
int32_t sttp_metadata_phasor(const struct sttp_metadata *metadata,
                             size_t row,
                             struct sttp_phasor *phasor,
                             size_t size);

/* ==== Metadata: how devices, measurements and phasors belong together ====
 * Records are known by their rows, as sttp_metadata_device, sttp_metadata_measurement and sttp_metadata_phasor
 * take them.
 */

/**
 * Finds a device of metadata by its acronym.
 *
 * \param acronym  The acronym, in upper or lower case.
 * \param row    Receives the row of the device; of the first one, should several have the
 *                 acronym.
 * \return STTP_ERR_NOT_FOUND.
 */
int32_t sttp_metadata_find_device(const struct sttp_metadata *metadata, const char *acronym, size_t *row);

/**
 * Finds a device of metadata by its name for people.
 *
 * \param name  The name, in upper or lower case.
 * \param row   Receives the row of the device; of the first one, should several have the name.
 * \return STTP_ERR_NOT_FOUND.
 */
int32_t sttp_metadata_find_device_by_name(const struct sttp_metadata *metadata,
                                          const char *name,
                                          size_t *row);

/**
 * Finds a phasor of a device by its label.
 *
 * \param device  Row of the device.
 * \param label   The label, in upper or lower case.
 * \param row     Receives the row of the phasor; of the first one, should several have the label.
 * \return STTP_ERR_NOT_FOUND when there is no such device, or it has no such phasor.
 */
int32_t sttp_metadata_find_phasor(const struct sttp_metadata *metadata,
                                  size_t device,
                                  const char *label,
                                  size_t *row);

/**
 * Lists the measurements of a device.
 *
 * \param device    Row of the device.
 * \param rows   Receives the rows of the first `capacity` measurements, ascending; NULL when
 *                  that is 0.
 * \param capacity  Elements of the array.
 * \param count     Receives how many measurements there are, even when it is more than `capacity`.
 * \return STTP_ERR_NOT_FOUND when there is no such device.
 */
int32_t sttp_metadata_device_measurements(const struct sttp_metadata *metadata,
                                          size_t device,
                                          size_t *rows,
                                          size_t capacity,
                                          size_t *count);

/**
 * Lists the phasors of a device.
 *
 * \param device    Row of the device.
 * \param rows   Receives the rows of the first `capacity` phasors, ascending; NULL when that is
 *                  0.
 * \param capacity  Elements of the array.
 * \param count     Receives how many phasors there are, even when it is more than `capacity`.
 * \return STTP_ERR_NOT_FOUND when there is no such device.
 */
int32_t sttp_metadata_device_phasors(const struct sttp_metadata *metadata,
                                     size_t device,
                                     size_t *rows,
                                     size_t capacity,
                                     size_t *count);

/**
 * Lists the devices that report through a concentrator. Metadata that others made may contain circles:
 * a device can be among the children of its children, and even its own child.
 *
 * \param device    Row of the concentrator.
 * \param rows   Receives the rows of the first `capacity` devices, ascending; NULL when that is
 *                  0.
 * \param capacity  Elements of the array.
 * \param count     Receives how many devices there are, even when it is more than `capacity`.
 * \return STTP_ERR_NOT_FOUND when there is no such device.
 */
int32_t sttp_metadata_device_children(const struct sttp_metadata *metadata,
                                      size_t device,
                                      size_t *rows,
                                      size_t capacity,
                                      size_t *count);

/**
 * Finds the concentrator that a device reports through.
 *
 * \param device  Row of the device.
 * \param parent  Receives the row of the concentrator.
 * \return STTP_ERR_NOT_FOUND when there is no such device, or it names no concentrator that is in the
 *         metadata.
 */
int32_t sttp_metadata_device_parent(const struct sttp_metadata *metadata, size_t device, size_t *parent);

/**
 * Finds the device of a measurement.
 *
 * \param measurement  Row of the measurement.
 * \param device       Receives the row of the device.
 * \return STTP_ERR_NOT_FOUND when there is no such measurement, or it names no device that is in the
 *         metadata.
 */
int32_t sttp_metadata_measurement_device(const struct sttp_metadata *metadata,
                                         size_t measurement,
                                         size_t *device);

/**
 * Finds the phasor whose magnitude or angle a measurement is.
 *
 * \param measurement  Row of the measurement.
 * \param phasor       Receives the row of the phasor.
 * \return STTP_ERR_NOT_FOUND when there is no such measurement, or it is not a part of a phasor.
 */
int32_t sttp_metadata_measurement_phasor(const struct sttp_metadata *metadata,
                                         size_t measurement,
                                         size_t *phasor);

/**
 * Finds the device of a phasor.
 *
 * \param phasor  Row of the phasor.
 * \param device  Receives the row of the device.
 * \return STTP_ERR_NOT_FOUND when there is no such phasor, or it names no device that is in the
 *         metadata.
 */
int32_t sttp_metadata_phasor_device(const struct sttp_metadata *metadata, size_t phasor, size_t *device);

/**
 * Finds the measurement of a phasor's magnitude.
 *
 * \param phasor       Row of the phasor.
 * \param measurement  Receives the row of the measurement.
 * \return STTP_ERR_NOT_FOUND when there is no such phasor, or none of the measurements is its
 *         magnitude.
 */
int32_t sttp_metadata_phasor_magnitude(const struct sttp_metadata *metadata,
                                       size_t phasor,
                                       size_t *measurement);

/**
 * Finds the measurement of a phasor's angle.
 *
 * \param phasor       Row of the phasor.
 * \param measurement  Receives the row of the measurement.
 * \return STTP_ERR_NOT_FOUND when there is no such phasor, or none of the measurements is its angle.
 */
int32_t sttp_metadata_phasor_angle(const struct sttp_metadata *metadata, size_t phasor, size_t *measurement);

/* ==== Metadata: signal references, which say what of a device a signal is ==== */

/**
 * Kind of a signal: angle of a phasor, `PA`.
 */
#define STTP_SIGNAL_ANGLE 1

/**
 * Kind of a signal: magnitude of a phasor, `PM`.
 */
#define STTP_SIGNAL_MAGNITUDE 2

/**
 * Kind of a signal: frequency, `FQ`.
 */
#define STTP_SIGNAL_FREQUENCY 3

/**
 * Kind of a signal: rate of change of frequency, `DF`.
 */
#define STTP_SIGNAL_FREQUENCY_CHANGE 4

/**
 * Kind of a signal: status flags, `SF`.
 */
#define STTP_SIGNAL_STATUS 5

/**
 * Kind of a signal: digital value, `DV`.
 */
#define STTP_SIGNAL_DIGITAL 6

/**
 * Kind of a signal: analog value, `AV`.
 */
#define STTP_SIGNAL_ANALOG 7

/**
 * Kind of a signal: calculated value, `CV`.
 */
#define STTP_SIGNAL_CALCULATION 8

/**
 * Kind of a signal: statistic, `ST`.
 */
#define STTP_SIGNAL_STATISTIC 9

/**
 * Kind of a signal: alarm, `AL`.
 */
#define STTP_SIGNAL_ALARM 10

/**
 * Kind of a signal: quality flags, `QF`.
 */
#define STTP_SIGNAL_QUALITY 11

/**
 * Reads a signal reference, as `SHELBY-PM1`: the device, the kind of the signal, and which signal of that kind it is.
 * The device may contain hyphens.
 *
 * \param text    The reference, as sttp_measurement_metadata has it.
 * \param kind    Receives STTP_SIGNAL_...: the kind.
 * \param index   Receives the number of the signal among those of its kind, from 1; 0 when there is only one.
 * \param device  Receives the acronym of the device and a NUL; NULL when it is not wanted.
 * \param size    Bytes of `device`; one more than the text has suffice.
 * \return STTP_ERR_INVALID_ARGUMENT when the text is no signal reference; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_signal_reference_parse(const char *text,
                                    int32_t *kind,
                                    uint32_t *index,
                                    char *device,
                                    size_t size);

/**
 * The two letters of a kind of signals, as `PM` for STTP_SIGNAL_MAGNITUDE.
 *
 * \param kind  STTP_SIGNAL_...: the kind.
 * \return The letters, never NULL and valid for ever; the empty text for another number.
 */
const char *sttp_signal_kind_code(int32_t kind);

/* ==== Metadata: types and values of cells and expressions ==== */

/**
 * Type of a value: true or false.
 */
#define STTP_TYPE_BOOLEAN 1

/**
 * Type of a value: signed integer of 8 bits.
 */
#define STTP_TYPE_INT8 2

/**
 * Type of a value: signed integer of 16 bits.
 */
#define STTP_TYPE_INT16 3

/**
 * Type of a value: signed integer of 32 bits.
 */
#define STTP_TYPE_INT32 4

/**
 * Type of a value: signed integer of 64 bits.
 */
#define STTP_TYPE_INT64 5

/**
 * Type of a value: unsigned integer of 8 bits.
 */
#define STTP_TYPE_UINT8 6

/**
 * Type of a value: unsigned integer of 16 bits.
 */
#define STTP_TYPE_UINT16 7

/**
 * Type of a value: unsigned integer of 32 bits.
 */
#define STTP_TYPE_UINT32 8

/**
 * Type of a value: unsigned integer of 64 bits.
 */
#define STTP_TYPE_UINT64 9

/**
 * Type of a value: IEEE-754 single precision.
 */
#define STTP_TYPE_SINGLE 10

/**
 * Type of a value: IEEE-754 double precision.
 */
#define STTP_TYPE_DOUBLE 11

/**
 * Type of a value: decimal number of up to 28 digits.
 */
#define STTP_TYPE_DECIMAL 12

/**
 * Type of a value: text.
 */
#define STTP_TYPE_STRING 13

/**
 * Type of a value: GUID.
 */
#define STTP_TYPE_GUID 14

/**
 * Type of a value: time in UTC.
 */
#define STTP_TYPE_DATETIME 15

/**
 * A value of a cell or an expression: 48 bytes, 8-byte aligned (on 32-bit x86 4-byte).
 *
 * Functions that answer one write its text into a buffer of the caller: `true` or `false`, `-12`, a
 * Decimal with all its digits but without trailing zeros (`0.25`), a Single or Double as the shortest text
 * that reads back to the same number (`60`, `1e-7`, `nan`, `inf`, `-inf`), a Guid as
 * `01234567-89ab-cdef-0123-456789abcdef`, a DateTime as `2026-11-21T08:30:00.5Z`, a String as it is, null
 * as the empty text. sttp_metadata_builder_set reads all of these but null.
 */
typedef struct sttp_value {
    /**
     * A Guid; else zeros.
     */
    struct sttp_guid guid;
    /**
     * An integer, or 1 for true and 0 for false. A DateTime's ticks. A Single, Double or Decimal cut
     * toward zero, 0 when that does not fit. UInt64: the same 64 bits, to be read as uint64_t. Else 0.
     */
    int64_t integer;
    /**
     * A number of any type as the nearest double, 1 for true and 0 for false; else 0. The text of a
     * Decimal is exact.
     */
    double number;
    /**
     * Bytes of a String without NUL; else 0.
     */
    uint64_t text_length;
    /**
     * STTP_TYPE_...: what it is a value of, even when it is null.
     */
    int32_t type;
    /**
     * 1 when there is no value, else 0.
     */
    int32_t is_null;
} sttp_value;

/**
 * The name of a type, as `Int32` for STTP_TYPE_INT32.
 *
 * \param type  STTP_TYPE_BOOLEAN to STTP_TYPE_DATETIME.
 * \return The name, never NULL; `unknown type` for another number.
 * *Ownership*: the name is the library's and stays valid for ever.
 */
const char *sttp_type_name(int32_t type);

/* ==== Metadata: tables ==== */

/**
 * Number of the table ActiveMeasurements, which the library derives from the others: one row for each
 * enabled measurement, as subscription filters see it. (Metadata that bring a table of that name have only
 * theirs.)
 */
#define STTP_TABLE_ACTIVE_MEASUREMENTS 0xFFFFFFFF

/**
 * Counts the tables of metadata, without ActiveMeasurements.
 *
 * \param count  Receives the number of tables.
 */
int32_t sttp_metadata_table_count(const struct sttp_metadata *metadata, size_t *count);

/**
 * Describes a table of metadata.
 *
 * \param index    Number of the table, from 0, or STTP_TABLE_ACTIVE_MEASUREMENTS.
 * \param name     Receives its name.
 * \param rows     Receives its number of rows.
 * \param columns  Receives its number of columns.
 * \return STTP_ERR_NOT_FOUND when there is no such table.
 * *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
 * metadata.
 * *Ownership*: the name is the library's and stays valid until the handle is freed.
 */
int32_t sttp_metadata_table(const struct sttp_metadata *metadata,
                            size_t index,
                            const char **name,
                            size_t *rows,
                            size_t *columns);

/**
 * Finds a table of metadata by its name.
 *
 * \param name   The name, as `DeviceDetail` or `ActiveMeasurements`, in upper or lower case.
 * \param index  Receives the number of the table.
 * \return STTP_ERR_NOT_FOUND when there is no such table.
 */
int32_t sttp_metadata_find_table(const struct sttp_metadata *metadata, const char *name, size_t *index);

/**
 * Describes a column of a table.
 *
 * \param table  Number of the table.
 * \param index  Number of the column, from 0.
 * \param name   Receives its name.
 * \param type   Receives the type of its values, STTP_TYPE_BOOLEAN to STTP_TYPE_DATETIME.
 * \return STTP_ERR_NOT_FOUND when there is no such table or column.
 * *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
 * metadata.
 * *Ownership*: the name is the library's and stays valid until the handle is freed.
 */
int32_t sttp_metadata_column(const struct sttp_metadata *metadata,
                             size_t table,
                             size_t index,
                             const char **name,
                             int32_t *type);

/**
 * Finds a column of a table by its name.
 *
 * \param table  Number of the table.
 * \param name   The name, in upper or lower case.
 * \param index  Receives the number of the column.
 * \return STTP_ERR_NOT_FOUND when there is no such table or column.
 * *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
 * metadata.
 */
int32_t sttp_metadata_find_column(const struct sttp_metadata *metadata,
                                  size_t table,
                                  const char *name,
                                  size_t *index);

/**
 * Reads a cell of a table.
 *
 * \param table   Number of the table.
 * \param row     Its row, from 0.
 * \param column  Its column, from 0.
 * \param value   Receives the value, of the type of the column; NULL when only the text is wanted.
 * \param buffer  Receives the text of the value and a NUL; NULL when that is not wanted.
 * \param size    Bytes of the buffer. STTP_VALUE_TEXT_SIZE suffices except for a String, which needs
 *                `text_length` + 1.
 * \return STTP_ERR_NOT_FOUND when there is no such table, row or column; STTP_ERR_BUFFER_TOO_SMALL.
 * *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
 * metadata.
 */
int32_t sttp_metadata_cell(const struct sttp_metadata *metadata,
                           size_t table,
                           size_t row,
                           size_t column,
                           struct sttp_value *value,
                           char *buffer,
                           size_t size);

/**
 * Reads a cell of a column of type String without copying it.
 *
 * \param table   Number of the table.
 * \param row     Its row, from 0.
 * \param column  Its column, from 0.
 * \param text    Receives the text, with a closing NUL; NULL for null.
 * \return STTP_ERR_INVALID_ARGUMENT when the column is of another type; STTP_ERR_NOT_FOUND when there
 *         is no such table, row or column.
 * *Blocks*: no; the first look at ActiveMeasurements makes that table, which takes long for large
 * metadata.
 * *Ownership*: the text is the library's and stays valid until the handle is freed.
 */
int32_t sttp_metadata_cell_string(const struct sttp_metadata *metadata,
                                  size_t table,
                                  size_t row,
                                  size_t column,
                                  const char **text);

/* ==== Metadata: selecting ==== */

/**
 * Selects signals with a filter, as a publisher does for a subscription: in the order of the filter,
 * each once.
 *
 * \param filter      Filter statements, measurement keys, GUIDs, and point tags in double quotes,
 *                    separated by semicolons.
 * \param signal_ids  Receives the first `capacity` signals; NULL when that is 0.
 * \param capacity    Elements of the array.
 * \param count       Receives how many signals were selected, even when it is more than `capacity`.
 * \return STTP_ERR_FILTER when the filter is invalid; the message says where.
 * *Blocks*: no; takes the longer the more rows there are.
 */
int32_t sttp_metadata_select(const struct sttp_metadata *metadata,
                             const char *filter,
                             struct sttp_guid *signal_ids,
                             size_t capacity,
                             size_t *count);

/**
 * A row of a table of metadata.
 */
typedef struct sttp_row {
    /**
     * Number of the table, as sttp_metadata_table takes it.
     */
    uint64_t table;
    /**
     * Row of the table, from 0.
     */
    uint64_t row;
} sttp_row;

/**
 * Selects rows of tables with a filter: in the order of its statements and of their ORDER BY, as many
 * as TOP allows, each once.
 *
 * \param table     Number of the table that conditions alone, measurement keys, GUIDs and point tags
 *                  are about. Statements as `FILTER TOP 5 DeviceDetail WHERE True ORDER BY Acronym`
 *                  name their table: any one, and ActiveMeasurements.
 * \param filter    The statements, separated by semicolons.
 * \param rows      Receives the first `capacity` rows; NULL when that is 0.
 * \param capacity  Elements of the array.
 * \param count     Receives how many rows were selected, even when it is more than `capacity`.
 * \return STTP_ERR_NOT_FOUND when there is no table of that number; STTP_ERR_FILTER when the filter is
 *         invalid; the message says where.
 * *Blocks*: no; takes the longer the more rows there are.
 */
int32_t sttp_metadata_select_rows(const struct sttp_metadata *metadata,
                                  size_t table,
                                  const char *filter,
                                  struct sttp_row *rows,
                                  size_t capacity,
                                  size_t *count);

/**
 * Tells which table a filter selects from, as the columns of its rows depend on that.
 *
 * \param table     Number of the table that statements are about which name none.
 * \param filter    The statements, separated by semicolons.
 * \param selected  Receives the number of the table that all statements select from.
 * \return STTP_ERR_NOT_FOUND when there is no such table; STTP_ERR_FILTER when the filter is invalid
 *         or its statements select from several tables.
 */
int32_t sttp_metadata_filter_table(const struct sttp_metadata *metadata,
                                   size_t table,
                                   const char *filter,
                                   size_t *selected);

/* ==== Metadata: values of expressions ==== */

/**
 * Evaluates an expression, as `SignalAcronym LIKE '%PHM' AND Len(PointTag) > 10`, at a row of a table.
 * As in the other STTP implementations, arithmetic operators apply from left to right: `1 + 2 * 3` is
 * 9.
 *
 * \param metadata    The metadata; NULL for an expression that names no columns, which needs no row.
 * \param table       Number of the table, as sttp_metadata_find_table tells it.
 * \param row         Row of the table, from 0.
 * \param expression  The expression. Its functions Now and UtcNow give the current time.
 * \param value       Receives the value: of type Boolean, Int32, Int64, Decimal, Double, String, Guid
 *                    or DateTime. NULL when only the text is wanted.
 * \param buffer      Receives the text of the value and a NUL; NULL when that is not wanted.
 * \param size        Bytes of the buffer. STTP_VALUE_TEXT_SIZE suffices except for a String, which
 *                    needs `text_length` + 1.
 * \return STTP_ERR_NOT_FOUND when there is no such table or row; STTP_ERR_FILTER when the expression
 *         is invalid or cannot be evaluated at this row (the message says where);
 *         STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_metadata_evaluate(const struct sttp_metadata *metadata,
                               size_t table,
                               size_t row,
                               const char *expression,
                               struct sttp_value *value,
                               char *buffer,
                               size_t size);

/* ==== Metadata: what is wrong with them ====
 * Metadata are read with good will: a cell that cannot be read becomes null, a row of an unknown table is left out,
 * and the rest is used. What was found is told here, with its place. Subscribers and publishers tell the first of it
 * in messages.
 *
 *
 * static void complain(const sttp_metadata *metadata) {
 *     sttp_finding finding;
 *     for (size_t index = 0; sttp_metadata_finding(metadata, index, &finding, sizeof finding) == STTP_OK; index++) {
 *         fprintf(stderr, "%s\n", finding.message);
 *     }
 * }
 *
 */

/**
 * Findings of every kind.
 */
#define STTP_FINDING_ANY -1

/**
 * The text of a cell is no value of the column's type. The cell is null.
 */
#define STTP_FINDING_UNREADABLE 0

/**
 * The text of a cell is not what XML has for the column's type, but was understood.
 */
#define STTP_FINDING_READ_FREELY 1

/**
 * A text refers to a character that XML does not have. U+FFFD stands in its place.
 */
#define STTP_FINDING_FORBIDDEN_CHARACTER 2

/**
 * A row belongs to no table of the document's schema. It is left out.
 */
#define STTP_FINDING_UNDEFINED_TABLE 3

/**
 * A field of a row belongs to no column of the table's schema. It is left out.
 */
#define STTP_FINDING_UNDEFINED_COLUMN 4

/**
 * The schema gives a column no type that is supported. The column is left out.
 */
#define STTP_FINDING_UNSUPPORTED_COLUMN 5

/**
 * The expression of a column has no value. The cell, or the column from that row on, is null.
 */
#define STTP_FINDING_NOT_COMPUTED 6

/**
 * A measurement has no signal ID. Nobody can subscribe to it, and nothing be published for it.
 */
#define STTP_FINDING_NO_SIGNAL_ID 7

/**
 * The signal ID of a measurement is all zeros, which stands for none.
 */
#define STTP_FINDING_NIL_SIGNAL_ID 8

/**
 * The signal ID is that of another measurement too. Only the first of them gets its data.
 */
#define STTP_FINDING_REPEATED_SIGNAL_ID 9

/**
 * The measurement key is not a source, a colon and a number.
 */
#define STTP_FINDING_BAD_KEY 10

/**
 * A name that finds a row is that of another row too. Only the first of them is found.
 */
#define STTP_FINDING_REPEATED_NAME 11

/**
 * A device or phasor lacks a name by which measurements refer to it.
 */
#define STTP_FINDING_NO_NAME 12

/**
 * A row refers to a device that is not described.
 */
#define STTP_FINDING_UNKNOWN_DEVICE 13

/**
 * A measurement refers to a phasor that is not described.
 */
#define STTP_FINDING_UNKNOWN_PHASOR 14

/**
 * The row of a finding that is about a table or a column as a whole.
 */
#define STTP_FINDING_NO_ROW 0xFFFFFFFFFFFFFFFF

/**
 * Something wrong in metadata, and where it is. Texts are never NULL.
 */
typedef struct sttp_finding {
    /**
     * The whole finding as a sentence for people, with its place and the text that is wrong.
     */
    const char *message;
    /**
     * The table, as the metadata spell it.
     */
    const char *table;
    /**
     * The column; empty when it is about the row or the table as a whole.
     */
    const char *column;
    /**
     * The row of the table, from 0, or STTP_FINDING_NO_ROW.
     */
    uint64_t row;
    /**
     * STTP_FINDING_...: what is wrong.
     */
    int32_t kind;
    /**
     * Line of the document that the metadata were read from, from 1; 0 when it was not found while reading one.
     */
    uint32_t line;
    /**
     * Character of that line, from 1; 0 likewise.
     */
    uint32_t character;
    /**
     * 0.
     */
    uint32_t reserved;
} sttp_finding;

/**
 * Counts what is wrong with metadata: what was found while they were read, and rows of the standard tables that nobody
 * can refer to, that several have the name of, or that refer to nothing.
 *
 * \param kind   STTP_FINDING_...: what is counted; STTP_FINDING_ANY for everything.
 * \param count  Receives how many findings there are.
 * *Blocks*: no; the first call looks at all rows, unless a publisher or subscriber did that.
 */
int32_t sttp_metadata_finding_count(const struct sttp_metadata *metadata,
                                    int32_t kind,
                                    size_t *count);

/**
 * Reads a finding of metadata. All findings are counted, but of each kind the first 100 only are kept.
 *
 * \param index    Number of the finding, from 0, in the order in which they were made.
 * \param finding  Receives the finding.
 * \param size     sizeof(*finding).
 * \return STTP_ERR_NOT_FOUND when there are no more.
 * *Blocks*: no; the first call looks at all rows, unless a publisher or subscriber did that.
 * *Ownership*: the record is the caller's; its texts are the library's and stay valid until the handle is freed.
 */
int32_t sttp_metadata_finding(const struct sttp_metadata *metadata,
                              size_t index,
                              struct sttp_finding *finding,
                              size_t size);

/**
 * The name of a kind of findings, as `UnknownDevice` for STTP_FINDING_UNKNOWN_DEVICE.
 *
 * \param kind  STTP_FINDING_...: the kind.
 * \return The name, never NULL and valid for ever; `unknown finding` for another number.
 */
const char *sttp_finding_name(int32_t kind);

/* ==== Metadata: adding some to others ==== */

/**
 * Makes metadata of two: the rows of one, and behind them those of the other, with the tables and columns of both.
 *
 * Phasors of the other whose number is taken get a new one, and what refers to them follows. The schema version is that
 * of the first.
 *
 * \param other  What is added.
 * \param both   Receives the new metadata. The others stay as they are.
 * \param added  Receives how many rows were added; may be NULL.
 * \return STTP_ERR_METADATA when a column has another type in the first and a value does not fit; the message names it.
 * *Blocks*: no; takes the longer the more rows there are.
 */
int32_t sttp_metadata_append(const struct sttp_metadata *metadata,
                             const struct sttp_metadata *other,
                             struct sttp_metadata **both,
                             size_t *added);

/**
 * Makes metadata of two as sttp_metadata_append, but rows of the first take the values of those that are the same in
 * the other: measurements of one signal ID, devices of one acronym, phasors of one device and source index. Where the
 * other's row is null, and in columns that it does not have, the value of the first stays.
 *
 * \param other     What is added, and newer.
 * \param merged    Receives the new metadata. The others stay as they are.
 * \param added     Receives how many rows were added; may be NULL.
 * \param replaced  Receives how many rows took values of the other; may be NULL.
 * \return STTP_ERR_METADATA when a column has another type in the first and a value does not fit; the message names it.
 * *Blocks*: no; takes the longer the more rows there are.
 */
int32_t sttp_metadata_merge(const struct sttp_metadata *metadata,
                            const struct sttp_metadata *other,
                            struct sttp_metadata **merged,
                            size_t *added,
                            size_t *replaced);

/* ==== Filters: compiled once, used often ====
 * A filter says which signals a subscription gets, in statements: `FILTER ActiveMeasurements WHERE Device = 'SHELBY'`,
 * measurement keys, signal IDs, and point tags. An expression is a single condition or calculation over the columns of
 * a table. Both are compiled without any metadata, which checks how they are written; whether tables and columns exist
 * shows where they are used. Handles never change, so that any number of threads may use one at the same time.
 *
 *
 * static size_t count_signals(const char *text, const sttp_metadata *const *publishers, size_t number) {
 *     sttp_filter *filter = NULL;
 *     size_t sum = 0;
 *     if (sttp_filter_new(text, &filter) != STTP_OK) {
 *         fprintf(stderr, "%s\n", sttp_last_error());
 *         return 0;
 *     }
 *     for (size_t i = 0; i < number; i++) {
 *         size_t count = 0;
 *         if (sttp_filter_select(filter, publishers[i], NULL, 0, &count) == STTP_OK) sum += count;
 *     }
 *     sttp_filter_free(filter);
 *     return sum;
 * }
 *
 */

/**
 * Compiles a filter, which checks how it is written.
 *
 * \param text    Filter statements, conditions, measurement keys, GUIDs, and point tags, separated by semicolons.
 * \param filter  Receives the filter.
 * \return STTP_ERR_FILTER when the filter is invalid; the message says where.
 */
int32_t sttp_filter_new(const char *text,
                        struct sttp_filter **filter);

/**
 * Frees a filter.
 *
 * \param filter  The filter, or NULL.
 */
void sttp_filter_free(struct sttp_filter *filter);

/**
 * Selects signals, as sttp_metadata_select does.
 *
 * \param metadata    What is selected from.
 * \param signal_ids  Receives the first `capacity` signals; NULL when that is 0.
 * \param capacity    Elements of the array.
 * \param count       Receives how many signals were selected, even when it is more than `capacity`.
 * \return STTP_ERR_FILTER when there is no such table or column, or an operator cannot be applied.
 * *Blocks*: no; takes the longer the more rows there are.
 */
int32_t sttp_filter_select(const struct sttp_filter *filter,
                           const struct sttp_metadata *metadata,
                           struct sttp_guid *signal_ids,
                           size_t capacity,
                           size_t *count);

/**
 * Selects rows of tables, as sttp_metadata_select_rows does.
 *
 * \param metadata  What is selected from.
 * \param table     Number of the table that statements are about which name none.
 * \param rows      Receives the first `capacity` rows; NULL when that is 0.
 * \param capacity  Elements of the array.
 * \param count     Receives how many rows were selected, even when it is more than `capacity`.
 * \return STTP_ERR_NOT_FOUND when there is no table of that number; STTP_ERR_FILTER when there is no such table or
 *         column, or an operator cannot be applied.
 * *Blocks*: no; takes the longer the more rows there are.
 */
int32_t sttp_filter_select_rows(const struct sttp_filter *filter,
                                const struct sttp_metadata *metadata,
                                size_t table,
                                struct sttp_row *rows,
                                size_t capacity,
                                size_t *count);

/**
 * The filter as every publisher reads it: as it was written, but for point tags without quotes, which get them, and
 * adders and multipliers behind identifiers, which are left out. Subscribers send it so.
 *
 * \param text  Receives the filter.
 * *Ownership*: the text is the library's and stays valid until the handle is freed.
 */
int32_t sttp_filter_portable(const struct sttp_filter *filter,
                             const char **text);

/**
 * The adder and multiplier behind an identifier of a list, as in `PPA:1, 0.5, 2; PPA:2`. They are for whoever receives
 * the measurements: value * multiplier + adder. What publishes them sends values as they are.
 *
 * \param statement   Number of the statement, from 0.
 * \param adder       Receives what is to be added; 0 without one.
 * \param multiplier  Receives what is to be multiplied with; 1 without one.
 * \return STTP_ERR_NOT_FOUND when there is no such statement.
 */
int32_t sttp_filter_adjustment(const struct sttp_filter *filter,
                               size_t statement,
                               double *adder,
                               double *multiplier);

/* ==== Expressions: compiled once, evaluated at many rows ==== */

/**
 * Compiles an expression, which checks how it is written.
 *
 * \param text        The expression, as sttp_metadata_evaluate takes it.
 * \param expression  Receives the expression.
 * \return STTP_ERR_FILTER when the expression is invalid; the message says where.
 */
int32_t sttp_expression_new(const char *text, struct sttp_expression **expression);

/**
 * Frees an expression.
 *
 * \param expression  The expression, or NULL.
 */
void sttp_expression_free(struct sttp_expression *expression);

/**
 * Evaluates an expression at a row of a table, as sttp_metadata_evaluate does.
 *
 * \param metadata  The metadata; NULL for an expression that names no columns, which needs no row.
 * \param table     Number of the table, as sttp_metadata_find_table tells it.
 * \param row       Row of the table, from 0.
 * \param value     Receives the value; NULL when only the text is wanted.
 * \param buffer    Receives the text of the value and a NUL; NULL when that is not wanted.
 * \param size      Bytes of the buffer. STTP_VALUE_TEXT_SIZE suffices except for a String, which needs
 *                  `text_length` + 1.
 * \return STTP_ERR_NOT_FOUND when there is no such table or row; STTP_ERR_FILTER when there is no such column, or an
 *         operator cannot be applied at this row; STTP_ERR_BUFFER_TOO_SMALL.
 */
int32_t sttp_expression_evaluate(const struct sttp_expression *expression,
                                 const struct sttp_metadata *metadata,
                                 size_t table,
                                 size_t row,
                                 struct sttp_value *value,
                                 char *buffer,
                                 size_t size);

/* ==== Metadata builders ====
 * A builder holds tables, to which rows are added: the standard tables of STTP metadata (DeviceDetail,
 * MeasurementDetail, PhasorDetail and SchemaVersion), those of other metadata, or tables of the program's own. Make
 * it, add devices, phasors and measurements or whole tables, then finish it; it is as new afterwards. One thread uses
 * it at a time, others wait.
 *
 *
 * static sttp_metadata *describe(const sttp_guid *frequency) {
 *     sttp_metadata_builder *builder = NULL;
 *     sttp_metadata *metadata = NULL;
 *     int32_t status = sttp_metadata_builder_new(&builder);
 *     if (status == STTP_OK) status = sttp_metadata_builder_add_device(builder, "SHELBY", "Shelby substation", 30);
 *     if (status == STTP_OK) {
 *         status = sttp_metadata_builder_add_measurement(builder, frequency, "DEMO:1", "SHELBY:FREQ", "SHELBY-FQ",
 *                                                        "FREQ", "SHELBY", 0, "System frequency");
 *     }
 *     if (status == STTP_OK) status = sttp_metadata_builder_finish(builder, &metadata);
 *     if (status != STTP_OK) fprintf(stderr, "%s\n", sttp_last_error());
 *     sttp_metadata_builder_free(builder);
 *     return metadata;
 * }
 *
 */

/**
 * Makes a builder with empty standard tables.
 *
 * \param builder  Receives the builder.
 */
int32_t sttp_metadata_builder_new(struct sttp_metadata_builder **builder);

/**
 * Makes a builder without tables, for those of the program's own.
 *
 * \param name     Name of the data set: the root element of its XML. NULL for `DataSet`.
 * \param builder  Receives the builder.
 */
int32_t sttp_metadata_builder_new_empty(const char *name, struct sttp_metadata_builder **builder);

/**
 * Makes a builder with all tables and rows of metadata, to change them or to add to them.
 *
 * \param builder  Receives the builder.
 * *Blocks*: no; the first change copies the metadata.
 * *Ownership*: The metadata may be freed before.
 */
int32_t sttp_metadata_builder_new_from(const struct sttp_metadata *metadata,
                                       struct sttp_metadata_builder **builder);

/**
 * Frees a builder and what was not finished.
 *
 * *Ownership*: the builder is gone; finished metadata stay.
 */
void sttp_metadata_builder_free(struct sttp_metadata_builder *builder);

/**
 * Adds an empty table without columns.
 *
 * \param name  Its name, which differs from those of other tables in more than upper and lower case.
 * \return STTP_ERR_METADATA when the name is empty or taken, or there are too many tables.
 */
int32_t sttp_metadata_builder_add_table(struct sttp_metadata_builder *builder, const char *name);

/**
 * Adds a column to a table. It is null in the rows that the table has.
 *
 * \param table  Name of the table.
 * \param name   Name of the column, which differs from those of the table's other columns in more than
 *               upper and lower case.
 * \param type   Type of its values, STTP_TYPE_BOOLEAN to STTP_TYPE_DATETIME.
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such type; STTP_ERR_NOT_FOUND when there is no
 *         such table; STTP_ERR_METADATA when the name is empty or taken, or there are too many
 *         columns.
 */
int32_t sttp_metadata_builder_add_column(struct sttp_metadata_builder *builder,
                                         const char *table,
                                         const char *name,
                                         int32_t type);

/**
 * Adds a row of nulls to a table.
 *
 * \param table  Name of the table.
 * \return STTP_ERR_NOT_FOUND when there is no such table; STTP_ERR_METADATA when there are too many
 *         rows.
 */
int32_t sttp_metadata_builder_add_row(struct sttp_metadata_builder *builder, const char *table);

/**
 * Sets a cell of the row that was last added to a table.
 *
 * \param table   Name of the table, as `DeviceDetail`.
 * \param column  Name of the column, as `Longitude`.
 * \param value   The value as in XML, as `-89.5`, `true` or `2026-11-21T08:30:00Z`; NULL for null.
 * \return STTP_ERR_NOT_FOUND when there is no such table, column or row; STTP_ERR_METADATA when the
 *         value does not fit the column.
 */
int32_t sttp_metadata_builder_set(struct sttp_metadata_builder *builder,
                                  const char *table,
                                  const char *column,
                                  const char *value);

/**
 * Sets a cell of any row of a table.
 *
 * \param table   Name of the table, as `DeviceDetail`.
 * \param row     The row, from 0.
 * \param column  Name of the column, as `Longitude`.
 * \param value   The value as in XML, as `-89.5`, `true` or `2026-11-21T08:30:00Z`; NULL for null.
 * \return STTP_ERR_NOT_FOUND when there is no such table, column or row; STTP_ERR_METADATA when the
 *         value does not fit the column.
 */
int32_t sttp_metadata_builder_set_at(struct sttp_metadata_builder *builder,
                                     const char *table,
                                     size_t row,
                                     const char *column,
                                     const char *value);

/**
 * Finishes the metadata that were built. The builder is as new afterwards: what it was made with is
 * there again, what was changed and added since is not.
 *
 * \param metadata  Receives the metadata.
 * *Ownership*: The builder stays the caller's.
 */
int32_t sttp_metadata_builder_finish(struct sttp_metadata_builder *builder, struct sttp_metadata **metadata);

/* ==== Metadata: building devices, measurements and phasors ====
 * Adds rows to the standard tables of STTP metadata, which sttp_metadata_builder_new makes.
 */

/**
 * Adds a device: a row of DeviceDetail, enabled, updated now.
 *
 * \param acronym            Name that measurements and phasors refer to, as `SHELBY`.
 * \param name               Name for people; NULL for none.
 * \param frames_per_second  Data frames a second.
 * \return STTP_ERR_NOT_FOUND when the builder has no such table with these columns; STTP_ERR_METADATA
 *         when a text is too long.
 */
int32_t sttp_metadata_builder_add_device(struct sttp_metadata_builder *builder,
                                         const char *acronym,
                                         const char *name,
                                         int32_t frames_per_second);

/**
 * Adds a measurement: a row of MeasurementDetail, internal, enabled, updated now. Its index for
 * publishing is the number of measurements added before.
 *
 * \param signal_id            The signal: make one once, and keep it for ever.
 * \param id                   Measurement key, as `PPA:12`.
 * \param point_tag            Name of the signal; NULL for none.
 * \param signal_reference     Place of the signal in its device, as `SHELBY-PA1`; NULL for none.
 * \param signal_type          Kind of signal: `FREQ`, `DFDT`, `VPHM`, `VPHA`, `IPHM`, `IPHA`, `ALOG`,
 *                             `DIGI`, `FLAG`, `CALC`, ...
 * \param device_acronym       Acronym of its device; NULL for none.
 * \param phasor_source_index  Phasor number of the phasor that it is a part of; 0 for none.
 * \param description          Text for people; NULL for none.
 * \return STTP_ERR_NOT_FOUND when the builder has no such table with these columns; STTP_ERR_METADATA
 *         when a text is too long.
 */
int32_t sttp_metadata_builder_add_measurement(struct sttp_metadata_builder *builder,
                                              const struct sttp_guid *signal_id,
                                              const char *id,
                                              const char *point_tag,
                                              const char *signal_reference,
                                              const char *signal_type,
                                              const char *device_acronym,
                                              int32_t phasor_source_index,
                                              const char *description);

/**
 * Adds a phasor: a row of PhasorDetail, updated now.
 *
 * \param device_acronym  Acronym of its device.
 * \param label           Name for people.
 * \param type            `V` for a voltage, `I` for a current.
 * \param phase           `A`, `B`, `C`, or `+`, `-`, `0` for a sequence.
 * \param source_index    Phasor number, from 1.
 * \return STTP_ERR_NOT_FOUND when the builder has no such table with these columns; STTP_ERR_METADATA
 *         when a text is too long.
 */
int32_t sttp_metadata_builder_add_phasor(struct sttp_metadata_builder *builder,
                                         const char *device_acronym,
                                         const char *label,
                                         const char *type,
                                         const char *phase,
                                         int32_t source_index);

/* ==== Counters: what they are called, and what they tell ====
 * For programs that print or export all counters of a record, also those that later versions of the library add.
 *
 *
 * static void print_all(const sttp_publisher_counters *counters) {
 *     sttp_counter counter;
 *     for (size_t row = 0; sttp_counter_at(STTP_COUNTERS_PUBLISHER, row, &counter, sizeof counter) == STTP_OK; row++) {
 *         if (counter.type == STTP_TYPE_UINT64 && counter.offset + 8 <= sizeof *counters) {
 *             const uint64_t *value = (const uint64_t *)(const void *)((const char *)counters + counter.offset);
 *             printf("%s: %llu %s\n", counter.name, (unsigned long long)*value, counter.unit);
 *         }
 *     }
 * }
 *
 */

/**
 * The counters of sttp_subscriber_counters.
 */
#define STTP_COUNTERS_SUBSCRIBER 0

/**
 * The counters of sttp_publisher_counters.
 */
#define STTP_COUNTERS_PUBLISHER 1

/**
 * The counters of sttp_connection_counters.
 */
#define STTP_COUNTERS_CONNECTION 2

/**
 * The counters of sttp_c37118_device_counters.
 */
#define STTP_COUNTERS_C37118_DEVICE 3

/**
 * The counters of sttp_c37118_client_counters.
 */
#define STTP_COUNTERS_C37118_CLIENT 4

/**
 * The counters of sttp_c37118_stream_counters.
 */
#define STTP_COUNTERS_C37118_STREAM 5

/**
 * The counters of sttp_c37118_server_counters.
 */
#define STTP_COUNTERS_C37118_SERVER 6

/**
 * The counters of sttp_c37118_relay_counters.
 */
#define STTP_COUNTERS_C37118_RELAY 7

/**
 * The counters of sttp_block_link_counters.
 */
#define STTP_COUNTERS_BLOCK_LINK 8

/**
 * The counters of sttp_block_link_session_counters.
 */
#define STTP_COUNTERS_BLOCK_LINK_SESSION 9

/**
 * The counters of sttp_block_link_input_counters.
 */
#define STTP_COUNTERS_BLOCK_LINK_INPUT 10

/**
 * A counter of a record.
 */
typedef struct sttp_counter {
    /**
     * Its name: that of the record's field. Valid for ever, as the other texts.
     */
    const char *name;
    /**
     * What it is a number of, as `bytes`.
     */
    const char *unit;
    /**
     * What it tells, in a sentence or two.
     */
    const char *document;
    /**
     * Bytes from the beginning of the record to its value. A record of an earlier version may end before.
     */
    uint64_t offset;
    /**
     * STTP_TYPE_UINT64, STTP_TYPE_DOUBLE, or STTP_TYPE_DATETIME for ticks.
     */
    int32_t type;
    /**
     * 1 when it only grows, 0 when it is as it is now.
     */
    int32_t is_total;
} sttp_counter;

/**
 * Describes a counter of a record.
 *
 * \param record   STTP_COUNTERS_...: which record.
 * \param row      Row of the counter among the fields of the record.
 * \param counter  Receives the description.
 * \param size     sizeof(*counter).
 * \return STTP_ERR_INVALID_ARGUMENT when there is no such record; STTP_ERR_NOT_FOUND when the library has no such
 *         counter: the record has been gone through.
 */
int32_t sttp_counter_at(int32_t record,
                        size_t row,
                        struct sttp_counter *counter,
                        size_t size);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* STTP_H */
