/*
 * libsttp: publish and subscribe to measurements over STTP (IEEE 2664).
 *
 * A subscriber in six calls (examples-c/ has whole programs):
 *
 *     sttp_subscriber *subscriber = NULL;
 *     sttp_subscriber_new(NULL, &subscriber);
 *     sttp_subscriber_on_measurements(subscriber, print_them, NULL, NULL);
 *     sttp_subscriber_subscribe(subscriber, "FILTER TOP 20 ActiveMeasurements WHERE True");
 *     sttp_subscriber_connect(subscriber, "localhost:7175");
 *     ...
 *     sttp_subscriber_free(subscriber);
 *
 * Statuses. A function that can fail returns an int32_t: STTP_OK (0), or a negative STTP_ERR_...; what went
 * wrong and what to do is in sttp_last_error(), per thread. Results are written only on success. No failure
 * inside the library ends the process: it becomes STTP_ERR_INTERNAL. A pointer is checked for NULL and for its
 * alignment; that it is valid otherwise, only the caller can know.
 *
 * Handles. sttp_x_new makes one, sttp_x_free ends it; free(NULL) does nothing. A handle may be used from any
 * number of threads at the same time, and from callbacks, but not during or after its free.
 *
 * Threads. The library does its work on the thread of an engine, and calls callbacks there: one at a time for
 * each handle. A slow callback holds up everything on its engine. Without an engine of their own (NULL),
 * subscribers and publishers share one that the process has. An engine made by sttp_engine_new_polled has no
 * thread: its callbacks come during the program's own calls of sttp_engine_poll.
 *
 * Callbacks. Each is registered with a user_data of the caller's, any pointer-sized value, and an optional
 * destructor for it. A registration may be replaced or removed (NULL) at any time, also from inside the callback.
 * When the registering function or the handle's free has returned, the earlier callback is not called any more,
 * and no call of it is running, except one that it was itself called from. So these functions wait for a call
 * that runs on another thread: do not hold a lock that the callback takes. The destructor runs exactly once, after
 * the last call has ended. A registration that fails leaves user_data with the caller. No lock of the library is
 * held during a callback. A callback must not be left by longjmp or a C++ exception.
 *
 * Memory. Texts are UTF-8 and end with a NUL. What a callback is handed is valid until it returns; what a function
 * hands out is valid as long as its document says. Nothing from the library may be given to free().
 *
 * Each function's document tells: Thread - who may call it; Blocks - whether it waits, and for what; From a
 * callback - whether it is allowed there, and what it gives if not; Ownership - whose the pointers are.
 */


#ifndef STTP_H
#define STTP_H

/* Generated from the Rust source by 'make header'; changes belong there. */

#include <stddef.h>
#include <stdint.h>

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
 * The handle was disconnected or stopped, and nothing is left to read.
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
 * Bytes that suffice for the text of every time, NUL included.
 */
#define STTP_TIME_TEXT_SIZE 32

/**
 * Bytes that suffice for the text of every GUID, NUL included.
 */
#define STTP_GUID_TEXT_SIZE 37

/**
 * Bytes that suffice for the text of every value, NUL included.
 */
#define STTP_VALUE_TEXT_SIZE 64

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
 * Called with a registration's `user_data` once the library will not use it any more: exactly
 * once for every successful registration, after the last call of its callback has ended. Runs on
 * the thread that ended the registration or on the one that the last call ran on.
 */
typedef void (*sttp_destroy_fn)(void *user_data);

/**
 * A GUID: 16 bytes in the order of its text (RFC 4122), whatever the machine's byte order.
 */
typedef struct sttp_guid {
    /**
     * The bytes.
     */
    uint8_t bytes[16];
} sttp_guid;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/* -- The library: version, statuses, the last error, the log -- */

/**
 * The version of the library in use: major in bits 16 and up, minor in bits 8 to 15, patch in
 * bits 0 to 7. Compare it with STTP_VERSION_MAJOR when the library is loaded at run time.
 *
 * *Thread*: any.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: nothing changes hands.
 */
uint32_t sttp_version(void);

/**
 * The version of the library in use as text, as `0.1.0`.
 *
 * *Thread*: any.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: the text is the library's and stays valid for ever.
 */
const char *sttp_version_text(void);

/**
 * The name of a status, as `STTP_ERR_TIMEOUT`; `unknown status` for other numbers, never NULL.
 *
 * *Thread*: any.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: the text is the library's and stays valid for ever.
 */
const char *sttp_status_name(int32_t status);

/**
 * What went wrong in the calling thread's latest call that failed, as a sentence in English that
 * says what to do; empty when none failed, never NULL. Calls that succeed do not change it.
 *
 * *Thread*: any; each has its own.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: the text is the library's and stays valid until the thread's next call that fails.
 */
const char *sttp_last_error(void);

/**
 * Sends the log of the whole library to a callback, instead of an earlier one. Without one,
 * nothing is logged. What happens on one connection also comes as a message of its handle.
 *
 * \param max_level  Least important level that is logged: STTP_LOG_ERROR to STTP_LOG_DEBUG.
 * \param sink       The callback; NULL switches the log off.
 * \param user_data  Handed to every call.
 * \param destroy    Called with `user_data` after the last call; may be NULL.
 * \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when the level is none, or STTP_ERR_INVALID_STATE in a
 *         Rust program that has its own logger.
 *
 * *Thread*: any. The sink is called from every thread that works in the library, also from
 * several at once.
 * *Blocks*: until calls of an earlier sink on other threads have ended.
 * *From a callback*: allowed, also from the sink. What the library would log while the calling
 * thread is in the sink is left out.
 * *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
 */
int32_t sttp_set_log_sink(int32_t max_level, sttp_log_fn sink, void *user_data, sttp_destroy_fn destroy);

/* -- Times, identifiers and values -- */

/**
 * The current time of the system clock in ticks: units of 100 ns since 0001-01-01T00:00:00 UTC.
 *
 * *Thread*: any.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: nothing changes hands.
 */
int64_t sttp_time_now(void);

/**
 * Reads a time in ISO 8601: `YYYY-MM-DD[THH:MM[:SS[.fffffff]]][Z|+HH:MM|-HH:MM]`, years 1 to 9999,
 * a space instead of the `T` if you like, UTC when no zone is given. Second 60 sets the
 * leap-second bit.
 *
 * \param text   The time.
 * \param ticks  Receives units of 100 ns since 0001-01-01T00:00:00 UTC.
 * \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when an argument is NULL or the text is no time.
 *
 * *Thread*: any.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: nothing changes hands.
 */
int32_t sttp_time_parse(const char *text, int64_t *ticks);

/**
 * Writes a time as ISO 8601 in UTC: `2026-11-21T08:30:00.0333333Z`, with up to seven fraction
 * digits, trailing zeros left out. A leap second is written as second 60.
 *
 * \param ticks   Units of 100 ns since 0001-01-01T00:00:00 UTC.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; STTP_TIME_TEXT_SIZE always suffices.
 * \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when the buffer is NULL or the time is after year
 *         9999, or STTP_ERR_BUFFER_TOO_SMALL.
 *
 * *Thread*: any.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: nothing changes hands.
 */
int32_t sttp_time_format(int64_t ticks, char *buffer, size_t size);

/**
 * Reads a GUID: `01234567-89ab-cdef-0123-456789abcdef` in any case, also in braces or without
 * hyphens.
 *
 * \param text  The GUID.
 * \param guid  Receives its 16 bytes.
 * \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when an argument is NULL or the text is no GUID.
 *
 * *Thread*: any.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: nothing changes hands.
 */
int32_t sttp_guid_parse(const char *text, struct sttp_guid *guid);

/**
 * Writes a GUID as `01234567-89ab-cdef-0123-456789abcdef`.
 *
 * \param guid    The GUID.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; STTP_GUID_TEXT_SIZE suffices.
 * \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when an argument is NULL, or
 *         STTP_ERR_BUFFER_TOO_SMALL.
 *
 * *Thread*: any.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: nothing changes hands.
 */
int32_t sttp_guid_format(const struct sttp_guid *guid, char *buffer, size_t size);

/**
 * Writes a measurement's value as the shortest decimal text that `strtof`, or `float` of most
 * languages, reads back to the same single-precision number: `60.02`, `-0`, `1.5e-7`, `nan`,
 * `inf`, `-inf`. Numbers below 1e-5 or from 1e16 on have an exponent. The decimal sign is a point
 * in every locale.
 *
 * \param value   The value; rounded to single precision, which is what STTP carries.
 * \param buffer  Receives the text and a NUL.
 * \param size    Bytes of the buffer; STTP_VALUE_TEXT_SIZE always suffices.
 * \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when the buffer is NULL, or
 *         STTP_ERR_BUFFER_TOO_SMALL.
 *
 * *Thread*: any.
 * *Blocks*: no.
 * *From a callback*: allowed.
 * *Ownership*: nothing changes hands.
 */
int32_t sttp_value_format(double value, char *buffer, size_t size);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* STTP_H */
