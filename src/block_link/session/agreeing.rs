//! What becomes of the negotiation in a session.

use super::super::assembler::BlockAssembler;
use super::super::block::BlockFormat;
use super::super::documents::DocumentName;
use super::super::negotiation::{
    Abilities, Agreement, Authentication, Encryption, LinkRole, NegotiationOutput,
};
use super::super::stream::PointStream;
use super::LinkSession;
use super::event::LinkEvent;
use crate::host::Moment;
use crate::operator::Severity;
use crate::settings::{BlockLinkSettings, LinkEncryption};

impl LinkSession {
    pub(super) fn negotiate(&mut self, now: Moment) {
        let mut assembler = std::mem::take(&mut self.assembler);
        self.negotiate_with(&mut assembler, now);
        self.assembler = assembler;
    }

    /// Does what the negotiation wants.
    pub(super) fn negotiate_with(&mut self, assembler: &mut BlockAssembler, now: Moment) {
        while let Some(output) = self.negotiator.poll() {
            match output {
                NegotiationOutput::Send(message) => match self.outbox.push_urgent(message) {
                    true => {}
                    // What is asked for again comes again.
                    false if self.kind.loses() => self.ground.counters.messages_rejected += 1,
                    false => self.end("the other side asks on and does not take the answers".into(), now),
                },
                NegotiationOutput::Commit { message, agreement } => {
                    self.outbox.push_commit(message, agreement);
                    self.sending.restart(Some(&agreement));
                }
                NegotiationOutput::Receive(agreement) => {
                    let session = agreement.session;
                    assembler.set_format(session.map_or(BlockFormat::Standard, |session| session.format));
                    self.receiving.restart(session.map(|session| session.stream).unwrap_or_default());
                    self.incoming = Some(agreement);
                }
                NegotiationOutput::Done(agreement) => self.agreed(agreement, now),
                NegotiationOutput::StartTls { as_client } => {
                    self.is_securing = true;
                    let received = assembler.take_rest();
                    self.ground.tell(LinkEvent::StartTls { as_client, received });
                }
                NegotiationOutput::Rejected(reason, text) => {
                    self.ground.counters.rejections += 1;
                    let has_session = self.incoming.is_some_and(|agreement| agreement.session.is_some());
                    let reason_text = format!("the other side refuses: {}", reason.text());
                    self.ground.tell(LinkEvent::Rejected(reason, text));
                    if !has_session {
                        self.end(reason_text, now);
                    }
                }
                NegotiationOutput::End(reason) => self.end(reason, now),
                NegotiationOutput::Tell(text) => {
                    self.ground.counters.messages_rejected += 1;
                    self.ground.message(Severity::Warning, text, now);
                }
            }
        }
    }

    /// Both directions follow an agreement.
    fn agreed(&mut self, agreement: Agreement, now: Moment) {
        if agreement.session.is_none() {
            return;
        }
        self.agreed_by = None;
        self.ground.counters.agreements += 1;
        self.ground.tell(LinkEvent::Agreed(agreement));
        if self.sends() {
            self.select(now);
            let names: Vec<DocumentName> = self.sending.documents().map(|document| document.name).collect();
            for name in names {
                self.tell_document(name, now);
            }
        }
        if self.receives() && self.kind.is_two_way() {
            self.receiving.want(DocumentName::METADATA, &mut self.outbox, now);
            if self.wish.as_ref().is_some_and(|wish| !wish.is_answered) {
                self.send_wish(now);
            }
        }
    }

    pub(super) fn end(&mut self, reason: String, now: Moment) {
        if self.is_open {
            self.closed();
            self.ground.message(Severity::Warning, format!("The link has ended: {reason}"), now);
            self.ground.tell(LinkEvent::Ended { reason });
        }
    }
}

/// What a side can do and may do, by its settings.
pub(super) fn abilities(settings: &BlockLinkSettings, role: LinkRole, largest: usize) -> Abilities {
    let mut abilities = Abilities { role, largest, ..Abilities::default() };
    if !settings.compact {
        abilities.formats = vec![BlockFormat::Standard];
    }
    if !settings.standard_stream {
        abilities.streams = vec![PointStream::Raw];
    }
    abilities.encryption = match settings.encryption {
        LinkEncryption::None => vec![Encryption::None],
        LinkEncryption::Possible => vec![Encryption::Tls, Encryption::None],
        LinkEncryption::Required => vec![Encryption::Tls],
    };
    if settings.encryption != LinkEncryption::None {
        abilities.authentication = vec![Authentication::Certificate, Authentication::None];
    }
    abilities
}
