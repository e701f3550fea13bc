// The records of the C API.
//
// Generated from include/sttp.h and the tables of the library by bindings/generate.py.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace LibSttp
{
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_datetime2
    {
        internal ulong ticks;
        internal uint days;
        internal uint flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_latency
    {
        internal ulong measurements;
        internal long minimum;
        internal long mean;
        internal long maximum;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_tls
    {
        internal IntPtr version;
        internal IntPtr cipher_suite;
        internal IntPtr subject;
        internal IntPtr issuer;
        internal IntPtr fingerprint;
        internal long not_before;
        internal long not_after;
        internal int pinned;
        internal uint tolerated;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_setting
    {
        internal IntPtr key;
        internal IntPtr aliases;
        internal IntPtr unit;
        internal IntPtr least;
        internal IntPtr most;
        internal IntPtr words;
        internal IntPtr value;
        internal IntPtr default_value;
        internal IntPtr summary;
        internal IntPtr document;
        internal int type;
        internal int repeats_others;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_subscriber_counters
    {
        internal ulong measurements;
        internal ulong packets;
        internal ulong bytes_received;
        internal ulong bytes_sent;
        internal ulong measurements_dropped;
        internal ulong packets_dropped;
        internal ulong connections;
        internal ulong reconnects;
        internal ulong signal_count;
        internal long last_timestamp;
        internal ulong connections_refused;
        internal ulong buffer_blocks;
        internal ulong buffer_blocks_dropped;
        internal ulong buffer_blocks_lost;
        internal ulong gaps;
        internal ulong gaps_recovered;
        internal ulong gaps_abandoned;
        internal ulong measurements_recovered;
        internal ulong datagrams;
        internal ulong datagrams_rejected;
        internal double measurements_per_second;
        internal ulong outage_log_failures;
        internal ulong measurements_unattributed;
        internal ulong packets_missing;
        internal ulong metadata_findings;
        internal ulong metadata_unusable;
        internal ulong datagrams_lost;
        internal ulong measurements_dropped_by_publisher;
        internal ulong command_channel_bytes_received;
        internal ulong data_channel_bytes_received;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_signal
    {
        internal SignalId signal_id;
        internal ulong key_number;
        internal IntPtr key_source;
        internal uint wire_index;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_publisher_info
    {
        internal IntPtr address;
        internal SignalId subscriber_id;
        internal long connected_since;
        internal int incoming;
        internal int protocol_version;
        internal int encoding;
        internal int modes_confirmed;
        internal int metadata_compression_asked;
        internal int metadata_compressed;
        internal int cache_compression_asked;
        internal int cache_compressed;
        internal int payload_compression_asked;
        internal int payload_compressed;
        internal int data_port;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_signal_statistics
    {
        internal SignalId signal_id;
        internal ulong measurements;
        internal ulong measurements_with_flags;
        internal long last_timestamp;
        internal double last_value;
        internal sttp_latency latency;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_publisher_counters
    {
        internal ulong measurements_published;
        internal ulong measurements_unknown;
        internal ulong measurements_sent;
        internal ulong measurements_dropped;
        internal double measurements_per_second;
        internal ulong packets_sent;
        internal ulong bytes_sent;
        internal ulong bytes_received;
        internal ulong datagrams_sent;
        internal ulong datagrams_dropped;
        internal ulong buffer_blocks_sent;
        internal ulong buffer_blocks_repeated;
        internal ulong buffer_blocks_dropped;
        internal ulong buffer_blocks_unconfirmed;
        internal ulong connections_accepted;
        internal ulong connections_refused;
        internal ulong connections;
        internal ulong subscribed;
        internal ulong commands_received;
        internal ulong command_channel_bytes_sent;
        internal ulong data_channel_bytes_sent;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_connection_counters
    {
        internal ulong measurements_sent;
        internal ulong measurements_dropped;
        internal double measurements_per_second;
        internal ulong packets_sent;
        internal ulong bytes_sent;
        internal ulong bytes_received;
        internal ulong datagrams_sent;
        internal ulong datagrams_dropped;
        internal ulong buffer_blocks_sent;
        internal ulong buffer_blocks_repeated;
        internal ulong buffer_blocks_dropped;
        internal ulong buffer_blocks_unconfirmed;
        internal ulong signal_count;
        internal ulong queued_bytes;
        internal ulong commands_received;
        internal ulong command_channel_bytes_sent;
        internal ulong data_channel_bytes_sent;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_connection_modes
    {
        internal int protocol_version;
        internal int encoding;
        internal int metadata_compression_asked;
        internal int metadata_compressed;
        internal int cache_compression_asked;
        internal int cache_compressed;
        internal int payload_compression_asked;
        internal int payload_compressed;
        internal int internal_metadata;
        internal int external_metadata;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_subscription_terms
    {
        internal int compressed;
        internal int by_udp;
        internal int include_time;
        internal int base_times;
        internal int millisecond_resolution;
        internal int nan_filter;
        internal int throttled;
        internal int check_time_reasonability;
        internal int encrypted;
        internal int processing_interval;
        internal double publish_interval;
        internal double lag_time;
        internal double lead_time;
        internal double buffer_block_timeout;
        internal long start_time;
        internal long stop_time;
        internal IntPtr start_time_text;
        internal IntPtr stop_time_text;
        internal IntPtr time_parameters;
        internal ulong largest_packet;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_connection
    {
        internal ulong id;
        internal SignalId subscriber_id;
        internal IntPtr address;
        internal IntPtr identity;
        internal IntPtr filter;
        internal int protocol_version;
        internal int subscribed;
        internal int outgoing;
        internal uint reserved;
        internal IntPtr data_channel;
        internal long connected_since;
        internal sttp_latency latency;
        internal sttp_latency recent_latency;
        internal sttp_connection_counters* counters;
        internal sttp_tls* tls;
        internal sttp_connection_modes* modes;
        internal sttp_subscription_terms* asked;
        internal sttp_subscription_terms* granted;
        internal IntPtr program;
        internal IntPtr program_version;
        internal IntPtr program_updated_on;
        internal IntPtr rights;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_peer
    {
        internal IntPtr address;
        internal sttp_tls* tls;
        internal int outgoing;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_audit
    {
        internal long time;
        internal sttp_peer* peer;
        internal ulong connection_id;
        internal IntPtr name;
        internal IntPtr identity;
        internal IntPtr reason;
        internal IntPtr line;
        internal ulong left_out;
        internal int subject;
        internal int accepted;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_history_window
    {
        internal ulong connection_id;
        internal long start;
        internal long stop;
        internal SignalId* signals;
        internal UIntPtr signal_count;
        internal IntPtr parameters;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_history_extent
    {
        internal ulong measurements;
        internal ulong bytes;
        internal long earliest;
        internal long latest;
        internal long dropped;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_stream
    {
        internal uint id_code;
        internal uint pmu_count;
        internal int data_rate;
        internal uint time_base;
        internal int version;
        internal int form;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_pmu
    {
        internal IntPtr station;
        internal uint id_code;
        internal uint format;
        internal uint phasor_count;
        internal uint analog_count;
        internal uint digital_count;
        internal uint nominal_frequency;
        internal uint change_count;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_pmu_details
    {
        internal fixed byte global_id[16];
        internal double latitude;
        internal double longitude;
        internal double elevation;
        internal int service_class;
        internal int window;
        internal int group_delay;
        internal int reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_phasor
    {
        internal IntPtr name;
        internal double per_count;
        internal double angle_offset;
        internal int is_current;
        internal int component;
        internal uint flags;
        internal uint user;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_analog
    {
        internal IntPtr name;
        internal double factor;
        internal double offset;
        internal int code;
        internal int reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_digital_word
    {
        internal IntPtr* names;
        internal uint normal;
        internal uint valid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_pmu_data
    {
        internal double frequency;
        internal double rate_of_change;
        internal uint status;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_polar
    {
        internal double magnitude;
        internal double angle;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_raw_phasor
    {
        internal double first;
        internal double second;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_frame
    {
        internal byte* bytes;
        internal UIntPtr length;
        internal int type;
        internal int version;
        internal uint id_code;
        internal uint second;
        internal uint fraction;
        internal uint command;
        internal byte* content;
        internal UIntPtr content_length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_pmu_values
    {
        internal sttp_c37118_polar* phasors;
        internal sttp_c37118_raw_phasor* raw_phasors;
        internal double* analogs;
        internal ushort* digitals;
        internal double frequency;
        internal double rate_of_change;
        internal uint status;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_client_counters
    {
        internal ulong data_frames;
        internal ulong frames;
        internal ulong bytes_received;
        internal ulong commands;
        internal ulong bad_checks;
        internal ulong skipped_bytes;
        internal ulong other_ids;
        internal ulong unusable_frames;
        internal ulong early_frames;
        internal ulong misfit_frames;
        internal ulong missing_frames;
        internal ulong duplicate_frames;
        internal ulong late_frames;
        internal ulong time_jumps;
        internal ulong overflown_frames;
        internal ulong configurations;
        internal ulong refused_configurations;
        internal ulong silences;
        internal ulong connections;
        internal long last_timestamp;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_device_counters
    {
        internal ulong bytes_sent;
        internal ulong datagrams;
        internal ulong foreign_datagrams;
        internal ulong frames_published;
        internal ulong measurements_published;
        internal ulong frames_not_mapped;
        internal ulong frames_not_taken;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_device
    {
        internal ulong id;
        internal int state;
        internal uint pmu_count;
        internal uint id_code;
        internal int data_rate;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_stream_counters
    {
        internal ulong measurements;
        internal ulong measurements_of_others;
        internal ulong measurements_late;
        internal ulong measurements_early;
        internal ulong measurements_repeated;
        internal ulong measurements_between_frames;
        internal ulong frames;
        internal ulong frames_incomplete;
        internal ulong frames_dropped;
        internal ulong frames_skipped;
        internal ulong values_filled;
        internal ulong restarts;
        internal ulong configuration_changes;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_relay_counters
    {
        internal ulong data_frames;
        internal ulong configuration_frames;
        internal ulong configuration_frames_repeated;
        internal ulong blocks_rejected;
        internal ulong frames_dropped;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_c37118_server_counters
    {
        internal ulong published_frames;
        internal ulong data_frames;
        internal ulong dropped_frames;
        internal ulong description_frames;
        internal ulong bytes_received;
        internal ulong commands;
        internal ulong refused_commands;
        internal ulong other_ids;
        internal ulong unusable_frames;
        internal ulong bad_checks;
        internal ulong skipped_bytes;
        internal ulong clients;
        internal ulong refused_clients;
        internal ulong ended_clients;
        internal ulong refused_datagrams;
        internal ulong failed_datagrams;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_block_link_session_counters
    {
        internal ulong blocks_sent;
        internal ulong bytes_sent;
        internal ulong blocks_received;
        internal ulong bytes_received;
        internal ulong blocks_lost;
        internal ulong blocks_late;
        internal ulong blocks_repeated;
        internal ulong sequence_restarts;
        internal ulong bad_checks;
        internal ulong bytes_skipped;
        internal ulong blocks_unknown;
        internal ulong messages_rejected;
        internal ulong points_sent;
        internal ulong points_dropped;
        internal ulong points_received;
        internal ulong points_unknown;
        internal ulong points_malformed;
        internal ulong contradictions;
        internal ulong deliveries_dropped;
        internal ulong frames_whole;
        internal ulong frames_incomplete;
        internal ulong documents;
        internal ulong agreements;
        internal ulong rejections;
        internal ulong points_late;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_block_link_counters
    {
        internal ulong openings;
        internal ulong foreign_datagrams;
        internal ulong datagrams_not_sent;
        internal ulong measurements_while_closed;
        internal ulong frames_while_closed;
        internal ulong frames_refused;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_block_link_agreement
    {
        internal uint exchange;
        internal int peer;
        internal int levels;
        internal int features;
        internal int blocks;
        internal int stream;
        internal uint largest_block;
        internal int is_encrypted;
        internal int is_authenticated;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_block_link_info
    {
        internal ulong id;
        internal int state;
        internal int is_two_way;
        internal ulong waiting_points;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_block_link_input_counters
    {
        internal ulong measurements_published;
        internal ulong measurements_not_taken;
        internal ulong frames;
        internal ulong frames_published;
        internal ulong frames_not_taken;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_device
    {
        internal IntPtr acronym;
        internal IntPtr name;
        internal IntPtr parent_acronym;
        internal IntPtr protocol_name;
        internal IntPtr company_acronym;
        internal IntPtr vendor_acronym;
        internal IntPtr vendor_device_name;
        internal IntPtr interconnection_name;
        internal SignalId unique_id;
        internal double longitude;
        internal double latitude;
        internal int access_id;
        internal int frames_per_second;
        internal int is_concentrator;
        internal int enabled;
        internal ulong measurement_count;
        internal ulong phasor_count;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_measurement_metadata
    {
        internal SignalId signal_id;
        internal IntPtr id;
        internal IntPtr point_tag;
        internal IntPtr signal_reference;
        internal IntPtr signal_type;
        internal IntPtr device_acronym;
        internal IntPtr description;
        internal int phasor_source_index;
        internal int @internal;
        internal int enabled;
        internal int reserved;
        internal long updated_on;
        internal double adder;
        internal double multiplier;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_phasor
    {
        internal IntPtr device_acronym;
        internal IntPtr label;
        internal IntPtr type;
        internal IntPtr phase;
        internal int id;
        internal int source_index;
        internal int destination_id;
        internal int reserved;
        internal long updated_on;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_value
    {
        internal SignalId guid;
        internal long integer;
        internal double number;
        internal ulong text_length;
        internal int type;
        internal int is_null;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_row
    {
        internal ulong table;
        internal ulong row;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_finding
    {
        internal IntPtr message;
        internal IntPtr table;
        internal IntPtr column;
        internal ulong row;
        internal int kind;
        internal uint line;
        internal uint character;
        internal uint reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct sttp_counter
    {
        internal IntPtr name;
        internal IntPtr unit;
        internal IntPtr document;
        internal ulong offset;
        internal int type;
        internal int is_total;
    }

    internal static unsafe partial class Native
    {
        /// <summary>What is elsewhere than a C compiler of a 64-bit system has it.</summary>
        internal static List<string> WrongPlaces()
        {
            var wrong = new List<string>();
            Check(wrong, "SignalId", sizeof(SignalId), 16);
            Check(wrong, "Measurement", sizeof(Measurement), 40);
            Check(wrong, "sttp_datetime2", sizeof(sttp_datetime2), 16);
            var datetime2 = default(sttp_datetime2);
            Check(wrong, "sttp_datetime2.ticks", (byte*)&datetime2.ticks - (byte*)&datetime2, 0);
            Check(wrong, "sttp_datetime2.days", (byte*)&datetime2.days - (byte*)&datetime2, 8);
            Check(wrong, "sttp_datetime2.flags", (byte*)&datetime2.flags - (byte*)&datetime2, 12);
            Check(wrong, "sttp_latency", sizeof(sttp_latency), 32);
            var latency = default(sttp_latency);
            Check(wrong, "sttp_latency.measurements", (byte*)&latency.measurements - (byte*)&latency, 0);
            Check(wrong, "sttp_latency.minimum", (byte*)&latency.minimum - (byte*)&latency, 8);
            Check(wrong, "sttp_latency.mean", (byte*)&latency.mean - (byte*)&latency, 16);
            Check(wrong, "sttp_latency.maximum", (byte*)&latency.maximum - (byte*)&latency, 24);
            Check(wrong, "sttp_tls", sizeof(sttp_tls), 64);
            var tls = default(sttp_tls);
            Check(wrong, "sttp_tls.version", (byte*)&tls.version - (byte*)&tls, 0);
            Check(wrong, "sttp_tls.cipher_suite", (byte*)&tls.cipher_suite - (byte*)&tls, 8);
            Check(wrong, "sttp_tls.subject", (byte*)&tls.subject - (byte*)&tls, 16);
            Check(wrong, "sttp_tls.issuer", (byte*)&tls.issuer - (byte*)&tls, 24);
            Check(wrong, "sttp_tls.fingerprint", (byte*)&tls.fingerprint - (byte*)&tls, 32);
            Check(wrong, "sttp_tls.not_before", (byte*)&tls.not_before - (byte*)&tls, 40);
            Check(wrong, "sttp_tls.not_after", (byte*)&tls.not_after - (byte*)&tls, 48);
            Check(wrong, "sttp_tls.pinned", (byte*)&tls.pinned - (byte*)&tls, 56);
            Check(wrong, "sttp_tls.tolerated", (byte*)&tls.tolerated - (byte*)&tls, 60);
            Check(wrong, "sttp_setting", sizeof(sttp_setting), 88);
            var setting = default(sttp_setting);
            Check(wrong, "sttp_setting.key", (byte*)&setting.key - (byte*)&setting, 0);
            Check(wrong, "sttp_setting.aliases", (byte*)&setting.aliases - (byte*)&setting, 8);
            Check(wrong, "sttp_setting.unit", (byte*)&setting.unit - (byte*)&setting, 16);
            Check(wrong, "sttp_setting.least", (byte*)&setting.least - (byte*)&setting, 24);
            Check(wrong, "sttp_setting.most", (byte*)&setting.most - (byte*)&setting, 32);
            Check(wrong, "sttp_setting.words", (byte*)&setting.words - (byte*)&setting, 40);
            Check(wrong, "sttp_setting.value", (byte*)&setting.value - (byte*)&setting, 48);
            Check(wrong, "sttp_setting.default_value", (byte*)&setting.default_value - (byte*)&setting, 56);
            Check(wrong, "sttp_setting.summary", (byte*)&setting.summary - (byte*)&setting, 64);
            Check(wrong, "sttp_setting.document", (byte*)&setting.document - (byte*)&setting, 72);
            Check(wrong, "sttp_setting.type", (byte*)&setting.type - (byte*)&setting, 80);
            Check(wrong, "sttp_setting.repeats_others", (byte*)&setting.repeats_others - (byte*)&setting, 84);
            Check(wrong, "sttp_subscriber_counters", sizeof(sttp_subscriber_counters), 240);
            var subscriber_counters = default(sttp_subscriber_counters);
            Check(wrong, "sttp_subscriber_counters.measurements", (byte*)&subscriber_counters.measurements - (byte*)&subscriber_counters, 0);
            Check(wrong, "sttp_subscriber_counters.packets", (byte*)&subscriber_counters.packets - (byte*)&subscriber_counters, 8);
            Check(wrong, "sttp_subscriber_counters.bytes_received", (byte*)&subscriber_counters.bytes_received - (byte*)&subscriber_counters, 16);
            Check(wrong, "sttp_subscriber_counters.bytes_sent", (byte*)&subscriber_counters.bytes_sent - (byte*)&subscriber_counters, 24);
            Check(wrong, "sttp_subscriber_counters.measurements_dropped", (byte*)&subscriber_counters.measurements_dropped - (byte*)&subscriber_counters, 32);
            Check(wrong, "sttp_subscriber_counters.packets_dropped", (byte*)&subscriber_counters.packets_dropped - (byte*)&subscriber_counters, 40);
            Check(wrong, "sttp_subscriber_counters.connections", (byte*)&subscriber_counters.connections - (byte*)&subscriber_counters, 48);
            Check(wrong, "sttp_subscriber_counters.reconnects", (byte*)&subscriber_counters.reconnects - (byte*)&subscriber_counters, 56);
            Check(wrong, "sttp_subscriber_counters.signal_count", (byte*)&subscriber_counters.signal_count - (byte*)&subscriber_counters, 64);
            Check(wrong, "sttp_subscriber_counters.last_timestamp", (byte*)&subscriber_counters.last_timestamp - (byte*)&subscriber_counters, 72);
            Check(wrong, "sttp_subscriber_counters.connections_refused", (byte*)&subscriber_counters.connections_refused - (byte*)&subscriber_counters, 80);
            Check(wrong, "sttp_subscriber_counters.buffer_blocks", (byte*)&subscriber_counters.buffer_blocks - (byte*)&subscriber_counters, 88);
            Check(wrong, "sttp_subscriber_counters.buffer_blocks_dropped", (byte*)&subscriber_counters.buffer_blocks_dropped - (byte*)&subscriber_counters, 96);
            Check(wrong, "sttp_subscriber_counters.buffer_blocks_lost", (byte*)&subscriber_counters.buffer_blocks_lost - (byte*)&subscriber_counters, 104);
            Check(wrong, "sttp_subscriber_counters.gaps", (byte*)&subscriber_counters.gaps - (byte*)&subscriber_counters, 112);
            Check(wrong, "sttp_subscriber_counters.gaps_recovered", (byte*)&subscriber_counters.gaps_recovered - (byte*)&subscriber_counters, 120);
            Check(wrong, "sttp_subscriber_counters.gaps_abandoned", (byte*)&subscriber_counters.gaps_abandoned - (byte*)&subscriber_counters, 128);
            Check(wrong, "sttp_subscriber_counters.measurements_recovered", (byte*)&subscriber_counters.measurements_recovered - (byte*)&subscriber_counters, 136);
            Check(wrong, "sttp_subscriber_counters.datagrams", (byte*)&subscriber_counters.datagrams - (byte*)&subscriber_counters, 144);
            Check(wrong, "sttp_subscriber_counters.datagrams_rejected", (byte*)&subscriber_counters.datagrams_rejected - (byte*)&subscriber_counters, 152);
            Check(wrong, "sttp_subscriber_counters.measurements_per_second", (byte*)&subscriber_counters.measurements_per_second - (byte*)&subscriber_counters, 160);
            Check(wrong, "sttp_subscriber_counters.outage_log_failures", (byte*)&subscriber_counters.outage_log_failures - (byte*)&subscriber_counters, 168);
            Check(wrong, "sttp_subscriber_counters.measurements_unattributed", (byte*)&subscriber_counters.measurements_unattributed - (byte*)&subscriber_counters, 176);
            Check(wrong, "sttp_subscriber_counters.packets_missing", (byte*)&subscriber_counters.packets_missing - (byte*)&subscriber_counters, 184);
            Check(wrong, "sttp_subscriber_counters.metadata_findings", (byte*)&subscriber_counters.metadata_findings - (byte*)&subscriber_counters, 192);
            Check(wrong, "sttp_subscriber_counters.metadata_unusable", (byte*)&subscriber_counters.metadata_unusable - (byte*)&subscriber_counters, 200);
            Check(wrong, "sttp_subscriber_counters.datagrams_lost", (byte*)&subscriber_counters.datagrams_lost - (byte*)&subscriber_counters, 208);
            Check(wrong, "sttp_subscriber_counters.measurements_dropped_by_publisher", (byte*)&subscriber_counters.measurements_dropped_by_publisher - (byte*)&subscriber_counters, 216);
            Check(wrong, "sttp_subscriber_counters.command_channel_bytes_received", (byte*)&subscriber_counters.command_channel_bytes_received - (byte*)&subscriber_counters, 224);
            Check(wrong, "sttp_subscriber_counters.data_channel_bytes_received", (byte*)&subscriber_counters.data_channel_bytes_received - (byte*)&subscriber_counters, 232);
            Check(wrong, "sttp_signal", sizeof(sttp_signal), 40);
            var signal = default(sttp_signal);
            Check(wrong, "sttp_signal.signal_id", (byte*)&signal.signal_id - (byte*)&signal, 0);
            Check(wrong, "sttp_signal.key_number", (byte*)&signal.key_number - (byte*)&signal, 16);
            Check(wrong, "sttp_signal.key_source", (byte*)&signal.key_source - (byte*)&signal, 24);
            Check(wrong, "sttp_signal.wire_index", (byte*)&signal.wire_index - (byte*)&signal, 32);
            Check(wrong, "sttp_signal.reserved", (byte*)&signal.reserved - (byte*)&signal, 36);
            Check(wrong, "sttp_publisher_info", sizeof(sttp_publisher_info), 80);
            var publisher_info = default(sttp_publisher_info);
            Check(wrong, "sttp_publisher_info.address", (byte*)&publisher_info.address - (byte*)&publisher_info, 0);
            Check(wrong, "sttp_publisher_info.subscriber_id", (byte*)&publisher_info.subscriber_id - (byte*)&publisher_info, 8);
            Check(wrong, "sttp_publisher_info.connected_since", (byte*)&publisher_info.connected_since - (byte*)&publisher_info, 24);
            Check(wrong, "sttp_publisher_info.incoming", (byte*)&publisher_info.incoming - (byte*)&publisher_info, 32);
            Check(wrong, "sttp_publisher_info.protocol_version", (byte*)&publisher_info.protocol_version - (byte*)&publisher_info, 36);
            Check(wrong, "sttp_publisher_info.encoding", (byte*)&publisher_info.encoding - (byte*)&publisher_info, 40);
            Check(wrong, "sttp_publisher_info.modes_confirmed", (byte*)&publisher_info.modes_confirmed - (byte*)&publisher_info, 44);
            Check(wrong, "sttp_publisher_info.metadata_compression_asked", (byte*)&publisher_info.metadata_compression_asked - (byte*)&publisher_info, 48);
            Check(wrong, "sttp_publisher_info.metadata_compressed", (byte*)&publisher_info.metadata_compressed - (byte*)&publisher_info, 52);
            Check(wrong, "sttp_publisher_info.cache_compression_asked", (byte*)&publisher_info.cache_compression_asked - (byte*)&publisher_info, 56);
            Check(wrong, "sttp_publisher_info.cache_compressed", (byte*)&publisher_info.cache_compressed - (byte*)&publisher_info, 60);
            Check(wrong, "sttp_publisher_info.payload_compression_asked", (byte*)&publisher_info.payload_compression_asked - (byte*)&publisher_info, 64);
            Check(wrong, "sttp_publisher_info.payload_compressed", (byte*)&publisher_info.payload_compressed - (byte*)&publisher_info, 68);
            Check(wrong, "sttp_publisher_info.data_port", (byte*)&publisher_info.data_port - (byte*)&publisher_info, 72);
            Check(wrong, "sttp_publisher_info.reserved", (byte*)&publisher_info.reserved - (byte*)&publisher_info, 76);
            Check(wrong, "sttp_signal_statistics", sizeof(sttp_signal_statistics), 80);
            var signal_statistics = default(sttp_signal_statistics);
            Check(wrong, "sttp_signal_statistics.signal_id", (byte*)&signal_statistics.signal_id - (byte*)&signal_statistics, 0);
            Check(wrong, "sttp_signal_statistics.measurements", (byte*)&signal_statistics.measurements - (byte*)&signal_statistics, 16);
            Check(wrong, "sttp_signal_statistics.measurements_with_flags", (byte*)&signal_statistics.measurements_with_flags - (byte*)&signal_statistics, 24);
            Check(wrong, "sttp_signal_statistics.last_timestamp", (byte*)&signal_statistics.last_timestamp - (byte*)&signal_statistics, 32);
            Check(wrong, "sttp_signal_statistics.last_value", (byte*)&signal_statistics.last_value - (byte*)&signal_statistics, 40);
            Check(wrong, "sttp_signal_statistics.latency", (byte*)&signal_statistics.latency - (byte*)&signal_statistics, 48);
            Check(wrong, "sttp_publisher_counters", sizeof(sttp_publisher_counters), 168);
            var publisher_counters = default(sttp_publisher_counters);
            Check(wrong, "sttp_publisher_counters.measurements_published", (byte*)&publisher_counters.measurements_published - (byte*)&publisher_counters, 0);
            Check(wrong, "sttp_publisher_counters.measurements_unknown", (byte*)&publisher_counters.measurements_unknown - (byte*)&publisher_counters, 8);
            Check(wrong, "sttp_publisher_counters.measurements_sent", (byte*)&publisher_counters.measurements_sent - (byte*)&publisher_counters, 16);
            Check(wrong, "sttp_publisher_counters.measurements_dropped", (byte*)&publisher_counters.measurements_dropped - (byte*)&publisher_counters, 24);
            Check(wrong, "sttp_publisher_counters.measurements_per_second", (byte*)&publisher_counters.measurements_per_second - (byte*)&publisher_counters, 32);
            Check(wrong, "sttp_publisher_counters.packets_sent", (byte*)&publisher_counters.packets_sent - (byte*)&publisher_counters, 40);
            Check(wrong, "sttp_publisher_counters.bytes_sent", (byte*)&publisher_counters.bytes_sent - (byte*)&publisher_counters, 48);
            Check(wrong, "sttp_publisher_counters.bytes_received", (byte*)&publisher_counters.bytes_received - (byte*)&publisher_counters, 56);
            Check(wrong, "sttp_publisher_counters.datagrams_sent", (byte*)&publisher_counters.datagrams_sent - (byte*)&publisher_counters, 64);
            Check(wrong, "sttp_publisher_counters.datagrams_dropped", (byte*)&publisher_counters.datagrams_dropped - (byte*)&publisher_counters, 72);
            Check(wrong, "sttp_publisher_counters.buffer_blocks_sent", (byte*)&publisher_counters.buffer_blocks_sent - (byte*)&publisher_counters, 80);
            Check(wrong, "sttp_publisher_counters.buffer_blocks_repeated", (byte*)&publisher_counters.buffer_blocks_repeated - (byte*)&publisher_counters, 88);
            Check(wrong, "sttp_publisher_counters.buffer_blocks_dropped", (byte*)&publisher_counters.buffer_blocks_dropped - (byte*)&publisher_counters, 96);
            Check(wrong, "sttp_publisher_counters.buffer_blocks_unconfirmed", (byte*)&publisher_counters.buffer_blocks_unconfirmed - (byte*)&publisher_counters, 104);
            Check(wrong, "sttp_publisher_counters.connections_accepted", (byte*)&publisher_counters.connections_accepted - (byte*)&publisher_counters, 112);
            Check(wrong, "sttp_publisher_counters.connections_refused", (byte*)&publisher_counters.connections_refused - (byte*)&publisher_counters, 120);
            Check(wrong, "sttp_publisher_counters.connections", (byte*)&publisher_counters.connections - (byte*)&publisher_counters, 128);
            Check(wrong, "sttp_publisher_counters.subscribed", (byte*)&publisher_counters.subscribed - (byte*)&publisher_counters, 136);
            Check(wrong, "sttp_publisher_counters.commands_received", (byte*)&publisher_counters.commands_received - (byte*)&publisher_counters, 144);
            Check(wrong, "sttp_publisher_counters.command_channel_bytes_sent", (byte*)&publisher_counters.command_channel_bytes_sent - (byte*)&publisher_counters, 152);
            Check(wrong, "sttp_publisher_counters.data_channel_bytes_sent", (byte*)&publisher_counters.data_channel_bytes_sent - (byte*)&publisher_counters, 160);
            Check(wrong, "sttp_connection_counters", sizeof(sttp_connection_counters), 136);
            var connection_counters = default(sttp_connection_counters);
            Check(wrong, "sttp_connection_counters.measurements_sent", (byte*)&connection_counters.measurements_sent - (byte*)&connection_counters, 0);
            Check(wrong, "sttp_connection_counters.measurements_dropped", (byte*)&connection_counters.measurements_dropped - (byte*)&connection_counters, 8);
            Check(wrong, "sttp_connection_counters.measurements_per_second", (byte*)&connection_counters.measurements_per_second - (byte*)&connection_counters, 16);
            Check(wrong, "sttp_connection_counters.packets_sent", (byte*)&connection_counters.packets_sent - (byte*)&connection_counters, 24);
            Check(wrong, "sttp_connection_counters.bytes_sent", (byte*)&connection_counters.bytes_sent - (byte*)&connection_counters, 32);
            Check(wrong, "sttp_connection_counters.bytes_received", (byte*)&connection_counters.bytes_received - (byte*)&connection_counters, 40);
            Check(wrong, "sttp_connection_counters.datagrams_sent", (byte*)&connection_counters.datagrams_sent - (byte*)&connection_counters, 48);
            Check(wrong, "sttp_connection_counters.datagrams_dropped", (byte*)&connection_counters.datagrams_dropped - (byte*)&connection_counters, 56);
            Check(wrong, "sttp_connection_counters.buffer_blocks_sent", (byte*)&connection_counters.buffer_blocks_sent - (byte*)&connection_counters, 64);
            Check(wrong, "sttp_connection_counters.buffer_blocks_repeated", (byte*)&connection_counters.buffer_blocks_repeated - (byte*)&connection_counters, 72);
            Check(wrong, "sttp_connection_counters.buffer_blocks_dropped", (byte*)&connection_counters.buffer_blocks_dropped - (byte*)&connection_counters, 80);
            Check(wrong, "sttp_connection_counters.buffer_blocks_unconfirmed", (byte*)&connection_counters.buffer_blocks_unconfirmed - (byte*)&connection_counters, 88);
            Check(wrong, "sttp_connection_counters.signal_count", (byte*)&connection_counters.signal_count - (byte*)&connection_counters, 96);
            Check(wrong, "sttp_connection_counters.queued_bytes", (byte*)&connection_counters.queued_bytes - (byte*)&connection_counters, 104);
            Check(wrong, "sttp_connection_counters.commands_received", (byte*)&connection_counters.commands_received - (byte*)&connection_counters, 112);
            Check(wrong, "sttp_connection_counters.command_channel_bytes_sent", (byte*)&connection_counters.command_channel_bytes_sent - (byte*)&connection_counters, 120);
            Check(wrong, "sttp_connection_counters.data_channel_bytes_sent", (byte*)&connection_counters.data_channel_bytes_sent - (byte*)&connection_counters, 128);
            Check(wrong, "sttp_connection_modes", sizeof(sttp_connection_modes), 40);
            var connection_modes = default(sttp_connection_modes);
            Check(wrong, "sttp_connection_modes.protocol_version", (byte*)&connection_modes.protocol_version - (byte*)&connection_modes, 0);
            Check(wrong, "sttp_connection_modes.encoding", (byte*)&connection_modes.encoding - (byte*)&connection_modes, 4);
            Check(wrong, "sttp_connection_modes.metadata_compression_asked", (byte*)&connection_modes.metadata_compression_asked - (byte*)&connection_modes, 8);
            Check(wrong, "sttp_connection_modes.metadata_compressed", (byte*)&connection_modes.metadata_compressed - (byte*)&connection_modes, 12);
            Check(wrong, "sttp_connection_modes.cache_compression_asked", (byte*)&connection_modes.cache_compression_asked - (byte*)&connection_modes, 16);
            Check(wrong, "sttp_connection_modes.cache_compressed", (byte*)&connection_modes.cache_compressed - (byte*)&connection_modes, 20);
            Check(wrong, "sttp_connection_modes.payload_compression_asked", (byte*)&connection_modes.payload_compression_asked - (byte*)&connection_modes, 24);
            Check(wrong, "sttp_connection_modes.payload_compressed", (byte*)&connection_modes.payload_compressed - (byte*)&connection_modes, 28);
            Check(wrong, "sttp_connection_modes.internal_metadata", (byte*)&connection_modes.internal_metadata - (byte*)&connection_modes, 32);
            Check(wrong, "sttp_connection_modes.external_metadata", (byte*)&connection_modes.external_metadata - (byte*)&connection_modes, 36);
            Check(wrong, "sttp_subscription_terms", sizeof(sttp_subscription_terms), 120);
            var subscription_terms = default(sttp_subscription_terms);
            Check(wrong, "sttp_subscription_terms.compressed", (byte*)&subscription_terms.compressed - (byte*)&subscription_terms, 0);
            Check(wrong, "sttp_subscription_terms.by_udp", (byte*)&subscription_terms.by_udp - (byte*)&subscription_terms, 4);
            Check(wrong, "sttp_subscription_terms.include_time", (byte*)&subscription_terms.include_time - (byte*)&subscription_terms, 8);
            Check(wrong, "sttp_subscription_terms.base_times", (byte*)&subscription_terms.base_times - (byte*)&subscription_terms, 12);
            Check(wrong, "sttp_subscription_terms.millisecond_resolution", (byte*)&subscription_terms.millisecond_resolution - (byte*)&subscription_terms, 16);
            Check(wrong, "sttp_subscription_terms.nan_filter", (byte*)&subscription_terms.nan_filter - (byte*)&subscription_terms, 20);
            Check(wrong, "sttp_subscription_terms.throttled", (byte*)&subscription_terms.throttled - (byte*)&subscription_terms, 24);
            Check(wrong, "sttp_subscription_terms.check_time_reasonability", (byte*)&subscription_terms.check_time_reasonability - (byte*)&subscription_terms, 28);
            Check(wrong, "sttp_subscription_terms.encrypted", (byte*)&subscription_terms.encrypted - (byte*)&subscription_terms, 32);
            Check(wrong, "sttp_subscription_terms.processing_interval", (byte*)&subscription_terms.processing_interval - (byte*)&subscription_terms, 36);
            Check(wrong, "sttp_subscription_terms.publish_interval", (byte*)&subscription_terms.publish_interval - (byte*)&subscription_terms, 40);
            Check(wrong, "sttp_subscription_terms.lag_time", (byte*)&subscription_terms.lag_time - (byte*)&subscription_terms, 48);
            Check(wrong, "sttp_subscription_terms.lead_time", (byte*)&subscription_terms.lead_time - (byte*)&subscription_terms, 56);
            Check(wrong, "sttp_subscription_terms.buffer_block_timeout", (byte*)&subscription_terms.buffer_block_timeout - (byte*)&subscription_terms, 64);
            Check(wrong, "sttp_subscription_terms.start_time", (byte*)&subscription_terms.start_time - (byte*)&subscription_terms, 72);
            Check(wrong, "sttp_subscription_terms.stop_time", (byte*)&subscription_terms.stop_time - (byte*)&subscription_terms, 80);
            Check(wrong, "sttp_subscription_terms.start_time_text", (byte*)&subscription_terms.start_time_text - (byte*)&subscription_terms, 88);
            Check(wrong, "sttp_subscription_terms.stop_time_text", (byte*)&subscription_terms.stop_time_text - (byte*)&subscription_terms, 96);
            Check(wrong, "sttp_subscription_terms.time_parameters", (byte*)&subscription_terms.time_parameters - (byte*)&subscription_terms, 104);
            Check(wrong, "sttp_subscription_terms.largest_packet", (byte*)&subscription_terms.largest_packet - (byte*)&subscription_terms, 112);
            Check(wrong, "sttp_connection", sizeof(sttp_connection), 216);
            var connection = default(sttp_connection);
            Check(wrong, "sttp_connection.id", (byte*)&connection.id - (byte*)&connection, 0);
            Check(wrong, "sttp_connection.subscriber_id", (byte*)&connection.subscriber_id - (byte*)&connection, 8);
            Check(wrong, "sttp_connection.address", (byte*)&connection.address - (byte*)&connection, 24);
            Check(wrong, "sttp_connection.identity", (byte*)&connection.identity - (byte*)&connection, 32);
            Check(wrong, "sttp_connection.filter", (byte*)&connection.filter - (byte*)&connection, 40);
            Check(wrong, "sttp_connection.protocol_version", (byte*)&connection.protocol_version - (byte*)&connection, 48);
            Check(wrong, "sttp_connection.subscribed", (byte*)&connection.subscribed - (byte*)&connection, 52);
            Check(wrong, "sttp_connection.outgoing", (byte*)&connection.outgoing - (byte*)&connection, 56);
            Check(wrong, "sttp_connection.reserved", (byte*)&connection.reserved - (byte*)&connection, 60);
            Check(wrong, "sttp_connection.data_channel", (byte*)&connection.data_channel - (byte*)&connection, 64);
            Check(wrong, "sttp_connection.connected_since", (byte*)&connection.connected_since - (byte*)&connection, 72);
            Check(wrong, "sttp_connection.latency", (byte*)&connection.latency - (byte*)&connection, 80);
            Check(wrong, "sttp_connection.recent_latency", (byte*)&connection.recent_latency - (byte*)&connection, 112);
            Check(wrong, "sttp_connection.counters", (byte*)&connection.counters - (byte*)&connection, 144);
            Check(wrong, "sttp_connection.tls", (byte*)&connection.tls - (byte*)&connection, 152);
            Check(wrong, "sttp_connection.modes", (byte*)&connection.modes - (byte*)&connection, 160);
            Check(wrong, "sttp_connection.asked", (byte*)&connection.asked - (byte*)&connection, 168);
            Check(wrong, "sttp_connection.granted", (byte*)&connection.granted - (byte*)&connection, 176);
            Check(wrong, "sttp_connection.program", (byte*)&connection.program - (byte*)&connection, 184);
            Check(wrong, "sttp_connection.program_version", (byte*)&connection.program_version - (byte*)&connection, 192);
            Check(wrong, "sttp_connection.program_updated_on", (byte*)&connection.program_updated_on - (byte*)&connection, 200);
            Check(wrong, "sttp_connection.rights", (byte*)&connection.rights - (byte*)&connection, 208);
            Check(wrong, "sttp_peer", sizeof(sttp_peer), 24);
            var peer = default(sttp_peer);
            Check(wrong, "sttp_peer.address", (byte*)&peer.address - (byte*)&peer, 0);
            Check(wrong, "sttp_peer.tls", (byte*)&peer.tls - (byte*)&peer, 8);
            Check(wrong, "sttp_peer.outgoing", (byte*)&peer.outgoing - (byte*)&peer, 16);
            Check(wrong, "sttp_peer.reserved", (byte*)&peer.reserved - (byte*)&peer, 20);
            Check(wrong, "sttp_audit", sizeof(sttp_audit), 72);
            var audit = default(sttp_audit);
            Check(wrong, "sttp_audit.time", (byte*)&audit.time - (byte*)&audit, 0);
            Check(wrong, "sttp_audit.peer", (byte*)&audit.peer - (byte*)&audit, 8);
            Check(wrong, "sttp_audit.connection_id", (byte*)&audit.connection_id - (byte*)&audit, 16);
            Check(wrong, "sttp_audit.name", (byte*)&audit.name - (byte*)&audit, 24);
            Check(wrong, "sttp_audit.identity", (byte*)&audit.identity - (byte*)&audit, 32);
            Check(wrong, "sttp_audit.reason", (byte*)&audit.reason - (byte*)&audit, 40);
            Check(wrong, "sttp_audit.line", (byte*)&audit.line - (byte*)&audit, 48);
            Check(wrong, "sttp_audit.left_out", (byte*)&audit.left_out - (byte*)&audit, 56);
            Check(wrong, "sttp_audit.subject", (byte*)&audit.subject - (byte*)&audit, 64);
            Check(wrong, "sttp_audit.accepted", (byte*)&audit.accepted - (byte*)&audit, 68);
            Check(wrong, "sttp_history_window", sizeof(sttp_history_window), 48);
            var history_window = default(sttp_history_window);
            Check(wrong, "sttp_history_window.connection_id", (byte*)&history_window.connection_id - (byte*)&history_window, 0);
            Check(wrong, "sttp_history_window.start", (byte*)&history_window.start - (byte*)&history_window, 8);
            Check(wrong, "sttp_history_window.stop", (byte*)&history_window.stop - (byte*)&history_window, 16);
            Check(wrong, "sttp_history_window.signals", (byte*)&history_window.signals - (byte*)&history_window, 24);
            Check(wrong, "sttp_history_window.signal_count", (byte*)&history_window.signal_count - (byte*)&history_window, 32);
            Check(wrong, "sttp_history_window.parameters", (byte*)&history_window.parameters - (byte*)&history_window, 40);
            Check(wrong, "sttp_history_extent", sizeof(sttp_history_extent), 40);
            var history_extent = default(sttp_history_extent);
            Check(wrong, "sttp_history_extent.measurements", (byte*)&history_extent.measurements - (byte*)&history_extent, 0);
            Check(wrong, "sttp_history_extent.bytes", (byte*)&history_extent.bytes - (byte*)&history_extent, 8);
            Check(wrong, "sttp_history_extent.earliest", (byte*)&history_extent.earliest - (byte*)&history_extent, 16);
            Check(wrong, "sttp_history_extent.latest", (byte*)&history_extent.latest - (byte*)&history_extent, 24);
            Check(wrong, "sttp_history_extent.dropped", (byte*)&history_extent.dropped - (byte*)&history_extent, 32);
            Check(wrong, "sttp_c37118_stream", sizeof(sttp_c37118_stream), 24);
            var c37118_stream = default(sttp_c37118_stream);
            Check(wrong, "sttp_c37118_stream.id_code", (byte*)&c37118_stream.id_code - (byte*)&c37118_stream, 0);
            Check(wrong, "sttp_c37118_stream.pmu_count", (byte*)&c37118_stream.pmu_count - (byte*)&c37118_stream, 4);
            Check(wrong, "sttp_c37118_stream.data_rate", (byte*)&c37118_stream.data_rate - (byte*)&c37118_stream, 8);
            Check(wrong, "sttp_c37118_stream.time_base", (byte*)&c37118_stream.time_base - (byte*)&c37118_stream, 12);
            Check(wrong, "sttp_c37118_stream.version", (byte*)&c37118_stream.version - (byte*)&c37118_stream, 16);
            Check(wrong, "sttp_c37118_stream.form", (byte*)&c37118_stream.form - (byte*)&c37118_stream, 20);
            Check(wrong, "sttp_c37118_pmu", sizeof(sttp_c37118_pmu), 40);
            var c37118_pmu = default(sttp_c37118_pmu);
            Check(wrong, "sttp_c37118_pmu.station", (byte*)&c37118_pmu.station - (byte*)&c37118_pmu, 0);
            Check(wrong, "sttp_c37118_pmu.id_code", (byte*)&c37118_pmu.id_code - (byte*)&c37118_pmu, 8);
            Check(wrong, "sttp_c37118_pmu.format", (byte*)&c37118_pmu.format - (byte*)&c37118_pmu, 12);
            Check(wrong, "sttp_c37118_pmu.phasor_count", (byte*)&c37118_pmu.phasor_count - (byte*)&c37118_pmu, 16);
            Check(wrong, "sttp_c37118_pmu.analog_count", (byte*)&c37118_pmu.analog_count - (byte*)&c37118_pmu, 20);
            Check(wrong, "sttp_c37118_pmu.digital_count", (byte*)&c37118_pmu.digital_count - (byte*)&c37118_pmu, 24);
            Check(wrong, "sttp_c37118_pmu.nominal_frequency", (byte*)&c37118_pmu.nominal_frequency - (byte*)&c37118_pmu, 28);
            Check(wrong, "sttp_c37118_pmu.change_count", (byte*)&c37118_pmu.change_count - (byte*)&c37118_pmu, 32);
            Check(wrong, "sttp_c37118_pmu.reserved", (byte*)&c37118_pmu.reserved - (byte*)&c37118_pmu, 36);
            Check(wrong, "sttp_c37118_pmu_details", sizeof(sttp_c37118_pmu_details), 56);
            var c37118_pmu_details = default(sttp_c37118_pmu_details);
            Check(wrong, "sttp_c37118_pmu_details.global_id", (byte*)c37118_pmu_details.global_id - (byte*)&c37118_pmu_details, 0);
            Check(wrong, "sttp_c37118_pmu_details.latitude", (byte*)&c37118_pmu_details.latitude - (byte*)&c37118_pmu_details, 16);
            Check(wrong, "sttp_c37118_pmu_details.longitude", (byte*)&c37118_pmu_details.longitude - (byte*)&c37118_pmu_details, 24);
            Check(wrong, "sttp_c37118_pmu_details.elevation", (byte*)&c37118_pmu_details.elevation - (byte*)&c37118_pmu_details, 32);
            Check(wrong, "sttp_c37118_pmu_details.service_class", (byte*)&c37118_pmu_details.service_class - (byte*)&c37118_pmu_details, 40);
            Check(wrong, "sttp_c37118_pmu_details.window", (byte*)&c37118_pmu_details.window - (byte*)&c37118_pmu_details, 44);
            Check(wrong, "sttp_c37118_pmu_details.group_delay", (byte*)&c37118_pmu_details.group_delay - (byte*)&c37118_pmu_details, 48);
            Check(wrong, "sttp_c37118_pmu_details.reserved", (byte*)&c37118_pmu_details.reserved - (byte*)&c37118_pmu_details, 52);
            Check(wrong, "sttp_c37118_phasor", sizeof(sttp_c37118_phasor), 40);
            var c37118_phasor = default(sttp_c37118_phasor);
            Check(wrong, "sttp_c37118_phasor.name", (byte*)&c37118_phasor.name - (byte*)&c37118_phasor, 0);
            Check(wrong, "sttp_c37118_phasor.per_count", (byte*)&c37118_phasor.per_count - (byte*)&c37118_phasor, 8);
            Check(wrong, "sttp_c37118_phasor.angle_offset", (byte*)&c37118_phasor.angle_offset - (byte*)&c37118_phasor, 16);
            Check(wrong, "sttp_c37118_phasor.is_current", (byte*)&c37118_phasor.is_current - (byte*)&c37118_phasor, 24);
            Check(wrong, "sttp_c37118_phasor.component", (byte*)&c37118_phasor.component - (byte*)&c37118_phasor, 28);
            Check(wrong, "sttp_c37118_phasor.flags", (byte*)&c37118_phasor.flags - (byte*)&c37118_phasor, 32);
            Check(wrong, "sttp_c37118_phasor.user", (byte*)&c37118_phasor.user - (byte*)&c37118_phasor, 36);
            Check(wrong, "sttp_c37118_analog", sizeof(sttp_c37118_analog), 32);
            var c37118_analog = default(sttp_c37118_analog);
            Check(wrong, "sttp_c37118_analog.name", (byte*)&c37118_analog.name - (byte*)&c37118_analog, 0);
            Check(wrong, "sttp_c37118_analog.factor", (byte*)&c37118_analog.factor - (byte*)&c37118_analog, 8);
            Check(wrong, "sttp_c37118_analog.offset", (byte*)&c37118_analog.offset - (byte*)&c37118_analog, 16);
            Check(wrong, "sttp_c37118_analog.code", (byte*)&c37118_analog.code - (byte*)&c37118_analog, 24);
            Check(wrong, "sttp_c37118_analog.reserved", (byte*)&c37118_analog.reserved - (byte*)&c37118_analog, 28);
            Check(wrong, "sttp_c37118_digital_word", sizeof(sttp_c37118_digital_word), 16);
            var c37118_digital_word = default(sttp_c37118_digital_word);
            Check(wrong, "sttp_c37118_digital_word.names", (byte*)&c37118_digital_word.names - (byte*)&c37118_digital_word, 0);
            Check(wrong, "sttp_c37118_digital_word.normal", (byte*)&c37118_digital_word.normal - (byte*)&c37118_digital_word, 8);
            Check(wrong, "sttp_c37118_digital_word.valid", (byte*)&c37118_digital_word.valid - (byte*)&c37118_digital_word, 12);
            Check(wrong, "sttp_c37118_pmu_data", sizeof(sttp_c37118_pmu_data), 24);
            var c37118_pmu_data = default(sttp_c37118_pmu_data);
            Check(wrong, "sttp_c37118_pmu_data.frequency", (byte*)&c37118_pmu_data.frequency - (byte*)&c37118_pmu_data, 0);
            Check(wrong, "sttp_c37118_pmu_data.rate_of_change", (byte*)&c37118_pmu_data.rate_of_change - (byte*)&c37118_pmu_data, 8);
            Check(wrong, "sttp_c37118_pmu_data.status", (byte*)&c37118_pmu_data.status - (byte*)&c37118_pmu_data, 16);
            Check(wrong, "sttp_c37118_pmu_data.reserved", (byte*)&c37118_pmu_data.reserved - (byte*)&c37118_pmu_data, 20);
            Check(wrong, "sttp_c37118_polar", sizeof(sttp_c37118_polar), 16);
            var c37118_polar = default(sttp_c37118_polar);
            Check(wrong, "sttp_c37118_polar.magnitude", (byte*)&c37118_polar.magnitude - (byte*)&c37118_polar, 0);
            Check(wrong, "sttp_c37118_polar.angle", (byte*)&c37118_polar.angle - (byte*)&c37118_polar, 8);
            Check(wrong, "sttp_c37118_raw_phasor", sizeof(sttp_c37118_raw_phasor), 16);
            var c37118_raw_phasor = default(sttp_c37118_raw_phasor);
            Check(wrong, "sttp_c37118_raw_phasor.first", (byte*)&c37118_raw_phasor.first - (byte*)&c37118_raw_phasor, 0);
            Check(wrong, "sttp_c37118_raw_phasor.second", (byte*)&c37118_raw_phasor.second - (byte*)&c37118_raw_phasor, 8);
            Check(wrong, "sttp_c37118_frame", sizeof(sttp_c37118_frame), 56);
            var c37118_frame = default(sttp_c37118_frame);
            Check(wrong, "sttp_c37118_frame.bytes", (byte*)&c37118_frame.bytes - (byte*)&c37118_frame, 0);
            Check(wrong, "sttp_c37118_frame.length", (byte*)&c37118_frame.length - (byte*)&c37118_frame, 8);
            Check(wrong, "sttp_c37118_frame.type", (byte*)&c37118_frame.type - (byte*)&c37118_frame, 16);
            Check(wrong, "sttp_c37118_frame.version", (byte*)&c37118_frame.version - (byte*)&c37118_frame, 20);
            Check(wrong, "sttp_c37118_frame.id_code", (byte*)&c37118_frame.id_code - (byte*)&c37118_frame, 24);
            Check(wrong, "sttp_c37118_frame.second", (byte*)&c37118_frame.second - (byte*)&c37118_frame, 28);
            Check(wrong, "sttp_c37118_frame.fraction", (byte*)&c37118_frame.fraction - (byte*)&c37118_frame, 32);
            Check(wrong, "sttp_c37118_frame.command", (byte*)&c37118_frame.command - (byte*)&c37118_frame, 36);
            Check(wrong, "sttp_c37118_frame.content", (byte*)&c37118_frame.content - (byte*)&c37118_frame, 40);
            Check(wrong, "sttp_c37118_frame.content_length", (byte*)&c37118_frame.content_length - (byte*)&c37118_frame, 48);
            Check(wrong, "sttp_c37118_pmu_values", sizeof(sttp_c37118_pmu_values), 56);
            var c37118_pmu_values = default(sttp_c37118_pmu_values);
            Check(wrong, "sttp_c37118_pmu_values.phasors", (byte*)&c37118_pmu_values.phasors - (byte*)&c37118_pmu_values, 0);
            Check(wrong, "sttp_c37118_pmu_values.raw_phasors", (byte*)&c37118_pmu_values.raw_phasors - (byte*)&c37118_pmu_values, 8);
            Check(wrong, "sttp_c37118_pmu_values.analogs", (byte*)&c37118_pmu_values.analogs - (byte*)&c37118_pmu_values, 16);
            Check(wrong, "sttp_c37118_pmu_values.digitals", (byte*)&c37118_pmu_values.digitals - (byte*)&c37118_pmu_values, 24);
            Check(wrong, "sttp_c37118_pmu_values.frequency", (byte*)&c37118_pmu_values.frequency - (byte*)&c37118_pmu_values, 32);
            Check(wrong, "sttp_c37118_pmu_values.rate_of_change", (byte*)&c37118_pmu_values.rate_of_change - (byte*)&c37118_pmu_values, 40);
            Check(wrong, "sttp_c37118_pmu_values.status", (byte*)&c37118_pmu_values.status - (byte*)&c37118_pmu_values, 48);
            Check(wrong, "sttp_c37118_pmu_values.reserved", (byte*)&c37118_pmu_values.reserved - (byte*)&c37118_pmu_values, 52);
            Check(wrong, "sttp_c37118_client_counters", sizeof(sttp_c37118_client_counters), 160);
            var c37118_client_counters = default(sttp_c37118_client_counters);
            Check(wrong, "sttp_c37118_client_counters.data_frames", (byte*)&c37118_client_counters.data_frames - (byte*)&c37118_client_counters, 0);
            Check(wrong, "sttp_c37118_client_counters.frames", (byte*)&c37118_client_counters.frames - (byte*)&c37118_client_counters, 8);
            Check(wrong, "sttp_c37118_client_counters.bytes_received", (byte*)&c37118_client_counters.bytes_received - (byte*)&c37118_client_counters, 16);
            Check(wrong, "sttp_c37118_client_counters.commands", (byte*)&c37118_client_counters.commands - (byte*)&c37118_client_counters, 24);
            Check(wrong, "sttp_c37118_client_counters.bad_checks", (byte*)&c37118_client_counters.bad_checks - (byte*)&c37118_client_counters, 32);
            Check(wrong, "sttp_c37118_client_counters.skipped_bytes", (byte*)&c37118_client_counters.skipped_bytes - (byte*)&c37118_client_counters, 40);
            Check(wrong, "sttp_c37118_client_counters.other_ids", (byte*)&c37118_client_counters.other_ids - (byte*)&c37118_client_counters, 48);
            Check(wrong, "sttp_c37118_client_counters.unusable_frames", (byte*)&c37118_client_counters.unusable_frames - (byte*)&c37118_client_counters, 56);
            Check(wrong, "sttp_c37118_client_counters.early_frames", (byte*)&c37118_client_counters.early_frames - (byte*)&c37118_client_counters, 64);
            Check(wrong, "sttp_c37118_client_counters.misfit_frames", (byte*)&c37118_client_counters.misfit_frames - (byte*)&c37118_client_counters, 72);
            Check(wrong, "sttp_c37118_client_counters.missing_frames", (byte*)&c37118_client_counters.missing_frames - (byte*)&c37118_client_counters, 80);
            Check(wrong, "sttp_c37118_client_counters.duplicate_frames", (byte*)&c37118_client_counters.duplicate_frames - (byte*)&c37118_client_counters, 88);
            Check(wrong, "sttp_c37118_client_counters.late_frames", (byte*)&c37118_client_counters.late_frames - (byte*)&c37118_client_counters, 96);
            Check(wrong, "sttp_c37118_client_counters.time_jumps", (byte*)&c37118_client_counters.time_jumps - (byte*)&c37118_client_counters, 104);
            Check(wrong, "sttp_c37118_client_counters.overflown_frames", (byte*)&c37118_client_counters.overflown_frames - (byte*)&c37118_client_counters, 112);
            Check(wrong, "sttp_c37118_client_counters.configurations", (byte*)&c37118_client_counters.configurations - (byte*)&c37118_client_counters, 120);
            Check(wrong, "sttp_c37118_client_counters.refused_configurations", (byte*)&c37118_client_counters.refused_configurations - (byte*)&c37118_client_counters, 128);
            Check(wrong, "sttp_c37118_client_counters.silences", (byte*)&c37118_client_counters.silences - (byte*)&c37118_client_counters, 136);
            Check(wrong, "sttp_c37118_client_counters.connections", (byte*)&c37118_client_counters.connections - (byte*)&c37118_client_counters, 144);
            Check(wrong, "sttp_c37118_client_counters.last_timestamp", (byte*)&c37118_client_counters.last_timestamp - (byte*)&c37118_client_counters, 152);
            Check(wrong, "sttp_c37118_device_counters", sizeof(sttp_c37118_device_counters), 56);
            var c37118_device_counters = default(sttp_c37118_device_counters);
            Check(wrong, "sttp_c37118_device_counters.bytes_sent", (byte*)&c37118_device_counters.bytes_sent - (byte*)&c37118_device_counters, 0);
            Check(wrong, "sttp_c37118_device_counters.datagrams", (byte*)&c37118_device_counters.datagrams - (byte*)&c37118_device_counters, 8);
            Check(wrong, "sttp_c37118_device_counters.foreign_datagrams", (byte*)&c37118_device_counters.foreign_datagrams - (byte*)&c37118_device_counters, 16);
            Check(wrong, "sttp_c37118_device_counters.frames_published", (byte*)&c37118_device_counters.frames_published - (byte*)&c37118_device_counters, 24);
            Check(wrong, "sttp_c37118_device_counters.measurements_published", (byte*)&c37118_device_counters.measurements_published - (byte*)&c37118_device_counters, 32);
            Check(wrong, "sttp_c37118_device_counters.frames_not_mapped", (byte*)&c37118_device_counters.frames_not_mapped - (byte*)&c37118_device_counters, 40);
            Check(wrong, "sttp_c37118_device_counters.frames_not_taken", (byte*)&c37118_device_counters.frames_not_taken - (byte*)&c37118_device_counters, 48);
            Check(wrong, "sttp_c37118_device", sizeof(sttp_c37118_device), 24);
            var c37118_device = default(sttp_c37118_device);
            Check(wrong, "sttp_c37118_device.id", (byte*)&c37118_device.id - (byte*)&c37118_device, 0);
            Check(wrong, "sttp_c37118_device.state", (byte*)&c37118_device.state - (byte*)&c37118_device, 8);
            Check(wrong, "sttp_c37118_device.pmu_count", (byte*)&c37118_device.pmu_count - (byte*)&c37118_device, 12);
            Check(wrong, "sttp_c37118_device.id_code", (byte*)&c37118_device.id_code - (byte*)&c37118_device, 16);
            Check(wrong, "sttp_c37118_device.data_rate", (byte*)&c37118_device.data_rate - (byte*)&c37118_device, 20);
            Check(wrong, "sttp_c37118_stream_counters", sizeof(sttp_c37118_stream_counters), 104);
            var c37118_stream_counters = default(sttp_c37118_stream_counters);
            Check(wrong, "sttp_c37118_stream_counters.measurements", (byte*)&c37118_stream_counters.measurements - (byte*)&c37118_stream_counters, 0);
            Check(wrong, "sttp_c37118_stream_counters.measurements_of_others", (byte*)&c37118_stream_counters.measurements_of_others - (byte*)&c37118_stream_counters, 8);
            Check(wrong, "sttp_c37118_stream_counters.measurements_late", (byte*)&c37118_stream_counters.measurements_late - (byte*)&c37118_stream_counters, 16);
            Check(wrong, "sttp_c37118_stream_counters.measurements_early", (byte*)&c37118_stream_counters.measurements_early - (byte*)&c37118_stream_counters, 24);
            Check(wrong, "sttp_c37118_stream_counters.measurements_repeated", (byte*)&c37118_stream_counters.measurements_repeated - (byte*)&c37118_stream_counters, 32);
            Check(wrong, "sttp_c37118_stream_counters.measurements_between_frames", (byte*)&c37118_stream_counters.measurements_between_frames - (byte*)&c37118_stream_counters, 40);
            Check(wrong, "sttp_c37118_stream_counters.frames", (byte*)&c37118_stream_counters.frames - (byte*)&c37118_stream_counters, 48);
            Check(wrong, "sttp_c37118_stream_counters.frames_incomplete", (byte*)&c37118_stream_counters.frames_incomplete - (byte*)&c37118_stream_counters, 56);
            Check(wrong, "sttp_c37118_stream_counters.frames_dropped", (byte*)&c37118_stream_counters.frames_dropped - (byte*)&c37118_stream_counters, 64);
            Check(wrong, "sttp_c37118_stream_counters.frames_skipped", (byte*)&c37118_stream_counters.frames_skipped - (byte*)&c37118_stream_counters, 72);
            Check(wrong, "sttp_c37118_stream_counters.values_filled", (byte*)&c37118_stream_counters.values_filled - (byte*)&c37118_stream_counters, 80);
            Check(wrong, "sttp_c37118_stream_counters.restarts", (byte*)&c37118_stream_counters.restarts - (byte*)&c37118_stream_counters, 88);
            Check(wrong, "sttp_c37118_stream_counters.configuration_changes", (byte*)&c37118_stream_counters.configuration_changes - (byte*)&c37118_stream_counters, 96);
            Check(wrong, "sttp_c37118_relay_counters", sizeof(sttp_c37118_relay_counters), 40);
            var c37118_relay_counters = default(sttp_c37118_relay_counters);
            Check(wrong, "sttp_c37118_relay_counters.data_frames", (byte*)&c37118_relay_counters.data_frames - (byte*)&c37118_relay_counters, 0);
            Check(wrong, "sttp_c37118_relay_counters.configuration_frames", (byte*)&c37118_relay_counters.configuration_frames - (byte*)&c37118_relay_counters, 8);
            Check(wrong, "sttp_c37118_relay_counters.configuration_frames_repeated", (byte*)&c37118_relay_counters.configuration_frames_repeated - (byte*)&c37118_relay_counters, 16);
            Check(wrong, "sttp_c37118_relay_counters.blocks_rejected", (byte*)&c37118_relay_counters.blocks_rejected - (byte*)&c37118_relay_counters, 24);
            Check(wrong, "sttp_c37118_relay_counters.frames_dropped", (byte*)&c37118_relay_counters.frames_dropped - (byte*)&c37118_relay_counters, 32);
            Check(wrong, "sttp_c37118_server_counters", sizeof(sttp_c37118_server_counters), 128);
            var c37118_server_counters = default(sttp_c37118_server_counters);
            Check(wrong, "sttp_c37118_server_counters.published_frames", (byte*)&c37118_server_counters.published_frames - (byte*)&c37118_server_counters, 0);
            Check(wrong, "sttp_c37118_server_counters.data_frames", (byte*)&c37118_server_counters.data_frames - (byte*)&c37118_server_counters, 8);
            Check(wrong, "sttp_c37118_server_counters.dropped_frames", (byte*)&c37118_server_counters.dropped_frames - (byte*)&c37118_server_counters, 16);
            Check(wrong, "sttp_c37118_server_counters.description_frames", (byte*)&c37118_server_counters.description_frames - (byte*)&c37118_server_counters, 24);
            Check(wrong, "sttp_c37118_server_counters.bytes_received", (byte*)&c37118_server_counters.bytes_received - (byte*)&c37118_server_counters, 32);
            Check(wrong, "sttp_c37118_server_counters.commands", (byte*)&c37118_server_counters.commands - (byte*)&c37118_server_counters, 40);
            Check(wrong, "sttp_c37118_server_counters.refused_commands", (byte*)&c37118_server_counters.refused_commands - (byte*)&c37118_server_counters, 48);
            Check(wrong, "sttp_c37118_server_counters.other_ids", (byte*)&c37118_server_counters.other_ids - (byte*)&c37118_server_counters, 56);
            Check(wrong, "sttp_c37118_server_counters.unusable_frames", (byte*)&c37118_server_counters.unusable_frames - (byte*)&c37118_server_counters, 64);
            Check(wrong, "sttp_c37118_server_counters.bad_checks", (byte*)&c37118_server_counters.bad_checks - (byte*)&c37118_server_counters, 72);
            Check(wrong, "sttp_c37118_server_counters.skipped_bytes", (byte*)&c37118_server_counters.skipped_bytes - (byte*)&c37118_server_counters, 80);
            Check(wrong, "sttp_c37118_server_counters.clients", (byte*)&c37118_server_counters.clients - (byte*)&c37118_server_counters, 88);
            Check(wrong, "sttp_c37118_server_counters.refused_clients", (byte*)&c37118_server_counters.refused_clients - (byte*)&c37118_server_counters, 96);
            Check(wrong, "sttp_c37118_server_counters.ended_clients", (byte*)&c37118_server_counters.ended_clients - (byte*)&c37118_server_counters, 104);
            Check(wrong, "sttp_c37118_server_counters.refused_datagrams", (byte*)&c37118_server_counters.refused_datagrams - (byte*)&c37118_server_counters, 112);
            Check(wrong, "sttp_c37118_server_counters.failed_datagrams", (byte*)&c37118_server_counters.failed_datagrams - (byte*)&c37118_server_counters, 120);
            Check(wrong, "sttp_block_link_session_counters", sizeof(sttp_block_link_session_counters), 200);
            var block_link_session_counters = default(sttp_block_link_session_counters);
            Check(wrong, "sttp_block_link_session_counters.blocks_sent", (byte*)&block_link_session_counters.blocks_sent - (byte*)&block_link_session_counters, 0);
            Check(wrong, "sttp_block_link_session_counters.bytes_sent", (byte*)&block_link_session_counters.bytes_sent - (byte*)&block_link_session_counters, 8);
            Check(wrong, "sttp_block_link_session_counters.blocks_received", (byte*)&block_link_session_counters.blocks_received - (byte*)&block_link_session_counters, 16);
            Check(wrong, "sttp_block_link_session_counters.bytes_received", (byte*)&block_link_session_counters.bytes_received - (byte*)&block_link_session_counters, 24);
            Check(wrong, "sttp_block_link_session_counters.blocks_lost", (byte*)&block_link_session_counters.blocks_lost - (byte*)&block_link_session_counters, 32);
            Check(wrong, "sttp_block_link_session_counters.blocks_late", (byte*)&block_link_session_counters.blocks_late - (byte*)&block_link_session_counters, 40);
            Check(wrong, "sttp_block_link_session_counters.blocks_repeated", (byte*)&block_link_session_counters.blocks_repeated - (byte*)&block_link_session_counters, 48);
            Check(wrong, "sttp_block_link_session_counters.sequence_restarts", (byte*)&block_link_session_counters.sequence_restarts - (byte*)&block_link_session_counters, 56);
            Check(wrong, "sttp_block_link_session_counters.bad_checks", (byte*)&block_link_session_counters.bad_checks - (byte*)&block_link_session_counters, 64);
            Check(wrong, "sttp_block_link_session_counters.bytes_skipped", (byte*)&block_link_session_counters.bytes_skipped - (byte*)&block_link_session_counters, 72);
            Check(wrong, "sttp_block_link_session_counters.blocks_unknown", (byte*)&block_link_session_counters.blocks_unknown - (byte*)&block_link_session_counters, 80);
            Check(wrong, "sttp_block_link_session_counters.messages_rejected", (byte*)&block_link_session_counters.messages_rejected - (byte*)&block_link_session_counters, 88);
            Check(wrong, "sttp_block_link_session_counters.points_sent", (byte*)&block_link_session_counters.points_sent - (byte*)&block_link_session_counters, 96);
            Check(wrong, "sttp_block_link_session_counters.points_dropped", (byte*)&block_link_session_counters.points_dropped - (byte*)&block_link_session_counters, 104);
            Check(wrong, "sttp_block_link_session_counters.points_received", (byte*)&block_link_session_counters.points_received - (byte*)&block_link_session_counters, 112);
            Check(wrong, "sttp_block_link_session_counters.points_unknown", (byte*)&block_link_session_counters.points_unknown - (byte*)&block_link_session_counters, 120);
            Check(wrong, "sttp_block_link_session_counters.points_malformed", (byte*)&block_link_session_counters.points_malformed - (byte*)&block_link_session_counters, 128);
            Check(wrong, "sttp_block_link_session_counters.contradictions", (byte*)&block_link_session_counters.contradictions - (byte*)&block_link_session_counters, 136);
            Check(wrong, "sttp_block_link_session_counters.deliveries_dropped", (byte*)&block_link_session_counters.deliveries_dropped - (byte*)&block_link_session_counters, 144);
            Check(wrong, "sttp_block_link_session_counters.frames_whole", (byte*)&block_link_session_counters.frames_whole - (byte*)&block_link_session_counters, 152);
            Check(wrong, "sttp_block_link_session_counters.frames_incomplete", (byte*)&block_link_session_counters.frames_incomplete - (byte*)&block_link_session_counters, 160);
            Check(wrong, "sttp_block_link_session_counters.documents", (byte*)&block_link_session_counters.documents - (byte*)&block_link_session_counters, 168);
            Check(wrong, "sttp_block_link_session_counters.agreements", (byte*)&block_link_session_counters.agreements - (byte*)&block_link_session_counters, 176);
            Check(wrong, "sttp_block_link_session_counters.rejections", (byte*)&block_link_session_counters.rejections - (byte*)&block_link_session_counters, 184);
            Check(wrong, "sttp_block_link_session_counters.points_late", (byte*)&block_link_session_counters.points_late - (byte*)&block_link_session_counters, 192);
            Check(wrong, "sttp_block_link_counters", sizeof(sttp_block_link_counters), 48);
            var block_link_counters = default(sttp_block_link_counters);
            Check(wrong, "sttp_block_link_counters.openings", (byte*)&block_link_counters.openings - (byte*)&block_link_counters, 0);
            Check(wrong, "sttp_block_link_counters.foreign_datagrams", (byte*)&block_link_counters.foreign_datagrams - (byte*)&block_link_counters, 8);
            Check(wrong, "sttp_block_link_counters.datagrams_not_sent", (byte*)&block_link_counters.datagrams_not_sent - (byte*)&block_link_counters, 16);
            Check(wrong, "sttp_block_link_counters.measurements_while_closed", (byte*)&block_link_counters.measurements_while_closed - (byte*)&block_link_counters, 24);
            Check(wrong, "sttp_block_link_counters.frames_while_closed", (byte*)&block_link_counters.frames_while_closed - (byte*)&block_link_counters, 32);
            Check(wrong, "sttp_block_link_counters.frames_refused", (byte*)&block_link_counters.frames_refused - (byte*)&block_link_counters, 40);
            Check(wrong, "sttp_block_link_agreement", sizeof(sttp_block_link_agreement), 40);
            var block_link_agreement = default(sttp_block_link_agreement);
            Check(wrong, "sttp_block_link_agreement.exchange", (byte*)&block_link_agreement.exchange - (byte*)&block_link_agreement, 0);
            Check(wrong, "sttp_block_link_agreement.peer", (byte*)&block_link_agreement.peer - (byte*)&block_link_agreement, 4);
            Check(wrong, "sttp_block_link_agreement.levels", (byte*)&block_link_agreement.levels - (byte*)&block_link_agreement, 8);
            Check(wrong, "sttp_block_link_agreement.features", (byte*)&block_link_agreement.features - (byte*)&block_link_agreement, 12);
            Check(wrong, "sttp_block_link_agreement.blocks", (byte*)&block_link_agreement.blocks - (byte*)&block_link_agreement, 16);
            Check(wrong, "sttp_block_link_agreement.stream", (byte*)&block_link_agreement.stream - (byte*)&block_link_agreement, 20);
            Check(wrong, "sttp_block_link_agreement.largest_block", (byte*)&block_link_agreement.largest_block - (byte*)&block_link_agreement, 24);
            Check(wrong, "sttp_block_link_agreement.is_encrypted", (byte*)&block_link_agreement.is_encrypted - (byte*)&block_link_agreement, 28);
            Check(wrong, "sttp_block_link_agreement.is_authenticated", (byte*)&block_link_agreement.is_authenticated - (byte*)&block_link_agreement, 32);
            Check(wrong, "sttp_block_link_agreement.reserved", (byte*)&block_link_agreement.reserved - (byte*)&block_link_agreement, 36);
            Check(wrong, "sttp_block_link_info", sizeof(sttp_block_link_info), 24);
            var block_link_info = default(sttp_block_link_info);
            Check(wrong, "sttp_block_link_info.id", (byte*)&block_link_info.id - (byte*)&block_link_info, 0);
            Check(wrong, "sttp_block_link_info.state", (byte*)&block_link_info.state - (byte*)&block_link_info, 8);
            Check(wrong, "sttp_block_link_info.is_two_way", (byte*)&block_link_info.is_two_way - (byte*)&block_link_info, 12);
            Check(wrong, "sttp_block_link_info.waiting_points", (byte*)&block_link_info.waiting_points - (byte*)&block_link_info, 16);
            Check(wrong, "sttp_block_link_input_counters", sizeof(sttp_block_link_input_counters), 40);
            var block_link_input_counters = default(sttp_block_link_input_counters);
            Check(wrong, "sttp_block_link_input_counters.measurements_published", (byte*)&block_link_input_counters.measurements_published - (byte*)&block_link_input_counters, 0);
            Check(wrong, "sttp_block_link_input_counters.measurements_not_taken", (byte*)&block_link_input_counters.measurements_not_taken - (byte*)&block_link_input_counters, 8);
            Check(wrong, "sttp_block_link_input_counters.frames", (byte*)&block_link_input_counters.frames - (byte*)&block_link_input_counters, 16);
            Check(wrong, "sttp_block_link_input_counters.frames_published", (byte*)&block_link_input_counters.frames_published - (byte*)&block_link_input_counters, 24);
            Check(wrong, "sttp_block_link_input_counters.frames_not_taken", (byte*)&block_link_input_counters.frames_not_taken - (byte*)&block_link_input_counters, 32);
            Check(wrong, "sttp_device", sizeof(sttp_device), 128);
            var device = default(sttp_device);
            Check(wrong, "sttp_device.acronym", (byte*)&device.acronym - (byte*)&device, 0);
            Check(wrong, "sttp_device.name", (byte*)&device.name - (byte*)&device, 8);
            Check(wrong, "sttp_device.parent_acronym", (byte*)&device.parent_acronym - (byte*)&device, 16);
            Check(wrong, "sttp_device.protocol_name", (byte*)&device.protocol_name - (byte*)&device, 24);
            Check(wrong, "sttp_device.company_acronym", (byte*)&device.company_acronym - (byte*)&device, 32);
            Check(wrong, "sttp_device.vendor_acronym", (byte*)&device.vendor_acronym - (byte*)&device, 40);
            Check(wrong, "sttp_device.vendor_device_name", (byte*)&device.vendor_device_name - (byte*)&device, 48);
            Check(wrong, "sttp_device.interconnection_name", (byte*)&device.interconnection_name - (byte*)&device, 56);
            Check(wrong, "sttp_device.unique_id", (byte*)&device.unique_id - (byte*)&device, 64);
            Check(wrong, "sttp_device.longitude", (byte*)&device.longitude - (byte*)&device, 80);
            Check(wrong, "sttp_device.latitude", (byte*)&device.latitude - (byte*)&device, 88);
            Check(wrong, "sttp_device.access_id", (byte*)&device.access_id - (byte*)&device, 96);
            Check(wrong, "sttp_device.frames_per_second", (byte*)&device.frames_per_second - (byte*)&device, 100);
            Check(wrong, "sttp_device.is_concentrator", (byte*)&device.is_concentrator - (byte*)&device, 104);
            Check(wrong, "sttp_device.enabled", (byte*)&device.enabled - (byte*)&device, 108);
            Check(wrong, "sttp_device.measurement_count", (byte*)&device.measurement_count - (byte*)&device, 112);
            Check(wrong, "sttp_device.phasor_count", (byte*)&device.phasor_count - (byte*)&device, 120);
            Check(wrong, "sttp_measurement_metadata", sizeof(sttp_measurement_metadata), 104);
            var measurement_metadata = default(sttp_measurement_metadata);
            Check(wrong, "sttp_measurement_metadata.signal_id", (byte*)&measurement_metadata.signal_id - (byte*)&measurement_metadata, 0);
            Check(wrong, "sttp_measurement_metadata.id", (byte*)&measurement_metadata.id - (byte*)&measurement_metadata, 16);
            Check(wrong, "sttp_measurement_metadata.point_tag", (byte*)&measurement_metadata.point_tag - (byte*)&measurement_metadata, 24);
            Check(wrong, "sttp_measurement_metadata.signal_reference", (byte*)&measurement_metadata.signal_reference - (byte*)&measurement_metadata, 32);
            Check(wrong, "sttp_measurement_metadata.signal_type", (byte*)&measurement_metadata.signal_type - (byte*)&measurement_metadata, 40);
            Check(wrong, "sttp_measurement_metadata.device_acronym", (byte*)&measurement_metadata.device_acronym - (byte*)&measurement_metadata, 48);
            Check(wrong, "sttp_measurement_metadata.description", (byte*)&measurement_metadata.description - (byte*)&measurement_metadata, 56);
            Check(wrong, "sttp_measurement_metadata.phasor_source_index", (byte*)&measurement_metadata.phasor_source_index - (byte*)&measurement_metadata, 64);
            Check(wrong, "sttp_measurement_metadata.internal", (byte*)&measurement_metadata.@internal - (byte*)&measurement_metadata, 68);
            Check(wrong, "sttp_measurement_metadata.enabled", (byte*)&measurement_metadata.enabled - (byte*)&measurement_metadata, 72);
            Check(wrong, "sttp_measurement_metadata.reserved", (byte*)&measurement_metadata.reserved - (byte*)&measurement_metadata, 76);
            Check(wrong, "sttp_measurement_metadata.updated_on", (byte*)&measurement_metadata.updated_on - (byte*)&measurement_metadata, 80);
            Check(wrong, "sttp_measurement_metadata.adder", (byte*)&measurement_metadata.adder - (byte*)&measurement_metadata, 88);
            Check(wrong, "sttp_measurement_metadata.multiplier", (byte*)&measurement_metadata.multiplier - (byte*)&measurement_metadata, 96);
            Check(wrong, "sttp_phasor", sizeof(sttp_phasor), 56);
            var phasor = default(sttp_phasor);
            Check(wrong, "sttp_phasor.device_acronym", (byte*)&phasor.device_acronym - (byte*)&phasor, 0);
            Check(wrong, "sttp_phasor.label", (byte*)&phasor.label - (byte*)&phasor, 8);
            Check(wrong, "sttp_phasor.type", (byte*)&phasor.type - (byte*)&phasor, 16);
            Check(wrong, "sttp_phasor.phase", (byte*)&phasor.phase - (byte*)&phasor, 24);
            Check(wrong, "sttp_phasor.id", (byte*)&phasor.id - (byte*)&phasor, 32);
            Check(wrong, "sttp_phasor.source_index", (byte*)&phasor.source_index - (byte*)&phasor, 36);
            Check(wrong, "sttp_phasor.destination_id", (byte*)&phasor.destination_id - (byte*)&phasor, 40);
            Check(wrong, "sttp_phasor.reserved", (byte*)&phasor.reserved - (byte*)&phasor, 44);
            Check(wrong, "sttp_phasor.updated_on", (byte*)&phasor.updated_on - (byte*)&phasor, 48);
            Check(wrong, "sttp_value", sizeof(sttp_value), 48);
            var value = default(sttp_value);
            Check(wrong, "sttp_value.guid", (byte*)&value.guid - (byte*)&value, 0);
            Check(wrong, "sttp_value.integer", (byte*)&value.integer - (byte*)&value, 16);
            Check(wrong, "sttp_value.number", (byte*)&value.number - (byte*)&value, 24);
            Check(wrong, "sttp_value.text_length", (byte*)&value.text_length - (byte*)&value, 32);
            Check(wrong, "sttp_value.type", (byte*)&value.type - (byte*)&value, 40);
            Check(wrong, "sttp_value.is_null", (byte*)&value.is_null - (byte*)&value, 44);
            Check(wrong, "sttp_row", sizeof(sttp_row), 16);
            var row = default(sttp_row);
            Check(wrong, "sttp_row.table", (byte*)&row.table - (byte*)&row, 0);
            Check(wrong, "sttp_row.row", (byte*)&row.row - (byte*)&row, 8);
            Check(wrong, "sttp_finding", sizeof(sttp_finding), 48);
            var finding = default(sttp_finding);
            Check(wrong, "sttp_finding.message", (byte*)&finding.message - (byte*)&finding, 0);
            Check(wrong, "sttp_finding.table", (byte*)&finding.table - (byte*)&finding, 8);
            Check(wrong, "sttp_finding.column", (byte*)&finding.column - (byte*)&finding, 16);
            Check(wrong, "sttp_finding.row", (byte*)&finding.row - (byte*)&finding, 24);
            Check(wrong, "sttp_finding.kind", (byte*)&finding.kind - (byte*)&finding, 32);
            Check(wrong, "sttp_finding.line", (byte*)&finding.line - (byte*)&finding, 36);
            Check(wrong, "sttp_finding.character", (byte*)&finding.character - (byte*)&finding, 40);
            Check(wrong, "sttp_finding.reserved", (byte*)&finding.reserved - (byte*)&finding, 44);
            Check(wrong, "sttp_counter", sizeof(sttp_counter), 40);
            var counter = default(sttp_counter);
            Check(wrong, "sttp_counter.name", (byte*)&counter.name - (byte*)&counter, 0);
            Check(wrong, "sttp_counter.unit", (byte*)&counter.unit - (byte*)&counter, 8);
            Check(wrong, "sttp_counter.document", (byte*)&counter.document - (byte*)&counter, 16);
            Check(wrong, "sttp_counter.offset", (byte*)&counter.offset - (byte*)&counter, 24);
            Check(wrong, "sttp_counter.type", (byte*)&counter.type - (byte*)&counter, 32);
            Check(wrong, "sttp_counter.is_total", (byte*)&counter.is_total - (byte*)&counter, 36);
            return wrong;
        }
    }
}
