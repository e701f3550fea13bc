// What owns each handle of the C API.
//
// Generated from include/sttp.h and the tables of the library by bindings/generate.py.

using System;

namespace LibSttp
{
    internal sealed class BlockLinkHandle : LibraryHandle
    {
        internal BlockLinkHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_block_link_free(pointer);
    }

    internal sealed class BlockLinkInputHandle : LibraryHandle
    {
        internal BlockLinkInputHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_block_link_input_free(pointer);
    }

    internal sealed class BlockLinkOutputHandle : LibraryHandle
    {
        internal BlockLinkOutputHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_block_link_output_free(pointer);
    }

    internal sealed class C37118AssemblerHandle : LibraryHandle
    {
        internal C37118AssemblerHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_c37118_assembler_free(pointer);
    }

    internal sealed class C37118BuilderHandle : LibraryHandle
    {
        internal C37118BuilderHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_c37118_builder_free(pointer);
    }

    internal sealed class C37118ConfigurationHandle : LibraryHandle
    {
        internal C37118ConfigurationHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_c37118_configuration_free(pointer);
    }

    internal sealed class C37118InputHandle : LibraryHandle
    {
        internal C37118InputHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_c37118_input_free(pointer);
    }

    internal sealed class C37118OutputHandle : LibraryHandle
    {
        internal C37118OutputHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_c37118_output_free(pointer);
    }

    internal sealed class EngineHandle : LibraryHandle
    {
        internal EngineHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_engine_free(pointer);
    }

    internal sealed class ExpressionHandle : LibraryHandle
    {
        internal ExpressionHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_expression_free(pointer);
    }

    internal sealed class FilterHandle : LibraryHandle
    {
        internal FilterHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_filter_free(pointer);
    }

    internal sealed class MetadataHandle : LibraryHandle
    {
        internal MetadataHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_metadata_free(pointer);
    }

    internal sealed class MetadataBuilderHandle : LibraryHandle
    {
        internal MetadataBuilderHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_metadata_builder_free(pointer);
    }

    internal sealed class PublisherHandle : LibraryHandle
    {
        internal PublisherHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_publisher_free(pointer);
    }

    internal sealed class SubscriberHandle : LibraryHandle
    {
        internal SubscriberHandle(IntPtr pointer) : base(pointer)
        {
        }

        protected override void Free(IntPtr pointer) => Native.sttp_subscriber_free(pointer);
    }
}
