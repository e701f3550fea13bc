// The C API as P/Invoke has it: types of callbacks, and functions.
//
// Generated from include/sttp.h and the tables of the library by bindings/generate.py.

using System;
using System.Runtime.InteropServices;

namespace LibSttp
{
    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_destroy_fn(IntPtr user_data);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_log_fn(IntPtr user_data, int level, IntPtr target, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_message_fn(IntPtr user_data, int level, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_tls_fn(IntPtr user_data, sttp_tls* tls);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_connected_fn(IntPtr user_data, IntPtr address);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_disconnected_fn(IntPtr user_data, int reason, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_reconnecting_fn(IntPtr user_data, uint attempt, uint delay_ms);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_metadata_fn(IntPtr user_data, IntPtr metadata);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_metadata_document_fn(IntPtr user_data, IntPtr xml, UIntPtr length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_subscription_updated_fn(IntPtr user_data, uint generation, sttp_signal** signals, UIntPtr count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_measurements_fn(IntPtr user_data, Measurement* measurements, UIntPtr count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_data_start_time_fn(IntPtr user_data, long timestamp);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_configuration_changed_fn(IntPtr user_data);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_request_succeeded_fn(IntPtr user_data, int command, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_request_failed_fn(IntPtr user_data, int command, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_publisher_info_fn(IntPtr user_data, sttp_publisher_info* publisher);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_processing_complete_fn(IntPtr user_data, IntPtr text);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_buffer_block_fn(IntPtr user_data, SignalId* signal_id, uint signal_index, byte* data, UIntPtr size);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_notification_fn(IntPtr user_data, IntPtr text);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_user_response_fn(IntPtr user_data, int response, int command, byte* data, UIntPtr size);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_schema_fn(IntPtr user_data, int schema, IntPtr tables);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_publisher_reconnecting_fn(IntPtr user_data, IntPtr address, uint attempt, uint delay_ms);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_gave_up_fn(IntPtr user_data, IntPtr address, int reason, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_connection_fn(IntPtr user_data, sttp_connection* connection);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_admit_fn(IntPtr user_data, sttp_peer* peer, IntPtr admission);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_audit_fn(IntPtr user_data, sttp_audit* audit);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_connection_ended_fn(IntPtr user_data, sttp_connection* connection, int reason, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_processing_interval_fn(IntPtr user_data, ulong connection_id, int milliseconds);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate int sttp_history_read_fn(IntPtr user_data, sttp_history_window* window, IntPtr* reader, Measurement* measurements, UIntPtr capacity, UIntPtr* count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_history_close_fn(IntPtr user_data, IntPtr reader);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_notification_ended_fn(IntPtr user_data, ulong connection_id, uint notification_id, int confirmed);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_user_command_fn(IntPtr user_data, ulong connection_id, int command, byte* data, UIntPtr size);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_frame_fn(IntPtr user_data, sttp_c37118_frame* frame, IntPtr configuration);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_configuration_fn(IntPtr user_data, ulong number, IntPtr configuration);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_message_fn(IntPtr user_data, ulong number, int level, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_connected_fn(IntPtr user_data, ulong device, IntPtr address);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_disconnected_fn(IntPtr user_data, ulong device, int reason, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_reconnecting_fn(IntPtr user_data, ulong device, uint attempt, uint delay_ms);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_data_fn(IntPtr user_data, ulong device, IntPtr configuration, byte* frame, UIntPtr length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_header_fn(IntPtr user_data, ulong device, byte* text, UIntPtr length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_client_connected_fn(IntPtr user_data, ulong stream, IntPtr address);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_c37118_client_disconnected_fn(IntPtr user_data, ulong stream, IntPtr address, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_opened_fn(IntPtr user_data, ulong link, IntPtr address);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_agreed_fn(IntPtr user_data, ulong link, sttp_block_link_agreement* agreement);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_closed_fn(IntPtr user_data, ulong link, int reason, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_reopening_fn(IntPtr user_data, ulong link, uint attempt, uint delay_ms);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_metadata_fn(IntPtr user_data, ulong link, IntPtr metadata);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_configuration_fn(IntPtr user_data, ulong link, uint id_code, byte* frames, UIntPtr length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_frame_fn(IntPtr user_data, ulong link, byte* frame, UIntPtr length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_subscribed_fn(IntPtr user_data, ulong link, UIntPtr signals, IntPtr filter);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_message_fn(IntPtr user_data, ulong link, int level, IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal unsafe delegate void sttp_block_link_answered_fn(IntPtr user_data, ulong link, int answer, uint signals, IntPtr message);

    internal static unsafe partial class Native
    {
        // By a configuration for Mono, and a resolver for .NET, libsttp.so.0, too: see LibraryLoader.
        internal const string Library = "sttp";

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern uint sttp_version();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr sttp_version_text();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr sttp_status_name(int status);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr sttp_last_error();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_set_log_sink(int max_level, sttp_log_fn sink, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr sttp_command_name(int command);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr sttp_flag_name(uint flag);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_flags_format(uint flags, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern long sttp_time_now();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_time_parse(byte[] text, long* ticks);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_time_to_unix(long ticks, long* seconds, uint* nanoseconds);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_time_from_unix(long seconds, uint nanoseconds, long* ticks);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_time_to_unix_nanoseconds(long ticks, long* nanoseconds);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern long sttp_time_from_unix_nanoseconds(long nanoseconds);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_time_format(long ticks, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_guid_parse(byte[] text, SignalId* guid);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_guid_format(SignalId* guid, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_value_format(double value, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_ticks_compare(long left, long right);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_ticks_to_datetime2(long ticks, sttp_datetime2* datetime2);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_datetime2_to_ticks(sttp_datetime2* datetime2, long* ticks);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_datetime2_pack(sttp_datetime2* datetime2, ulong* packed);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_datetime2_unpack(ulong packed, sttp_datetime2* datetime2);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_make_certificate(byte[] name, byte[] hosts, uint days, byte[] certificate, byte[] private_key);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_engine_new(out IntPtr engine);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_engine_new_threads(int threads, out IntPtr engine);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_engine_new_polled(out IntPtr engine);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_engine_poll(EngineHandle engine, int timeout_ms);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_engine_descriptor(EngineHandle engine, int* descriptor);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_engine_next_timeout(EngineHandle engine, int* timeout_ms);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_engine_free(IntPtr engine);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_setting_count(int role, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_setting_at(int role, UIntPtr index, sttp_setting* setting, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_setting_find(int role, byte[] key, sttp_setting* setting, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr sttp_state_name(int state);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_new(EngineHandle engine, out IntPtr subscriber);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_subscriber_free(IntPtr subscriber);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_connect(SubscriberHandle subscriber, byte[] address);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_disconnect(SubscriberHandle subscriber);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_subscribe(SubscriberHandle subscriber, byte[] filter);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_unsubscribe(SubscriberHandle subscriber);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_request_metadata(SubscriberHandle subscriber, byte[] filters);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_state(SubscriberHandle subscriber, int* state);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_statistics(SubscriberHandle subscriber, sttp_subscriber_counters* statistics, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_wait_until_subscribed(SubscriberHandle subscriber, int timeout_ms);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_read_descriptor(SubscriberHandle subscriber, int* descriptor);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_configure(SubscriberHandle subscriber, byte[] connection_string);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_open(SubscriberHandle subscriber, byte[] connection_string);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_listen(SubscriberHandle subscriber, byte[] address);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_address(SubscriberHandle subscriber, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_set(SubscriberHandle subscriber, byte[] key, byte[] value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_get(SubscriberHandle subscriber, byte[] key, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_connected(SubscriberHandle subscriber, sttp_connected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_disconnected(SubscriberHandle subscriber, sttp_disconnected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_reconnecting(SubscriberHandle subscriber, sttp_reconnecting_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_metadata(SubscriberHandle subscriber, sttp_metadata_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_metadata_document(SubscriberHandle subscriber, sttp_metadata_document_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_subscription_updated(SubscriberHandle subscriber, sttp_subscription_updated_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_measurements(SubscriberHandle subscriber, sttp_measurements_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_data_start_time(SubscriberHandle subscriber, sttp_data_start_time_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_configuration_changed(SubscriberHandle subscriber, sttp_configuration_changed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_request_succeeded(SubscriberHandle subscriber, sttp_request_succeeded_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_request_failed(SubscriberHandle subscriber, sttp_request_failed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_message(SubscriberHandle subscriber, sttp_message_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_publisher_info(SubscriberHandle subscriber, sttp_publisher_info_fn visit, IntPtr user_data);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_signals(SubscriberHandle subscriber, sttp_signal*** signals, UIntPtr* count, uint* generation);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_read(SubscriberHandle subscriber, Measurement* measurements, UIntPtr capacity, int timeout_ms, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_read_signals(SubscriberHandle subscriber, sttp_signal*** signals, UIntPtr* count, uint* generation);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_update_processing_interval(SubscriberHandle subscriber, int milliseconds);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_processing_complete(SubscriberHandle subscriber, sttp_processing_complete_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_recovered_measurements(SubscriberHandle subscriber, sttp_measurements_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_buffer_block(SubscriberHandle subscriber, sttp_buffer_block_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_notification(SubscriberHandle subscriber, sttp_notification_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_user_response(SubscriberHandle subscriber, sttp_user_response_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_send_user_command(SubscriberHandle subscriber, int command, byte* data, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_on_schema(SubscriberHandle subscriber, sttp_schema_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_request_schema(SubscriberHandle subscriber, int schema);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_rotate_cipher_keys(SubscriberHandle subscriber);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_tls(SubscriberHandle subscriber, sttp_tls_fn visit, IntPtr user_data);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_reload_certificates(SubscriberHandle subscriber);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_latency_statistics(SubscriberHandle subscriber, sttp_latency* total, sttp_latency* interval);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_subscriber_signal_statistics(SubscriberHandle subscriber, sttp_signal_statistics* statistics, UIntPtr size, UIntPtr capacity, UIntPtr* count, uint* generation);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_new(EngineHandle engine, out IntPtr publisher);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_publisher_free(IntPtr publisher);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_set_metadata(PublisherHandle publisher, MetadataHandle metadata);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_start(PublisherHandle publisher, byte[] address);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_stop(PublisherHandle publisher);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_address(PublisherHandle publisher, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_publish(PublisherHandle publisher, Measurement* measurements, UIntPtr count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_publish_indexed(PublisherHandle publisher, Measurement* measurements, UIntPtr count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_publish_to(PublisherHandle publisher, ulong connection_id, Measurement* measurements, UIntPtr count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_signal_index(PublisherHandle publisher, SignalId* signal_id, uint* signal_index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_flush(PublisherHandle publisher, int timeout_ms);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_statistics(PublisherHandle publisher, sttp_publisher_counters* statistics, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_configure(PublisherHandle publisher, byte[] connection_string);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_open(PublisherHandle publisher, byte[] connection_string);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_connect(PublisherHandle publisher, byte[] address);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_disconnect_from(PublisherHandle publisher, byte[] address);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_reconnecting(PublisherHandle publisher, sttp_publisher_reconnecting_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_gave_up(PublisherHandle publisher, sttp_gave_up_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_reload_certificates(PublisherHandle publisher);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_set(PublisherHandle publisher, byte[] key, byte[] value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_get(PublisherHandle publisher, byte[] key, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_for_each_connection(PublisherHandle publisher, sttp_connection_fn visit, IntPtr user_data);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_disconnect(PublisherHandle publisher, ulong connection_id);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_admit(PublisherHandle publisher, sttp_admit_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_admission_refuse(IntPtr admission, byte[] reason);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_admission_grant(IntPtr admission, byte[] name, byte[] rights);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_set_rights(PublisherHandle publisher, ulong connection_id, byte[] name, byte[] rights);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_reload_rights(PublisherHandle publisher);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_audit(PublisherHandle publisher, sttp_audit_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_connected(PublisherHandle publisher, sttp_connection_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_disconnected(PublisherHandle publisher, sttp_connection_ended_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_subscribed(PublisherHandle publisher, sttp_connection_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_unsubscribed(PublisherHandle publisher, sttp_connection_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_message(PublisherHandle publisher, sttp_message_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_processing_interval(PublisherHandle publisher, sttp_processing_interval_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_history_from_memory(long start, long stop);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_history_tell(byte[] words);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_set_history_source(PublisherHandle publisher, sttp_history_read_fn read, sttp_history_close_fn close, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_end_playback(PublisherHandle publisher, ulong connection_id, byte[] message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_history_extent(PublisherHandle publisher, sttp_history_extent* extent, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_send_buffer_block(PublisherHandle publisher, SignalId* signal_id, byte* data, UIntPtr size, int confirm);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_notification(PublisherHandle publisher, sttp_notification_ended_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_notify(PublisherHandle publisher, ulong connection_id, byte[] message, uint* notification_id);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_on_user_command(PublisherHandle publisher, sttp_user_command_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_send_user_response(PublisherHandle publisher, ulong connection_id, int command, int response, byte* data, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_succeed_user_command(PublisherHandle publisher, ulong connection_id, int command, byte[] message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_fail_user_command(PublisherHandle publisher, ulong connection_id, int command, byte[] message);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_announce_configuration_change(PublisherHandle publisher);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_refuse_metadata(PublisherHandle publisher, ulong connection_id, byte[] why);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_publisher_latency_statistics(PublisherHandle publisher, sttp_latency* total, sttp_latency* recent);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_configuration_clone(IntPtr configuration, out IntPtr clone);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_c37118_configuration_free(IntPtr configuration);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_configuration_stream(C37118ConfigurationHandle configuration, sttp_c37118_stream* stream, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_configuration_pmu(C37118ConfigurationHandle configuration, UIntPtr number, sttp_c37118_pmu* pmu, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_configuration_details(C37118ConfigurationHandle configuration, UIntPtr number, sttp_c37118_pmu_details* details, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_configuration_phasor(C37118ConfigurationHandle configuration, UIntPtr pmu, UIntPtr number, sttp_c37118_phasor* phasor, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_configuration_analog(C37118ConfigurationHandle configuration, UIntPtr pmu, UIntPtr number, sttp_c37118_analog* analog, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_configuration_digital(C37118ConfigurationHandle configuration, UIntPtr pmu, UIntPtr number, sttp_c37118_digital_word* word, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_data_time(C37118ConfigurationHandle configuration, byte* frame, UIntPtr length, long* timestamp, uint* quality);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_data_pmu(C37118ConfigurationHandle configuration, byte* frame, UIntPtr length, UIntPtr pmu, sttp_c37118_pmu_data* values, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_data_phasors(C37118ConfigurationHandle configuration, byte* frame, UIntPtr length, UIntPtr pmu, sttp_c37118_polar* phasors, UIntPtr count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_data_raw_phasors(C37118ConfigurationHandle configuration, byte* frame, UIntPtr length, UIntPtr pmu, sttp_c37118_raw_phasor* phasors, UIntPtr count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_data_analogs(C37118ConfigurationHandle configuration, byte* frame, UIntPtr length, UIntPtr pmu, double* analogs, UIntPtr count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_data_digitals(C37118ConfigurationHandle configuration, byte* frame, UIntPtr length, UIntPtr pmu, ushort* digitals, UIntPtr count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_assembler_new(out IntPtr assembler);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_c37118_assembler_free(IntPtr assembler);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_assembler_receive(C37118AssemblerHandle assembler, byte* bytes, UIntPtr length, sttp_c37118_frame_fn callback, IntPtr user_data);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_assembler_receive_datagram(C37118AssemblerHandle assembler, byte* bytes, UIntPtr length, sttp_c37118_frame_fn callback, IntPtr user_data);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_builder_new(sttp_c37118_stream* stream, UIntPtr size, out IntPtr builder);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_c37118_builder_free(IntPtr builder);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_builder_add_pmu(C37118BuilderHandle builder, sttp_c37118_pmu* pmu, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_builder_set_details(C37118BuilderHandle builder, sttp_c37118_pmu_details* details, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_builder_add_phasor(C37118BuilderHandle builder, sttp_c37118_phasor* phasor, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_builder_add_analog(C37118BuilderHandle builder, sttp_c37118_analog* analog, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_builder_add_digital(C37118BuilderHandle builder, sttp_c37118_digital_word* word, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_builder_finish(C37118BuilderHandle builder, int form, out IntPtr configuration);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_configuration_encode(C37118ConfigurationHandle configuration, long timestamp, uint quality, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_data_encode(C37118ConfigurationHandle configuration, long timestamp, uint quality, sttp_c37118_pmu_values* pmus, UIntPtr count, UIntPtr record_size, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_header_encode(C37118ConfigurationHandle configuration, long timestamp, uint quality, byte* text, UIntPtr text_length, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_command(uint id_code, int version, long timestamp, uint command, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_extended_command(uint id_code, int version, long timestamp, byte* content, UIntPtr content_length, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_new(PublisherHandle publisher, byte[] source, out IntPtr input);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_c37118_input_free(IntPtr input);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_set(C37118InputHandle input, byte[] key, byte[] value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_get(C37118InputHandle input, byte[] key, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_add(C37118InputHandle input, byte[] connection_string, ulong* device);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_remove(C37118InputHandle input, ulong device);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_devices(C37118InputHandle input, ulong* devices, UIntPtr room, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_device(C37118InputHandle input, ulong device, sttp_c37118_device* info, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_statistics(C37118InputHandle input, ulong device, sttp_c37118_device_counters* counters, UIntPtr size, sttp_c37118_client_counters* session, UIntPtr session_size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_on_connected(C37118InputHandle input, sttp_c37118_connected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_on_disconnected(C37118InputHandle input, sttp_c37118_disconnected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_on_reconnecting(C37118InputHandle input, sttp_c37118_reconnecting_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_on_configuration(C37118InputHandle input, sttp_c37118_configuration_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_on_data(C37118InputHandle input, sttp_c37118_data_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_on_header(C37118InputHandle input, sttp_c37118_header_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_on_metadata(C37118InputHandle input, sttp_metadata_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_input_on_message(C37118InputHandle input, sttp_c37118_message_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_new(EngineHandle engine, out IntPtr handle);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_c37118_output_free(IntPtr output);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_set(C37118OutputHandle output, byte[] key, byte[] value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_get(C37118OutputHandle output, byte[] key, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_open(C37118OutputHandle output, byte[] connection_string);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_close(C37118OutputHandle output);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_add(C37118OutputHandle output, byte[] connection_string, ulong* stream);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_remove(C37118OutputHandle output, ulong stream);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_streams(C37118OutputHandle output, ulong* streams, UIntPtr room, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_address(C37118OutputHandle output, ulong stream, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_statistics(C37118OutputHandle output, ulong stream, sttp_c37118_stream_counters* counters, UIntPtr size, sttp_c37118_server_counters* server, UIntPtr server_size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_relay_statistics(C37118OutputHandle output, ulong stream, sttp_c37118_relay_counters* counters, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_subscription_statistics(C37118OutputHandle output, sttp_subscriber_counters* statistics, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_on_connected(C37118OutputHandle output, sttp_connected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_on_disconnected(C37118OutputHandle output, sttp_disconnected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_on_reconnecting(C37118OutputHandle output, sttp_reconnecting_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_on_metadata(C37118OutputHandle output, sttp_metadata_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_on_configuration(C37118OutputHandle output, sttp_c37118_configuration_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_on_client_connected(C37118OutputHandle output, sttp_c37118_client_connected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_on_client_disconnected(C37118OutputHandle output, sttp_c37118_client_disconnected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_c37118_output_on_message(C37118OutputHandle output, sttp_c37118_message_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_new(EngineHandle engine, int role, byte[] connection_string, out IntPtr link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_block_link_free(IntPtr link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_get(BlockLinkHandle link, byte[] key, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_open(BlockLinkHandle link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_close(BlockLinkHandle link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_subscribe(BlockLinkHandle link, byte[] filter);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_unsubscribe(BlockLinkHandle link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_request_metadata(BlockLinkHandle link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_set_metadata(BlockLinkHandle link, MetadataHandle metadata);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_set_configuration(BlockLinkHandle link, byte* frames, UIntPtr length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_publish(BlockLinkHandle link, Measurement* measurements, UIntPtr count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_publish_frame(BlockLinkHandle link, byte* frame, UIntPtr length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_reload_certificates(BlockLinkHandle link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_flush(BlockLinkHandle link, int timeout_ms);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_state(BlockLinkHandle link, sttp_block_link_info* info, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_agreed(BlockLinkHandle link, sttp_block_link_agreement* agreement, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_address(BlockLinkHandle link, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_statistics(BlockLinkHandle link, sttp_block_link_counters* counters, UIntPtr size, sttp_block_link_session_counters* session, UIntPtr session_size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_opened(BlockLinkHandle link, sttp_block_link_opened_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_agreed(BlockLinkHandle link, sttp_block_link_agreed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_closed(BlockLinkHandle link, sttp_block_link_closed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_reopening(BlockLinkHandle link, sttp_block_link_reopening_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_metadata(BlockLinkHandle link, sttp_block_link_metadata_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_measurements(BlockLinkHandle link, sttp_measurements_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_configuration(BlockLinkHandle link, sttp_block_link_configuration_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_frame(BlockLinkHandle link, sttp_block_link_frame_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_subscribed(BlockLinkHandle link, sttp_block_link_subscribed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_answered(BlockLinkHandle link, sttp_block_link_answered_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_on_message(BlockLinkHandle link, sttp_block_link_message_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_new(PublisherHandle publisher, out IntPtr input);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_block_link_input_free(IntPtr input);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_set(BlockLinkInputHandle input, byte[] key, byte[] value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_get(BlockLinkInputHandle input, byte[] key, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_add(BlockLinkInputHandle input, byte[] connection_string, byte[] filter, ulong* link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_remove(BlockLinkInputHandle input, ulong link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_links(BlockLinkInputHandle input, ulong* links, UIntPtr room, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_state(BlockLinkInputHandle input, ulong link, sttp_block_link_info* info, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_agreed(BlockLinkInputHandle input, ulong link, sttp_block_link_agreement* agreement, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_address(BlockLinkInputHandle input, ulong link, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_statistics(BlockLinkInputHandle input, ulong link, sttp_block_link_input_counters* published, UIntPtr published_size, sttp_block_link_counters* counters, UIntPtr size, sttp_block_link_session_counters* session, UIntPtr session_size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_on_opened(BlockLinkInputHandle input, sttp_block_link_opened_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_on_agreed(BlockLinkInputHandle input, sttp_block_link_agreed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_on_closed(BlockLinkInputHandle input, sttp_block_link_closed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_on_reopening(BlockLinkInputHandle input, sttp_block_link_reopening_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_on_metadata(BlockLinkInputHandle input, sttp_block_link_metadata_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_on_configuration(BlockLinkInputHandle input, sttp_block_link_configuration_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_on_frame(BlockLinkInputHandle input, sttp_block_link_frame_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_input_on_message(BlockLinkInputHandle input, sttp_block_link_message_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_new(EngineHandle engine, out IntPtr handle);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_block_link_output_free(IntPtr output);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_set(BlockLinkOutputHandle output, byte[] key, byte[] value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_get(BlockLinkOutputHandle output, byte[] key, byte* buffer, UIntPtr size, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_open(BlockLinkOutputHandle output, byte[] connection_string);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_close(BlockLinkOutputHandle output);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_add(BlockLinkOutputHandle output, byte[] connection_string, ulong* link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_remove(BlockLinkOutputHandle output, ulong link);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_links(BlockLinkOutputHandle output, ulong* links, UIntPtr room, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_state(BlockLinkOutputHandle output, ulong link, sttp_block_link_info* info, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_agreed(BlockLinkOutputHandle output, ulong link, sttp_block_link_agreement* agreement, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_address(BlockLinkOutputHandle output, ulong link, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_statistics(BlockLinkOutputHandle output, ulong link, ulong* not_taken, sttp_block_link_counters* counters, UIntPtr size, sttp_block_link_session_counters* session, UIntPtr session_size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_subscription_statistics(BlockLinkOutputHandle output, sttp_subscriber_counters* statistics, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_connected(BlockLinkOutputHandle output, sttp_connected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_disconnected(BlockLinkOutputHandle output, sttp_disconnected_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_reconnecting(BlockLinkOutputHandle output, sttp_reconnecting_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_metadata(BlockLinkOutputHandle output, sttp_metadata_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_opened(BlockLinkOutputHandle output, sttp_block_link_opened_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_agreed(BlockLinkOutputHandle output, sttp_block_link_agreed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_closed(BlockLinkOutputHandle output, sttp_block_link_closed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_reopening(BlockLinkOutputHandle output, sttp_block_link_reopening_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_subscribed(BlockLinkOutputHandle output, sttp_block_link_subscribed_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_block_link_output_on_message(BlockLinkOutputHandle output, sttp_block_link_message_fn callback, IntPtr user_data, sttp_destroy_fn destroy);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_parse(byte[] xml, UIntPtr length, out IntPtr metadata);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_sample(out IntPtr metadata);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_clone(IntPtr metadata, out IntPtr clone);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_metadata_free(IntPtr metadata);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_to_xml(MetadataHandle metadata, IntPtr* xml, UIntPtr* length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_schema_version(MetadataHandle metadata, int* version);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_device_count(MetadataHandle metadata, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_device(MetadataHandle metadata, UIntPtr row, sttp_device* device, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_measurement_count(MetadataHandle metadata, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_measurement(MetadataHandle metadata, UIntPtr row, sttp_measurement_metadata* measurement, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_find_measurement(MetadataHandle metadata, SignalId* signal_id, UIntPtr* row);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_find_measurement_by_key(MetadataHandle metadata, byte[] key, UIntPtr* row);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_find_measurement_by_tag(MetadataHandle metadata, byte[] point_tag, UIntPtr* row);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_phasor_count(MetadataHandle metadata, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_phasor(MetadataHandle metadata, UIntPtr row, sttp_phasor* phasor, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_find_device(MetadataHandle metadata, byte[] acronym, UIntPtr* row);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_find_device_by_name(MetadataHandle metadata, byte[] name, UIntPtr* row);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_find_phasor(MetadataHandle metadata, UIntPtr device, byte[] label, UIntPtr* row);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_device_measurements(MetadataHandle metadata, UIntPtr device, UIntPtr* rows, UIntPtr capacity, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_device_phasors(MetadataHandle metadata, UIntPtr device, UIntPtr* rows, UIntPtr capacity, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_device_children(MetadataHandle metadata, UIntPtr device, UIntPtr* rows, UIntPtr capacity, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_device_parent(MetadataHandle metadata, UIntPtr device, UIntPtr* parent);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_measurement_device(MetadataHandle metadata, UIntPtr measurement, UIntPtr* device);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_measurement_phasor(MetadataHandle metadata, UIntPtr measurement, UIntPtr* phasor);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_phasor_device(MetadataHandle metadata, UIntPtr phasor, UIntPtr* device);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_phasor_magnitude(MetadataHandle metadata, UIntPtr phasor, UIntPtr* measurement);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_phasor_angle(MetadataHandle metadata, UIntPtr phasor, UIntPtr* measurement);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_signal_reference_parse(byte[] text, int* kind, uint* index, byte* device, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr sttp_signal_kind_code(int kind);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr sttp_type_name(int type);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_table_count(MetadataHandle metadata, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_table(MetadataHandle metadata, UIntPtr index, IntPtr* name, UIntPtr* rows, UIntPtr* columns);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_find_table(MetadataHandle metadata, byte[] name, UIntPtr* index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_column(MetadataHandle metadata, UIntPtr table, UIntPtr index, IntPtr* name, int* type);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_find_column(MetadataHandle metadata, UIntPtr table, byte[] name, UIntPtr* index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_cell(MetadataHandle metadata, UIntPtr table, UIntPtr row, UIntPtr column, sttp_value* value, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_cell_string(MetadataHandle metadata, UIntPtr table, UIntPtr row, UIntPtr column, IntPtr* text);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_select(MetadataHandle metadata, byte[] filter, SignalId* signal_ids, UIntPtr capacity, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_select_rows(MetadataHandle metadata, UIntPtr table, byte[] filter, sttp_row* rows, UIntPtr capacity, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_filter_table(MetadataHandle metadata, UIntPtr table, byte[] filter, UIntPtr* selected);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_evaluate(MetadataHandle metadata, UIntPtr table, UIntPtr row, byte[] expression, sttp_value* value, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_finding_count(MetadataHandle metadata, int kind, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_finding(MetadataHandle metadata, UIntPtr index, sttp_finding* finding, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern IntPtr sttp_finding_name(int kind);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_append(MetadataHandle metadata, MetadataHandle other, out IntPtr both, UIntPtr* added);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_merge(MetadataHandle metadata, MetadataHandle other, out IntPtr merged, UIntPtr* added, UIntPtr* replaced);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_filter_new(byte[] text, out IntPtr filter);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_filter_free(IntPtr filter);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_filter_select(FilterHandle filter, MetadataHandle metadata, SignalId* signal_ids, UIntPtr capacity, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_filter_select_rows(FilterHandle filter, MetadataHandle metadata, UIntPtr table, sttp_row* rows, UIntPtr capacity, UIntPtr* count);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_filter_portable(FilterHandle filter, IntPtr* text);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_filter_adjustment(FilterHandle filter, UIntPtr statement, double* adder, double* multiplier);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_expression_new(byte[] text, out IntPtr expression);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_expression_free(IntPtr expression);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_expression_evaluate(ExpressionHandle expression, MetadataHandle metadata, UIntPtr table, UIntPtr row, sttp_value* value, byte* buffer, UIntPtr size);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_new(out IntPtr builder);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_new_empty(byte[] name, out IntPtr builder);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_new_from(MetadataHandle metadata, out IntPtr builder);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern void sttp_metadata_builder_free(IntPtr builder);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_add_table(MetadataBuilderHandle builder, byte[] name);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_add_column(MetadataBuilderHandle builder, byte[] table, byte[] name, int type);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_add_row(MetadataBuilderHandle builder, byte[] table);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_set(MetadataBuilderHandle builder, byte[] table, byte[] column, byte[] value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_set_at(MetadataBuilderHandle builder, byte[] table, UIntPtr row, byte[] column, byte[] value);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_finish(MetadataBuilderHandle builder, out IntPtr metadata);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_add_device(MetadataBuilderHandle builder, byte[] acronym, byte[] name, int frames_per_second);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_add_measurement(MetadataBuilderHandle builder, SignalId* signal_id, byte[] id, byte[] point_tag, byte[] signal_reference, byte[] signal_type, byte[] device_acronym, int phasor_source_index, byte[] description);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_metadata_builder_add_phasor(MetadataBuilderHandle builder, byte[] device_acronym, byte[] label, byte[] type, byte[] phase, int source_index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
        internal static extern int sttp_counter_at(int record, UIntPtr row, sttp_counter* counter, UIntPtr size);
    }
}
