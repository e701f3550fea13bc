// Settings, as properties with types.
//
// Generated from include/sttp.h and the tables of the library by bindings/generate.py.

using System;

namespace LibSttp
{
    /// <summary>What the setting <c>securityMode</c> of a Subscriber can be.</summary>
    public enum SubscriberSecurityMode
    {
        /// <summary>In connection strings: <c>None</c>.</summary>
        None,
        /// <summary>In connection strings: <c>TLS</c>.</summary>
        Tls,
    }

    /// <summary>What the setting <c>minimumTlsVersion</c> of a Subscriber can be.</summary>
    public enum SubscriberMinimumTlsVersion
    {
        /// <summary>In connection strings: <c>1.2</c>.</summary>
        V1_2,
        /// <summary>In connection strings: <c>1.3</c>.</summary>
        V1_3,
    }

    /// <summary>What the setting <c>securityMode</c> of a Publisher can be.</summary>
    public enum PublisherSecurityMode
    {
        /// <summary>In connection strings: <c>None</c>.</summary>
        None,
        /// <summary>In connection strings: <c>TLS</c>.</summary>
        Tls,
    }

    /// <summary>What the setting <c>minimumTlsVersion</c> of a Publisher can be.</summary>
    public enum PublisherMinimumTlsVersion
    {
        /// <summary>In connection strings: <c>1.2</c>.</summary>
        V1_2,
        /// <summary>In connection strings: <c>1.3</c>.</summary>
        V1_3,
    }

    /// <summary>What the setting <c>overflow</c> of a Publisher can be.</summary>
    public enum PublisherOverflow
    {
        /// <summary>In connection strings: <c>dropOldest</c>.</summary>
        DropOldest,
        /// <summary>In connection strings: <c>disconnect</c>.</summary>
        Disconnect,
        /// <summary>In connection strings: <c>wait</c>.</summary>
        Wait,
    }

    /// <summary>What the setting <c>encryptPayload</c> of a Publisher can be.</summary>
    public enum PublisherEncryptPayload
    {
        /// <summary>In connection strings: <c>false</c>.</summary>
        False,
        /// <summary>In connection strings: <c>udp</c>.</summary>
        Udp,
        /// <summary>In connection strings: <c>true</c>.</summary>
        True,
    }

    /// <summary>What the setting <c>transport</c> of a C37118Input can be.</summary>
    public enum C37118InputTransport
    {
        /// <summary>In connection strings: <c>tcp</c>.</summary>
        Tcp,
        /// <summary>In connection strings: <c>tcpUdp</c>.</summary>
        TcpUdp,
        /// <summary>In connection strings: <c>udp</c>.</summary>
        Udp,
        /// <summary>In connection strings: <c>spontaneousUdp</c>.</summary>
        SpontaneousUdp,
    }

    /// <summary>What the setting <c>publish</c> of a C37118Input can be.</summary>
    public enum C37118InputPublish
    {
        /// <summary>In connection strings: <c>measurements</c>.</summary>
        Measurements,
        /// <summary>In connection strings: <c>frames</c>.</summary>
        Frames,
        /// <summary>In connection strings: <c>both</c>.</summary>
        Both,
    }

    /// <summary>What the setting <c>captureTimes</c> of a C37118Input can be.</summary>
    public enum C37118InputCaptureTimes
    {
        /// <summary>In connection strings: <c>recorded</c>.</summary>
        Recorded,
        /// <summary>In connection strings: <c>now</c>.</summary>
        Now,
    }

    /// <summary>What the setting <c>configurationFrame</c> of a C37118Input can be.</summary>
    public enum C37118InputConfigurationFrame
    {
        /// <summary>In connection strings: <c>newest</c>.</summary>
        Newest,
        /// <summary>In connection strings: <c>cfg2</c>.</summary>
        Cfg2,
        /// <summary>In connection strings: <c>cfg3</c>.</summary>
        Cfg3,
    }

    /// <summary>What the setting <c>standard</c> of a C37118Output can be.</summary>
    public enum C37118OutputStandard
    {
        /// <summary>In connection strings: <c>2005</c>.</summary>
        V2005,
        /// <summary>In connection strings: <c>2011</c>.</summary>
        V2011,
    }

    /// <summary>What the setting <c>format</c> of a C37118Output can be.</summary>
    public enum C37118OutputFormat
    {
        /// <summary>In connection strings: <c>device</c>.</summary>
        Device,
        /// <summary>In connection strings: <c>polarFloat</c>.</summary>
        PolarFloat,
        /// <summary>In connection strings: <c>rectangularFloat</c>.</summary>
        RectangularFloat,
        /// <summary>In connection strings: <c>polarInteger</c>.</summary>
        PolarInteger,
        /// <summary>In connection strings: <c>rectangularInteger</c>.</summary>
        RectangularInteger,
    }

    /// <summary>What the setting <c>nominalFrequency</c> of a C37118Output can be.</summary>
    public enum C37118OutputNominalFrequency
    {
        /// <summary>In connection strings: <c>60</c>.</summary>
        V60,
        /// <summary>In connection strings: <c>50</c>.</summary>
        V50,
    }

    /// <summary>What the setting <c>waitBy</c> of a C37118Output can be.</summary>
    public enum C37118OutputWaitBy
    {
        /// <summary>In connection strings: <c>clock</c>.</summary>
        Clock,
        /// <summary>In connection strings: <c>arrival</c>.</summary>
        Arrival,
    }

    /// <summary>What the setting <c>commandIDs</c> of a C37118Output can be.</summary>
    public enum C37118OutputCommandIds
    {
        /// <summary>In connection strings: <c>own</c>.</summary>
        Own,
        /// <summary>In connection strings: <c>any</c>.</summary>
        Any,
    }

    /// <summary>What the setting <c>announcedConfiguration</c> of a C37118Output can be.</summary>
    public enum C37118OutputAnnouncedConfiguration
    {
        /// <summary>In connection strings: <c>cfg2</c>.</summary>
        Cfg2,
        /// <summary>In connection strings: <c>cfg3</c>.</summary>
        Cfg3,
        /// <summary>In connection strings: <c>both</c>.</summary>
        Both,
    }

    /// <summary>What the setting <c>securityMode</c> of a BlockLink can be.</summary>
    public enum BlockLinkSecurityMode
    {
        /// <summary>In connection strings: <c>None</c>.</summary>
        None,
        /// <summary>In connection strings: <c>TLS</c>.</summary>
        Tls,
    }

    /// <summary>What the setting <c>minimumTlsVersion</c> of a BlockLink can be.</summary>
    public enum BlockLinkMinimumTlsVersion
    {
        /// <summary>In connection strings: <c>1.2</c>.</summary>
        V1_2,
        /// <summary>In connection strings: <c>1.3</c>.</summary>
        V1_3,
    }

    /// <summary>What the setting <c>times</c> of a BlockLink can be.</summary>
    public enum BlockLinkTimes
    {
        /// <summary>In connection strings: <c>ticks</c>.</summary>
        Ticks,
        /// <summary>In connection strings: <c>dateTime2</c>.</summary>
        DateTime2,
    }

    /// <summary>What the setting <c>linkEncryption</c> of a BlockLink can be.</summary>
    public enum BlockLinkLinkEncryption
    {
        /// <summary>In connection strings: <c>none</c>.</summary>
        None,
        /// <summary>In connection strings: <c>possible</c>.</summary>
        Possible,
        /// <summary>In connection strings: <c>required</c>.</summary>
        Required,
    }

    /// <summary>The settings of a Subscriber. They hold from its next connect, subscribe or start on.</summary>
    public sealed unsafe class SubscriberSettings : Settings
    {
        private readonly SubscriberHandle _handle;

        internal SubscriberSettings(SubscriberHandle handle) : base(SettingsRole.Subscriber)
        {
            _handle = handle;
        }

        /// <summary>
        /// Whom to connect to, host:port; a publisher may have several, with commas between them. The port may stand
        /// beside it. Without a server, the port is to listen on.
        /// <para>Value: host:port.</para>
        /// <para>Key: server.</para>
        /// </summary>
        public string Server
        {
            get => Get("server");
            set => Set("server", value);
        }

        /// <summary>
        /// Port of a server that is written without one, else the port to listen on; 0 takes any free one.
        /// <para>Value: a port, 0 to 65535.</para>
        /// <para>Key: port.</para>
        /// </summary>
        public string Port
        {
            get => Get("port");
            set => Set("port", value);
        }

        /// <summary>
        /// Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood.
        /// <para>Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.</para>
        /// <para>Key: interface.</para>
        /// </summary>
        public string Interface
        {
            get => Get("interface");
            set => Set("interface", value);
        }

        /// <summary>
        /// Addresses from which one may connect; empty for all. As 192.0.2.7, 10.0.0.0/8 or fd00::/8. Connections that
        /// are made, not accepted, are not concerned, nor are those that stand.
        /// <para>Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between
        /// them.</para>
        /// <para>Key: allowedAddresses.</para>
        /// </summary>
        public string AllowedAddresses
        {
            get => Get("allowedAddresses");
            set => Set("allowedAddresses", value);
        }

        /// <summary>
        /// Addresses from which nobody may connect, also where they are among the allowed ones.
        /// <para>Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between
        /// them.</para>
        /// <para>Key: deniedAddresses.</para>
        /// </summary>
        public string DeniedAddresses
        {
            get => Get("deniedAddresses");
            set => Set("deniedAddresses", value);
        }

        /// <summary>
        /// How the TCP connections are secured: not at all, or by TLS with certificates of both sides. The side that
        /// connects is the TLS client, whichever of them publishes. docs/security.md tells which certificates are
        /// taken. Of a block link, TLS is the same as linkEncryption=required.
        /// <para>Value: None or TLS.</para>
        /// <para>Default: None.</para>
        /// <para>Key: securityMode.</para>
        /// </summary>
        public SubscriberSecurityMode SecurityMode
        {
            get => (SubscriberSecurityMode)GetWord("securityMode", "None", "TLS");
            set => SetWord("securityMode", (int)value, "None", "TLS");
        }

        /// <summary>
        /// The own certificate, PEM or DER; in PEM, those of its authorities may follow. Who listens needs one, and so
        /// does who connects to a peer that wants one, as all of GSF do.
        /// <para>Value: a file.</para>
        /// <para>Key: localCertificate.</para>
        /// </summary>
        public string LocalCertificate
        {
            get => Get("localCertificate");
            set => Set("localCertificate", value);
        }

        /// <summary>
        /// The key of the own certificate, PKCS#8 without a pass phrase; empty when it is in the same file.
        /// <para>Value: a file.</para>
        /// <para>Key: localPrivateKey.</para>
        /// </summary>
        public string LocalPrivateKey
        {
            get => Get("localPrivateKey");
            set => Set("localPrivateKey", value);
        }

        /// <summary>
        /// Certificates of peers that are trusted as they are, PEM or DER. Several, to rotate one. Of folders, all
        /// files ending in .cer, .crt, .der and .pem count.
        /// <para>Value: files or folders, with commas between them.</para>
        /// <para>Key: remoteCertificate.</para>
        /// </summary>
        public string RemoteCertificate
        {
            get => Get("remoteCertificate");
            set => Set("remoteCertificate", value);
        }

        /// <summary>
        /// Certificates of authorities: peers whose certificates they have issued are trusted.
        /// <para>Value: files or folders, with commas between them.</para>
        /// <para>Key: certificateAuthorities.</para>
        /// </summary>
        public string CertificateAuthorities
        {
            get => Get("certificateAuthorities");
            set => Set("certificateAuthorities", value);
        }

        /// <summary>
        /// Revocation lists (CRLs) of the authorities. Each certificate of a chain then needs a current one of its
        /// issuer.
        /// <para>Value: files or folders, with commas between them.</para>
        /// <para>Key: revocationLists.</para>
        /// </summary>
        public string RevocationLists
        {
            get => Get("revocationLists");
            set => Set("revocationLists", value);
        }

        /// <summary>
        /// What is tolerated of a peer's certificate.
        /// <para>RemoteCertificateNameMismatch: it is for another host. RemoteCertificateNotAvailable: a client has
        /// none. RemoteCertificateChainErrors: what validChainFlags names.</para>
        /// <para>Value: words with commas between them.</para>
        /// <para>Key: validPolicyErrors.</para>
        /// </summary>
        public string ValidPolicyErrors
        {
            get => Get("validPolicyErrors");
            set => Set("validPolicyErrors", value);
        }

        /// <summary>
        /// What is tolerated of its chain, with validPolicyErrors=RemoteCertificateChainErrors.
        /// <para>NotTimeValid: it has expired, or is not valid yet. UntrustedRoot or PartialChain: no trusted authority
        /// stands behind it, so that anybody is let in, unless certificates are pinned. RevocationStatusUnknown or
        /// OfflineRevocation: no current revocation list tells of it.</para>
        /// <para>Value: words with commas between them.</para>
        /// <para>Key: validChainFlags.</para>
        /// </summary>
        public string ValidChainFlags
        {
            get => Get("validChainFlags");
            set => Set("validChainFlags", value);
        }

        /// <summary>
        /// The oldest version of TLS that is spoken.
        /// <para>Value: 1.2 or 1.3.</para>
        /// <para>Default: 1.2.</para>
        /// <para>Key: minimumTlsVersion.</para>
        /// </summary>
        public SubscriberMinimumTlsVersion MinimumTlsVersion
        {
            get => (SubscriberMinimumTlsVersion)GetWord("minimumTlsVersion", "1.2", "1.3");
            set => SetWord("minimumTlsVersion", (int)value, "1.2", "1.3");
        }

        /// <summary>
        /// A handshake of TLS that is not done by then ends the connection.
        /// <para>Value: seconds, 0.1 or more.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: handshakeTimeout.</para>
        /// </summary>
        public TimeSpan HandshakeTimeout
        {
            get => GetSeconds("handshakeTimeout");
            set => SetSeconds("handshakeTimeout", value);
        }

        /// <summary>
        /// Handshakes of those who connect that are under way at a time. Some 50 KB each. They take no more than an
        /// eighth of the descriptors that the process may have. When another one begins, the address that has most of
        /// them loses its oldest.
        /// <para>Value: handshakes, 1 to 16384.</para>
        /// <para>Default: 512.</para>
        /// <para>Key: maxHandshakes.</para>
        /// </summary>
        public long MaxHandshakes
        {
            get => GetInteger("maxHandshakes");
            set => SetInteger("maxHandshakes", value);
        }

        /// <summary>
        /// Certificates that expire within so long are told, once a day.
        /// <para>Value: seconds.</para>
        /// <para>Default: 2592000.</para>
        /// <para>Key: certificateExpiryWarning.</para>
        /// </summary>
        public TimeSpan CertificateExpiryWarning
        {
            get => GetSeconds("certificateExpiryWarning");
            set => SetSeconds("certificateExpiryWarning", value);
        }

        /// <summary>
        /// Protocol version. Every publisher speaks version 2.
        /// <para>Value: a version, 1 to 3.</para>
        /// <para>Default: 2.</para>
        /// <para>Key: version.</para>
        /// </summary>
        public long Version
        {
            get => GetInteger("version");
            set => SetInteger("version", value);
        }

        /// <summary>
        /// Connect again when a connection is lost or cannot be made.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: autoReconnect.</para>
        /// </summary>
        public bool AutoReconnect
        {
            get => GetFlag("autoReconnect");
            set => SetFlag("autoReconnect", value);
        }

        /// <summary>
        /// Before the first attempt to connect again; doubles from attempt to attempt. Each delay is shortened by a
        /// random part of up to a half, so that many clients of a restarted peer do not come back all at once.
        /// <para>Value: milliseconds, 1 to 4294967295.</para>
        /// <para>Default: 1000.</para>
        /// <para>Key: retryInterval.</para>
        /// </summary>
        public long RetryInterval
        {
            get => GetInteger("retryInterval");
            set => SetInteger("retryInterval", value);
        }

        /// <summary>
        /// Longest time between two attempts.
        /// <para>Value: milliseconds, 1 to 4294967295.</para>
        /// <para>Default: 30000.</para>
        /// <para>Key: maxRetryInterval.</para>
        /// </summary>
        public long MaxRetryInterval
        {
            get => GetInteger("maxRetryInterval");
            set => SetInteger("maxRetryInterval", value);
        }

        /// <summary>
        /// Attempts in a row before giving up. The typed setting has 0 for never.
        /// <para>Value: attempts, 1 or more, or -1 to never give up.</para>
        /// <para>Default: -1.</para>
        /// <para>Key: maxRetries.</para>
        /// </summary>
        public string MaxRetries
        {
            get => Get("maxRetries");
            set => Set("maxRetries", value);
        }

        /// <summary>
        /// A connection without any byte for so long, 6 at least, is lost; 0 for never. Publishers that have nothing
        /// else to send send a keep-alive every five seconds: in less time than that an idle connection cannot be told
        /// from a lost one. With TLS bytes of a record in part count, too.
        /// <para>Value: seconds.</para>
        /// <para>Default: 20.</para>
        /// <para>Key: dataLossInterval.</para>
        /// </summary>
        public TimeSpan DataLossInterval
        {
            get => GetSeconds("dataLossInterval");
            set => SetSeconds("dataLossInterval", value);
        }

        /// <summary>
        /// How long the publisher may take to answer, and the rest of a record of TLS to arrive. Answered are requests
        /// for metadata, subscriptions, and operational modes of version 3. Then the connection is given up, and made
        /// again as after any other loss. An answer underway may take longer, while 1 KiB of it arrives in that time.
        /// <para>Value: seconds, 1 or more.</para>
        /// <para>Default: 60.</para>
        /// <para>Key: answerTimeout.</para>
        /// </summary>
        public TimeSpan AnswerTimeout
        {
            get => GetSeconds("answerTimeout");
            set => SetSeconds("answerTimeout", value);
        }

        /// <summary>
        /// Largest message that is accepted. A larger one ends the connection.
        /// <para>Value: bytes, 65536 or more.</para>
        /// <para>Default: 134217728.</para>
        /// <para>Key: maxFrameSize.</para>
        /// </summary>
        public long MaxFrameSize
        {
            get => GetInteger("maxFrameSize");
            set => SetInteger("maxFrameSize", value);
        }

        /// <summary>
        /// Largest metadata that are accepted, after decompression. A thousand bytes for each signal, roughly. Larger
        /// ones are told as a failure of their request.
        /// <para>Value: bytes, 65536 or more.</para>
        /// <para>Default: 536870912.</para>
        /// <para>Key: maxMetadataSize.</para>
        /// </summary>
        public long MaxMetadataSize
        {
            get => GetInteger("maxMetadataSize");
            set => SetInteger("maxMetadataSize", value);
        }

        /// <summary>
        /// Measurements that are kept to be read, in place of callbacks; 0 for callbacks. While so many wait, nothing
        /// is received: the publisher decides what it does with a slow subscriber. Each takes 40 bytes.
        /// <para>Value: measurements, 0 or more.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: readQueue.</para>
        /// </summary>
        public long ReadQueue
        {
            get => GetInteger("readQueue");
            set => SetInteger("readQueue", value);
        }

        /// <summary>
        /// Compressed measurements (TSSC); those by UDP never are.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: compression.</para>
        /// </summary>
        public bool Compression
        {
            get => GetFlag("compression");
            set => SetFlag("compression", value);
        }

        /// <summary>
        /// Compressed metadata (GZip).
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: compressMetadata.</para>
        /// </summary>
        public bool CompressMetadata
        {
            get => GetFlag("compressMetadata");
            set => SetFlag("compressMetadata", value);
        }

        /// <summary>
        /// Compressed signal index caches, the lists of subscribed signals (GZip).
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: compressSignalIndexCache.</para>
        /// </summary>
        public bool CompressSignalIndexCache
        {
            get => GetFlag("compressSignalIndexCache");
            set => SetFlag("compressSignalIndexCache", value);
        }

        /// <summary>
        /// Request the metadata on each connection. That is done before the subscription.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: synchronizeMetadata.</para>
        /// </summary>
        public bool SynchronizeMetadata
        {
            get => GetFlag("synchronizeMetadata");
            set => SetFlag("synchronizeMetadata", value);
        }

        /// <summary>
        /// Filter statements for that request, with semicolons between them; empty for everything. As <c>FILTER
        /// MeasurementDetail WHERE SignalAcronym = 'FREQ'</c>.
        /// <para>Value: filter statements.</para>
        /// <para>Key: metadataFilters.</para>
        /// </summary>
        public string MetadataFilters
        {
            get => Get("metadataFilters");
            set => Set("metadataFilters", value);
        }

        /// <summary>
        /// Metadata of the publisher's own devices.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: receiveInternalMetadata.</para>
        /// </summary>
        public bool ReceiveInternalMetadata
        {
            get => GetFlag("receiveInternalMetadata");
            set => SetFlag("receiveInternalMetadata", value);
        }

        /// <summary>
        /// Metadata of devices that the publisher has from others.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: receiveExternalMetadata.</para>
        /// </summary>
        public bool ReceiveExternalMetadata
        {
            get => GetFlag("receiveExternalMetadata");
            set => SetFlag("receiveExternalMetadata", value);
        }

        /// <summary>
        /// Request the metadata and subscribe again when the publisher's configuration changes. So that signals which
        /// the filter now selects come too. The metadata are requested if that is also done on each connection. The
        /// application is told of the change all the same.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: followConfiguration.</para>
        /// </summary>
        public bool FollowConfiguration
        {
            get => GetFlag("followConfiguration");
            set => SetFlag("followConfiguration", value);
        }

        /// <summary>
        /// Measurements by UDP: keys in braces, or just a port. Only datagrams from the publisher's address are taken,
        /// by a socket that is open while there is a subscription.
        /// <para>Value: keys in braces: port, multicastGroup, interface, receiveBufferSize.</para>
        /// <para>Key: dataChannel.</para>
        /// </summary>
        public string DataChannel
        {
            get => Get("dataChannel");
            set => Set("dataChannel", value);
        }

        /// <summary>
        /// Local UDP port, 0 for any free one; empty for TCP. Measurements by UDP are never compressed. A publisher
        /// that cannot sends them by TCP, or refuses the subscription.
        /// <para>Value: a port, 0 to 65535.</para>
        /// <para>Key: dataChannel.port.</para>
        /// </summary>
        public string DataChannelPort
        {
            get => Get("dataChannel.port");
            set => Set("dataChannel.port", value);
        }

        /// <summary>
        /// Group that shares the measurements; empty for none. An extension that the publisher must have too. All
        /// subscribers of a group and port have the same filter and options.
        /// <para>Value: an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on.</para>
        /// <para>Key: dataChannel.multicastGroup.</para>
        /// </summary>
        public string DataChannelMulticastGroup
        {
            get => Get("dataChannel.multicastGroup");
            set => Set("dataChannel.multicastGroup", value);
        }

        /// <summary>
        /// Where to join the group, or the address of this machine where datagrams arrive. Without it, or with 0.0.0.0
        /// or ::, the one that the publisher is connected with.
        /// <para>Value: an address of this machine; for a group, an IPv4 address or the number of an interface.</para>
        /// <para>Key: dataChannel.interface.</para>
        /// </summary>
        public string DataChannelInterface
        {
            get => Get("dataChannel.interface");
            set => Set("dataChannel.interface", value);
        }

        /// <summary>
        /// Bytes of datagrams that the system keeps; 0 for as many as the subscription needs. The system may have a
        /// limit. When it gives less, that is told.
        /// <para>Value: bytes, 0 or more.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: dataChannel.receiveBufferSize.</para>
        /// </summary>
        public long DataChannelReceiveBufferSize
        {
            get => GetInteger("dataChannel.receiveBufferSize");
            set => SetInteger("dataChannel.receiveBufferSize", value);
        }

        /// <summary>
        /// Fetch what was missed while a connection was lost.
        /// <para>Value: keys in braces: enabled, recoveryStartDelay, dataMonitoringInterval, minimumRecoverySpan,
        /// maximumRecoverySpan, startRecoveryBuffer, endRecoveryBuffer, recoveryProcessingInterval.</para>
        /// <para>Key: dataGapRecovery.</para>
        /// </summary>
        public string DataGapRecovery
        {
            get => Get("dataGapRecovery");
            set => Set("dataGapRecovery", value);
        }

        /// <summary>
        /// Recover at all. What was missed while the connection was lost is fetched by temporal subscriptions on a
        /// second connection. That needs times in the measurements, and a publisher with historical data; it is not
        /// done where the publisher connects.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: dataGapRecovery.enabled.</para>
        /// </summary>
        public bool DataGapRecoveryEnabled
        {
            get => GetFlag("dataGapRecovery.enabled");
            set => SetFlag("dataGapRecovery.enabled", value);
        }

        /// <summary>
        /// Wait so long after measurements flow again. The publisher's archive may be behind.
        /// <para>Value: seconds.</para>
        /// <para>Default: 20.</para>
        /// <para>Key: dataGapRecovery.recoveryStartDelay.</para>
        /// </summary>
        public TimeSpan DataGapRecoveryRecoveryStartDelay
        {
            get => GetSeconds("dataGapRecovery.recoveryStartDelay");
            set => SetSeconds("dataGapRecovery.recoveryStartDelay", value);
        }

        /// <summary>
        /// A recovery that gets nothing for so long is given up.
        /// <para>Value: seconds, 0.1 or more.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: dataGapRecovery.dataMonitoringInterval.</para>
        /// </summary>
        public TimeSpan DataGapRecoveryDataMonitoringInterval
        {
            get => GetSeconds("dataGapRecovery.dataMonitoringInterval");
            set => SetSeconds("dataGapRecovery.dataMonitoringInterval", value);
        }

        /// <summary>
        /// Shorter gaps are not recovered.
        /// <para>Value: seconds.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: dataGapRecovery.minimumRecoverySpan.</para>
        /// </summary>
        public TimeSpan DataGapRecoveryMinimumRecoverySpan
        {
            get => GetSeconds("dataGapRecovery.minimumRecoverySpan");
            set => SetSeconds("dataGapRecovery.minimumRecoverySpan", value);
        }

        /// <summary>
        /// Longer gaps are not recovered.
        /// <para>Value: seconds.</para>
        /// <para>Default: 864000.</para>
        /// <para>Key: dataGapRecovery.maximumRecoverySpan.</para>
        /// </summary>
        public TimeSpan DataGapRecoveryMaximumRecoverySpan
        {
            get => GetSeconds("dataGapRecovery.maximumRecoverySpan");
            set => SetSeconds("dataGapRecovery.maximumRecoverySpan", value);
        }

        /// <summary>
        /// From so long before the gap, a number that is not positive. Clocks and delays of signals differ. The typed
        /// setting is the span, without a sign.
        /// <para>Value: seconds, 0 or less.</para>
        /// <para>Default: -20.</para>
        /// <para>Key: dataGapRecovery.startRecoveryBuffer.</para>
        /// </summary>
        public string DataGapRecoveryStartRecoveryBuffer
        {
            get => Get("dataGapRecovery.startRecoveryBuffer");
            set => Set("dataGapRecovery.startRecoveryBuffer", value);
        }

        /// <summary>
        /// Until so long after the gap.
        /// <para>Value: seconds.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: dataGapRecovery.endRecoveryBuffer.</para>
        /// </summary>
        public TimeSpan DataGapRecoveryEndRecoveryBuffer
        {
            get => GetSeconds("dataGapRecovery.endRecoveryBuffer");
            set => SetSeconds("dataGapRecovery.endRecoveryBuffer", value);
        }

        /// <summary>
        /// Pace, for each step; 0 as fast as possible, -1 as the publisher likes.
        /// <para>Value: milliseconds, -1 to 2147483647.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: dataGapRecovery.recoveryProcessingInterval.</para>
        /// </summary>
        public long DataGapRecoveryRecoveryProcessingInterval
        {
            get => GetInteger("dataGapRecovery.recoveryProcessingInterval");
            set => SetInteger("dataGapRecovery.recoveryProcessingInterval", value);
        }

        /// <summary>
        /// File that remembers over the end of the program what is still missing; empty for none. A later run of the
        /// program recovers it, the time in between included. A run that ended without notice may repeat what was
        /// delivered in its last five seconds; one that waits until it is disconnected repeats nothing. The file has a
        /// line <c>start;stop</c> for each gap; a missing stop means until now. A third field names signals whose clock
        /// differs. No other subscriber may use it. A file that cannot be used is told as a message.
        /// <para>Value: a file.</para>
        /// <para>Key: outageLog.</para>
        /// </summary>
        public string OutageLog
        {
            get => Get("outageLog");
            set => Set("outageLog", value);
        }

        /// <summary>
        /// Measure how late measurements arrive. At the cost of a look at the clock for each packet.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: latencyStatistics.</para>
        /// </summary>
        public bool LatencyStatistics
        {
            get => GetFlag("latencyStatistics");
            set => SetFlag("latencyStatistics", value);
        }

        /// <summary>
        /// Count the measurements of each signal.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: signalStatistics.</para>
        /// </summary>
        public bool SignalStatistics
        {
            get => GetFlag("signalStatistics");
            set => SetFlag("signalStatistics", value);
        }

        /// <summary>
        /// Length of the intervals that rates and latencies are of.
        /// <para>Value: seconds, 0.01 or more.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: statisticsInterval.</para>
        /// </summary>
        public TimeSpan StatisticsInterval
        {
            get => GetSeconds("statisticsInterval");
            set => SetSeconds("statisticsInterval", value);
        }

        /// <summary>
        /// compressMetadata and compressSignalIndexCache together.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: gzip.</para>
        /// </summary>
        public bool Gzip
        {
            get => GetFlag("gzip");
            set => SetFlag("gzip", value);
        }

        /// <summary>
        /// TSSC for compression, GZip for gzip, both with a comma, or None.
        /// <para>Value: None, GZip or TSSC, or both with a comma.</para>
        /// <para>Default: GZip, TSSC.</para>
        /// <para>Key: compressionModes.</para>
        /// </summary>
        public string CompressionModes
        {
            get => Get("compressionModes");
            set => Set("compressionModes", value);
        }

        /// <summary>
        /// What to subscribe: filter statements, measurement keys, signal IDs, point tags.
        /// <para>Value: a filter expression.</para>
        /// <para>Key: filterExpression.</para>
        /// </summary>
        public string FilterExpression
        {
            get => Get("filterExpression");
            set => Set("filterExpression", value);
        }

        /// <summary>
        /// Only the latest value of each signal, once per publishInterval. Each interval brings all signals that ever
        /// had a value, also those that did not change.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: throttled.</para>
        /// </summary>
        public bool Throttled
        {
            get => GetFlag("throttled");
            set => SetFlag("throttled", value);
        }

        /// <summary>
        /// Interval of a throttled subscription; 0 leaves it to the publisher. That is lagTime then, or a second if
        /// that has its default value. A libsttp publisher takes at least 0.01 and at most a day.
        /// <para>Value: seconds.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: publishInterval.</para>
        /// </summary>
        public TimeSpan PublishInterval
        {
            get => GetSeconds("publishInterval");
            set => SetSeconds("publishInterval", value);
        }

        /// <summary>
        /// Measurements with their times. Without times, each takes fewer bytes and has timestamp 0. Compressed
        /// measurements (TSSC) always have times.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: includeTime.</para>
        /// </summary>
        public bool IncludeTime
        {
            get => GetFlag("includeTime");
            set => SetFlag("includeTime", value);
        }

        /// <summary>
        /// Mark times outside lagTime and leadTime. A publisher that checks marks measurements of throttled
        /// subscriptions that are older or newer with a bad time; some implementations also replace their values by
        /// NaN. Times that are not reasonable are no source of base times either.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: enableTimeReasonabilityCheck.</para>
        /// </summary>
        public bool EnableTimeReasonabilityCheck
        {
            get => GetFlag("enableTimeReasonabilityCheck");
            set => SetFlag("enableTimeReasonabilityCheck", value);
        }

        /// <summary>
        /// How far in the past a time is reasonable.
        /// <para>Value: seconds, 0.001 or more.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: lagTime.</para>
        /// </summary>
        public TimeSpan LagTime
        {
            get => GetSeconds("lagTime");
            set => SetSeconds("lagTime", value);
        }

        /// <summary>
        /// How far in the future a time is reasonable.
        /// <para>Value: seconds, 0.001 or more.</para>
        /// <para>Default: 5.</para>
        /// <para>Key: leadTime.</para>
        /// </summary>
        public TimeSpan LeadTime
        {
            get => GetSeconds("leadTime");
            set => SetSeconds("leadTime", value);
        }

        /// <summary>
        /// Base times from the publisher's clock. Rather than from the newest measurement. Matters only to a publisher
        /// that uses base times.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: useLocalClockAsRealTime.</para>
        /// </summary>
        public bool UseLocalClockAsRealTime
        {
            get => GetFlag("useLocalClockAsRealTime");
            set => SetFlag("useLocalClockAsRealTime", value);
        }

        /// <summary>
        /// Times of whole milliseconds where that saves bytes. In measurements that are not compressed (TSSC), from a
        /// publisher that uses base times. Parts of a millisecond are cut off then.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: useMillisecondResolution.</para>
        /// </summary>
        public bool UseMillisecondResolution
        {
            get => GetFlag("useMillisecondResolution");
            set => SetFlag("useMillisecondResolution", value);
        }

        /// <summary>
        /// Without measurements that are not a number. A publisher may forbid or force that.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: requestNaNValueFilter.</para>
        /// </summary>
        public bool RequestNanValueFilter
        {
            get => GetFlag("requestNaNValueFilter");
            set => SetFlag("requestNaNValueFilter", value);
        }

        /// <summary>
        /// First time of historical data; empty for live data. It is sent as every publisher reads it: relative in
        /// whole seconds, minutes, hours or days, else as the time that it means when it is asked for.
        /// <para>Value: a time: *, *-20m, 2026-01-31 08:30:00.</para>
        /// <para>Key: startTimeConstraint.</para>
        /// </summary>
        public string StartTimeConstraint
        {
            get => Get("startTimeConstraint");
            set => Set("startTimeConstraint", value);
        }

        /// <summary>
        /// Last time of historical data; empty for no end. It is sent as startTimeConstraint is.
        /// <para>Value: a time: *, *-20m, 2026-01-31 08:30:00.</para>
        /// <para>Key: stopTimeConstraint.</para>
        /// </summary>
        public string StopTimeConstraint
        {
            get => Get("stopTimeConstraint");
            set => Set("stopTimeConstraint", value);
        }

        /// <summary>
        /// Text for the source of historical data.
        /// <para>Value: a text.</para>
        /// <para>Key: timeConstraintParameters.</para>
        /// </summary>
        public string TimeConstraintParameters
        {
            get => Get("timeConstraintParameters");
            set => Set("timeConstraintParameters", value);
        }

        /// <summary>
        /// Pace of historical data, for each step; 0 as fast as possible, -1 as the publisher likes.
        /// <para>Value: milliseconds, -1 to 2147483647.</para>
        /// <para>Default: -1.</para>
        /// <para>Key: processingInterval.</para>
        /// </summary>
        public long ProcessingInterval
        {
            get => GetInteger("processingInterval");
            set => SetInteger("processingInterval", value);
        }

        /// <summary>
        /// Buffer blocks come again when not confirmed for so long; 0 leaves it to the publisher.
        /// <para>Value: seconds.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: bufferBlockRetransmissionTimeout.</para>
        /// </summary>
        public TimeSpan BufferBlockRetransmissionTimeout
        {
            get => GetSeconds("bufferBlockRetransmissionTimeout");
            set => SetSeconds("bufferBlockRetransmissionTimeout", value);
        }

        /// <summary>
        /// Who subscribes, for the publisher's display.
        /// <para>Value: keys in braces: source, version, updatedOn.</para>
        /// <para>Key: assemblyInfo.</para>
        /// </summary>
        public string AssemblyInfo
        {
            get => Get("assemblyInfo");
            set => Set("assemblyInfo", value);
        }

        /// <summary>
        /// Name of the program.
        /// <para>Value: a text.</para>
        /// <para>Key: assemblyInfo.source.</para>
        /// </summary>
        public string AssemblyInfoSource
        {
            get => Get("assemblyInfo.source");
            set => Set("assemblyInfo.source", value);
        }

        /// <summary>
        /// Its version.
        /// <para>Value: a text.</para>
        /// <para>Key: assemblyInfo.version.</para>
        /// </summary>
        public string AssemblyInfoVersion
        {
            get => Get("assemblyInfo.version");
            set => Set("assemblyInfo.version", value);
        }

        /// <summary>
        /// Date of that version.
        /// <para>Value: a text.</para>
        /// <para>Key: assemblyInfo.updatedOn.</para>
        /// </summary>
        public string AssemblyInfoUpdatedOn
        {
            get => Get("assemblyInfo.updatedOn");
            set => Set("assemblyInfo.updatedOn", value);
        }

        /// <summary>
        /// Parameters of the subscription that only the publisher knows: keys in braces.
        /// <para>Value: keys in braces.</para>
        /// <para>Key: extraParameters.</para>
        /// </summary>
        public string ExtraParameters
        {
            get => Get("extraParameters");
            set => Set("extraParameters", value);
        }

        /// <summary>
        /// server, port and interface, where other implementations have them.
        /// <para>Value: keys in braces: server, port, interface.</para>
        /// <para>Key: commandChannel.</para>
        /// </summary>
        public string CommandChannel
        {
            get => Get("commandChannel");
            set => Set("commandChannel", value);
        }

        /// <summary>
        /// Whom to connect to, host:port; a publisher may have several, with commas between them. The port may stand
        /// beside it. Without a server, the port is to listen on.
        /// <para>Value: host:port.</para>
        /// <para>Key: commandChannel.server.</para>
        /// </summary>
        public string CommandChannelServer
        {
            get => Get("commandChannel.server");
            set => Set("commandChannel.server", value);
        }

        /// <summary>
        /// Port of a server that is written without one, else the port to listen on; 0 takes any free one.
        /// <para>Value: a port, 0 to 65535.</para>
        /// <para>Key: commandChannel.port.</para>
        /// </summary>
        public string CommandChannelPort
        {
            get => Get("commandChannel.port");
            set => Set("commandChannel.port", value);
        }

        /// <summary>
        /// Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood.
        /// <para>Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.</para>
        /// <para>Key: commandChannel.interface.</para>
        /// </summary>
        public string CommandChannelInterface
        {
            get => Get("commandChannel.interface");
            set => Set("commandChannel.interface", value);
        }

        internal override int GetText(byte[] key, byte* buffer, UIntPtr size, UIntPtr* length) =>
            Native.sttp_subscriber_get(_handle, key, buffer, size, length);

        internal override int SetText(byte[] key, byte[] value) =>
            Native.sttp_subscriber_set(_handle, key, value);
    }

    /// <summary>The settings of a Publisher. They hold from its next connect, subscribe or start on.</summary>
    public sealed unsafe class PublisherSettings : Settings
    {
        private readonly PublisherHandle _handle;

        internal PublisherSettings(PublisherHandle handle) : base(SettingsRole.Publisher)
        {
            _handle = handle;
        }

        /// <summary>
        /// Whom to connect to, host:port; a publisher may have several, with commas between them. The port may stand
        /// beside it. Without a server, the port is to listen on.
        /// <para>Value: host:port.</para>
        /// <para>Key: server.</para>
        /// </summary>
        public string Server
        {
            get => Get("server");
            set => Set("server", value);
        }

        /// <summary>
        /// Port of a server that is written without one, else the port to listen on; 0 takes any free one.
        /// <para>Value: a port, 0 to 65535.</para>
        /// <para>Key: port.</para>
        /// </summary>
        public string Port
        {
            get => Get("port");
            set => Set("port", value);
        }

        /// <summary>
        /// Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood.
        /// <para>Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.</para>
        /// <para>Key: interface.</para>
        /// </summary>
        public string Interface
        {
            get => Get("interface");
            set => Set("interface", value);
        }

        /// <summary>
        /// Connect again when a connection is lost or cannot be made.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: autoReconnect.</para>
        /// </summary>
        public bool AutoReconnect
        {
            get => GetFlag("autoReconnect");
            set => SetFlag("autoReconnect", value);
        }

        /// <summary>
        /// Before the first attempt to connect again; doubles from attempt to attempt. Each delay is shortened by a
        /// random part of up to a half, so that many clients of a restarted peer do not come back all at once.
        /// <para>Value: milliseconds, 1 to 4294967295.</para>
        /// <para>Default: 1000.</para>
        /// <para>Key: retryInterval.</para>
        /// </summary>
        public long RetryInterval
        {
            get => GetInteger("retryInterval");
            set => SetInteger("retryInterval", value);
        }

        /// <summary>
        /// Longest time between two attempts.
        /// <para>Value: milliseconds, 1 to 4294967295.</para>
        /// <para>Default: 30000.</para>
        /// <para>Key: maxRetryInterval.</para>
        /// </summary>
        public long MaxRetryInterval
        {
            get => GetInteger("maxRetryInterval");
            set => SetInteger("maxRetryInterval", value);
        }

        /// <summary>
        /// Attempts in a row before giving up. The typed setting has 0 for never.
        /// <para>Value: attempts, 1 or more, or -1 to never give up.</para>
        /// <para>Default: -1.</para>
        /// <para>Key: maxRetries.</para>
        /// </summary>
        public string MaxRetries
        {
            get => Get("maxRetries");
            set => Set("maxRetries", value);
        }

        /// <summary>
        /// Addresses from which one may connect; empty for all. As 192.0.2.7, 10.0.0.0/8 or fd00::/8. Connections that
        /// are made, not accepted, are not concerned, nor are those that stand.
        /// <para>Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between
        /// them.</para>
        /// <para>Key: allowedAddresses.</para>
        /// </summary>
        public string AllowedAddresses
        {
            get => Get("allowedAddresses");
            set => Set("allowedAddresses", value);
        }

        /// <summary>
        /// Addresses from which nobody may connect, also where they are among the allowed ones.
        /// <para>Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between
        /// them.</para>
        /// <para>Key: deniedAddresses.</para>
        /// </summary>
        public string DeniedAddresses
        {
            get => Get("deniedAddresses");
            set => Set("deniedAddresses", value);
        }

        /// <summary>
        /// A file that says which subscribers are let in, and what each may. docs/security.md tells how it is written.
        /// It is read again when it changes. Without it, everybody who is let in may everything.
        /// <para>Value: a file.</para>
        /// <para>Key: rightsFile.</para>
        /// </summary>
        public string RightsFile
        {
            get => Get("rightsFile");
            set => Set("rightsFile", value);
        }

        /// <summary>
        /// How the TCP connections are secured: not at all, or by TLS with certificates of both sides. The side that
        /// connects is the TLS client, whichever of them publishes. docs/security.md tells which certificates are
        /// taken. Of a block link, TLS is the same as linkEncryption=required.
        /// <para>Value: None or TLS.</para>
        /// <para>Default: None.</para>
        /// <para>Key: securityMode.</para>
        /// </summary>
        public PublisherSecurityMode SecurityMode
        {
            get => (PublisherSecurityMode)GetWord("securityMode", "None", "TLS");
            set => SetWord("securityMode", (int)value, "None", "TLS");
        }

        /// <summary>
        /// The own certificate, PEM or DER; in PEM, those of its authorities may follow. Who listens needs one, and so
        /// does who connects to a peer that wants one, as all of GSF do.
        /// <para>Value: a file.</para>
        /// <para>Key: localCertificate.</para>
        /// </summary>
        public string LocalCertificate
        {
            get => Get("localCertificate");
            set => Set("localCertificate", value);
        }

        /// <summary>
        /// The key of the own certificate, PKCS#8 without a pass phrase; empty when it is in the same file.
        /// <para>Value: a file.</para>
        /// <para>Key: localPrivateKey.</para>
        /// </summary>
        public string LocalPrivateKey
        {
            get => Get("localPrivateKey");
            set => Set("localPrivateKey", value);
        }

        /// <summary>
        /// Certificates of peers that are trusted as they are, PEM or DER. Several, to rotate one. Of folders, all
        /// files ending in .cer, .crt, .der and .pem count.
        /// <para>Value: files or folders, with commas between them.</para>
        /// <para>Key: remoteCertificate.</para>
        /// </summary>
        public string RemoteCertificate
        {
            get => Get("remoteCertificate");
            set => Set("remoteCertificate", value);
        }

        /// <summary>
        /// Certificates of authorities: peers whose certificates they have issued are trusted.
        /// <para>Value: files or folders, with commas between them.</para>
        /// <para>Key: certificateAuthorities.</para>
        /// </summary>
        public string CertificateAuthorities
        {
            get => Get("certificateAuthorities");
            set => Set("certificateAuthorities", value);
        }

        /// <summary>
        /// Revocation lists (CRLs) of the authorities. Each certificate of a chain then needs a current one of its
        /// issuer.
        /// <para>Value: files or folders, with commas between them.</para>
        /// <para>Key: revocationLists.</para>
        /// </summary>
        public string RevocationLists
        {
            get => Get("revocationLists");
            set => Set("revocationLists", value);
        }

        /// <summary>
        /// What is tolerated of a peer's certificate.
        /// <para>RemoteCertificateNameMismatch: it is for another host. RemoteCertificateNotAvailable: a client has
        /// none. RemoteCertificateChainErrors: what validChainFlags names.</para>
        /// <para>Value: words with commas between them.</para>
        /// <para>Key: validPolicyErrors.</para>
        /// </summary>
        public string ValidPolicyErrors
        {
            get => Get("validPolicyErrors");
            set => Set("validPolicyErrors", value);
        }

        /// <summary>
        /// What is tolerated of its chain, with validPolicyErrors=RemoteCertificateChainErrors.
        /// <para>NotTimeValid: it has expired, or is not valid yet. UntrustedRoot or PartialChain: no trusted authority
        /// stands behind it, so that anybody is let in, unless certificates are pinned. RevocationStatusUnknown or
        /// OfflineRevocation: no current revocation list tells of it.</para>
        /// <para>Value: words with commas between them.</para>
        /// <para>Key: validChainFlags.</para>
        /// </summary>
        public string ValidChainFlags
        {
            get => Get("validChainFlags");
            set => Set("validChainFlags", value);
        }

        /// <summary>
        /// The oldest version of TLS that is spoken.
        /// <para>Value: 1.2 or 1.3.</para>
        /// <para>Default: 1.2.</para>
        /// <para>Key: minimumTlsVersion.</para>
        /// </summary>
        public PublisherMinimumTlsVersion MinimumTlsVersion
        {
            get => (PublisherMinimumTlsVersion)GetWord("minimumTlsVersion", "1.2", "1.3");
            set => SetWord("minimumTlsVersion", (int)value, "1.2", "1.3");
        }

        /// <summary>
        /// A handshake of TLS that is not done by then ends the connection.
        /// <para>Value: seconds, 0.1 or more.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: handshakeTimeout.</para>
        /// </summary>
        public TimeSpan HandshakeTimeout
        {
            get => GetSeconds("handshakeTimeout");
            set => SetSeconds("handshakeTimeout", value);
        }

        /// <summary>
        /// Handshakes of those who connect that are under way at a time. Some 50 KB each. They take no more than an
        /// eighth of the descriptors that the process may have. When another one begins, the address that has most of
        /// them loses its oldest.
        /// <para>Value: handshakes, 1 to 16384.</para>
        /// <para>Default: 512.</para>
        /// <para>Key: maxHandshakes.</para>
        /// </summary>
        public long MaxHandshakes
        {
            get => GetInteger("maxHandshakes");
            set => SetInteger("maxHandshakes", value);
        }

        /// <summary>
        /// Certificates that expire within so long are told, once a day.
        /// <para>Value: seconds.</para>
        /// <para>Default: 2592000.</para>
        /// <para>Key: certificateExpiryWarning.</para>
        /// </summary>
        public TimeSpan CertificateExpiryWarning
        {
            get => GetSeconds("certificateExpiryWarning");
            set => SetSeconds("certificateExpiryWarning", value);
        }

        /// <summary>
        /// ID of this publisher; empty for none. The metadata that it publishes have it where a device has no NodeID,
        /// and ActiveMeasurements as SourceNodeID: subscribers of several publishers tell them apart by it. It should
        /// stay the same from run to run.
        /// <para>Value: a GUID, as 12345678-9abc-def0-1234-56789abcdef0.</para>
        /// <para>Key: nodeId.</para>
        /// </summary>
        public string NodeId
        {
            get => Get("nodeId");
            set => Set("nodeId", value);
        }

        /// <summary>
        /// Subscribers get the metadata that they ask for. Else they are refused, and get measurements all the same.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: allowMetadataRefresh.</para>
        /// </summary>
        public bool AllowMetadataRefresh
        {
            get => GetFlag("allowMetadataRefresh");
            set => SetFlag("allowMetadataRefresh", value);
        }

        /// <summary>
        /// Connections that are accepted at a time; 0 for no limit. More are refused. Unless it is 0, connections take
        /// no more than three quarters of the descriptors that the process may have (<c>ulimit -n</c>), so that some
        /// are left to the program.
        /// <para>Value: connections, 0 to 4294967295.</para>
        /// <para>Default: 10000.</para>
        /// <para>Key: maxConnections.</para>
        /// </summary>
        public long MaxConnections
        {
            get => GetInteger("maxConnections");
            set => SetInteger("maxConnections", value);
        }

        /// <summary>
        /// So many of the maxConnections, the last ones, are only for subscribers that are known. Those of the rights,
        /// those with a certificate, and those that the program has let in. However many strangers connect, these get a
        /// place.
        /// <para>Value: connections, 0 to 4294967295.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: keptConnections.</para>
        /// </summary>
        public long KeptConnections
        {
            get => GetInteger("keptConnections");
            set => SetInteger("keptConnections", value);
        }

        /// <summary>
        /// Connections that are accepted at a time from one address; 0 for no limit. More are refused, so that one
        /// machine, or those behind one router, cannot take all connections. IPv6 addresses of one /64 network count as
        /// one. Where the descriptors of the process bound the connections, one address has half of them at most,
        /// unless this is 0.
        /// <para>Value: connections, 0 to 4294967295.</para>
        /// <para>Default: 2000.</para>
        /// <para>Key: maxConnectionsPerAddress.</para>
        /// </summary>
        public long MaxConnectionsPerAddress
        {
            get => GetInteger("maxConnectionsPerAddress");
            set => SetInteger("maxConnectionsPerAddress", value);
        }

        /// <summary>
        /// Measurements that may wait to be sent on each connection. Metadata and other answers are not counted; where
        /// publishing waits for slow subscribers, the last packets may go beyond it.
        /// <para>Value: bytes, 65536 or more.</para>
        /// <para>Default: 8388608.</para>
        /// <para>Key: sendQueueLimit.</para>
        /// </summary>
        public long SendQueueLimit
        {
            get => GetInteger("sendQueueLimit");
            set => SetInteger("sendQueueLimit", value);
        }

        /// <summary>
        /// Measurements that have waited so long for the engine are dropped. The oldest first, and counted; it does not
        /// keep up then. Not where publishing waits for slow subscribers.
        /// <para>Value: seconds, 0.1 or more.</para>
        /// <para>Default: 5.</para>
        /// <para>Key: longestBacklog.</para>
        /// </summary>
        public TimeSpan LongestBacklog
        {
            get => GetSeconds("longestBacklog");
            set => SetSeconds("longestBacklog", value);
        }

        /// <summary>
        /// Measurements that may wait for the engine. More are dropped, the oldest first, and counted. Each takes 24
        /// bytes. Not where publishing waits for slow subscribers: there fewer wait.
        /// <para>Value: measurements, 65536 or more.</para>
        /// <para>Default: 1048576.</para>
        /// <para>Key: maxBacklog.</para>
        /// </summary>
        public long MaxBacklog
        {
            get => GetInteger("maxBacklog");
            set => SetInteger("maxBacklog", value);
        }

        /// <summary>
        /// Threads that publish may send to a few subscribers themselves, which saves waking the engine. That saves
        /// some 30 to 70 microseconds, and the call that publishes takes that much longer. It is done only where it
        /// holds up nobody: on an engine with one thread of its own, for up to 4 connections, 4096 measurements and a
        /// thousand calls a second, and as long as every subscriber keeps up; all else is left to the engine. Callbacks
        /// are never called by a thread that publishes.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: directSending.</para>
        /// </summary>
        public bool DirectSending
        {
            get => GetFlag("directSending");
            set => SetFlag("directSending", value);
        }

        /// <summary>
        /// What happens to a subscriber that is too slow.
        /// <para>dropOldest: measurements that wait to be sent to it are dropped, and counted; newer ones follow.
        /// disconnect: it is disconnected. wait: nothing is lost, publishing waits for it.</para>
        /// <para>Value: dropOldest, disconnect or wait.</para>
        /// <para>Default: dropOldest.</para>
        /// <para>Key: overflow.</para>
        /// </summary>
        public PublisherOverflow Overflow
        {
            get => (PublisherOverflow)GetWord("overflow", "dropOldest", "disconnect", "wait");
            set => SetWord("overflow", (int)value, "dropOldest", "disconnect", "wait");
        }

        /// <summary>
        /// With overflow=wait: a subscriber that takes nothing for so long is disconnected; 0 for never. So that it
        /// cannot stop all others. Those who take nothing for some seconds are named in messages.
        /// <para>Value: seconds.</para>
        /// <para>Default: 30.</para>
        /// <para>Key: overflowWaitTimeout.</para>
        /// </summary>
        public TimeSpan OverflowWaitTimeout
        {
            get => GetSeconds("overflowWaitTimeout");
            set => SetSeconds("overflowWaitTimeout", value);
        }

        /// <summary>
        /// Subscribers may have measurements that are not a number left out.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: allowNaNValueFilter.</para>
        /// </summary>
        public bool AllowNanValueFilter
        {
            get => GetFlag("allowNaNValueFilter");
            set => SetFlag("allowNaNValueFilter", value);
        }

        /// <summary>
        /// Measurements that are not a number are left out for all.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: forceNaNValueFilter.</para>
        /// </summary>
        public bool ForceNanValueFilter
        {
            get => GetFlag("forceNaNValueFilter");
            set => SetFlag("forceNaNValueFilter", value);
        }

        /// <summary>
        /// Shorter times, as offsets from base times, in measurements that are not compressed. 4 bytes, or 2 for
        /// subscribers that ask for millisecond resolution, in place of 8. Historical data, and what goes by UDP,
        /// always have 8-byte times. By the rules of the protocol two base times take turns, after 7 minutes, or after
        /// one for millisecond resolution. One implementation's subscriber (sttpapi with NumPy 2) breaks its connection
        /// when the second comes into use; all others that are known understand both.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: useBaseTimeOffsets.</para>
        /// </summary>
        public bool UseBaseTimeOffsets
        {
            get => GetFlag("useBaseTimeOffsets");
            set => SetFlag("useBaseTimeOffsets", value);
        }

        /// <summary>
        /// Buffer blocks are sent again when not confirmed for so long. Unless a subscriber asks for another time.
        /// <para>Value: seconds, 0.1 or more.</para>
        /// <para>Default: 5.</para>
        /// <para>Key: bufferBlockRetransmissionTimeout.</para>
        /// </summary>
        public TimeSpan BufferBlockRetransmissionTimeout
        {
            get => GetSeconds("bufferBlockRetransmissionTimeout");
            set => SetSeconds("bufferBlockRetransmissionTimeout", value);
        }

        /// <summary>
        /// Measurements that are encrypted: none, those by UDP, or all. With AES-256 in CBC mode. The keys go to each
        /// subscriber by TCP in the clear: unless that connection is protected (TLS), this hides measurements only from
        /// those who do not see it; and nothing protects them from being changed. Only subscribers of this library and
        /// of the reference implementation (GSF) can decrypt; for others leave it off.
        /// <para>Value: false, udp or true.</para>
        /// <para>Default: false.</para>
        /// <para>Key: encryptPayload.</para>
        /// </summary>
        public PublisherEncryptPayload EncryptPayload
        {
            get => (PublisherEncryptPayload)GetWord("encryptPayload", "false", "udp", "true");
            set => SetWord("encryptPayload", (int)value, "false", "udp", "true");
        }

        /// <summary>
        /// Subscribers get new keys after so long.
        /// <para>Value: milliseconds, 1000 to 4294967295.</para>
        /// <para>Default: 60000.</para>
        /// <para>Key: cipherKeyRotationPeriod.</para>
        /// </summary>
        public long CipherKeyRotationPeriod
        {
            get => GetInteger("cipherKeyRotationPeriod");
            set => SetInteger("cipherKeyRotationPeriod", value);
        }

        /// <summary>
        /// Subscribers may have measurements by UDP. Else they are refused when they ask for it.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: allowUdp.</para>
        /// </summary>
        public bool AllowUdp
        {
            get => GetFlag("allowUdp");
            set => SetFlag("allowUdp", value);
        }

        /// <summary>
        /// Largest datagram. Datagrams that do not fit what the network carries in one piece are lost more often. A
        /// single buffer block may be larger.
        /// <para>Value: bytes, 256 to 32768.</para>
        /// <para>Default: 1400.</para>
        /// <para>Key: datagramSize.</para>
        /// </summary>
        public long DatagramSize
        {
            get => GetInteger("datagramSize");
            set => SetInteger("datagramSize", value);
        }

        /// <summary>
        /// Subscribers may have measurements by multicast. An extension of this library. The first member of a group
        /// and port decides what it carries; those who ask for something else are refused. Measurements for a group are
        /// never encrypted. On an engine with several threads, one of them serves all connections that are made while
        /// this is set.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: allowMulticast.</para>
        /// </summary>
        public bool AllowMulticast
        {
            get => GetFlag("allowMulticast");
            set => SetFlag("allowMulticast", value);
        }

        /// <summary>
        /// With securityMode=TLS, measurements by UDP may go unencrypted. Datagrams go beside the TLS session. Without
        /// this, encryptPayload=false is udp there.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: allowClearUdp.</para>
        /// </summary>
        public bool AllowClearUdp
        {
            get => GetFlag("allowClearUdp");
            set => SetFlag("allowClearUdp", value);
        }

        /// <summary>
        /// How many routers datagrams for groups may pass; 1 keeps them in the local network.
        /// <para>Value: routers, 1 to 255.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: multicastTtl.</para>
        /// </summary>
        public long MulticastTtl
        {
            get => GetInteger("multicastTtl");
            set => SetInteger("multicastTtl", value);
        }

        /// <summary>
        /// Largest command that is accepted. 37 bytes for each signal ID of a list. Who announces a larger one is told
        /// so and disconnected.
        /// <para>Value: bytes, 8192 to 67108864.</para>
        /// <para>Default: 4194304.</para>
        /// <para>Key: maxCommandSize.</para>
        /// </summary>
        public long MaxCommandSize
        {
            get => GetInteger("maxCommandSize");
            set => SetInteger("maxCommandSize", value);
        }

        /// <summary>
        /// Commands, and records of TLS, that have arrived in part, of all connections together. Who sends more is told
        /// so and disconnected.
        /// <para>Value: bytes, 65536 or more.</para>
        /// <para>Default: 67108864.</para>
        /// <para>Key: maxUnfinishedCommands.</para>
        /// </summary>
        public long MaxUnfinishedCommands
        {
            get => GetInteger("maxUnfinishedCommands");
            set => SetInteger("maxUnfinishedCommands", value);
        }

        /// <summary>
        /// How long the rest of a command, or of a record of TLS, may take to arrive. Then its subscriber is
        /// disconnected.
        /// <para>Value: seconds, 1 or more.</para>
        /// <para>Default: 30.</para>
        /// <para>Key: commandTimeout.</para>
        /// </summary>
        public TimeSpan CommandTimeout
        {
            get => GetSeconds("commandTimeout");
            set => SetSeconds("commandTimeout", value);
        }

        /// <summary>
        /// How long a new connection may take to tell its operational modes. Then it is disconnected.
        /// <para>Value: seconds, 1 or more.</para>
        /// <para>Default: 30.</para>
        /// <para>Key: modesTimeout.</para>
        /// </summary>
        public TimeSpan ModesTimeout
        {
            get => GetSeconds("modesTimeout");
            set => SetSeconds("modesTimeout", value);
        }

        /// <summary>
        /// How long a stranger may stay connected without ever subscribing; 0 for as long as it likes. Then it is told
        /// so and disconnected. Strangers are those who have connected by themselves, without a certificate, and are
        /// none of the subscribers of the rights file.
        /// <para>Value: seconds.</para>
        /// <para>Default: 3600.</para>
        /// <para>Key: idleTimeout.</para>
        /// </summary>
        public TimeSpan IdleTimeout
        {
            get => GetSeconds("idleTimeout");
            set => SetSeconds("idleTimeout", value);
        }

        /// <summary>
        /// How long a subscriber may leave its answers unread. While answers of some size wait for it, what it asks for
        /// waits too; if it takes nothing for so long, it is disconnected.
        /// <para>Value: seconds, 1 or more.</para>
        /// <para>Default: 60.</para>
        /// <para>Key: unreadTimeout.</para>
        /// </summary>
        public TimeSpan UnreadTimeout
        {
            get => GetSeconds("unreadTimeout");
            set => SetSeconds("unreadTimeout", value);
        }

        /// <summary>
        /// How long a subscriber may refuse the datagrams that it has asked for. Its host says then that nobody listens
        /// on the port. It is told so and disconnected.
        /// <para>Value: seconds, 1 or more.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: refusedChannelTimeout.</para>
        /// </summary>
        public TimeSpan RefusedChannelTimeout
        {
            get => GetSeconds("refusedChannelTimeout");
            set => SetSeconds("refusedChannelTimeout", value);
        }

        /// <summary>
        /// Answers that a subscriber may leave unread before what it asks for next waits. Each counts as 1 KiB at
        /// least, and one may be larger. Once there is no room for those of all (maxWaitingAnswers) it is 4 KiB.
        /// <para>Value: bytes, 4096 or more.</para>
        /// <para>Default: 262144.</para>
        /// <para>Key: maxUnreadAnswers.</para>
        /// </summary>
        public long MaxUnreadAnswers
        {
            get => GetInteger("maxUnreadAnswers");
            set => SetInteger("maxUnreadAnswers", value);
        }

        /// <summary>
        /// Answers that a subscriber may leave unread before it is told nothing more that it has not asked for. Each
        /// counts as 64 KiB at least, and 16 may be larger. Beyond, answers of the program fail with an error,
        /// notifications are given up, and that the configuration has changed is not told.
        /// <para>Value: bytes, 1048576 or more.</para>
        /// <para>Default: 67108864.</para>
        /// <para>Key: maxUnreadMessages.</para>
        /// </summary>
        public long MaxUnreadMessages
        {
            get => GetInteger("maxUnreadMessages");
            set => SetInteger("maxUnreadMessages", value);
        }

        /// <summary>
        /// Buffer blocks that may wait for the confirmation of a subscriber. Beside them, 1,024 at most, as many as
        /// subscribers of libsttp keep while one before is missing; one may be larger. Others are dropped, counted and
        /// told.
        /// <para>Value: bytes, 65536 to 67108864.</para>
        /// <para>Default: 16777216.</para>
        /// <para>Key: maxUnconfirmedBlocks.</para>
        /// </summary>
        public long MaxUnconfirmedBlocks
        {
            get => GetInteger("maxUnconfirmedBlocks");
            set => SetInteger("maxUnconfirmedBlocks", value);
        }

        /// <summary>
        /// Answers, such as metadata, that wait to be sent, of all connections together. What several subscribers get
        /// alike counts once. When there are more, requests for metadata wait, and subscribers that take next to
        /// nothing for 5 seconds are disconnected. Once half of it is taken, the same holds for an address that has an
        /// eighth.
        /// <para>Value: bytes, 1048576 or more.</para>
        /// <para>Default: 268435456.</para>
        /// <para>Key: maxWaitingAnswers.</para>
        /// </summary>
        public long MaxWaitingAnswers
        {
            get => GetInteger("maxWaitingAnswers");
            set => SetInteger("maxWaitingAnswers", value);
        }

        /// <summary>
        /// Work that a filter may be. A step is an operator at one row, a compared item of a list, or 16 bytes of text;
        /// 100 million take a second or two. Filters that take more are refused, those of metadata, too.
        /// <para>Value: steps, 1000 to 100000000.</para>
        /// <para>Default: 100000000.</para>
        /// <para>Key: maxFilterSteps.</para>
        /// </summary>
        public long MaxFilterSteps
        {
            get => GetInteger("maxFilterSteps");
            set => SetInteger("maxFilterSteps", value);
        }

        /// <summary>
        /// Work that the subscribers of one address may ask for, lastingly; 0 for no limit. Four seconds' worth may be
        /// asked for at once. Each request counts as 2000 steps at least. What is beyond waits, without being refused.
        /// <para>Value: steps, 0 or more.</para>
        /// <para>Default: 50000000.</para>
        /// <para>Key: stepsPerSecond.</para>
        /// </summary>
        public long StepsPerSecond
        {
            get => GetInteger("stepsPerSecond");
            set => SetInteger("stepsPerSecond", value);
        }

        /// <summary>
        /// Subscribes of the subscribers of one address, lastingly; 0 for no limit. Four seconds' worth may come at
        /// once. What is beyond waits, without being refused.
        /// <para>Value: requests, 0 to 1000000.</para>
        /// <para>Default: 1000.</para>
        /// <para>Key: subscribesPerSecond.</para>
        /// </summary>
        public long SubscribesPerSecond
        {
            get => GetInteger("subscribesPerSecond");
            set => SetInteger("subscribesPerSecond", value);
        }

        /// <summary>
        /// Requests for metadata, or their schema, of the subscribers of one address, lastingly; 0 for no limit. Four
        /// seconds' worth may come at once. What is beyond waits, without being refused.
        /// <para>Value: requests, 0 to 1000000.</para>
        /// <para>Default: 500.</para>
        /// <para>Key: metadataRequestsPerSecond.</para>
        /// </summary>
        public long MetadataRequestsPerSecond
        {
            get => GetInteger("metadataRequestsPerSecond");
            set => SetInteger("metadataRequestsPerSecond", value);
        }

        /// <summary>
        /// Commands of all kinds, but confirmations, of the subscribers of one address, lastingly; 0 for no limit. Four
        /// seconds' worth may come at once. What is beyond waits, without being refused.
        /// <para>Value: commands, 0 to 1000000.</para>
        /// <para>Default: 10000.</para>
        /// <para>Key: commandsPerSecond.</para>
        /// </summary>
        public long CommandsPerSecond
        {
            get => GetInteger("commandsPerSecond");
            set => SetInteger("commandsPerSecond", value);
        }

        /// <summary>
        /// Audit events of accepted peers and requests, and as many of refused ones, that are told in a second. The
        /// last one of a second follows then, with the number of those that were left out.
        /// <para>Value: events, 1 to 1000000.</para>
        /// <para>Default: 100.</para>
        /// <para>Key: auditEventsPerSecond.</para>
        /// </summary>
        public long AuditEventsPerSecond
        {
            get => GetInteger("auditEventsPerSecond");
            set => SetInteger("auditEventsPerSecond", value);
        }

        /// <summary>
        /// Measurements and buffer blocks that wait for subscribers, to be sent or confirmed, of all connections
        /// together. Measurements that several subscribers get alike count once. When there are more, less waits for
        /// each connection than sendQueueLimit, and the rest is dropped, or ends the connection, or is waited for, as
        /// overflow says.
        /// <para>Value: bytes, 65536 or more.</para>
        /// <para>Default: 1073741824.</para>
        /// <para>Key: maxSendQueues.</para>
        /// </summary>
        public long MaxSendQueues
        {
            get => GetInteger("maxSendQueues");
            set => SetInteger("maxSendQueues", value);
        }

        /// <summary>
        /// Distinct subscriptions, each of which is encoded for itself. Who wants another one is refused.
        /// <para>Value: subscriptions, 1 or more.</para>
        /// <para>Default: 2000.</para>
        /// <para>Key: maxStreams.</para>
        /// </summary>
        public long MaxStreams
        {
            get => GetInteger("maxStreams");
            set => SetInteger("maxStreams", value);
        }

        /// <summary>
        /// Subscribers and multicast groups that are sent datagrams. Who wants another channel is refused.
        /// <para>Value: channels, 1 or more.</para>
        /// <para>Default: 1000.</para>
        /// <para>Key: maxUdpChannels.</para>
        /// </summary>
        public long MaxUdpChannels
        {
            get => GetInteger("maxUdpChannels");
            set => SetInteger("maxUdpChannels", value);
        }

        /// <summary>
        /// Measurements and buffer blocks that are sent by UDP in a second, to all together; 0 for no limit. Those
        /// beyond are dropped and counted, up to the end of the second.
        /// <para>Value: bytes a second, 0 or more.</para>
        /// <para>Default: 250000000.</para>
        /// <para>Key: maxUdpRate.</para>
        /// </summary>
        public long MaxUdpRate
        {
            get => GetInteger("maxUdpRate");
            set => SetInteger("maxUdpRate", value);
        }

        /// <summary>
        /// Historical subscriptions that are played back at a time; of each connection it is one. Who wants another one
        /// is refused.
        /// <para>Value: playbacks, 1 or more.</para>
        /// <para>Default: 100.</para>
        /// <para>Key: maxPlaybacks.</para>
        /// </summary>
        public long MaxPlaybacks
        {
            get => GetInteger("maxPlaybacks");
            set => SetInteger("maxPlaybacks", value);
        }

        /// <summary>
        /// The latest measurement of each signal is sent to a new subscriber at once. So that it need not wait for
        /// signals that change seldom. They come before all others, with the flag LateTimeAlarm (0x00040000) beside
        /// their own; compact measurements have all flags of times then. Not to multicast groups, nor with historical
        /// data.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: cachedValues.</para>
        /// </summary>
        public bool CachedValues
        {
            get => GetFlag("cachedValues");
            set => SetFlag("cachedValues", value);
        }

        /// <summary>
        /// How long measurements are kept in memory for subscribers of historical data; 0 keeps none.
        /// <para>Value: seconds.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: historyDuration.</para>
        /// </summary>
        public TimeSpan HistoryDuration
        {
            get => GetSeconds("historyDuration");
            set => SetSeconds("historyDuration", value);
        }

        /// <summary>
        /// Memory that they may take; the oldest are dropped first. They are compressed.
        /// <para>Value: bytes, 1048576 or more.</para>
        /// <para>Default: 268435456.</para>
        /// <para>Key: historyLimit.</para>
        /// </summary>
        public long HistoryLimit
        {
            get => GetInteger("historyLimit");
            set => SetInteger("historyLimit", value);
        }

        /// <summary>
        /// server, port and interface, where other implementations have them.
        /// <para>Value: keys in braces: server, port, interface.</para>
        /// <para>Key: commandChannel.</para>
        /// </summary>
        public string CommandChannel
        {
            get => Get("commandChannel");
            set => Set("commandChannel", value);
        }

        /// <summary>
        /// Whom to connect to, host:port; a publisher may have several, with commas between them. The port may stand
        /// beside it. Without a server, the port is to listen on.
        /// <para>Value: host:port.</para>
        /// <para>Key: commandChannel.server.</para>
        /// </summary>
        public string CommandChannelServer
        {
            get => Get("commandChannel.server");
            set => Set("commandChannel.server", value);
        }

        /// <summary>
        /// Port of a server that is written without one, else the port to listen on; 0 takes any free one.
        /// <para>Value: a port, 0 to 65535.</para>
        /// <para>Key: commandChannel.port.</para>
        /// </summary>
        public string CommandChannelPort
        {
            get => Get("commandChannel.port");
            set => Set("commandChannel.port", value);
        }

        /// <summary>
        /// Address to listen on; without it all of this machine. With a server, 0.0.0.0 and :: are understood.
        /// <para>Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.</para>
        /// <para>Key: commandChannel.interface.</para>
        /// </summary>
        public string CommandChannelInterface
        {
            get => Get("commandChannel.interface");
            set => Set("commandChannel.interface", value);
        }

        internal override int GetText(byte[] key, byte* buffer, UIntPtr size, UIntPtr* length) =>
            Native.sttp_publisher_get(_handle, key, buffer, size, length);

        internal override int SetText(byte[] key, byte[] value) =>
            Native.sttp_publisher_set(_handle, key, value);
    }

    /// <summary>The settings of a C37118Input. They hold from its next connect, subscribe or start on.</summary>
    public sealed unsafe class C37118InputSettings : Settings
    {
        private readonly C37118InputHandle _handle;

        internal C37118InputSettings(C37118InputHandle handle) : base(SettingsRole.C37118Input)
        {
            _handle = handle;
        }

        /// <summary>
        /// The device or concentrator, host or host:port; without a port 4712. With transport=spontaneousUdp only
        /// datagrams from this host are taken, and from every host when it is empty.
        /// <para>Value: host:port.</para>
        /// <para>Key: device.</para>
        /// </summary>
        public string Device
        {
            get => Get("device");
            set => Set("device", value);
        }

        /// <summary>
        /// How the device is talked to. <c>tcpUdp</c> has commands and configurations by TCP and data frames by UDP;
        /// with <c>spontaneousUdp</c> the device takes no commands and tells its configuration by itself.
        /// <para>Value: tcp, tcpUdp, udp or spontaneousUdp.</para>
        /// <para>Default: tcp.</para>
        /// <para>Key: transport.</para>
        /// </summary>
        public C37118InputTransport Transport
        {
            get => (C37118InputTransport)GetWord("transport", "tcp", "tcpUdp", "udp", "spontaneousUdp");
            set => SetWord("transport", (int)value, "tcp", "tcpUdp", "udp", "spontaneousUdp");
        }

        /// <summary>
        /// Local UDP port where datagrams of the device arrive, 0 for any free one.
        /// <para>Value: a port, 0 to 65535.</para>
        /// <para>Key: dataPort.</para>
        /// </summary>
        public string DataPort
        {
            get => Get("dataPort");
            set => Set("dataPort", value);
        }

        /// <summary>
        /// Address of this machine, or for a group the number of an interface, where datagrams arrive.
        /// <para>Value: an IP address of this machine, or a number.</para>
        /// <para>Key: dataInterface.</para>
        /// </summary>
        public string DataInterface
        {
            get => Get("dataInterface");
            set => Set("dataInterface", value);
        }

        /// <summary>
        /// Multicast group that the device sends its datagrams to.
        /// <para>Value: an address from 224.0.0.0 to 239.255.255.255, or from ff00:: on.</para>
        /// <para>Key: multicastGroup.</para>
        /// </summary>
        public string MulticastGroup
        {
            get => Get("multicastGroup");
            set => Set("multicastGroup", value);
        }

        /// <summary>
        /// Name of a concentrator of several PMUs, as a device of the metadata; without one C37118_ and its ID code.
        /// <para>Value: a text.</para>
        /// <para>Key: name.</para>
        /// </summary>
        public string Name
        {
            get => Get("name");
            set => Set("name", value);
        }

        /// <summary>
        /// Goes in front of the names of the stations, so that they differ from those of other devices.
        /// <para>Value: a text.</para>
        /// <para>Key: devicePrefix.</para>
        /// </summary>
        public string DevicePrefix
        {
            get => Get("devicePrefix");
            set => Set("devicePrefix", value);
        }

        /// <summary>
        /// Who owns the devices; in front of point tags.
        /// <para>Value: a text.</para>
        /// <para>Key: companyAcronym.</para>
        /// </summary>
        public string CompanyAcronym
        {
            get => Get("companyAcronym");
            set => Set("companyAcronym", value);
        }

        /// <summary>
        /// Who made the devices; in point tags.
        /// <para>Value: a text.</para>
        /// <para>Key: vendorAcronym.</para>
        /// </summary>
        public string VendorAcronym
        {
            get => Get("vendorAcronym");
            set => Set("vendorAcronym", value);
        }

        /// <summary>
        /// What is published of the device. <c>frames</c> are passed on byte by byte in buffer blocks, configuration
        /// and header frames included, for a C37.118 output with <c>relay</c>.
        /// <para>Value: measurements, frames or both.</para>
        /// <para>Default: measurements.</para>
        /// <para>Key: publish.</para>
        /// </summary>
        public C37118InputPublish Publish
        {
            get => (C37118InputPublish)GetWord("publish", "measurements", "frames", "both");
            set => SetWord("publish", (int)value, "measurements", "frames", "both");
        }

        /// <summary>
        /// How long measurements of the device may wait for those of others, to be published with them. They wait only
        /// when something was published less than that ago, so that one device never waits. The more are published
        /// together, the less that takes; 0 for what comes at the same time only.
        /// <para>Value: seconds.</para>
        /// <para>Default: 0.002.</para>
        /// <para>Key: collectTime.</para>
        /// </summary>
        public TimeSpan CollectTime
        {
            get => GetSeconds("collectTime");
            set => SetSeconds("collectTime", value);
        }

        /// <summary>
        /// File of recorded traffic, pcap or pcapng, that is played in place of a device. What the device with the ID
        /// code sent in it is received again, at the pace in which it was recorded.
        /// <para>Value: the name of a file.</para>
        /// <para>Key: capture.</para>
        /// </summary>
        public string Capture
        {
            get => Get("capture");
            set => Set("capture", value);
        }

        /// <summary>
        /// Speed at which a capture is played, in percent of that of its recording; 0 for as fast as possible.
        /// <para>Value: percent, 0 to 1000000.</para>
        /// <para>Default: 100.</para>
        /// <para>Key: captureSpeed.</para>
        /// </summary>
        public long CaptureSpeed
        {
            get => GetInteger("captureSpeed");
            set => SetInteger("captureSpeed", value);
        }

        /// <summary>
        /// Play the capture again and again. Times go on from round to round, by whole seconds.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: captureLoop.</para>
        /// </summary>
        public bool CaptureLoop
        {
            get => GetFlag("captureLoop");
            set => SetFlag("captureLoop", value);
        }

        /// <summary>
        /// Times of the frames: recorded, or now for moved by whole seconds so that the capture begins now.
        /// <para>Value: recorded or now.</para>
        /// <para>Default: recorded.</para>
        /// <para>Key: captureTimes.</para>
        /// </summary>
        public C37118InputCaptureTimes CaptureTimes
        {
            get => (C37118InputCaptureTimes)GetWord("captureTimes", "recorded", "now");
            set => SetWord("captureTimes", (int)value, "recorded", "now");
        }

        /// <summary>
        /// ID code of the data stream; 0 for the one that comes first. Frames with another ID code are dropped and
        /// counted. With 0, commands carry ID code 1 until a frame has told another, which few devices answer.
        /// <para>Value: ID code, 0 to 65534.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: accessID.</para>
        /// </summary>
        public long AccessId
        {
            get => GetInteger("accessID");
            set => SetInteger("accessID", value);
        }

        /// <summary>
        /// Configuration frame that the device is asked for: newest, cfg2 or cfg3. newest asks for CFG-3, and for CFG-2
        /// when the device does not answer.
        /// <para>Value: newest, cfg2 or cfg3.</para>
        /// <para>Default: newest.</para>
        /// <para>Key: configurationFrame.</para>
        /// </summary>
        public C37118InputConfigurationFrame ConfigurationFrame
        {
            get => (C37118InputConfigurationFrame)GetWord("configurationFrame", "newest", "cfg2", "cfg3");
            set => SetWord("configurationFrame", (int)value, "newest", "cfg2", "cfg3");
        }

        /// <summary>
        /// Ask for the text of the header frame, too.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: requestHeader.</para>
        /// </summary>
        public bool RequestHeader
        {
            get => GetFlag("requestHeader");
            set => SetFlag("requestHeader", value);
        }

        /// <summary>
        /// Ask for every form of the configuration and for the header, to pass them on as they are. Where the frames of
        /// the device are relayed.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: requestEveryDescription.</para>
        /// </summary>
        public bool RequestEveryDescription
        {
            get => GetFlag("requestEveryDescription");
            set => SetFlag("requestEveryDescription", value);
        }

        /// <summary>
        /// Tell the device to stop sending data before it is asked for its configuration. Without it, a device that is
        /// sending already is not interrupted.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: stopDataFirst.</para>
        /// </summary>
        public bool StopDataFirst
        {
            get => GetFlag("stopDataFirst");
            set => SetFlag("stopDataFirst", value);
        }

        /// <summary>
        /// How long a device is left alone after it was told to stop.
        /// <para>Value: seconds.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: settlingTime.</para>
        /// </summary>
        public TimeSpan SettlingTime
        {
            get => GetSeconds("settlingTime");
            set => SetSeconds("settlingTime", value);
        }

        /// <summary>
        /// How long an answer may take. Then the question is asked again, in the other form where there is one.
        /// <para>Value: seconds, 0.01 or more.</para>
        /// <para>Default: 5.</para>
        /// <para>Key: answerTimeout.</para>
        /// </summary>
        public TimeSpan AnswerTimeout
        {
            get => GetSeconds("answerTimeout");
            set => SetSeconds("answerTimeout", value);
        }

        /// <summary>
        /// How often the configuration is asked for before the connection is made anew.
        /// <para>Value: questions, 1 to 1000.</para>
        /// <para>Default: 6.</para>
        /// <para>Key: maxConfigurationRequests.</para>
        /// </summary>
        public long MaxConfigurationRequests
        {
            get => GetInteger("maxConfigurationRequests");
            set => SetInteger("maxConfigurationRequests", value);
        }

        /// <summary>
        /// A device that sends no data for so long is started again, and then connected to again. At least three times
        /// as long as its frames are apart.
        /// <para>Value: seconds, 0.01 or more.</para>
        /// <para>Default: 5.</para>
        /// <para>Key: silenceTimeout.</para>
        /// </summary>
        public TimeSpan SilenceTimeout
        {
            get => GetSeconds("silenceTimeout");
            set => SetSeconds("silenceTimeout", value);
        }

        /// <summary>
        /// With commands by UDP, tell the device so often to go on sending; 0 for never. For devices that forget those
        /// who are silent.
        /// <para>Value: seconds.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: keepAliveInterval.</para>
        /// </summary>
        public TimeSpan KeepAliveInterval
        {
            get => GetSeconds("keepAliveInterval");
            set => SetSeconds("keepAliveInterval", value);
        }

        /// <summary>
        /// Connect again when a connection is lost or cannot be made.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: autoReconnect.</para>
        /// </summary>
        public bool AutoReconnect
        {
            get => GetFlag("autoReconnect");
            set => SetFlag("autoReconnect", value);
        }

        /// <summary>
        /// Before the first attempt to connect again; doubles from attempt to attempt. Each delay is shortened by a
        /// random part of up to a half, so that many clients of a restarted peer do not come back all at once.
        /// <para>Value: milliseconds, 1 to 4294967295.</para>
        /// <para>Default: 1000.</para>
        /// <para>Key: retryInterval.</para>
        /// </summary>
        public long RetryInterval
        {
            get => GetInteger("retryInterval");
            set => SetInteger("retryInterval", value);
        }

        /// <summary>
        /// Longest time between two attempts.
        /// <para>Value: milliseconds, 1 to 4294967295.</para>
        /// <para>Default: 30000.</para>
        /// <para>Key: maxRetryInterval.</para>
        /// </summary>
        public long MaxRetryInterval
        {
            get => GetInteger("maxRetryInterval");
            set => SetInteger("maxRetryInterval", value);
        }

        /// <summary>
        /// Attempts in a row before giving up. The typed setting has 0 for never.
        /// <para>Value: attempts, 1 or more, or -1 to never give up.</para>
        /// <para>Default: -1.</para>
        /// <para>Key: maxRetries.</para>
        /// </summary>
        public string MaxRetries
        {
            get => Get("maxRetries");
            set => Set("maxRetries", value);
        }

        internal override int GetText(byte[] key, byte* buffer, UIntPtr size, UIntPtr* length) =>
            Native.sttp_c37118_input_get(_handle, key, buffer, size, length);

        internal override int SetText(byte[] key, byte[] value) =>
            Native.sttp_c37118_input_set(_handle, key, value);
    }

    /// <summary>The settings of a C37118Output. They hold from its next connect, subscribe or start on.</summary>
    public sealed unsafe class C37118OutputSettings : Settings
    {
        private readonly C37118OutputHandle _handle;

        internal C37118OutputSettings(C37118OutputHandle handle) : base(SettingsRole.C37118Output)
        {
            _handle = handle;
        }

        /// <summary>
        /// TCP port to listen on for clients, 0 for any free one; empty for none.
        /// <para>Value: a port, 0 to 65535.</para>
        /// <para>Key: port.</para>
        /// </summary>
        public string Port
        {
            get => Get("port");
            set => Set("port", value);
        }

        /// <summary>
        /// UDP port for clients that send commands by UDP, and that datagrams are sent from; empty for none.
        /// <para>Value: a port, 0 to 65535.</para>
        /// <para>Key: udpPort.</para>
        /// </summary>
        public string UdpPort
        {
            get => Get("udpPort");
            set => Set("udpPort", value);
        }

        /// <summary>
        /// Address of this machine to listen on and to send from; without it all of them.
        /// <para>Value: an IP address of this machine, as 127.0.0.1, 0.0.0.0 or ::.</para>
        /// <para>Key: interface.</para>
        /// </summary>
        public string Interface
        {
            get => Get("interface");
            set => Set("interface", value);
        }

        /// <summary>
        /// Where data and configurations are sent by UDP, host:port, several with commas; groups too. Nobody has to ask
        /// for them there.
        /// <para>Value: host:port.</para>
        /// <para>Key: udpTargets.</para>
        /// </summary>
        public string UdpTargets
        {
            get => Get("udpTargets");
            set => Set("udpTargets", value);
        }

        /// <summary>
        /// How many routers datagrams for groups may pass; 1 keeps them in the local network.
        /// <para>Value: routers, 1 to 255.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: multicastTtl.</para>
        /// </summary>
        public long MulticastTtl
        {
            get => GetInteger("multicastTtl");
            set => SetInteger("multicastTtl", value);
        }

        /// <summary>
        /// Addresses from which one may connect; empty for all. As 192.0.2.7, 10.0.0.0/8 or fd00::/8. Connections that
        /// are made, not accepted, are not concerned, nor are those that stand.
        /// <para>Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between
        /// them.</para>
        /// <para>Key: allowedAddresses.</para>
        /// </summary>
        public string AllowedAddresses
        {
            get => Get("allowedAddresses");
            set => Set("allowedAddresses", value);
        }

        /// <summary>
        /// Addresses from which nobody may connect, also where they are among the allowed ones.
        /// <para>Value: IP addresses and networks, as 192.0.2.7, 10.0.0.0/8 or fd00::/8, with commas between
        /// them.</para>
        /// <para>Key: deniedAddresses.</para>
        /// </summary>
        public string DeniedAddresses
        {
            get => Get("deniedAddresses");
            set => Set("deniedAddresses", value);
        }

        /// <summary>
        /// ID code of the stream.
        /// <para>Value: ID code, 1 to 65534.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: accessID.</para>
        /// </summary>
        public long AccessId
        {
            get => GetInteger("accessID");
            set => SetInteger("accessID", value);
        }

        /// <summary>
        /// Devices whose measurements are sent, by their acronyms with commas; empty for all. A concentrator stands for
        /// the devices that report through it.
        /// <para>Value: acronyms.</para>
        /// <para>Key: devices.</para>
        /// </summary>
        public string Devices
        {
            get => Get("devices");
            set => Set("devices", value);
        }

        /// <summary>
        /// Filter statements or signals that say what is sent, in place of devices.
        /// <para>Value: filter statements, or signals.</para>
        /// <para>Key: filterExpression.</para>
        /// </summary>
        public string FilterExpression
        {
            get => Get("filterExpression");
            set => Set("filterExpression", value);
        }

        /// <summary>
        /// Device whose frames are passed on byte by byte, by its acronym; empty for a stream of measurements. A
        /// C37.118 input with publish=frames has published them. What else says how the stream is to be does not count
        /// then.
        /// <para>Value: an acronym.</para>
        /// <para>Key: relay.</para>
        /// </summary>
        public string Relay
        {
            get => Get("relay");
            set => Set("relay", value);
        }

        /// <summary>
        /// Frames per second; negative for seconds per frame.
        /// <para>Value: frames per second, -3600 to 1000.</para>
        /// <para>Default: 30.</para>
        /// <para>Key: dataRate.</para>
        /// </summary>
        public long DataRate
        {
            get => GetInteger("dataRate");
            set => SetInteger("dataRate", value);
        }

        /// <summary>
        /// Year of the standard that frames follow: C37.118-2005 or C37.118.2-2011.
        /// <para>Value: 2005 or 2011.</para>
        /// <para>Default: 2005.</para>
        /// <para>Key: standard.</para>
        /// </summary>
        public C37118OutputStandard Standard
        {
            get => (C37118OutputStandard)GetWord("standard", "2005", "2011");
            set => SetWord("standard", (int)value, "2005", "2011");
        }

        /// <summary>
        /// How values are written; device for as the devices themselves write them, where that is known.
        /// <para>Value: device, polarFloat, rectangularFloat, polarInteger or rectangularInteger.</para>
        /// <para>Default: device.</para>
        /// <para>Key: format.</para>
        /// </summary>
        public C37118OutputFormat Format
        {
            get => (C37118OutputFormat)GetWord("format", "device", "polarFloat", "rectangularFloat", "polarInteger", "rectangularInteger");
            set => SetWord("format", (int)value, "device", "polarFloat", "rectangularFloat", "polarInteger", "rectangularInteger");
        }

        /// <summary>
        /// Nominal frequency of devices that do not tell theirs, in hertz.
        /// <para>Value: 60 or 50.</para>
        /// <para>Default: 60.</para>
        /// <para>Key: nominalFrequency.</para>
        /// </summary>
        public C37118OutputNominalFrequency NominalFrequency
        {
            get => (C37118OutputNominalFrequency)GetWord("nominalFrequency", "60", "50");
            set => SetWord("nominalFrequency", (int)value, "60", "50");
        }

        /// <summary>
        /// Text of the header frame, for people.
        /// <para>Value: a text.</para>
        /// <para>Key: headerText.</para>
        /// </summary>
        public string HeaderText
        {
            get => Get("headerText");
            set => Set("headerText", value);
        }

        /// <summary>
        /// How long a frame waits for the measurements of its time.
        /// <para>Value: seconds, 0.001 or more.</para>
        /// <para>Default: 3.</para>
        /// <para>Key: lagTime.</para>
        /// </summary>
        public TimeSpan LagTime
        {
            get => GetSeconds("lagTime");
            set => SetSeconds("lagTime", value);
        }

        /// <summary>
        /// How far ahead of this machine's clock the time of a measurement may be.
        /// <para>Value: seconds.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: leadTime.</para>
        /// </summary>
        public TimeSpan LeadTime
        {
            get => GetSeconds("leadTime");
            set => SetSeconds("leadTime", value);
        }

        /// <summary>
        /// Whether a frame waits by this machine's clock, or by the times of what arrives.
        /// <para>Value: clock or arrival.</para>
        /// <para>Default: clock.</para>
        /// <para>Key: waitBy.</para>
        /// </summary>
        public C37118OutputWaitBy WaitBy
        {
            get => (C37118OutputWaitBy)GetWord("waitBy", "clock", "arrival");
            set => SetWord("waitBy", (int)value, "clock", "arrival");
        }

        /// <summary>
        /// ID codes that commands may carry: own or any. Commands with another ID code than that of the stream are
        /// counted and not obeyed, unless it is any.
        /// <para>Value: own or any.</para>
        /// <para>Default: own.</para>
        /// <para>Key: commandIDs.</para>
        /// </summary>
        public C37118OutputCommandIds CommandIds
        {
            get => (C37118OutputCommandIds)GetWord("commandIDs", "own", "any");
            set => SetWord("commandIDs", (int)value, "own", "any");
        }

        /// <summary>
        /// Clients by TCP and by UDP that are served at once.
        /// <para>Value: clients, 1 to 100000.</para>
        /// <para>Default: 64.</para>
        /// <para>Key: maxClients.</para>
        /// </summary>
        public long MaxClients
        {
            get => GetInteger("maxClients");
            set => SetInteger("maxClients", value);
        }

        /// <summary>
        /// Data go to this UDP port of a client that connects by TCP; 0 for the TCP connection itself.
        /// <para>Value: port, 0 to 65535.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: dataPort.</para>
        /// </summary>
        public long DataPort
        {
            get => GetInteger("dataPort");
            set => SetInteger("dataPort", value);
        }

        /// <summary>
        /// Configuration frames that go every minute to UDP targets, which cannot ask: cfg2, cfg3 or both.
        /// <para>Value: cfg2, cfg3 or both.</para>
        /// <para>Default: cfg2.</para>
        /// <para>Key: announcedConfiguration.</para>
        /// </summary>
        public C37118OutputAnnouncedConfiguration AnnouncedConfiguration
        {
            get => (C37118OutputAnnouncedConfiguration)GetWord("announcedConfiguration", "cfg2", "cfg3", "both");
            set => SetWord("announcedConfiguration", (int)value, "cfg2", "cfg3", "both");
        }

        /// <summary>
        /// Clients that receive data get a configuration that changes without asking for it. In the forms that each
        /// asked for, else as CFG-2. Then no data frame is read by the wrong configuration.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: pushConfiguration.</para>
        /// </summary>
        public bool PushConfiguration
        {
            get => GetFlag("pushConfiguration");
            set => SetFlag("pushConfiguration", value);
        }

        /// <summary>
        /// Bytes that may wait to be sent to a client by TCP. When there would be more, data frames that wait for it
        /// are dropped and counted; newer ones follow.
        /// <para>Value: bytes, 131072 or more.</para>
        /// <para>Default: 1048576.</para>
        /// <para>Key: maxSendQueue.</para>
        /// </summary>
        public long MaxSendQueue
        {
            get => GetInteger("maxSendQueue");
            set => SetInteger("maxSendQueue", value);
        }

        /// <summary>
        /// A client by TCP that takes nothing of what waits for it for so long is disconnected.
        /// <para>Value: seconds, 0.1 or more.</para>
        /// <para>Default: 30.</para>
        /// <para>Key: unreadTimeout.</para>
        /// </summary>
        public TimeSpan UnreadTimeout
        {
            get => GetSeconds("unreadTimeout");
            set => SetSeconds("unreadTimeout", value);
        }

        /// <summary>
        /// A client that receives no data and asks for nothing for so long is disconnected; 0 for never.
        /// <para>Value: seconds.</para>
        /// <para>Default: 600.</para>
        /// <para>Key: idleTimeout.</para>
        /// </summary>
        public TimeSpan IdleTimeout
        {
            get => GetSeconds("idleTimeout");
            set => SetSeconds("idleTimeout", value);
        }

        /// <summary>
        /// A client by UDP that receives data and sends no command for so long is forgotten; 0 for never. Standard
        /// clients send one command and are silent for as long as they get data, so that their silence says nothing.
        /// Set it where commands may be forged, and where the system does not tell of refused datagrams: any but Linux.
        /// <para>Value: seconds.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: datagramClientTimeout.</para>
        /// </summary>
        public TimeSpan DatagramClientTimeout
        {
            get => GetSeconds("datagramClientTimeout");
            set => SetSeconds("datagramClientTimeout", value);
        }

        /// <summary>
        /// A client by UDP whose host refuses its datagrams for so long is forgotten. One that begins anew is refused
        /// for a moment, and a single refusal may be forged.
        /// <para>Value: seconds.</para>
        /// <para>Default: 30.</para>
        /// <para>Key: refusedTimeout.</para>
        /// </summary>
        public TimeSpan RefusedTimeout
        {
            get => GetSeconds("refusedTimeout");
            set => SetSeconds("refusedTimeout", value);
        }

        /// <summary>
        /// Commands per second that a client's are obeyed; others are counted and dropped. Ten times as many may come
        /// at once.
        /// <para>Value: commands, 1 to 100000.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: maxCommandsPerSecond.</para>
        /// </summary>
        public long MaxCommandsPerSecond
        {
            get => GetInteger("maxCommandsPerSecond");
            set => SetInteger("maxCommandsPerSecond", value);
        }

        internal override int GetText(byte[] key, byte* buffer, UIntPtr size, UIntPtr* length) =>
            Native.sttp_c37118_output_get(_handle, key, buffer, size, length);

        internal override int SetText(byte[] key, byte[] value) =>
            Native.sttp_c37118_output_set(_handle, key, value);
    }

    /// <summary>The settings of a BlockLink, or what holds for those that a gateway adds from now on.</summary>
    public abstract class BlockLinkSettings : Settings
    {
        internal BlockLinkSettings() : base(SettingsRole.BlockLink)
        {
        }

        /// <summary>
        /// Where the link is: <c>tcp:</c>, <c>tcp-listen:</c>, <c>udp:</c>, <c>udp-listen:</c>, <c>serial:</c> or
        /// <c>file:</c>, and what follows. <c>tcp:HOST:PORT</c> connects, <c>tcp-listen:PORT</c> or
        /// <c>tcp-listen:ADDRESS:PORT</c> waits for who connects; <c>udp:HOST:PORT</c> sends there and takes what comes
        /// back, <c>udp-listen:PORT</c> or <c>udp-listen:ADDRESS:PORT</c> takes datagrams and answers; the address may
        /// be that of a multicast group. <c>serial:/dev/ttyS0,115200,8N1</c> is a serial line, <c>file:PATH</c> a file.
        /// <para>Value: tcp:HOST:PORT, tcp-listen:PORT, udp:HOST:PORT, udp-listen:PORT, serial:DEVICE,RATE,8N1 or
        /// file:PATH.</para>
        /// <para>Key: link.</para>
        /// </summary>
        public string Link
        {
            get => Get("link");
            set => Set("link", value);
        }

        /// <summary>
        /// Only the side that sends measurements can send. Both sides have to be told the same. Multicast and files are
        /// always so.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: oneWay.</para>
        /// </summary>
        public bool OneWay
        {
            get => GetFlag("oneWay");
            set => SetFlag("oneWay", value);
        }

        /// <summary>
        /// The TCP connection leads to a converter for a serial line, which may lose and damage what is sent.
        /// <para>Value: true or false.</para>
        /// <para>Default: false.</para>
        /// <para>Key: serialConverter.</para>
        /// </summary>
        public bool SerialConverter
        {
            get => GetFlag("serialConverter");
            set => SetFlag("serialConverter", value);
        }

        /// <summary>
        /// Where groups are joined and datagrams for them sent: an IPv4 address of this machine, or a number.
        /// <para>Value: an IP address of this machine, or a number.</para>
        /// <para>Key: linkInterface.</para>
        /// </summary>
        public string LinkInterface
        {
            get => Get("linkInterface");
            set => Set("linkInterface", value);
        }

        /// <summary>
        /// How many routers datagrams for groups may pass; 1 keeps them in the local network.
        /// <para>Value: routers, 1 to 255.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: multicastTtl.</para>
        /// </summary>
        public long MulticastTtl
        {
            get => GetInteger("multicastTtl");
            set => SetInteger("multicastTtl", value);
        }

        /// <summary>
        /// Goes in front of the names of the C37.118 streams that come over the link, where they are published.
        /// <para>Value: a text.</para>
        /// <para>Key: devicePrefix.</para>
        /// </summary>
        public string DevicePrefix
        {
            get => Get("devicePrefix");
            set => Set("devicePrefix", value);
        }

        /// <summary>
        /// How the TCP connections are secured: not at all, or by TLS with certificates of both sides. The side that
        /// connects is the TLS client, whichever of them publishes. docs/security.md tells which certificates are
        /// taken. Of a block link, TLS is the same as linkEncryption=required.
        /// <para>Value: None or TLS.</para>
        /// <para>Default: None.</para>
        /// <para>Key: securityMode.</para>
        /// </summary>
        public BlockLinkSecurityMode SecurityMode
        {
            get => (BlockLinkSecurityMode)GetWord("securityMode", "None", "TLS");
            set => SetWord("securityMode", (int)value, "None", "TLS");
        }

        /// <summary>
        /// The own certificate, PEM or DER; in PEM, those of its authorities may follow. Who listens needs one, and so
        /// does who connects to a peer that wants one, as all of GSF do.
        /// <para>Value: a file.</para>
        /// <para>Key: localCertificate.</para>
        /// </summary>
        public string LocalCertificate
        {
            get => Get("localCertificate");
            set => Set("localCertificate", value);
        }

        /// <summary>
        /// The key of the own certificate, PKCS#8 without a pass phrase; empty when it is in the same file.
        /// <para>Value: a file.</para>
        /// <para>Key: localPrivateKey.</para>
        /// </summary>
        public string LocalPrivateKey
        {
            get => Get("localPrivateKey");
            set => Set("localPrivateKey", value);
        }

        /// <summary>
        /// Certificates of peers that are trusted as they are, PEM or DER. Several, to rotate one. Of folders, all
        /// files ending in .cer, .crt, .der and .pem count.
        /// <para>Value: files or folders, with commas between them.</para>
        /// <para>Key: remoteCertificate.</para>
        /// </summary>
        public string RemoteCertificate
        {
            get => Get("remoteCertificate");
            set => Set("remoteCertificate", value);
        }

        /// <summary>
        /// Certificates of authorities: peers whose certificates they have issued are trusted.
        /// <para>Value: files or folders, with commas between them.</para>
        /// <para>Key: certificateAuthorities.</para>
        /// </summary>
        public string CertificateAuthorities
        {
            get => Get("certificateAuthorities");
            set => Set("certificateAuthorities", value);
        }

        /// <summary>
        /// Revocation lists (CRLs) of the authorities. Each certificate of a chain then needs a current one of its
        /// issuer.
        /// <para>Value: files or folders, with commas between them.</para>
        /// <para>Key: revocationLists.</para>
        /// </summary>
        public string RevocationLists
        {
            get => Get("revocationLists");
            set => Set("revocationLists", value);
        }

        /// <summary>
        /// What is tolerated of a peer's certificate.
        /// <para>RemoteCertificateNameMismatch: it is for another host. RemoteCertificateNotAvailable: a client has
        /// none. RemoteCertificateChainErrors: what validChainFlags names.</para>
        /// <para>Value: words with commas between them.</para>
        /// <para>Key: validPolicyErrors.</para>
        /// </summary>
        public string ValidPolicyErrors
        {
            get => Get("validPolicyErrors");
            set => Set("validPolicyErrors", value);
        }

        /// <summary>
        /// What is tolerated of its chain, with validPolicyErrors=RemoteCertificateChainErrors.
        /// <para>NotTimeValid: it has expired, or is not valid yet. UntrustedRoot or PartialChain: no trusted authority
        /// stands behind it, so that anybody is let in, unless certificates are pinned. RevocationStatusUnknown or
        /// OfflineRevocation: no current revocation list tells of it.</para>
        /// <para>Value: words with commas between them.</para>
        /// <para>Key: validChainFlags.</para>
        /// </summary>
        public string ValidChainFlags
        {
            get => Get("validChainFlags");
            set => Set("validChainFlags", value);
        }

        /// <summary>
        /// The oldest version of TLS that is spoken.
        /// <para>Value: 1.2 or 1.3.</para>
        /// <para>Default: 1.2.</para>
        /// <para>Key: minimumTlsVersion.</para>
        /// </summary>
        public BlockLinkMinimumTlsVersion MinimumTlsVersion
        {
            get => (BlockLinkMinimumTlsVersion)GetWord("minimumTlsVersion", "1.2", "1.3");
            set => SetWord("minimumTlsVersion", (int)value, "1.2", "1.3");
        }

        /// <summary>
        /// A handshake of TLS that is not done by then ends the connection.
        /// <para>Value: seconds, 0.1 or more.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: handshakeTimeout.</para>
        /// </summary>
        public TimeSpan HandshakeTimeout
        {
            get => GetSeconds("handshakeTimeout");
            set => SetSeconds("handshakeTimeout", value);
        }

        /// <summary>
        /// Handshakes of those who connect that are under way at a time. Some 50 KB each. They take no more than an
        /// eighth of the descriptors that the process may have. When another one begins, the address that has most of
        /// them loses its oldest.
        /// <para>Value: handshakes, 1 to 16384.</para>
        /// <para>Default: 512.</para>
        /// <para>Key: maxHandshakes.</para>
        /// </summary>
        public long MaxHandshakes
        {
            get => GetInteger("maxHandshakes");
            set => SetInteger("maxHandshakes", value);
        }

        /// <summary>
        /// Certificates that expire within so long are told, once a day.
        /// <para>Value: seconds.</para>
        /// <para>Default: 2592000.</para>
        /// <para>Key: certificateExpiryWarning.</para>
        /// </summary>
        public TimeSpan CertificateExpiryWarning
        {
            get => GetSeconds("certificateExpiryWarning");
            set => SetSeconds("certificateExpiryWarning", value);
        }

        /// <summary>
        /// Largest block that is sent and taken, in bytes; 0 for what is usual on such a link. Usual are 512 on serial
        /// lines, 1,400 on UDP and 4,095 on TCP. Of small blocks, damage costs less.
        /// <para>Value: bytes, 0 to 32767.</para>
        /// <para>Default: 0.</para>
        /// <para>Key: blockSize.</para>
        /// </summary>
        public long BlockSize
        {
            get => GetInteger("blockSize");
            set => SetInteger("blockSize", value);
        }

        /// <summary>
        /// Use compact blocks where the link loses nothing.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: compactBlocks.</para>
        /// </summary>
        public bool CompactBlocks
        {
            get => GetFlag("compactBlocks");
            set => SetFlag("compactBlocks", value);
        }

        /// <summary>
        /// Use the Standard stream where the link loses nothing.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: standardStream.</para>
        /// </summary>
        public bool StandardStream
        {
            get => GetFlag("standardStream");
            set => SetFlag("standardStream", value);
        }

        /// <summary>
        /// How times of measurements are written: ticks or dateTime2. A subscriber asks for it; on one-way links the
        /// sender decides.
        /// <para>Value: ticks or dateTime2.</para>
        /// <para>Default: ticks.</para>
        /// <para>Key: times.</para>
        /// </summary>
        public BlockLinkTimes Times
        {
            get => (BlockLinkTimes)GetWord("times", "ticks", "dateTime2");
            set => SetWord("times", (int)value, "ticks", "dateTime2");
        }

        /// <summary>
        /// Whether the link is encrypted: none, possible or required. Only TCP can be. <c>possible</c> is for sides
        /// that are not all equipped yet: who sits on the way can keep both from TLS. Whoever demands it cannot be kept
        /// from it. securityMode=TLS is <c>required</c>, too.
        /// <para>Value: none, possible or required.</para>
        /// <para>Default: none.</para>
        /// <para>Key: linkEncryption.</para>
        /// </summary>
        public BlockLinkLinkEncryption LinkEncryption
        {
            get => (BlockLinkLinkEncryption)GetWord("linkEncryption", "none", "possible", "required");
            set => SetWord("linkEncryption", (int)value, "none", "possible", "required");
        }

        /// <summary>
        /// Work that filters of the other side may be, lastingly; 0 for no limit. Four seconds' worth may be asked for
        /// at once. Each subscription counts as 2000 steps at least. What is beyond waits, without being refused.
        /// <para>Value: steps, 0 or more.</para>
        /// <para>Default: 5000000.</para>
        /// <para>Key: stepsPerSecond.</para>
        /// </summary>
        public long StepsPerSecond
        {
            get => GetInteger("stepsPerSecond");
            set => SetInteger("stepsPerSecond", value);
        }

        /// <summary>
        /// Filter of the signals that are sent where nobody can subscribe; empty for all.
        /// <para>Value: a filter expression.</para>
        /// <para>Key: signals.</para>
        /// </summary>
        public string Signals
        {
            get => Get("signals");
            set => Set("signals", value);
        }

        /// <summary>
        /// How often everything is repeated that was told already, where it may have been lost.
        /// <para>Value: seconds, 0.1 or more.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: repeatInterval.</para>
        /// </summary>
        public TimeSpan RepeatInterval
        {
            get => GetSeconds("repeatInterval");
            set => SetSeconds("repeatInterval", value);
        }

        /// <summary>
        /// How much of what is repeated or asked for again is sent in a second. Besides, it takes no more than every
        /// fifth block while measurements wait.
        /// <para>Value: bytes per second, 100 or more.</para>
        /// <para>Default: 20000.</para>
        /// <para>Key: repeatRate.</para>
        /// </summary>
        public long RepeatRate
        {
            get => GetInteger("repeatRate");
            set => SetInteger("repeatRate", value);
        }

        /// <summary>
        /// After so long without another block a heartbeat is sent.
        /// <para>Value: seconds, 0.1 or more.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: heartbeatInterval.</para>
        /// </summary>
        public TimeSpan HeartbeatInterval
        {
            get => GetSeconds("heartbeatInterval");
            set => SetSeconds("heartbeatInterval", value);
        }

        /// <summary>
        /// A two-way link on which nothing comes for so long has ended.
        /// <para>Value: seconds, 0.2 or more.</para>
        /// <para>Default: 10.</para>
        /// <para>Key: silenceTimeout.</para>
        /// </summary>
        public TimeSpan SilenceTimeout
        {
            get => GetSeconds("silenceTimeout");
            set => SetSeconds("silenceTimeout", value);
        }

        /// <summary>
        /// The rest of a block that has begun is waited for so long.
        /// <para>Value: seconds, 0.01 or more.</para>
        /// <para>Default: 1.</para>
        /// <para>Key: blockTimeout.</para>
        /// </summary>
        public TimeSpan BlockTimeout
        {
            get => GetSeconds("blockTimeout");
            set => SetSeconds("blockTimeout", value);
        }

        /// <summary>
        /// Bytes that wait to be sent; beyond, the oldest measurements are dropped. In the Standard stream, the newest.
        /// Definitions are kept besides.
        /// <para>Value: bytes, 4096 or more.</para>
        /// <para>Default: 65536.</para>
        /// <para>Key: sendQueue.</para>
        /// </summary>
        public long SendQueue
        {
            get => GetInteger("sendQueue");
            set => SetInteger("sendQueue", value);
        }

        /// <summary>
        /// Largest metadata that are taken, in bytes, also after decompression.
        /// <para>Value: bytes, 1024 or more.</para>
        /// <para>Default: 16777216.</para>
        /// <para>Key: maxDocumentSize.</para>
        /// </summary>
        public long MaxDocumentSize
        {
            get => GetInteger("maxDocumentSize");
            set => SetInteger("maxDocumentSize", value);
        }

        /// <summary>
        /// Connect again when a connection is lost or cannot be made.
        /// <para>Value: true or false.</para>
        /// <para>Default: true.</para>
        /// <para>Key: autoReconnect.</para>
        /// </summary>
        public bool AutoReconnect
        {
            get => GetFlag("autoReconnect");
            set => SetFlag("autoReconnect", value);
        }

        /// <summary>
        /// Before the first attempt to connect again; doubles from attempt to attempt. Each delay is shortened by a
        /// random part of up to a half, so that many clients of a restarted peer do not come back all at once.
        /// <para>Value: milliseconds, 1 to 4294967295.</para>
        /// <para>Default: 1000.</para>
        /// <para>Key: retryInterval.</para>
        /// </summary>
        public long RetryInterval
        {
            get => GetInteger("retryInterval");
            set => SetInteger("retryInterval", value);
        }

        /// <summary>
        /// Longest time between two attempts.
        /// <para>Value: milliseconds, 1 to 4294967295.</para>
        /// <para>Default: 30000.</para>
        /// <para>Key: maxRetryInterval.</para>
        /// </summary>
        public long MaxRetryInterval
        {
            get => GetInteger("maxRetryInterval");
            set => SetInteger("maxRetryInterval", value);
        }

        /// <summary>
        /// Attempts in a row before giving up. The typed setting has 0 for never.
        /// <para>Value: attempts, 1 or more, or -1 to never give up.</para>
        /// <para>Default: -1.</para>
        /// <para>Key: maxRetries.</para>
        /// </summary>
        public string MaxRetries
        {
            get => Get("maxRetries");
            set => Set("maxRetries", value);
        }
    }
}
