//! What a link does to what goes over it.

/// What a link is. It decides which forms of blocks and streams may be agreed, what is repeated, and what can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkKind {
    datagrams: bool,
    loses: bool,
    two_way: bool,
}

impl LinkKind {
    /// A stream of bytes that loses, damages and reorders nothing: TCP. Only such a link can be encrypted.
    pub const STREAM: LinkKind = LinkKind { datagrams: false, loses: false, two_way: true };
    /// A stream of bytes that may lose and damage some: a serial line, also one behind a converter to TCP.
    pub const SERIAL: LinkKind = LinkKind { datagrams: false, loses: true, two_way: true };
    /// Datagrams: UDP.
    pub const DATAGRAMS: LinkKind = LinkKind { datagrams: true, loses: true, two_way: true };

    /// The same, on which only one side can send. A file is [`STREAM`](Self::STREAM), one-way.
    #[must_use]
    pub const fn one_way(self) -> LinkKind {
        LinkKind { two_way: false, ..self }
    }

    /// Blocks come in datagrams, which end where a block does.
    pub const fn is_datagrams(self) -> bool {
        self.datagrams
    }

    /// What is sent may be lost, damaged or reordered.
    pub const fn loses(self) -> bool {
        self.loses
    }

    /// Both sides can send.
    pub const fn is_two_way(self) -> bool {
        self.two_way
    }

    /// TLS can be used.
    pub const fn can_encrypt(self) -> bool {
        !self.loses && self.two_way
    }

    /// Whatever needs both order and an answer to be agreed can be: compact blocks, the Standard stream.
    pub(super) const fn keeps_order(self) -> bool {
        !self.loses && self.two_way
    }

    /// What was told once has to be told again.
    pub(super) const fn repeats(self) -> bool {
        self.loses || !self.two_way
    }

    /// A good size of blocks, in bytes, where nothing else is set.
    pub const fn usual_block(self) -> usize {
        match (self.datagrams, self.loses) {
            (true, _) => 1_400,
            (false, true) => 512,
            (false, false) => super::block::USUAL_BLOCK,
        }
    }
}
